"""Exports and citations: opened with readers that are not ours; hostile text stays text."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import frictionless
import pytest
import rispy
import yaml
from bibtexparser.entrypoint import parse_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pybtex.database import parse_bytes
from rdflib import Graph
from rdflib.namespace import RDF, SKOS

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.model.csl import csl_item
from pipeline.published.choice import Choice
from pipeline.published.citation.citation_styles import (
    STYLES,
    UnknownStyle,
    style_names,
    style_path,
)
from pipeline.published.citation.csl_rendering import reference
from pipeline.published.citation.reference_formatter import Citations
from pipeline.published.evidence_index import read_index
from pipeline.published.export.bibliography_entries import bib
from pipeline.published.export.export_formats import FORMATS
from pipeline.published.selection import Selection
from tests.conftest import Evidence, Site, decide, passage_id

PIECE = "eitan2023architecture-92e0e1fc-mediator"
HERE = Path(__file__).parent


def written(project: Project, name: str, choice: Choice | None = None, **more: Any) -> bytes:
    connection = sqlite3.connect(f"file:{project.database}?mode=ro", uri=True)
    selection = Selection(connection, read_index(connection), choice or Choice(), **more)
    data = b"".join(FORMATS[name].write(selection))
    connection.close()
    return data


def studies(project: Project) -> dict[str, dict[str, Any]]:
    with sqlite3.connect(project.database) as connection:
        connection.row_factory = sqlite3.Row
        return {row["key"]: dict(row) for row in connection.execute("SELECT * FROM study")}


# Readers that are not ours.


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_pybtex_reads_every_entry(published: Project, name: str) -> None:
    known = studies(published)
    read = parse_bytes(written(published, name, studies=tuple(known)), "bibtex").entries
    assert set(read) == set(known)
    for key, entry in read.items():
        assert entry.fields.get("doi", "") == known[key]["doi"]
        date = entry.fields["year"] if name == "bibtex" else entry.fields["date"][:4]
        assert date == str(known[key]["year"])
        assert len(entry.persons["author"]) >= 1
        assert ("journaltitle" in entry.fields) == (name == "biblatex" and "journal" not in entry.fields
                                                    and entry.type == "article")  # fmt: skip


def test_rispy_reads_every_entry_with_its_evidence_as_notes(published: Project) -> None:
    known = studies(published)
    read = rispy.loads(written(published, "ris", address="https://example.org").decode())
    assert {item["id"] for item in read} == {key for key, row in known.items() if row["evidence"]}
    notes = [note for item in read for note in item.get("notes", [])]
    pieces = [note for note in notes if "https://example.org/evidence/" in note]
    assert len(pieces) == sum(row["evidence"] for row in known.values())
    for item in read:
        assert item["title"] == known[item["id"]]["title"]
        assert item["year"] == str(known[item["id"]]["year"])
        assert item.get("doi", "") == known[item["id"]]["doi"]


def test_rows_of_csv_and_json_are_the_evidence(published: Project) -> None:
    with sqlite3.connect(published.database) as connection:
        rows = dict(connection.execute("SELECT id, text FROM evidence"))
    table = list(csv.DictReader(io.StringIO(written(published, "csv").decode())))
    # One passage begins with an @, which is guarded.
    assert {row["id"]: row["text"].removeprefix("'") for row in table} == rows
    items = json.loads(written(published, "json"))
    assert {item["id"]: item["text"] for item in items} == rows
    assert {"id", "en", "nl"} == set(items[0]["role"])
    assert json.loads(written(published, "json", Choice(study=("nobody",)))) == []
    dutch = list(csv.DictReader(io.StringIO(written(published, "csv", language="nl").decode())))
    assert {row["role_id"] for row in dutch} == {row["role_id"] for row in table}
    assert {row["role"] for row in dutch} != {row["role"] for row in table}


def test_markdown_cites_by_key(published: Project) -> None:
    text = written(published, "markdown").decode()
    keys = set(re.findall(r"\[@{([\w]+)}", text))
    assert keys == {key for key, row in studies(published).items() if row["evidence"]}
    assert "::: {#refs}" in text


def test_the_word_file_opens(real: Project) -> None:
    import docx

    document = docx.Document(io.BytesIO(written(real, "word")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "negotiated inside the communities" in text
    assert "Eitan, A., & Fischhendler, I. (2023)" in text


def test_the_data_package_validates(real: Project, tmp_path: Path) -> None:
    data = written(real, "datapackage")
    assert data == written(real, "datapackage")
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["title", "note"])[:5]
    package = json.loads((tmp_path / "datapackage.json").read_text())
    connection = sqlite3.connect(real.database)
    for resource in package["resources"]:
        count = connection.execute(f'SELECT count(*) FROM "{resource["name"]}"').fetchone()[0]
        with (tmp_path / resource["path"]).open(newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == count + 1
        assert resource["title"] != resource["name"]
        assert all("description" in field for field in resource["schema"]["fields"])
    connection.close()


def test_the_codebook_validates_as_refi_qda(real: Project, golden_project: Project) -> None:
    schema = etree.XMLSchema(etree.parse(HERE / "standards" / "codebook.xsd"))
    space = {"q": "urn:QDA-XML:codebook:1.0"}
    for language in ("en", "nl"):
        root = etree.fromstring(written(real, "qdc", language=language))
        schema.assertValid(root)
        scheme = yaml.safe_load(real.scheme.read_text())
        for dimension in scheme["dimensions"]:
            name = dimension["label"][language]
            own = root.xpath(f'q:Codes/q:Code[@name="{name}"]', namespaces=space)
            assert len(own) == 1
            assert own[0].get("isCodable") == "false"
            nested = own[0].xpath(".//q:Code", namespaces=space)
            assert {code.get("name") for code in nested} == {
                code["label"][language] for code in dimension["codes"]
            }
    before = {code.get("guid"): code.get("name") for code in
              etree.fromstring(written(golden_project, "qdc")).iter("{*}Code")}  # fmt: skip
    golden_project.scheme.write_text(golden_project.scheme.read_text().replace("Weaver", "Spinner"))
    build(golden_project)
    after = {code.get("guid"): code.get("name") for code in
             etree.fromstring(written(golden_project, "qdc")).iter("{*}Code")}  # fmt: skip
    assert set(before) == set(after)
    assert "Weaver" in before.values()
    assert "Spinner" in after.values()


def test_the_codebook_is_skos_in_both_languages(published: Project) -> None:
    graph = Graph().parse(
        data=written(published, "skos", address="https://example.org"), format="turtle"
    )
    scheme = yaml.safe_load(published.scheme.read_text())
    codes = {code["id"]: code for item in scheme["dimensions"] for code in item["codes"]}
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == len(codes) + len(scheme["dimensions"])
    for concept in concepts:
        labels = {label.language: str(label) for label in graph.objects(concept, SKOS.prefLabel)}
        assert set(labels) == {"en", "nl"}
        code = codes.get(str(graph.value(concept, SKOS.notation)))
        if code:
            assert labels == code["label"]
            assert str(concept) == f"https://example.org/code/{code['id']}"
            assert list(graph.objects(concept, SKOS.broader))


def test_annotations_point_at_their_words(published: Project) -> None:
    page = json.loads(written(published, "annotations", address="https://example.org"))
    with sqlite3.connect(published.database) as connection:
        texts = dict(connection.execute("SELECT id, text FROM evidence"))
    assert len(page["items"]) == len(texts)
    marked = 0
    for item in page["items"]:
        identity = item["id"].rpartition("/")[2]
        selector = item["target"]["selector"]
        assert selector["exact"] == texts[identity]
        inner = selector.get("refinedBy")
        if inner:
            marked += 1
            place = inner["refinedBy"]
            assert texts[identity][place["start"] : place["end"]] == inner["exact"]
            assert texts[identity][: place["start"]].endswith(inner["prefix"])
    assert marked
    # Read as RDF with the context's terms that are used, since tests ask no other host.
    context = json.loads((HERE / "standards" / "annotation-terms.json").read_text())
    graph = Graph().parse(data=json.dumps({**page, **context}), format="json-ld")
    annotation = "http://www.w3.org/ns/oa#Annotation"
    assert sum(str(kind) == annotation for kind in graph.objects(None, RDF.type)) == len(texts)


# Citations.


@pytest.mark.parametrize("style", STYLES)
def test_every_study_in_every_main_style(real: Project, style: str) -> None:
    known = studies(real)
    with sqlite3.connect(real.database) as connection:
        for language in ("en", "nl"):
            found = Citations(connection).bibliography(known, style, language)
            items = dict(connection.execute("SELECT study, csl FROM reference"))
            assert set(found) == set(known)
            for key, formatted in found.items():
                person = json.loads(items[key])["author"][0]
                assert person.get("family", person.get("literal")) in formatted.text
                assert str(known[key]["year"]) in formatted.text
                assert "None" not in formatted.text
                assert ".." not in formatted.text
                assert not re.search(r"<(?!/?(?:i|b|sup|sub)>)", formatted.html)


def test_a_reference_is_formatted_once(real: Project, tmp_path: Path, monkeypatch: Any) -> None:
    from pipeline.published.citation import reference_formatter as formatter

    cache = tmp_path / "deep" / "citations.db"
    connection = sqlite3.connect(real.database)
    keys = list(studies(real))
    first = Citations(connection, cache).bibliography(keys, "apa")
    monkeypatch.setattr(formatter, "reference", lambda *_: pytest.fail("formatted again"))
    assert Citations(connection, cache).bibliography(keys, "apa") == first
    connection.close()


def test_a_cache_that_cannot_be_written_does_no_harm(real: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with sqlite3.connect(real.database) as connection:
        citations = Citations(connection, tmp_path / "file" / "citations.db")
        assert citations.bibliography(["yan2018cross"], "apa")["yan2018cross"].text


def test_styles_that_do_not_exist() -> None:
    assert len(style_names()) > 1000
    for name in ("apa-", "../apa", "APA", "", "a/b", "apa.csl"):
        with pytest.raises(UnknownStyle):
            style_path(name)
    assert style_path("modern-language-association").is_file()


@pytest.mark.parametrize(
    "item",
    [
        {"type": "document", "title": "No author", "issued": {"date-parts": [[2020]]}},
        {
            "type": "article-journal",
            "author": [{"literal": "WHO"}],
            "issued": {"date-parts": [[1]]},
        },
        {
            "type": "webpage",
            "title": "x" * 400,
            "author": [{"family": "X"}],
            "issued": {"date-parts": [[2020]]},
        },
        {
            "type": "nothing",
            "title": "<i>x",
            "author": [{"family": "&amp;"}],
            "issued": {"date-parts": [[2020]]},
        },
        {
            "type": "chapter",
            "title": "\x00",
            "author": [{"given": "Y"}],
            "issued": {"date-parts": [[]]},
        },
        {"type": "thesis", "title": "T", "page": "--", "author": [], "issued": {}},
    ],
)
@pytest.mark.parametrize("style", STYLES)
def test_odd_items_still_give_text(item: dict[str, Any], style: str) -> None:
    found = reference({"id": "x", **item}, style_path(style), "en")
    assert found
    assert not re.search(r"<(?!/?(?:i|b|sup|sub)>)", found)


# Commands and downloads.


def test_cite_prints_words_reference_and_address(evidence: Evidence, real: Project) -> None:
    result = evidence("cite", real, PIECE, "yan2018cross", "--address", "https://example.org/")
    assert result.exit_code == 0, result.output
    assert "(Eitan & Fischhendler, 2023, abstract)" in result.output
    assert f"https://example.org/evidence/{PIECE}" in result.output
    assert "(2018)" in result.output
    own = evidence("cite", real, "--database", "--style", "ieee", "--lang", "nl")
    assert "0.1.0" in own.output
    assert "Orchestration Evidence" in own.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cite", "yan2018cros"), "Like it: yan2018cross"),
        (("cite", "yan2018cross", "--style", "appa"), "apa"),
        (("cite", "yan2018cross", "--lang", "fr"), "en, nl"),
        (("cite",), "--database"),
        (("export", "-f", "pdf"), "bibtex"),
        (("export", "-f", "csv", "--role", "nobody"), "connector"),
        (("export", "-f", "csv", "--sector", "moon", "--status", "sure"), "suggested"),
        (("export", "-f", "csv", "--where", "colour=red"), "confidence"),
        (("export", "-f", "csv", "--where", "colour"), "NAME=VALUE"),
        (("export", "-f", "csv", "-o", "/nowhere/at/all.csv"), "cannot be written"),
    ],
)
def test_what_does_not_exist(evidence: Evidence, real: Project, arguments: Any, said: str) -> None:
    command, *rest = arguments
    result = evidence(command, real, *rest)
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "word"])
def test_downloads_are_the_same_as_exports(
    evidence: Evidence, real: Project, site: Site, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "out"
    result = evidence(
        "export",
        real,
        "-f",
        name,
        "--role",
        "mediator",
        "--address",
        "http://localhost",
        "-o",
        str(file),
    )
    assert result.exit_code == 0, result.output
    response = site.get(f"/download/{name}?role=mediator")
    assert response.status_code == 200
    assert response.content == file.read_bytes()
    assert response.headers["content-type"] == FORMATS[name].media_type
    assert "attachment" in response.headers["content-disposition"]


FRAMED = {
    "jha2021modular",
    "mariani2022achieving",
    "masuda2022exploring",
    "morenoserna2020transformational",
}


def test_tables_with_a_study_give_all_rows_not_one_page(site: Site, real: Project) -> None:
    known = {key for key, row in studies(real).items() if row["evidence"]}
    for prefix in ("", "/nl"):
        read = parse_bytes(
            site.get(f"{prefix}/orchestration/coding.bib?_size=1&_sort=id").content, "bibtex"
        )
        assert set(read.entries) >= known
        listed = rispy.loads(site.get(f"{prefix}/orchestration/evidence.ris?role=framer").text)
        assert {item["id"] for item in listed} == FRAMED
    items = site.get("/orchestration/studies_per_sector.csljson").json()
    assert {item["id"] for item in items} == set(studies(real))


# Hostile text, field by field and format by format.

NASTY = [
    "=cmd|' /C calc'!A1",
    "+1-1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "]]></x> & \" '",
    "TY  - BOOK",
    "100 % _x_ #1 ~ ^ $5$ \\ 2",
    "*bold* [link](javascript:1) | `code`",
]
FIELDS = ["title", "journal", "author", "statement", "locator", "note"]


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_text_is_text_in_every_format(small: Project, field: str) -> None:
    for place, nasty in enumerate(NASTY):
        _put(small, field, f"{nasty}", place)
    unit = passage_id(small, "berg2020", 1)
    decide(
        small, "first", "berg2020", f"2026-11-02T09:00:00Z,{unit},role,weaver,,,,hidden,2,pilot,"
    )
    build(small)
    text = written(small, "csv").decode()
    for row in csv.DictReader(io.StringIO(text)):
        assert not [value for value in row.values() if value.startswith(("=", "+", "@", "-"))]
    known = studies(small)
    schema = etree.XMLSchema(etree.parse(HERE / "standards" / "project.xsd"))
    # Words are the same after each round trip.
    items = {item["id"]: item for item in json.loads(written(small, "csl-json"))}
    assert items["berg2020"]["title"] == known["berg2020"]["title"]
    ris = rispy.loads(written(small, "ris").decode())
    assert [item["id"] for item in ris] == ["berg2020"]
    assert ris[0]["title"] == " ".join(known["berg2020"]["title"].split())
    read = parse_bytes(written(small, "bibtex"), "bibtex").entries
    assert set(read) == {"berg2020"}
    json.loads(written(small, "json"))
    json.loads(written(small, "annotations"))
    etree.fromstring(written(small, "qdc"))
    with zipfile.ZipFile(io.BytesIO(written(small, "qdpx"))) as archive:
        schema.assertValid(etree.fromstring(archive.read("project.qde")))
    Graph().parse(data=written(small, "skos"), format="turtle")
    markdown = written(small, "markdown").decode()
    assert not re.search(r"(?<!\\)<script", markdown)
    assert "](javascript" not in markdown
    site = Site(small)
    ElementTree.fromstring(site.get("/feed.atom").content)
    page = site.get("/study/berg2020").text
    assert "<script>alert" not in page
    ld = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert ld
    assert json.loads(ld[1])["about"]["name"] == known["berg2020"]["title"]


def _put(project: Project, field: str, nasty: str, place: int) -> None:
    bibtex = nasty.replace("\\", "").replace("{", "").replace("}", "")
    for sign in "%_#$&":
        bibtex = bibtex.replace(sign, f"\\{sign}")
    bib_text = project.references.read_text()
    digest = project.corpus / "berg2020.md"
    words = digest.read_text()
    if field == "title":
        bib_text = bib_text.replace(
            "Weaving energy networks", f"{bibtex} Weaving energy networks", 1
        )
    elif field == "journal":
        bib_text = bib_text.replace("Journal of Networks", f"{bibtex} Journal of Networks", 1)
    elif field == "author" and "," not in nasty:
        bib_text = bib_text.replace("Smit, Jo", f"Smit {bibtex}, Jo", 1)
    elif field == "note":
        bib_text = bib_text.replace(
            "{10.1234/weave},", f"{{10.1234/weave}},\n  note{place} = {{{bibtex}}},", 1
        )
    elif field == "statement":
        words = words.replace("brought farmers", f"{nasty} brought farmers", 1)
    elif field == "locator":
        words = words.replace("[p. 4", f"[{nasty.replace('[', '').replace(']', '')} p. 4", 1)
    project.references.write_text(bib_text)
    digest.write_text(words)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_any_value_survives_bibtex(text: str) -> None:
    parsed = parse_string(bib("misc", "x", {"title": text}).decode(), parse_stack=[])
    assert len(parsed.entries) == 1
    value = parsed.entries[0].fields_dict["title"].value
    if "\\" not in text:  # a brace behind a backslash may become a command
        plain = text.replace("{", " ").replace("}", " ").split()
        assert "".join(value.replace("{", "").replace("}", "").split()) == "".join(plain)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_any_title_is_one_line_of_ris(text: str) -> None:
    from pipeline.published.export.ris_writer import _one_line

    line = f"TY  - JOUR\r\nTI  - {_one_line('x' + text)}\r\nER  - \r\n"
    read = rispy.loads(line)
    assert len(read) == 1
    assert read[0]["title"].split() == _one_line("x" + text).split()


def test_an_item_has_what_the_entry_says(real: Project) -> None:
    from pipeline.sources.bibliography.references import parse_references

    text = """@inproceedings{a, author={de Wit, Jan and {World Health Organization} and others},
      title={A}, booktitle={Proceedings}, pages={1--2}, date={2020-03-04/2021}, url={javascript:x}}
    @phdthesis{b, author={Smit, Jo}, title={B}, school={TU}, year=2020}"""
    first, second = (csl_item(study) for study in parse_references(text).studies)
    assert first["type"] == "paper-conference"
    assert first["author"][0] == {"family": "Wit", "given": "Jan", "non-dropping-particle": "de"}
    assert first["author"][1:] == [{"literal": "World Health Organization"}]
    assert first["custom"] == {"and-others": "author"}
    assert first["issued"] == {"date-parts": [[2020, 3, 4], [2021]]}
    assert first["page"] == "1-2"
    assert "URL" not in first
    assert second["type"] == "thesis"
    assert second["publisher"] == "TU"
