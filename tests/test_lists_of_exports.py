"""Every format holds just what was chosen, of every kind of list, on the site and by the command."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from urllib.parse import parse_qsl

import docx
import pandas as pd
import pytest
import rispy
from pybtex.database import parse_bytes

from pipeline.ground.project import Project
from pipeline.published.export.export_formats import FORMATS
from tests.conftest import Evidence, Site

# The pieces of the golden project, by study and role; W1 and so on are not decided.
PIECES = {
    "AW": "adem2020-21350cdd-weaver", "AS": "adem2020-1629da3b-scribe", "AJ": "adem2020-08324c83-judge",
    "AW1": "adem2020-b050791a-weaver", "AJ1": "adem2020-b050791a-judge",
    "BW": "brink2021-65c7bd56-weaver", "BS": "brink2021-2035c4a3-scribe",
    "BW1": "brink2021-2c2ad57f-weaver", "BJ1": "brink2021-2c2ad57f-judge",
    "CW": "cole2019-1e3c073a-weaver", "CJ": "cole2019-91740d58-judge", "CW1": "cole2019-16ea1ec5-weaver",
    "DJ": "dorn2022-addc2817-judge", "DW": "dorn2022-d6b3a7cd-weaver", "DS": "dorn2022-41887053-scribe",
}  # fmt: skip
STUDIES = {"A": "adem2020", "B": "brink2021", "C": "cole2019", "D": "dorn2022", "E": "eik2018"}
# What is asked for, the pieces of it, and the studies.
LISTS = {
    "": ("AW AS BW BS CW CJ DJ", "A B C D E"),
    "role=weaver": ("AW BW CW", "A B C"),
    "role=weaver&role=scribe": ("AW AS BW BS CW", "A B C"),
    "sector=energy": ("AW AS CW", "A C"),
    "sector=sport": ("CJ", "C"),  # by a passage of its own
    "sector=water": ("", "E"),
    "sector=undecided": ("DJ", "D"),
    "phase=start": ("AW AS", "A"),
    "country=NL": ("AW AS BW BS", "A B"),
    "access=full": ("BW BS DJ", "B D"),
    "confidence=high": ("BW", "B"),
    "confidence=low": ("AW CW CJ", "A C"),
    "checked=unchecked": ("BS", "B"),
    "status=single": ("AS BS DJ", "A B D"),
    "status=disputed": ("AJ BW1 BJ1 CW1 DW", "A B C D"),
    "status=suggested&status=agreed": ("AW AW1 AJ1 CJ DS", "A C D"),
    "study=adem2020": ("AW AS", "A"),
    "study=adem2019": ("AW AS", "A"),  # as it was called before
    "study=eik2018": ("", "E"),
    "year_from=2021": ("BW BS DJ", "B D"),
    "year_to=2019": ("CW CJ", "C E"),
    "q=bring": ("AW", "A"),
    "q=bring&exact=1": ("", ""),
    'q="brought farmers"&exact=1': ("AW", "A"),
    "id=adem2020-21350cdd-weaver&id=brink2021-2035c4a3-scribe": ("AW BS", "A B"),
    "role=weaver&sector=energy&year_to=2019": ("CW", "C"),
    "role=judge&study=brink2021": ("", ""),
}
ADDRESS = "http://localhost"
Found = set[str]
_OWN = re.compile(rf"{ADDRESS}/(?:evidence|study)/([\w-]+)")
_PIECE = re.compile(rf"{ADDRESS}/evidence/([\w-]+)")


def pieces_of(name: str, data: bytes) -> Found:
    return READ_PIECES[name](data)


def of_a_sheet(data: bytes, sheet: str, column: str) -> Found:
    return set(pd.read_excel(io.BytesIO(data), sheet_name=sheet)[column])


def of_word(data: bytes) -> Found:
    targets = [part.target_ref for part in docx.Document(io.BytesIO(data)).part.rels.values()
               if part.is_external]  # fmt: skip
    return set(_PIECE.findall("\n".join(targets)))


def references_of_word(data: bytes) -> Found:
    paragraphs = docx.Document(io.BytesIO(data)).paragraphs
    said = [item.text for item in paragraphs if item.style.name == "Bibliography"][:-1]
    titles = {
        "Weaving Energy": "A",
        "Zorg in": "B",
        "Brokers in": "C",
        "Mayors as": "D",
        "Energy at": "E",
    }
    return {STUDIES[key] for key in (next(key for title, key in titles.items()
                                     if title.lower() in text.lower()) for text in said)}  # fmt: skip


def of_bibtex(data: bytes) -> Found:
    return set(parse_bytes(data, "bibtex").entries)


def of_a_project(data: bytes) -> Found:
    project = zipfile.ZipFile(io.BytesIO(data)).read("project.qde").decode()
    return set(re.findall(r'<TextSource [^>]*name="[^"]* (\w+)"', project))


READ_STUDIES: dict[str, Callable[[bytes], Found]] = {
    "bibtex": of_bibtex,
    "biblatex": of_bibtex,
    "ris": lambda data: {item["id"] for item in rispy.loads(data.decode())},
    "csl-json": lambda data: {item["id"] for item in json.loads(data)},
    "csv": lambda data: {row["key"] for row in csv.DictReader(io.StringIO(data.decode()))},
    "json": lambda data: {item["key"] for item in json.loads(data)},
    "markdown": lambda data: set(re.findall(r"^\[@{(\w+)}", data.decode(), re.MULTILINE)),
    "word": references_of_word,
    "xlsx": lambda data: of_a_sheet(data, "Studies", "key"),
    "qdpx": of_a_project,
}
READ_PIECES: dict[str, Callable[[bytes], Found]] = {
    "ris": lambda data: set(_PIECE.findall(data.decode())),
    "csv": lambda data: {row["id"] for row in csv.DictReader(io.StringIO(data.decode()))},
    "json": lambda data: {item["id"] for item in json.loads(data)},
    "markdown": lambda data: set(re.findall(rf"<{_PIECE.pattern}>", data.decode())),
    "word": of_word,
    "xlsx": lambda data: of_a_sheet(data, "Evidence", "id"),
    "annotations": lambda data: set(
        _PIECE.findall(" ".join(item["id"] for item in json.loads(data)["items"]))
    ),
}
WHOLE = [name for name, item in FORMATS.items() if item.everything]
Ask = Callable[[str, str, bool], bytes]


@pytest.fixture(scope="session")
def golden_site(built_golden: Project) -> Site:
    return Site(built_golden)


@pytest.fixture(params=["site", "command"])
def ask(
    request: pytest.FixtureRequest, built_golden: Project, golden_site: Site, evidence: Evidence
) -> Ask:
    """The file of a format for a query, of evidence or of studies."""

    def by_the_site(name: str, query: str, studies: bool) -> bytes:
        of = "&of=studies" if studies else ""
        answer = golden_site.get(f"/download/{name}?{query}{of}")
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)

    def by_the_command(name: str, query: str, studies: bool) -> bytes:
        chosen = [part for item in parse_qsl(query) for part in ("--where", "=".join(item))]
        of = ["--studies"] if studies else []
        result = evidence("export", built_golden, "-f", name, *chosen, *of, "--address", ADDRESS)
        assert result.exit_code == 0, result.output
        return bytes(result.stdout_bytes)

    return by_the_site if request.param == "site" else by_the_command


def test_no_format_is_left_out_of_the_grid() -> None:
    assert {*READ_STUDIES, *READ_PIECES, *WHOLE} == set(FORMATS)
    assert set(READ_STUDIES) == {name for name, item in FORMATS.items()
                                 if "studies" in item.kinds and not item.everything}  # fmt: skip


@pytest.mark.parametrize("query", LISTS)
@pytest.mark.parametrize("name", READ_STUDIES)
def test_studies(ask: Ask, name: str, query: str) -> None:
    expected = {STUDIES[key] for key in LISTS[query][1].split()}
    assert READ_STUDIES[name](ask(name, query, True)) == expected


@pytest.mark.parametrize("query", LISTS)
@pytest.mark.parametrize("name", sorted({*READ_PIECES, *READ_STUDIES}))
def test_evidence(ask: Ask, name: str, query: str) -> None:
    expected = {PIECES[key] for key in LISTS[query][0].split()}
    data = ask(name, query, False)
    if name in READ_PIECES:
        assert READ_PIECES[name](data) == expected
    else:
        assert READ_STUDIES[name](data) == {item.split("-")[0] for item in expected}


@pytest.mark.parametrize("name", WHOLE)
def test_what_holds_everything_is_the_same_for_every_list(golden_site: Site, name: str) -> None:
    whole = golden_site.get(f"/download/{name}").content
    for query in ("role=weaver", "q=bring", "of=studies", "of=studies&sector=energy"):
        assert golden_site.get(f"/download/{name}?{query}").content == whole


def test_studies_are_not_asked_of_what_holds_evidence_alone(
    golden_site: Site, built_golden: Project, evidence: Evidence
) -> None:
    answer = golden_site.get("/download/annotations?of=studies")
    assert answer.status_code == 400
    assert golden_site.get("/download/csv?of=everything").status_code == 400
    result = evidence("export", built_golden, "-f", "annotations", "--studies")
    assert result.exit_code == 2
    assert "annotations holds evidence, not studies. Studies go into bibtex" in result.output
