"""Items, references and in-text citations: odd entries, hostile words, several threads."""

from __future__ import annotations

import datetime
import json
import re
import sqlite3
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pybtex.errors
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_bytes

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.model.csl import csl_item
from pipeline.published.citation import csl_rendering, kept_references
from pipeline.published.citation import reference_formatter as formatter
from pipeline.published.citation.citation_styles import STYLES, style_names, style_path
from pipeline.published.citation.csl_rendering import reference
from pipeline.published.citation.database_citation import database_citation, own_item
from pipeline.published.citation.reference_formatter import Citations, Formatted
from pipeline.published.export.bibliography_entries import bib
from pipeline.sources.bibliography.references import parse_references
from tests.conftest import ROOT, Evidence, Site
from tests.test_export import written

TAG = re.compile(r"<(?!/?(?:i|b|sup|sub)>)")


def item(text: str) -> dict[str, Any]:
    """The CSL-JSON item of one entry in BibTeX."""
    read = parse_references(text)
    assert len(read.studies) == 1, read.problems
    return csl_item(read.studies[0])


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("article", "journal={J}", "article-journal"),
        ("book", "", "book"),
        ("incollection", "booktitle={B}", "chapter"),
        ("inbook", "booktitle={B}", "chapter"),
        ("inproceedings", "booktitle={B}", "paper-conference"),
        ("phdthesis", "school={S}", "thesis"),
        ("mastersthesis", "school={S}", "thesis"),
        ("thesis", "institution={S}", "thesis"),
        ("techreport", "institution={S}", "report"),
        ("report", "institution={S}", "report"),
        ("online", "url={https://x.nl}", "webpage"),
        ("misc", "", "document"),
        ("dataset", "", "dataset"),
        ("software", "", "software"),
        ("painting", "", "document"),
    ],
)
def test_types(kind: str, fields: str, expected: str) -> None:
    found = item(f"@{kind}{{a, author={{Smit, Jo}}, title={{T}}, year=2020, {fields}}}")
    assert found["type"] == expected
    assert ("genre" in found) == (kind in ("phdthesis", "mastersthesis"))


@pytest.mark.parametrize(
    ("date", "parts"),
    [
        ("date={2020}", [[2020]]),
        ("date={2020-03}", [[2020, 3]]),
        ("date={2020-03-04}", [[2020, 3, 4]]),
        ("date={2020-03-04/2021}", [[2020, 3, 4], [2021]]),
        ("date={2020~}", [[2020]]),
        ("year=2020, month=may", [[2020, 5]]),
        ("year=2020, date={1999-01-01}", [[2020]]),
        ("year={2020, forthcoming}", [[2020]]),
    ],
)
def test_dates(date: str, parts: list[list[int]]) -> None:
    found = item(f"@misc{{a, author={{Smit, Jo}}, title={{T}}, {date}}}")
    assert found["issued"]["date-parts"] == parts
    assert found["issued"].get("circa", False) == ("~" in date)


# References.

BOOK = "@book{a, editor={de Wit, Jan}, title={Who is it?}, publisher={P}, year=2020}"
OTHERS = "@article{a, author={Smit, Jo and others}, title={T}, journal={J}, year=2020}"


@pytest.mark.parametrize("style", STYLES)
def test_et_al_is_not_joined_like_a_name(style: str) -> None:
    found = reference(item(OTHERS), style_path(style), "en")
    assert "et al." in found
    assert not re.search(r"(and|&amp;) et al", found)


@pytest.mark.parametrize("style", STYLES)
def test_editors_in_the_place_of_authors_are_named_once(style: str) -> None:
    found = reference(item(BOOK), style_path(style), "en")
    assert found.count("Wit") == 1
    assert "Who" in found
    assert not re.search(r"[.?!](</i>|’)?\.", found)


@pytest.mark.parametrize(
    "style",
    ["vancouver", "ieee", "nature", "igaku-toshokan", "the-national-medical-journal-of-india"],
)
def test_the_number_of_a_list_is_not_part_of_an_entry(style: str) -> None:
    text = "@article{a, author={Smit, Jo}, title={1 to 1}, journal={J}, year=2020}"
    found = re.sub(r"<[^>]*>", "", reference(item(text), style_path(style), "en"))
    assert re.match(r"(J\. )?Smit", found), found
    assert "1 to 1" in found


def test_a_title_that_looks_like_a_number_stays() -> None:
    nobody = {"type": "document", "title": "1. FC Union", "issued": {"date-parts": [[2020]]}}
    for style in STYLES:
        assert "1. FC" in reference({"id": "x", **nobody}, style_path(style), "en")


HOSTILE = [
    "<script>alert(1)</script>",
    "</i><b onclick=x>y",
    "&lt;script&gt; &amp; <sup>2</sup>",
    "{a} \\ % _x_ $5$ # ~ ^",
    "TY  - X\r\nER  - ",
    "=cmd|' /C calc'!A1",
    "\ue000script\ue001\ue003",
    "<span class=x>",
    "\x00\x1b[31m",
    "",
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words(style: str, text: str) -> None:
    for field in ("title", "container-title", "publisher", "DOI", "volume", "page", "language"):
        found = reference({**item(OTHERS), field: text}, style_path(style), "en")
        assert found
        assert not TAG.search(found), found
        assert found.count("<i>") == found.count("</i>")
    name = {"author": [{"family": text, "given": text}, {"literal": text}]}
    found = reference({**item(OTHERS), **name}, style_path(style), "nl")
    assert found
    assert not TAG.search(found), found


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=60), st.sampled_from(list(STYLES)))
def test_any_title_gives_text_without_marks_of_its_own(title: str, style: str) -> None:
    found = reference({**item(OTHERS), "title": title}, style_path(style), "en")
    assert found
    assert not TAG.search(found)
    assert "<" not in Formatted(found).text.replace(title, "") or "<" in title


def test_styles_break_without_breaking_the_list(
    real: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise AttributeError("odd entry")

    monkeypatch.setattr(csl_rendering, "_style", broken)
    with sqlite3.connect(real.database) as connection:
        found = Citations(connection).bibliography(["yan2018cross"], "nature", "nl")
    assert "(2018). " in found["yan2018cross"].text


def test_no_warning_reaches_the_reader() -> None:
    odd = {**item(OTHERS), "nothing": "x", "archive_location": "y", "type": "painting"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reference(odd, style_path("apa"), "en")


def test_every_style_of_a_sample_gives_text() -> None:
    names = style_names()[:: len(style_names()) // 60]
    for name in names:
        found = reference(item(OTHERS), style_path(name), "nl")
        assert found, name
        assert not TAG.search(found), name


# Kept references.


@pytest.mark.slow
def test_several_threads_get_the_same(real: Project, tmp_path: Path) -> None:
    with sqlite3.connect(real.database) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM study")]

    def run(number: int) -> dict[str, Formatted]:
        own = sqlite3.connect(real.database)
        style = list(STYLES)[number % 2]
        found = Citations(own, tmp_path / "c.db").bibliography(keys, style)
        own.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(run, range(16)))
    assert all(found[number] == found[number % 2] for number in range(16))
    assert list(found[0]) == keys


@pytest.mark.parametrize("spoil", ["no file", "folder", "not a database"])
def test_without_a_file_references_are_kept_in_memory(
    real: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    cache = tmp_path / "c.db"
    if spoil == "folder":
        cache.mkdir()
    if spoil == "not a database":
        cache.write_bytes(b"nothing of the kind" * 100)
    monkeypatch.setattr(kept_references, "_unsaved", {})
    where = None if spoil == "no file" else cache
    connection = sqlite3.connect(real.database)
    first = Citations(connection, where).bibliography(["yan2018cross"], "ieee")
    monkeypatch.setattr(formatter, "reference", lambda *_: pytest.fail("formatted again"))
    assert Citations(connection, where).bibliography(["yan2018cross"], "ieee") == first
    connection.close()


def test_pages_look_into_the_cache_only_for_what_they_print(site: Site) -> None:
    opened: list[str] = []
    # A hook cannot be taken away again, so it is told when to listen.
    listening = True
    sys.addaudithook(
        lambda event, found: (
            opened.append(str(found[0])) if event == "sqlite3.connect" and listening else None
        )
    )
    times = {}
    for path in ("/study/yan2018cross", "/studies", "/feed.atom"):
        assert site.get(path).status_code == 200  # formats what nobody had asked for yet
        opened.clear()
        assert site.get(path).status_code == 200
        times[path] = sum(name.endswith("citations.db") for name in opened)
    listening = False
    of_list = 2  # the studies, and what was read in place of some
    assert times == {"/study/yan2018cross": len(STYLES), "/studies": of_list, "/feed.atom": 0}


# In the text, and of the database itself.


@pytest.mark.parametrize(
    ("locator", "style", "language", "expected"),
    [
        ("p. 4", "apa", "en", "(Eitan & Fischhendler, 2023, p. 4)"),
        ("pp. 4-6", "harvard", "en", "(Eitan and Fischhendler, 2023, pp. 4-6)"),
        ("abstract", "ieee", "nl", "(Eitan en Fischhendler, 2023, abstract)"),
        ("introduction,\n opening lines", "apa", "nl",
         "(Eitan & Fischhendler, 2023, introduction, opening lines)"),
        ("", "vancouver", "en", "(Eitan and Fischhendler, 2023)"),
    ],
)  # fmt: skip
def test_in_the_text(real: Project, locator: str, style: str, language: str, expected: str) -> None:
    with sqlite3.connect(real.database) as connection:
        cited = Citations(connection).in_text("eitan2023architecture", locator, style, language)
        assert cited == expected


def test_the_database_cites_itself(tmp_path: Path) -> None:
    day = datetime.date(2026, 11, 23)
    for style in STYLES:
        found = database_citation(ROOT, day, "https://example.org", style)
        for part in ("Orchestration Evidence", "0.1.0", "2026", "https://example.org"):
            assert part in found.text, (style, part, found.text)
    bare = own_item(tmp_path, day)
    assert bare["title"]
    assert bare["type"] == "dataset"
    assert database_citation(tmp_path, day, "", "apa", "nl").text


# Files with these entries.


WILD = st.text(
    st.sampled_from('{}\\"@,=%# \nab&~$') | st.characters(exclude_categories=("Cs", "Cc")),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(WILD)
def test_no_value_reaches_beyond_its_entry_in_any_reader(value: str) -> None:
    data = bib("misc", "k", {"title": value, "year": "2020"}) + bib("misc", "l", {"title": "next"})
    library = parse_string(data.decode(), parse_stack=[])
    assert [entry.key for entry in library.entries] == ["k", "l"]
    assert not library.failed_blocks
    with pybtex.errors.capture():
        read = parse_bytes(data, "bibtex").entries
    assert list(read) == ["k", "l"]
    assert read["k"].fields["year"] == "2020"
    if not set("{}\\") & set(value):
        assert read["k"].fields["title"].split() == value.split()


def test_an_entry_that_inherits_stands_alone(small: Project) -> None:
    text = small.references.read_text()
    small.references.write_text(
        text.replace(
            "  title   = {Weaving", "  crossref = {smit2021},\n  title   = {\\{ Weaving", 1
        )
    )
    build(small)
    data = written(small, "bibtex", studies=("berg2020", "smit2021"))
    assert b"crossref" not in data
    read = parse_bytes(data, "bibtex").entries
    assert set(read) == {"berg2020", "smit2021"}
    assert read["berg2020"].fields["booktitle"] == "Zorg in de wijk"


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_title_comes_back_from_ris(title: str) -> None:
    from pipeline.published.export.bibliography_entries import BibliographyEntry
    from pipeline.published.export.ris_writer import _lines, _one_line

    entry = BibliographyEntry("k", "article", {}, {**item(OTHERS), "title": f"x{title}y"})
    lines = [("TY", "JOUR"), *_lines(entry), ("ER", "")]
    text = "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines)
    read = rispy.loads(text)
    assert len(read) == 1
    said = "".join(sign if sign.isprintable() else " " for sign in f"x{title}y")
    assert read[0]["title"].split() == said.split()
    assert read[0]["year"] == "2020"


# The commands.


def test_everything_wrong_is_said_at_once(evidence: Evidence, real: Project) -> None:
    wrong = "-f pdf --style appa --lang fr --role nobody --sector moon --address x".split()
    more = "--where colour=red --where study=yan2018cros --where plain".split()
    result = evidence("export", real, *wrong, *more)
    assert result.exit_code == 2
    for said in ("pdf", "appa", "fr", "nobody", "moon", "colour", "yan2018cross", "'plain'", "'x'"):
        assert said in result.output, said
    result = evidence("cite", real, "--style", "appa", "--lang", "fr")
    assert result.exit_code == 2
    for said in ("appa", "fr", "--database"):
        assert said in result.output


def test_an_export_replaces_its_file_whole(
    evidence: Evidence, real: Project, tmp_path: Path
) -> None:
    file = tmp_path / "a b#?%.json"
    file.write_text("before")
    result = evidence("export", real, "-f", "csl-json", "--studies", "-o", str(file))
    assert result.exit_code == 0, result.output
    assert len(json.loads(file.read_text())) == 20
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_the_project_may_have_any_path(evidence: Evidence, small: Project) -> None:
    moved = Project(small.root.rename(small.root.with_name("a b#?%20")))
    result = evidence("cite", moved, "berg2020")
    assert result.exit_code == 0, result.output
    assert "van der Berg, A., & Smit, J. (2020)" in result.output
