"""The bibliography through its reader: what it copes with, and every fault it reports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ground.problems import errors
from pipeline.sources.bibliography.references import parse_references, read_references

FOLDER = Path(__file__).parent / "bib"
FAULTS = [
    ("duplicate-key", "duplicate-key", 7),
    ("key-case", "key-case", 7),
    ("empty-key", "empty-key", 7),
    ("key-with-space", "bad-key", 7),
    ("key-with-dots-up", "bad-key", 7),
    ("key-like-a-passage", "bad-key", 7),
    ("key-too-long", "bad-key", 7),
    ("no-key-no-comma", "empty-key", 7),
    ("key-with-leading-dot", "bad-key", 7),
    ("duplicate-field", "duplicate-field", 10),
    ("duplicate-field-case", "duplicate-field", 10),
    ("unclosed-brace-of-value", "unclosed", 1),
    ("unclosed-brace-of-entry", "unclosed", 1),
    ("unclosed-at-end-of-file", "unclosed", 7),
    ("unclosed-quote", "unclosed", 7),
    ("missing-author", "missing-field", 7),
    ("missing-title", "missing-field", 7),
    ("neither-people-nor-year", "missing-field", 7),
    ("inbook-without-book", "missing-field", 7),
    ("missing-journal", "missing-field", 7),
    ("missing-year", "missing-field", 7),
    ("empty-title", "missing-field", 7),
    ("missing-booktitle", "missing-field", 1),
    ("missing-school", "missing-field", 1),
    ("missing-institution", "missing-field", 1),
    ("online-without-url", "missing-field", 1),
    ("no-fields", "missing-field", 7),
    ("missing-comma-after-key", "missing-comma", 7),
    ("missing-comma-between-fields", "missing-comma", 3),
    ("missing-equals", "missing-equals", 7),
    ("year-in-words", "bad-year", 7),
    ("year-in-two-digits", "bad-year", 7),
    ("undefined-macro", "undefined-macro", 10),
    ("undefined-macro-in-string", "undefined-macro", 1),
    ("string-without-value", "bad-string", 1),
    ("string-twice", "bad-string", 2),
    ("unknown-crossref", "unknown-crossref", 7),
    ("name-with-four-parts", "bad-name", 7),
    ("name-is-empty-braces", "bad-name", 7),
    ("unknown-type", "unknown-type", 7),
    ("missing-at", "lost-entry", 7),
    ("stray-brace", "stray-brace", 7),
    ("bad-doi", "bad-doi", 7),
    ("shared-doi", "shared-doi", 8),
    ("bare-value", "bad-value", 9),
    ("latin-1", "not-utf8", 8),
]
# Faults with which an entry is read all the same.
HARMLESS = frozenset(
    (
        "duplicate-field", "duplicate-field-case", "missing-author", "missing-journal",
        "missing-year", "inbook-without-book", "missing-booktitle", "missing-school",
        "missing-institution", "online-without-url", "year-in-words", "year-in-two-digits",
        "undefined-macro", "undefined-macro-in-string", "unknown-crossref",
        "name-with-four-parts", "name-is-empty-braces", "unknown-type", "stray-brace", "bad-doi",
        "shared-doi",
    )
)  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "line"), FAULTS)
def test_each_fault_is_reported_where_it_is(name: str, kind: str, line: int) -> None:
    path = FOLDER / "faulty" / f"{name}.bib"
    before = path.read_bytes()
    result = read_references(path, "references.bib")
    found = [(problem.kind, problem.line) for problem in result.problems]
    assert set(found) == {(kind, line)}
    assert all(problem.hint and problem.message for problem in result.problems)
    assert all(problem.raw for problem in result.problems)
    assert bool(errors(result.problems)) == (name not in HARMLESS)
    assert result.entries == len(result.studies) + result.rejected
    assert path.read_bytes() == before


def test_every_faulty_file_is_in_the_table() -> None:
    assert {path.stem for path in (FOLDER / "faulty").glob("*.bib")} == {row[0] for row in FAULTS}


def test_what_real_files_hold_is_read() -> None:
    studies, problems = read_references(FOLDER / "good" / "everything.bib")
    assert not problems
    by_key = {study.key: study for study in studies}
    article = by_key["vandeberg2020"]
    assert [name.reading for name in article.authors] == [
        "Józef van der Berg",
        "María de la Cruz",
        "World Health Organization",
        "Martin Luther King Jr.",
    ]
    assert article.authors[2].literal
    assert article.and_others
    assert article.short == "van der Berg et al. (2020)"
    assert article.title == "The NGO & the city: 10% of “what” we know – or don't"
    assert article.container == "Journal of Business Ethics"
    assert article.date == "2020-03"
    assert article.pages == "1–12"
    assert article.doi == "10.1007/s10551_020"
    assert article.url == "https://example.org/a%20b?x=1&y=~z_w"
    online = by_key["city2021"]
    assert (online.year, online.title) == (2021, "Open data: A report")
    assert online.authors[0].family == "City of Utrecht"
    assert by_key["Lo2019"].editors[0].reading == "Müller Lo"
    assert by_key["part"].container == "On ß and Øre"
    assert by_key["part"].year == 2019
    assert by_key["biblatex"].keywords == ("one", "two", "three")


def test_byte_order_mark_and_windows_line_ends() -> None:
    result = read_references(FOLDER / "good" / "bom-and-crlf.bib")
    assert not result.problems
    assert [study.authors[0].reading for study in result.studies] == ["Zoë Müller"] * 2
    assert [study.line for study in result.studies] == [1, 7]


words = st.text(
    st.characters(
        codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters='{}\\"@#$'
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() and not re.search(r"\band\b|,|%|~", text))


@st.composite
def entries(draw: st.DrawFn) -> tuple[str, bool]:
    """An entry and whether it is sound; its key is filled in later."""
    fields = {
        "author": "Berg, Anna and de Vries, Jan",
        "title": draw(words),
        "journal": draw(words),
        "year": "2020",
    }
    left_out = draw(st.sets(st.sampled_from(["author", "title", "journal", "year", "double"])))
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if name not in left_out]
    if "double" in left_out:
        lines.append("  journal = {again},")
    sound = "title" not in left_out and not {"author", "year"} <= left_out
    return "@article{KEY,\n" + "\n".join(lines) + "\n}\n", sound


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(entries(), st.booleans()), max_size=8))
def test_entries_read_are_accepted_or_reported(items: list[tuple[tuple[str, bool], bool]]) -> None:
    text = ""
    sound = 0
    for number, ((entry, good), repeat) in enumerate(items):
        key = "key0" if repeat and number else f"key{number}"
        text += entry.replace("KEY", key) + "\n% between\n"
        sound += good and key == f"key{number}"
    result = parse_references(text)
    assert result.entries == len(items) == len(result.studies) + result.rejected
    if not any(repeat for _, repeat in items[1:]):
        assert len(result.studies) == sound


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='@{}(),="#%\\\n abcarticlestringyear20', max_size=120))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    result = parse_references(text)
    assert result.entries == len(result.studies) + result.rejected
    assert result.rejected == 0 or errors(result.problems)


NAMES = {
    "family=Berg, given=Anna, prefix=van den, useprefix=true": ("van den", "Berg", "Anna", ""),
    "given=Jan, family={Smit, Jr}": ("", "Smit, Jr", "Jan", ""),
    "family=Smit, given=Jan, given-i=J, suffix=Jr": ("", "Smit", "Jan", "Jr"),
    "family=Cuvelier, given-i={Z.}, id=abc": ("", "Cuvelier", "Z.", ""),
    r"family=M{\"u}ller, given=J\"org, nametemplates=x": ("", "Müller", "Jörg", ""),
    '"family={Robinson and Sons, Inc.}"': ("", "Robinson and Sons, Inc.", "", ""),
}


def test_names_of_biber_are_read() -> None:
    entry = f"@book{{a, author = {{{' and '.join(NAMES)}}}, title = {{T}}, year = 2020}}"
    ((study,), problems) = parse_references(entry)
    assert not problems
    found = [(name.particle, name.family, name.given, name.suffix) for name in study.authors]
    assert found == list(NAMES.values())
    assert [name.literal for name in study.authors] == [False] * 5 + [True]


CASE = Path(__file__).parent / "cases" / "keys" / "stricter-than-ris.bib"


def test_bibtex_is_no_stricter_than_ris() -> None:
    result = read_references(CASE, "references.bib")
    assert result.entries == len(result.studies) == 7
    by_key = {study.key: study for study in result.studies}
    book = by_key["inb2018"]
    assert (book.type, book.title, book.container) == ("book", "A whole book", "")
    assert (book.pages, book.raw["chapter"]) == ("1–5", "3")
    assert (by_key["the2018"].type, by_key["art2018"].type) == ("phdthesis", "article")
    assert (by_key["mon2018"].year, by_key["mon2018"].date) == (2018, "2018-03")
    assert by_key["yea2015"].year == 2015
    assert by_key["cro2018"].publisher == "P"
    assert by_key["nam2018"].short == "van den Berg (2018)"
    assert [(item.line, item.kind, item.severity) for item in result.problems] == [
        (line, kind, "warning")
        for line, kind in enumerate(
            ["missing-field"] * 3 + ["undefined-macro", "bad-year", "unknown-crossref"], 1
        )
    ]


YEARS = {
    "c2015": 2015, "[2015]": 2015, "ca. 2015": 2015, "2015/2016": 2015, "2015a": 2015,
    "Spring 2015": 2015, "2015-03-04": 2015, "in press": None, "20151": None, "15": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "year"), YEARS.items())
def test_a_year_is_found_where_it_stands(text: str, year: int | None) -> None:
    ((study,), _) = parse_references(f"@misc{{a, author={{B, C}}, title={{T}}, year={{{text}}}}}")
    assert study.year == year
    assert study.date == ""


def test_a_date_helps_where_the_year_says_nothing() -> None:
    entry = "@misc{a, author={B, C}, title={T}, year={in press}, date={2021-05}}"
    ((study,), problems) = parse_references(entry)
    assert (study.year, study.date, problems) == (2021, "2021-05", ())


def test_an_entry_without_a_key_takes_no_other_with_it() -> None:
    text = (
        "@article{\n  author = {A, B},\n  title = {One}\n}\n@article{,\n title={Two}, year=2020}\n"
    )
    own = parse_references(f"{text}@book{{k, title={{Three}}, year=2021}}")
    assert [study.title for study in own.studies] == ["Three"]
    assert [(item.line, item.kind) for item in errors(own.problems)] == [
        (1, "empty-key"), (5, "empty-key"),
    ]  # fmt: skip
    foreign = parse_references(text, foreign=True)
    assert [study.title for study in foreign.studies] == ["One", "Two"]
