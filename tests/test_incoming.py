"""Reference files as they come out of other programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.desk.adding.formats import FORMATS
from pipeline.desk.adding.incoming import Shipment
from pipeline.desk.adding.reference_files import MOST_BYTES, decode, read_shipment
from pipeline.desk.adding.study_keys import make_key
from pipeline.ground.problems import InputError
from pipeline.model.records import Name, Study
from pipeline.sources.bibliography.bibtex_text import write_entry
from pipeline.sources.bibliography.references import parse_references

SAMPLES = Path(__file__).parent / "imports"
BROKERING = (
    "Brokering heat: how a district agency brought housing corporations and grid operators together"
)
VERMEER = ("Anna Vermeer", "Kees de Wit")


@dataclass(frozen=True)
class Expected:
    file: str
    format: str
    titles: tuple[str, ...]
    broken: tuple[str, ...] = ()


def read(name: str) -> Shipment:
    return read_shipment((SAMPLES / name).read_bytes(), name)


@pytest.mark.parametrize(
    ("name", "form", "records", "broken"),
    [
        ("ten.ris", "ris", 9, 1),
        ("zotero.bib", "bibtex", 2, 0),
        ("mendeley.bib", "bibtex", 2, 0),
        ("jabref.bib", "bibtex", 1, 0),
        ("zotero.json", "csl-json", 3, 0),
        ("pubmed.nbib", "nbib", 2, 0),
        ("endnote.xml", "endnote-xml", 2, 0),
        ("endnote.enw", "enw", 1, 0),
        ("wos.txt", "wos", 2, 0),
        ("scopus.csv", "csv", 2, 0),
        ("plain.csv", "csv", 1, 0),
    ],
)
def test_every_format_is_told_by_its_content(
    name: str, form: str, records: int, broken: int
) -> None:
    data = (SAMPLES / name).read_bytes()
    for called in (name, "pasted text", "export.dat"):
        found = read_shipment(data, called)
        assert (found.format, len(found.records), len(found.broken)) == (form, records, broken)
        numbers = [item.number for item in (*found.records, *found.broken)]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "name",
    ["ten.ris", "zotero.bib", "zotero.json", "endnote.xml", "wos.txt", "scopus.csv", "endnote.enw"],
)
def test_the_same_study_from_every_program(name: str) -> None:
    study = read(name).records[0].study
    assert study.title.casefold().replace("&", "and") == BROKERING.casefold()
    assert tuple(person.reading for person in study.authors) == VERMEER
    assert study.container.casefold() == "journal of local energy coalitions"
    assert (study.type, study.year, study.volume, study.number, study.pages, study.doi) == (
        "article", 2021, "4", "2", "101-119", "10.55555/jlec.2021.0042",
    )  # fmt: skip


def test_the_details_of_each_format() -> None:
    pubmed = read("pubmed.nbib").records[0].study
    assert pubmed.pages == "210-219"
    assert pubmed.title.endswith("with a title that runs on")
    assert pubmed.date == "2019-03-05"
    assert pubmed.raw["pmid"] == "39999991"
    assert [person.reading for person in pubmed.authors] == [
        "Marieke van Dijk", "Peter J Brown", "Regional Brokers Study Group",
    ]  # fmt: skip
    assert pubmed.authors[2].literal
    ris = [item.study for item in read("ten.ris").records]
    assert ris[1].doi == "10.3390/SU10020558"
    assert ris[2].date == "2020-06-15"
    assert ris[4].type == "incollection"
    assert ris[4].container == "Handbook of Circular Beginnings"
    assert [person.reading for person in ris[4].editors] == ["Petra Jansen"]
    assert ris[5].authors == (Name("Stichting Regionale Samenwerking", literal=True),)
    assert ris[5].type == "techreport"
    jabref = read("jabref.bib").records[0].study
    assert [person.reading for person in jabref.authors] == ["Inês Ferreira", "Jörg Müller"]
    zotero = read("zotero.bib").records[0].study
    assert zotero.key == "vermeerBrokeringHeatHow2021"
    assert "file" not in write_entry("k", zotero)
    scopus = read("scopus.csv").records[1].study
    assert scopus.authors[1].reading == "Sean O'Neill"
    assert read("wos.txt").records[0].study.date == "2021-05"


def test_broken_records_show_their_line_and_words() -> None:
    (broken,) = read("ten.ris").broken
    assert (broken.number, broken.line, broken.message) == (5, 48, "no title")
    assert "A call without a title" in broken.raw
    (broken,) = read_shipment(b"\n@misc{NoTitle, year = 2020}", "a.bib").broken
    assert (broken.line, broken.message) == (2, "'NoTitle' has no title")
    assert broken.raw.startswith("@misc{NoTitle")


@pytest.mark.parametrize("name", ["mendeley.bib", "zotero.json", "pubmed.nbib"])
def test_a_record_without_a_year_is_read_with_a_doubt(name: str) -> None:
    record = read(name).records[-1]
    assert (record.study.year, record.study.date) == (None, "")
    (said,) = (doubt for doubt in record.doubts if doubt.message.endswith("no year"))
    assert said.line == record.line
    assert all(doubt.hint for doubt in record.doubts)


def test_title_and_either_somebody_or_a_year_is_enough() -> None:
    def ris(*lines: str) -> tuple[int, int]:
        text = "\n".join(["TY  - JOUR", *lines, "ER  - "])
        found = read_shipment(text.encode(), "a.ris")
        return len(found.records), len(found.broken)

    assert ris("TI  - A", "PY  - 2020") == (1, 0)
    assert ris("TI  - A", "AU  - Berg, A") == (1, 0)
    assert ris("TI  - A", "ED  - Berg, A") == (1, 0)
    assert ris("TI  - A", "JO  - J") == (0, 1)
    assert ris("AU  - Berg, A", "PY  - 2020") == (0, 1)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "not-text"),
        (b"%PDF-1.7 rest", "not-text"),
        (b"\x1f\x8b\x08", "not-text"),
        (b"TY  - JOUR\0\0\0", "not-text"),
        (b"Dear all, please find attached.", "unknown-format"),
        (b"name,age\nx,3\n", "unknown-format"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><xml><records/></xml>', "refused"),
        (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            b"<xml><records><record>&a;</record></records></xml>",
            "refused",
        ),
    ],
)
def test_files_that_cannot_be_used(data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as error:
        read_shipment(data, "some.file")
    (problem,) = error.value.problems
    assert problem.kind == kind
    assert problem.hint


def test_a_file_that_is_too_large_is_not_read() -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return MOST_BYTES + 1

    with pytest.raises(InputError, match="1 problem"):
        decode(Large(b"TY  - JOUR"), "large.ris")


def test_a_line_that_tells_excel_the_separator_is_no_header() -> None:
    text = 'sep=;\r\ntitle;authors;year\r\nBonds;"Berg, Anna";2020\r\nNo year;"Berg, Anna";\r\n'
    found = read_shipment(text.encode(), "a.csv")
    assert [(item.line, item.study.title) for item in found.records] == [
        (3, "Bonds"), (4, "No year"),
    ]  # fmt: skip


def test_columns_that_are_not_known_are_named() -> None:
    with pytest.raises(InputError) as error:
        read_shipment(b"Titre,year\nA,2020\n", "x.csv")
    assert "no column for title; there is Titre, year" in error.value.problems[0].message
    assert "doi" in error.value.problems[0].hint


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_truncated_file_loses_only_its_end(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    whole = read(name)
    for place in range(40, len(data), max(len(data) // 25, 1)):
        try:
            found = read_shipment(data[:place], name)
        except InputError:
            continue
        assert len(found.records) + len(found.broken) <= len(whole.records) + len(whole.broken) + 1
        for mine, theirs in zip(found.records[:-1], whole.records, strict=False):
            assert mine.study.title == theirs.study.title


def test_encodings_wrong_and_mixed() -> None:
    text = "TY  - JOUR\r\nAU  - Müller, Jörg\r\nTI  - Über Brücken – eine Studie\r\nPY  - 2020\r\nJO  - Z\r\nER  - \r\n"
    for data in (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        b"\x00\x00\xfe\xff" + text.encode("utf-32-be"),
        text.encode("utf-16") + b"\n",  # half of a letter at the end
        text.encode("cp1252"),
        text.split("TI")[0].encode() + ("TI" + text.split("TI")[1]).encode("cp1252"),
    ):
        study = read_shipment(data, "x.ris").records[0].study
        assert study.authors[0].reading == "Jörg Müller"
        assert study.title == "Über Brücken – eine Studie"


def test_a_byte_that_is_no_letter_costs_its_line_no_others() -> None:
    text = (
        b"TY  - JOUR\nAU  - Berg, A\nTI  - \x93Fog\x94 on\x81 quays\nPY  - 2020\nJO  - Z\nER  - \n"
    )
    assert read_shipment(text, "x.ris").records[0].study.title == "“Fog” on quays"


def test_one_record_without_an_end_does_not_swallow_the_next() -> None:
    text = "TY  - JOUR\nTI  - One\nAU  - A, B\nPY  - 2020\nJO  - J\n\nTY  - JOUR\nTI  - Two\nAU  - C, D\nPY  - 2021\nJO  - J\nER  - \n"
    assert [item.study.title for item in read_shipment(text.encode(), "x.ris").records] == [
        "One",
        "Two",
    ]


@given(st.binary(max_size=400), st.sampled_from([None, *FORMATS]))
def test_any_bytes_are_read_or_refused(data: bytes, form: str | None) -> None:
    try:
        found = read_shipment(data, "any", form)
    except InputError:
        return
    assert found.records or found.broken


PLAIN = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x24F, blacklist_categories=["Cc", "Cf", "Zs"]),
    min_size=1,
    max_size=30,
).filter(lambda text: "&" not in text and "<" not in text and any(map(str.isalnum, text)))


@given(PLAIN, st.from_regex(r"[A-Z][a-z]{1,9}", fullmatch=True), st.integers(1000, 2999))
def test_what_a_json_file_says_comes_back(title: str, family: str, year: int) -> None:
    value = [
        {
            "type": "book",
            "title": title,
            "author": [{"family": family, "given": "A."}],
            "issued": {"date-parts": [[year]]},
        }
    ]
    (record,) = read_shipment(json.dumps(value).encode(), "x.json").records
    assert (record.study.title, record.study.authors[0].family, record.study.year) == (
        title,
        family,
        year,
    )


@settings(max_examples=150)
@given(
    st.text(
        st.characters(blacklist_categories=["Cc", "Cs", "Cf", "Co", "Cn"]), min_size=1, max_size=50
    ).filter(lambda text: any(map(str.isalnum, text)) and "$" not in text and "@" not in text),
    st.from_regex(r"(van )?[A-Z][a-zéö'-]{1,9}", fullmatch=True),
    st.integers(1000, 2999),
)
def test_an_entry_is_read_as_it_was_written(title: str, family: str, year: int) -> None:
    study = Study(
        "x",
        "article",
        " ".join(title.split()),
        (Name(family.removeprefix("van "), "A. B.", "van" if family.startswith("van ") else ""),),
        year,
        1,
        container="J & K",
        pages="1-9",
    )
    found = parse_references(write_entry("x", study))
    assert not found.problems, found.problems
    (back,) = found.studies
    balanced = study.title.count("{") == study.title.count("}")
    if balanced and "`" not in title and "'" not in title and "^" not in title:
        assert (
            back.title.replace("\u00a0", " ") == study.title.replace("\u00a0", " ") or "{" in title
        )
    assert back.authors == study.authors
    assert (back.year, back.container, back.pages) == (year, "J & K", "1–9")


def test_keys_follow_one_pattern() -> None:
    def key(title: str, *names: Name, taken: tuple[str, ...] = ()) -> str:
        return make_key(Study("", "misc", title, names, 2020, 1), set(taken))

    berg = Name("Bergström", "Åsa")
    assert key("The weaving of ties", berg) == "bergstrom2020weaving"
    assert key("De verbinder", Name("Wit", "K.", "de")) == "dewit2020verbinder"
    assert key("Cross-sector ties", berg, taken=("bergstrom2020cross",)) == "bergstrom2020crossb"
    taken = tuple(f"bergstrom2020cross{letter}" for letter in ["", *"bcdefghijklmnopqrstuvwxyz"])
    assert key("Cross-sector ties", berg, taken=taken) == "bergstrom2020crosszb"
    assert key("漢字", Name("漢", "字")) == "anonymous2020"
    assert make_key(Study("", "misc", "Ties", (berg,), None, 1), set()) == "bergstromties"
    assert make_key(Study("", "misc", "Ties", (), 2020, 1), set()) == "anonymous2020ties"
