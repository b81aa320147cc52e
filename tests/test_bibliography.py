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
    ("key-with-slash", "bad-key", 7),
    ("key-with-dots-up", "bad-key", 7),
    ("key-with-accent", "bad-key", 7),
    ("key-with-leading-dot", "bad-key", 7),
    ("duplicate-field", "duplicate-field", 7),
    ("duplicate-field-case", "duplicate-field", 10),
    ("unclosed-brace-of-value", "unclosed", 1),
    ("unclosed-brace-of-entry", "unclosed", 1),
    ("unclosed-at-end-of-file", "unclosed", 7),
    ("unclosed-quote", "unclosed", 7),
    ("missing-author", "missing-field", 7),
    ("missing-title", "missing-field", 7),
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


@pytest.mark.parametrize(("name", "kind", "line"), FAULTS)
def test_each_fault_is_reported_where_it_is(name: str, kind: str, line: int) -> None:
    path = FOLDER / "faulty" / f"{name}.bib"
    before = path.read_bytes()
    result = read_references(path, "references.bib")
    found = [(problem.kind, problem.line) for problem in result.problems]
    assert set(found) == {(kind, line)}
    assert all(problem.hint and problem.message for problem in result.problems)
    assert all(problem.raw for problem in result.problems)
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
    fault = draw(st.sampled_from([None, None, "author", "title", "journal", "year", "double"]))
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if name != fault]
    if fault == "double":
        lines.append("  title = {again},")
    return "@article{KEY,\n" + "\n".join(lines) + "\n}\n", fault is None


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
