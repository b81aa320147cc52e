"""What files say that other programs read: the right value in the right place of each format."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import rispy
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_bytes
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from pipeline.ground.project import Project
from pipeline.published.export.biblatex_model import fitted, is_date, is_number, model
from pipeline.published.export.bibliography_entries import bib
from tests.conftest import Evidence, Site

HERE = Path(__file__).parent
ADDRESS = "https://golden.example.org"  # as the golden project's settings say
OWN = "in the words of Orchestration Evidence, not of the authors"
BIBLIOGRAPHY = r"""
@book{edited, editor = {Smit, Jo and van den Broek, Els}, title = {The Edited Book}, publisher = {P},
  year = {2014}, isbn = {978-3-16-148410-0}, langid = {dutch}}
@incollection{part, author = {de Vries, Kim and others}, title = {Learning in {EU} Towns},
  booktitle = {Handbook}, editor = {Smit, Jo}, publisher = {P}, year = {2020}, pages = {101--120},
  keywords = {care homes; brokers}, abstract = {Words of the authors}, file = {/home/someone/x.pdf}}
@article{letter, author = {{World Health Organization}}, editor = {Smit, Jo}, title = {A Letter},
  journal = {J}, issn = {2049-3630}, publisher = {Publisher of J}, date = {2019-05/2020-01},
  language = {english}, url = {https://example.org/a_b}, note = {In two parts.}, annotation = {Ask Kim.}}
@techreport{told, author = {Doe, Jane}, title = {Told}, institution = {I}, number = {12}, year = {2001},
  isbn = {12345}}
@misc{bare, author = {Doe, Jane}, title = {Bare}, year = {2002}, publisher = {Zenodo}}
"""


@pytest.fixture
def books(built_small: Project, tmp_path: Path) -> Project:
    """A project of entries alone."""
    root = tmp_path / "books"
    shutil.copytree(built_small.root, root)
    for name in ("corpus", "coding/decisions", ".cache"):
        shutil.rmtree(root / name, ignore_errors=True)
    (root / "coding" / "rounds.yml").write_text("rounds: []\n")
    (root / "references.bib").write_text(BIBLIOGRAPHY)
    return Project(root)


def exported(evidence: Evidence, project: Project, *arguments: str) -> bytes:
    result = evidence("export", project, "-f", *arguments)
    assert result.exit_code == 0, result.output
    return bytes(result.stdout_bytes)


def entries(evidence: Evidence, project: Project, name: str) -> dict[str, Any]:
    read = parse_bytes(exported(evidence, project, name, "--studies"), "bibtex").entries
    return {key: dict(entry.fields, type_=entry.type) for key, entry in read.items()}


# RIS.


def ris(evidence: Evidence, project: Project, *more: str) -> dict[str, dict[str, Any]]:
    data = exported(evidence, project, "ris", "--studies", *more)
    return {item["id"]: item for item in rispy.loads(data.decode())}


def test_ris_names_people_numbers_and_languages_as_the_type_wants(
    evidence: Evidence, books: Project
) -> None:
    found = ris(evidence, books)
    edited, part, letter = found["edited"], found["part"], found["letter"]
    assert "authors" not in edited
    assert edited["tertiary_authors"] == ["Smit, Jo", "van den Broek, Els"]
    assert (edited["issn"], edited["language"]) == ("978-3-16-148410-0", "nl")
    assert part["authors"] == ["de Vries, Kim"]
    assert part["secondary_authors"] == ["Smit, Jo"]
    assert "there are others" in part["notes"][0]
    assert part["title"] == "Learning in EU Towns"
    assert (part["start_page"], part["end_page"]) == ("101", "120")
    assert part["keywords"] == ["care homes", "brokers"]
    assert letter["authors"] == ["World Health Organization"]
    assert (letter["issn"], letter["language"]) == ("2049-3630", "en")
    assert letter["urls"] == ["https://example.org/a_b"]
    assert (letter["year"], letter["date"]) == ("2019", "2019/05//")
    told = found["told"]
    assert "12" in (told.get("number"), told.get("issn"))
    text = exported(evidence, books, "ris", "--studies").decode()
    assert "ED  - Smit, Jo" in text  # of the article
    assert "et al" not in text
    assert "Words of the authors" not in text


def test_ris_has_roles_and_sectors_in_words_a_permanent_address_and_our_digest(
    evidence: Evidence, built_golden: Project
) -> None:
    found = ris(evidence, built_golden)
    assert found["cole2019"]["keywords"] == ["Weaver", "Judge", "Energy", "Care", "Sport"]
    assert found["cole2019"]["urls"] == [f"{ADDRESS}/study/cole2019"]
    assert found["brink2021"]["urls"] == ["https://example.org/brink", f"{ADDRESS}/study/brink2021"]
    assert found["adem2020"]["abstract"] == (
        f"[{OWN}; only the abstract was read] A made-up study of an energy office."
    )
    assert found["cole2019"]["abstract"].startswith(f"[{OWN}; the digest rests not on the study")
    assert "abstract" not in found["eik2018"]
    dutch = ris(evidence, built_golden, "--lang", "nl")["cole2019"]
    assert dutch["keywords"] == ["Wever", "Rechter", "Energie", "Zorg", "Sport"]
    assert dutch["abstract"].startswith("[in de woorden van Orchestration Evidence, niet van de")


def test_a_digest_of_ours_is_never_taken_in_as_an_abstract(
    evidence: Evidence, built_golden: Project, books: Project, tmp_path: Path
) -> None:
    file = tmp_path / "ours.ris"
    for language in ("en", "nl"):
        file.write_bytes(exported(evidence, built_golden, "ris", "--studies", "--lang", language))
        found = json.loads(evidence("add", books, str(file), "--json").stdout)
        assert found[0]["counts"]["new"] == 5
    assert evidence("add", books, str(file), "--yes", "--coder", "first").exit_code == 0
    assert not list(books.abstracts.glob("*.txt"))


# BibTeX and BibLaTeX.


def test_a_note_is_for_readers_and_a_remark_is_none(
    evidence: Evidence, books: Project, real: Project
) -> None:
    for name in ("bibtex", "biblatex"):
        found = entries(evidence, books, name)["letter"]
        assert found["note"] == "In two parts."
        assert found["annotation"].split(";")[0] == "Ask Kim."
        text = exported(evidence, books, name, "--studies").decode()
        assert "Words of the authors" not in text
        assert "/home/someone" not in text
        for entry in entries(evidence, real, name).values():
            assert "list of the source review" not in entry.get("note", "")
            assert {"abstract", "file"}.isdisjoint(entry)
    assert (
        "list of the source review"
        in entries(evidence, real, "bibtex")["assan2019bridging"]["annotation"]
    )


def test_remarks_and_notes_stand_on_the_page_of_a_study(real: Project, site: Site) -> None:
    page = site.get("/study/assan2019bridging").text
    assert "as in the list of the source review; no page of the journal article" in page


def test_biblatex_has_the_types_and_fields_of_its_model(evidence: Evidence, books: Project) -> None:
    found = entries(evidence, books, "biblatex")
    assert {key: entry["type_"] for key, entry in found.items()} == {
        "edited": "collection", "part": "incollection", "letter": "article", "told": "report", "bare": "misc",
    }  # fmt: skip
    assert found["letter"]["journaltitle"] == "J"
    assert found["letter"]["date"] == "2019-05/2020-01"
    assert found["letter"]["annotation"] == "Ask Kim.; publisher: Publisher of J"
    assert found["told"]["type"] == "techreport"
    assert found["told"]["annotation"] == "isbn: 12345"
    assert found["bare"]["organization"] == "Zenodo"
    assert found["part"]["title"] == "Learning in {EU} Towns"
    assert found["part"]["options"] == "useprefix=true"
    assert "options" not in found["told"]


FULL = (
    "author editor title journal booktitle publisher institution school number volume pages url urldate doi "
    "eventdate note annote keywords langid address edition series isbn issn howpublished mendeley-tags date"
).split()
ODD = {"isbn": "978-3-16-148410-0", "issn": "2049-3630", "urldate": "2020-13-45", "date": "2020",
       "eventdate": "2020-05/2020-06", "url": "https://example.org/a_b", "langid": "dutch", "volume": "2"}  # fmt: skip
KINDS = sorted(
    {
        *model()["types"],
        *model()["older"],
        "artwork",
        "audio",
        "legislation",
        "movie",
        "standard",
        "gadget",
    }
)


def every_kind() -> str:
    """An entry of each type with all fields, and one with hardly any."""
    text = b""
    for kind in KINDS:
        for key, fields in (
            (f"full-{kind}", {name: ODD.get(name, f"X {name}") for name in FULL}),
            (
                f"bare-{kind}",
                {"author": "Only, A", "title": "Bare", "date": "2001", "isbn": "12345"},
            ),
        ):
            found, placed = fitted(kind, fields)
            text += bib(found, key, placed)
    return text.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_where_the_model_has_no_place_for_it(kind: str) -> None:
    fields = {name: ODD.get(name, f"X {name}") for name in FULL}
    _, placed = fitted(kind, fields)
    said = "\n".join(placed.values())
    assert all(value in said for value in fields.values())


@pytest.mark.skipif(shutil.which("biber") is None, reason="biber is not here")
def test_biber_has_nothing_to_say(
    evidence: Evidence, real: Project, built_golden: Project, books: Project, tmp_path: Path
) -> None:
    files = {"kinds": every_kind().encode()}
    for name, project in (("real", real), ("golden", built_golden), ("books", books)):
        files[name] = exported(evidence, project, "biblatex", "--studies")
    for name, data in files.items():
        file = tmp_path / f"{name}.bib"
        file.write_bytes(data)
        run = subprocess.run(
            ["biber", "--tool", "--validate-datamodel", "--output-file", str(tmp_path / "out.bib"), str(file)],
            capture_output=True, text=True, cwd=tmp_path, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout
        assert not re.findall(r"^(?:WARN|ERROR).*$", run.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2020", True), ("2020-02", True), ("2020-21", True), ("2020-02-29/2020-03", True), ("2019/..", True),
        ("199X", True), ("2020~", True), ("2020-13", False), ("2020-02-32", False), ("c2015", False),
        ("2020-2", False), ("", False), ("May 2020", False),
    ],
)  # fmt: skip
def test_dates(text: str, right: bool) -> None:
    assert is_date(text) == right


@given(st.integers(0, 999_999_999))
def test_the_last_sign_of_a_standard_number(number: int) -> None:
    digits = f"{number:09}"
    ten = [f"{digits}{sign}" for sign in "0123456789X" if is_number("isbn", f"{digits}{sign}")]
    assert len(ten) == 1
    assert sum(place * (10 if sign == "X" else int(sign))
               for place, sign in zip(range(10, 0, -1), ten[0], strict=True)) % 11 == 0  # fmt: skip
    thirteen = [sign for sign in "0123456789" if is_number("isbn", f"978{digits}{sign}")]
    assert len(thirteen) == 1
    weighed = zip(f"978{digits}{thirteen[0]}", [1, 3] * 7, strict=False)
    assert sum(int(sign) * weight for sign, weight in weighed) % 10 == 0
    assert (
        sum(is_number("issn", f"{digits[:4]}-{digits[4:7]}{sign}") for sign in "0123456789X") == 1
    )


# CSV and JSON.


def test_tables_name_authors_journal_country_and_every_dimension(
    evidence: Evidence, built_golden: Project, real: Project
) -> None:
    rows = {
        row["id"]: row
        for row in csv.DictReader(io.StringIO(exported(evidence, built_golden, "csv").decode()))
    }
    row = rows["adem2020-21350cdd-weaver"]
    assert row["authors"] == "Bo van der Adem and Cleo Brink"
    assert (row["journal"], row["doi"]) == ("Journal of Examples", "10.5555/example.1")
    assert (row["country"], row["phase"], row["sectors"]) == (
        "Belgium; Netherlands",
        "Start",
        "Energy",
    )
    assert rows["dorn2022-addc2817-judge"]["sectors"] == "not decided yet"
    dutch = csv.DictReader(
        io.StringIO(exported(evidence, built_golden, "csv", "--lang", "nl").decode())
    )
    own = next(item for item in dutch if item["id"] == row["id"])
    assert (own["country"], own["phase"]) == ("België; Nederland", "Begin")
    item = next(
        item
        for item in json.loads(exported(evidence, built_golden, "json"))
        if item["id"] == row["id"]
    )
    assert item["dimensions"] == {"phase": [{"id": "start", "en": "Start", "nl": "Begin"}]}
    assert [country["id"] for country in item["countries"]] == ["BE", "NL"]
    assert (item["authors"], item["journal"]) == (row["authors"], row["journal"])
    scheme = yaml.safe_load(real.scheme.read_text())
    others = {item["id"] for item in scheme["dimensions"]} - {scheme["evidence"], scheme["map"]}
    header = exported(evidence, real, "csv").decode().split("\r\n")[0].split(",")
    assert others <= set(header)
    assert len(set(header)) == len(header)


def test_studies_as_a_table_have_their_own_facts(evidence: Evidence, built_golden: Project) -> None:
    rows = {row["key"]: row for row in csv.DictReader(
        io.StringIO(exported(evidence, built_golden, "csv", "--studies").decode()))}  # fmt: skip
    assert set(rows) == {"adem2020", "brink2021", "cole2019", "dorn2022", "eik2018"}
    row = rows["adem2020"]
    assert (row["roles"], row["sectors"], row["phase"]) == ("Weaver; Scribe", "Energy", "Start")
    assert (row["passages"], row["evidence"], row["suggested"]) == ("5", "2", "1")
    assert (row["setting"], row["summary"]) == (
        "power lines",
        "A made-up study of an energy office.",
    )
    assert (row["words"], row["unconfirmed"], row["link"]) == (
        OWN,
        "volume",
        f"{ADDRESS}/study/adem2020",
    )
    assert (rows["eik2018"]["summary"], rows["eik2018"]["words"], rows["eik2018"]["access"]) == (
        "",
        "",
        "",
    )


def test_a_byte_order_mark_is_written_where_it_is_asked_for(
    evidence: Evidence, built_golden: Project
) -> None:
    plain = exported(evidence, built_golden, "csv", "--address", "http://localhost")
    marked = exported(evidence, built_golden, "csv", "--bom", "--address", "http://localhost")
    assert marked == b"\xef\xbb\xbf" + plain
    site = Site(built_golden)
    assert site.get("/download/csv?bom=1").content == marked
    assert site.get("/download/csv").content == plain
    assert site.get("/download/csv?bom=yes").status_code == 400
    assert list(pd.read_csv(io.BytesIO(marked))["id"]) == list(pd.read_csv(io.BytesIO(plain))["id"])


# A workbook.


def book_of(evidence: Evidence, project: Project, *more: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(exported(evidence, project, "xlsx", *more)))


def test_a_workbook_has_a_sheet_each_with_types_and_links(
    evidence: Evidence, built_golden: Project
) -> None:
    book = book_of(evidence, built_golden)
    assert book.sheetnames == ["Studies", "Evidence", "Map", "Agreement", "About this file"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet["A1"].font.bold
        assert sheet.column_dimensions["A"].width >= 10
        assert not [cell for row in sheet for cell in row if cell.data_type in ("f", "e")]
    head = [cell.value for cell in book["Evidence"][1]]
    rows = {
        row[0].value: dict(zip(head, row, strict=True))
        for row in book["Evidence"].iter_rows(min_row=2)
    }
    assert len(rows) == 7
    row = rows["adem2020-21350cdd-weaver"]
    assert (row["year"].value, row["decided"].value) == (2020, datetime.datetime(2026, 2, 20))
    assert row["decided"].is_date
    assert row["retrieved"].value.date() == datetime.date.today()
    assert row["doi"].hyperlink.target == "https://doi.org/10.5555/example.1"
    assert row["link"].hyperlink.target == f"{ADDRESS}/evidence/adem2020-21350cdd-weaver"
    text = rows["dorn2022-addc2817-judge"]["text"]
    assert (text.value, text.data_type, text.quotePrefix) == (
        "@home teams chose their own leader.",
        "s",
        True,
    )
    grid = [[cell.value for cell in row] for row in book["Map"]]
    assert grid[0] == ["Role", "Energy", "Care", "Sport", "Water", "Rail", "not decided yet", "All"]
    assert grid[1] == ["Weaver", 2, 2, "coded, none shows the role", "studies there, not read yet",
                       "no study placed there", "only disputed", 3]  # fmt: skip
    assert grid[-1] == ["All", 3, 3, 1, 0, 0, 1, 7]
    agreement = [[cell.value for cell in row] for row in book["Agreement"]]
    assert agreement[0][:7] == ["round", "what", "unit", "units", "prevalence", "raw", "raw_low"]
    assert agreement[1][:7] == [
        "Roles, by three",
        "Weaver",
        "passage",
        10,
        0.392857,
        0.733333,
        0.533333,
    ]
    assert ("selection", "all evidence") in [(a.value, b.value) for a, b in book["About this file"]]


def test_a_workbook_speaks_dutch_and_holds_what_was_chosen(
    evidence: Evidence, built_golden: Project
) -> None:
    chosen = ("--lang", "nl", "--role", "weaver", "--where", "country=BE")
    book = book_of(evidence, built_golden, *chosen)
    assert book.sheetnames == ["Studies", "Bewijs", "Kaart", "Overeenstemming", "Over dit bestand"]
    assert [row[0].value for row in book["Studies"].iter_rows(min_row=2)] == ["adem2020"]
    assert [row[1].value for row in book["Bewijs"].iter_rows(min_row=2)] == ["Wever"]
    assert book["Kaart"]["A2"].value == "Wever"
    assert book["Kaart"].max_row == 3
    assert book_of(evidence, built_golden, "--studies").sheetnames == ["Studies", "About this file"]


def test_a_workbook_is_the_same_for_the_same_evidence(
    evidence: Evidence, built_golden: Project
) -> None:
    data = exported(evidence, built_golden, "xlsx")
    assert exported(evidence, built_golden, "xlsx") == data
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    said = openpyxl.load_workbook(io.BytesIO(data)).properties
    assert (
        said.created
        == said.modified
        == datetime.datetime.combine(datetime.date.today(), datetime.time())
    )
    assert said.title.startswith("Chosen evidence: ")


@pytest.mark.parametrize(
    "nasty", ["=1+1", "+1", "-x", "@SUM(A1)", "#REF!", "\t=1", "a\x00b\x0bc", "=" * 40_000]
)
def test_no_text_becomes_a_formula(evidence: Evidence, books: Project, nasty: str) -> None:
    from pipeline.published.export.excel_book import ExcelBook

    book = ExcelBook("t", "c", "en", datetime.date(2026, 1, 2))
    book.add(
        "s",
        ("text", "link"),
        [(nasty, "javascript:1"), (nasty, "https://example.org/x")],
        {"link": ""},
    )
    file = io.BytesIO()
    book.write(file)
    sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue()))["s"]
    assert (sheet["A2"].data_type, sheet["A2"].value) == (
        "s",
        re.sub("[\x00\x0b]", "", nasty)[:32_767],
    )
    assert sheet["B2"].hyperlink is None
    assert sheet["B3"].hyperlink.target == "https://example.org/x"


# What describes the database and its codes.


def test_the_citation_file_has_a_date_and_an_address(
    evidence: Evidence, real: Project, built_golden: Project, books: Project
) -> None:
    found = yaml.safe_load(exported(evidence, real, "cff", "--address", "https://example.org/db"))
    assert (found["cff-version"], found["version"]) == ("1.2.0", "0.1.0")
    assert (str(found["date-released"]), found["url"]) == ("2026-11-23", "https://example.org/db")
    own = yaml.safe_load(exported(evidence, built_golden, "cff"))
    assert (own["date-released"], own["url"]) == ("2026-03-01", ADDRESS)
    assert own["authors"] == [{"name": "Example Makers"}]
    none = yaml.safe_load(exported(evidence, books, "cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(none)
    assert yaml.safe_load((HERE.parent / "CITATION.cff").read_text())["date-released"]


def test_the_scheme_has_a_label_and_every_concept_says_what_it_is(
    evidence: Evidence, real: Project, built_golden: Project
) -> None:
    for project in (real, built_golden):
        graph = Graph().parse(
            data=exported(evidence, project, "skos", "--address", "https://x.org"), format="turtle"
        )
        title = yaml.safe_load(project.scheme.read_text())["title"]
        scheme = URIRef("https://x.org/codebook")
        for predicate in (SKOS.prefLabel, DCTERMS.title):
            assert {item.language: str(item) for item in graph.objects(scheme, predicate)} == title
        for concept in graph.subjects(RDF.type, SKOS.Concept):
            said = [
                *graph.objects(concept, SKOS.definition),
                *graph.objects(concept, SKOS.scopeNote),
            ]
            assert {item.language for item in said} == {"en", "nl"}, concept
    place = URIRef("https://x.org/code/care")
    assert Literal("Sector: The field.", lang="en") in graph.objects(place, SKOS.scopeNote)


def test_annotations_say_when_they_were_made_and_on_what_terms(
    evidence: Evidence, built_golden: Project
) -> None:
    page = json.loads(exported(evidence, built_golden, "annotations"))
    context = json.loads((HERE / "standards" / "annotation-terms.json").read_text())
    graph = Graph().parse(data=json.dumps({**page, **context}), format="json-ld")
    one = URIRef(f"{ADDRESS}/evidence/brink2021-65c7bd56-weaver")
    time = "http://www.w3.org/2001/XMLSchema#dateTime"
    created = list(graph.objects(one, DCTERMS.created))
    assert created == [Literal("2026-02-11T10:02:00Z", datatype=URIRef(time))]
    assert list(graph.objects(one, DCTERMS.rights)) == [
        URIRef("https://creativecommons.org/licenses/by/4.0/")
    ]
    assert len(list(graph.objects(one, DCTERMS.creator))) == 2
    suggested = json.loads(
        exported(evidence, built_golden, "annotations", "--status", "suggested")
    )["items"]
    assert suggested
    assert not [item for item in suggested if "created" in item]
