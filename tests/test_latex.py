"""LaTeX in reference files: every way to write a letter, simple maths, and what cannot be read."""

from __future__ import annotations

import codecs
import json
import sqlite3
import unicodedata
from contextlib import suppress
from pathlib import Path

import latexcodec  # noqa: F401  it registers the codec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_bytes
from pybtex.plugin import find_plugin
from pylatexenc.latexencode import get_builtin_uni2latex_dict

from pipeline.desk.adding.reference_files import read_shipment
from pipeline.ground.project import Project
from pipeline.model.records import Name, Study
from pipeline.sources.bibliography.bibtex_text import write_entry
from pipeline.sources.bibliography.latex import decode_latex, read_latex
from pipeline.sources.bibliography.latex_arguments import LatexFault
from pipeline.sources.bibliography.references import parse_references, read_references
from tests.conftest import Evidence

CASES = Path(__file__).parent / "cases" / "references"
# Accents of LaTeX by the mark they put on a letter.
MARKS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0308\u0307\u0306\u030c\u030b\u0327\u0328\u030a\u0323\u0331\u0309\u030f",
        "`'^~=\".uvHckrdbhG",
        strict=True,
    )
)
WAYS = (
    r"\{accent}{{{letter}}}",
    r"\{accent} {letter}",
    r"\{accent}{{ {letter}}}",
    r"{{\{accent} {letter}}}",
    r"{{\{accent}{{{letter}}}}}",
    r"{{\{accent} {{{letter}}}}}",
)
CLOSE_WAYS = (r"\{accent}{letter}", r"{{\{accent}{letter}}}")  # where the accent is no letter
DOTLESS_WAYS = (r"\{accent}\{letter}{{}}", r"\{accent}{{\{letter}}}", r"{{\{accent}\{letter}}}")
LATIN = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))


def people(name: str) -> list[str]:
    studies, problems = read_references(CASES / name)
    assert not problems
    return [person.reading for study in studies for person in study.authors]


def title_of(field: str) -> str:
    entry = f"@book{{a, author = {{Berg, Anna}}, title = {{{field}}}, year = 2020}}"
    (study,) = parse_references(entry).studies
    return study.title


def test_what_real_files_wrote() -> None:
    (accents,) = read_references(CASES / "04_accent_with_blank_in_braces.bib").studies
    assert people("04_accent_with_blank_in_braces.bib") == [
        "Jana Černik", "Pia Erdős", "Ali Doğan", "Bea Morç", "Rolf Günter",
    ]  # fmt: skip
    assert accents.title == "A façade in Žilina"
    assert people("05_accent_first_in_second_author.bib") == [
        "Jo Smit", "Basri Ünal", "Bea Álvarez", "Kari Ødegaard",
    ]  # fmt: skip
    (tildes,) = read_references(CASES / "06_tilde_n_in_names.bib").studies
    assert [name.family for name in tildes.authors] == ["Briseño", "Peña Soler", "Muñoz"]
    (words,) = read_references(CASES / "07_latex_commands_that_lose_words.bib").studies
    assert words.title == "Not so: p < 0.05 and > 3, groene groei, α, intersector, © x"
    crashed = read_references(CASES / "08_other_crashes_textcolor_sqrt.bib").studies
    assert [study.title for study in crashed] == ["Warm care", "A ∛2 law"]
    linked = read_references(CASES / "03_href_in_note_kills_whole_file.bib").studies
    assert [study.note for study in linked] == ["", "arXiv:1"]


def test_every_letter_with_marks_in_every_way() -> None:
    """Also of several marks: each way is put around the others, as Vietnamese needs."""
    tried, wrong = 0, []
    for letter in map(chr, LATIN):
        base, *marks = unicodedata.normalize("NFD", letter)
        if not marks or not MARKS.keys() >= set(marks) or not base.isascii():
            continue
        for way in (*WAYS, *CLOSE_WAYS, *DOTLESS_WAYS):
            written = _written(base, marks, way)
            tried += 1
            if title_of(f"x{written}y z") != f"x{letter}y z":
                wrong.append(written)
            people = f"Smit, Jo and {written}xx, Bo"
            entry = f"@book{{a, author = {{{people}}}, title = {{T}}, year = 2020}}"
            (study,) = parse_references(entry).studies
            if study.authors[1] != Name(f"{letter}xx", "Bo"):
                wrong.append(people)
    assert not wrong
    assert tried > 4000


def _written(letter: str, marks: list[str], way: str) -> str:
    for mark in marks:
        accent = MARKS[mark]
        dotless = way in DOTLESS_WAYS and letter in ("i", "j")
        close = way in CLOSE_WAYS and not accent.isalpha()
        chosen = way if way in WAYS or dotless or close else WAYS[0]
        letter = chosen.format(accent=accent, letter=letter)
    return letter


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"CO$_2$ and CO\textsubscript{2}, $\mathrm{CO_2}$", "CO₂ and CO₂, CO₂"),
        (r"$\alpha$-helix, \(\beta\) and \ensuremath{\gamma}", "α-helix, β and γ"),
        (r"PM$_{2.5}$, 10$^{-3}$, 25$^\circ$C, $^{13}$C", "PM2.5, 10⁻³, 25°C, ¹³C"),
        (r"$p < 0.05$, $x \geq 5$, $\mu m$, $n \times n$", "p < 0.05, x ≥ 5, μm, n × n"),
        (r"$\frac{a+b}{2}$ of \sqrt{2} and $\sqrt[3]{x}$", "(a+b)/2 of √2 and ∛x"),
        (r"$\hat{\beta}$ in $\mathbb{R}^n$", "β̂ in ℝⁿ"),
        (r"$k$-trees, $\mathcal{O}(n \log n)$", "k-trees, O(n log n)"),
        (r"US$5 million to $6 million", "US$5 million to $6 million"),
        (r"at $5 \emph{per kilo} or A$ less", "at $5 per kilo or A$ less"),
        (r"$5-$6 a day, 3$ or 4$", r"$5-$6 a day, 3$ or 4$"),
        (r"A$AP and B$B at \$5", "A$AP and B$B at $5"),
        (r"$\sum_{i=0}^{n^{2.5}} x$ \& more", r"$\sum_{i=0}^{n^{2.5}} x$ & more"),
        (r"$\unheard{x}$ of \unheard{it}, \unheard too", r"$\unheard{x}$ of it, \unheard too"),
        (r"\unheard{}: \'{\^x}", "\\unheard: x\u0302\u0301"),
        (r"\textsuperscript{13}C on the 4\textsuperscript{th}", "¹³C on the 4th"),
        (r"\texorpdfstring{$\alpha$}{alpha} {\em and} \url{https://x.org/a~b_c%20}", "alpha and https://x.org/a~b_c%20"),
        (r"``A''---{\relax b}--c\dots\ \emph{d}~\&{} e\,f", "“A”—b–c… d & e f"),
        (r"\'{} \~{} \^{} \textasciitilde x \{y\} \textbackslash z", r"´ ~ ^ ~x {y} \z"),
        (r"gr\"un\-lich \ss\ Gau\ss, \O, {\AE}sop, \l odz", "grünlich ß Gauß, Ø, Æsop, łodz"),
        (r"\char65 \char'102 \char" + '"43', "ABC"),
        (r"{\fontencoding{LELA}\selectfont\char40}", r"\fontencoding{LELA}\selectfont\char40"),
        (r"\bibinfo{title}{A} \textcolor[rgb]{1,0,0}{B} \cite{key2020}", r"A B \cite{key2020}"),
    ],
)  # fmt: skip
def test_signs_maths_and_wrappers(written: str, read: str) -> None:
    assert title_of(written) == read


def test_commands_of_other_tables() -> None:
    """Every sign that pylatexenc and latexcodec write in LaTeX is read again, or stays readable."""
    exact, others, lost = 0, 0, []
    for code, command in get_builtin_uni2latex_dict().items():
        sign = unicodedata.normalize("NFKC", chr(code))
        if unicodedata.category(chr(code)) in ("Cn", "Cf", "Zs"):
            continue
        read = unicodedata.normalize("NFKC", decode_latex(f"a{{{command}}}b")[1:-1])
        # One command is written for several signs, and some signs by a font's number.
        exact, others = exact + (read == sign), others + (read != sign)
        if not read.strip() and command != "\\fbox{~~}":
            lost.append((chr(code), command))
    assert not lost
    assert exact > 12 * others
    common = [chr(code) for code in range(0xA1, 0x180) if chr(code).isalpha()]
    for sign in (*common, *"§¶©®±×÷£€°…†‡•αβγδλμπσωΓΔΣΩ≤≥≠→∞∂∑∈∪∩"):
        try:
            written = codecs.encode(f"a{sign} b", "ulatex")
        except UnicodeEncodeError:  # it knows no command
            continue
        read = unicodedata.normalize("NFKC", decode_latex(written))
        assert read == unicodedata.normalize("NFKC", f"a{sign} b"), written


@given(st.text(alphabet="\\{}$_^'`\"~=.-&%#,iujaevc 1\u00e9", max_size=60))
def test_whatever_is_written_is_read_or_told(text: str) -> None:
    with suppress(LatexFault):
        read = read_latex(text)
        assert read == decode_latex(text)
        assert read == " ".join(read.split())
        assert not set(read) & set(map(chr, range(0xFDD0, 0xFDF0)))


@pytest.mark.parametrize("text", ["\\'" * 3000 + "e", "{\\relax " * 3000 + "}" * 3000, "{\\'e"])
def test_what_is_too_deep_or_open_is_told(text: str) -> None:
    with pytest.raises(LatexFault):
        read_latex(text)
    assert decode_latex(text) == text.strip()


DEEP = "{\\'" * 60 + "e" + "}" * 60


def test_what_cannot_be_read_stays_with_its_field(small: Project, evidence: Evidence) -> None:
    """Check, build and add alike: a warning with line and field, the field as it stands."""
    text = (
        f"@book{{deep2020,\n  author = {{Berg, Anna}},\n  title = {{A {DEEP}}},\n  year = 2020}}\n"
        "@book{sound2020, author = {Bos, Pim}, title = {A sound one}, year = 2020}\n"
    )
    found = parse_references(text)
    assert [study.title for study in found.studies] == [f"A {DEEP}", "A sound one"]
    (problem,) = found.problems
    assert (problem.kind, problem.line, problem.severity) == ("latex", 3, "warning")
    assert "field 'title' of 'deep2020'" in problem.message
    assert problem.hint
    names = parse_references(f"@book{{n, author = {{{DEEP}rg, A}}, title = {{T}}, year = 2020}}")
    assert [problem.kind for problem in names.problems] == ["latex"]
    assert names.studies[0].authors[0].given == "A"
    file = small.root / "deep.bib"
    file.write_text(text)
    answer = evidence("add", small, str(file), "--yes", "--source", "Zotero")
    assert "2 studies added" in answer.output, answer.output
    checked = json.loads(evidence("check", small, "--json").output)
    lines = small.references.read_text().splitlines()
    (told,) = [problem for problem in checked if problem["kind"] == "latex"]
    assert lines[told["line"] - 1].strip().startswith("title  = {A {\\'")
    built = evidence("build", small)
    assert built.exit_code == 0, built.output


def test_add_keeps_capitals_and_maths(small: Project, evidence: Evidence) -> None:
    answer = evidence("add", small, str(CASES / "tricky.bib"), "--yes", "--source", "Zotero")
    assert answer.exit_code == 0, answer.output
    data = small.references.read_bytes()
    title = (
        r"The {EU} {NGO} role in {LivingLabs}: 50\% more \& better,"
        r" {CO\textsubscript{2}} and $\alpha$"
    )
    assert f"= {{{title}}},".encode() in data
    assert rb"publisher = {Springer {\&} Sons}," in data
    entries = parse_bytes(data, "bibtex")
    del entries.entries["liplatforms"]  # without a year, which pybtex refuses
    style = find_plugin("pybtex.style.formatting", "plain")()
    backend = find_plugin("pybtex.backends", "text")()
    printed = {item.key: item.text.render(backend) for item in style.format_bibliography(entries)}
    (said,) = [text for text in printed.values() if "50" in text]
    assert "The EU NGO role in LivingLabs" in said
    studies = {study.title: study for study in read_references(small.references).studies}
    study = studies["The EU NGO role in LivingLabs: 50% more & better, CO₂ and α"]
    assert [name.last for name in study.authors] == ["van der Meer", "de la Cruz García"]
    assert evidence("build", small).exit_code == 0
    with sqlite3.connect(small.database) as connection:
        titles = {row[0] for row in connection.execute("SELECT title FROM study")}
    assert not [title for title in titles if "{" in title or "$" in title]


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ("title = {A {B}}, subtitle = {On {NGOs}}", "title  = {A {B}: On {NGOs}},"),
        ("title = {{Whole Title}}", "title  = {{Whole Title}},"),
        (r'title = "A {\"o} and \emph{b}"', r"title  = {A {\"o} and \emph{b}},"),
        (r"title = {Half \{ open}", "title  = {Half ( open},"),
        (r'title = "Half \{ open }"', "title  = {Half ( open},"),
        ("title = {T}, series = {The {EU} Series}", "series = {The {EU} Series},"),
        ("title = {T}, edition = 2, note = {See $x^2$}", "note    = {See $x^2$},"),
    ],
)
def test_fields_are_written_as_they_stood(fields: str, written: str) -> None:
    text = f"@book{{k, author = {{Berg, Anna}}, {fields}, year = 2020}}"
    (record,) = read_shipment(text.encode(), "x.bib").records
    assert written in write_entry("k", record.study)
    (again,) = parse_references(write_entry("k", record.study)).studies
    assert again.title.replace("(", "{") == record.study.title


@given(st.text(alphabet="\\{}$_^'`\"~-&%#, aBé2", max_size=40))
def test_no_field_breaks_the_entry_that_add_writes(text: str) -> None:
    """Whatever raw value came in: what is written is one sound entry, and reads as before."""
    study = Study("k", "book", "T", (Name("Berg", "A."),), 2020, 1, note=text, raw={"note": text})
    found = parse_references(write_entry("k", study))
    assert not found.problems, found.problems
    (back,) = found.studies
    assert (back.title, back.year) == ("T", 2020)


def test_braces_around_a_letter_hold_no_name_together() -> None:
    people = (
        r"{\'A}lvarez Garc{\'\i}a, Mar and {\v C}apek {\O}st, Bo and {\'Ecole des Mines, Paris}"
    )
    entry = f"@book{{a, author = {{{people}}}, title = {{T}}, year = 2020}}"
    assert parse_references(entry).studies[0].authors == (
        Name("Álvarez García", "Mar"),
        Name("Čapek Øst", "Bo"),
        Name("École des Mines, Paris", literal=True),
    )


FAMILY = st.from_regex(r"[A-Z][a-zéøč]{1,6}( en Dal| and Sons|, Jr|-van Bos)?", fullmatch=True)


@given(st.lists(st.tuples(FAMILY, st.sampled_from(["", "van", "de la"])), min_size=1, max_size=4))
def test_names_come_back(families: list[tuple[str, str]]) -> None:
    names = tuple(Name(family, "Jo", particle) for family, particle in families)
    (back,) = parse_references(write_entry("k", Study("k", "book", "T", names, 2020, 1))).studies
    assert back.authors == names


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"10.1007/x{\_}5", "10.1007/x_5"),
        (r"10.1002/a{\textless}1::b\textgreater 3", "10.1002/a<1::b>3"),
        (r"{10.1007/x\_5}", "10.1007/x_5"),
    ],
)
def test_dois_are_taken_as_they_are_meant(written: str, read: str) -> None:
    text = f"@book{{k, author = {{Berg, A}}, title = {{T}}, year = 2020, doi = {{{written}}}}}"
    assert parse_references(text).studies[0].doi == read
