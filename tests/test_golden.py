"""A small made-up project whose every result was worked out on paper, compared whole.

`golden/project` is the project, `golden/expected` what has to come of it, `golden/worked_out.csv`
how each number comes about, and `golden/paper.py` measures agreement by the definitions. A to E are
adem2020, brink2021, cole2019, dorn2022 and eik2018 there, A1 the first statement of adem2020. What is
expected is worked out first and then compared: never let the program write it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from pipeline.ground.project import Project
from tests.conftest import Evidence, Site
from tests.golden import paper

HERE = Path(__file__).parent / "golden"
EXPECTED = HERE / "expected"
ADDRESS = "https://golden.example.org"
NULL = r"\N"
TABLES = sorted(path.stem for path in (EXPECTED / "tables").iterdir())
EXPORTS = {
    "evidence.bib": "bibtex",
    "evidence.biblatex.bib": "biblatex",
    "evidence.ris": "ris",
    "evidence.csl.json": "csl-json",
    "evidence.csv": "csv",
    "evidence.json": "json",
    "evidence.md": "markdown",
    "evidence.docx.txt": "word",
    "evidence.annotations.json": "annotations",
    "evidence.xlsx.txt": "xlsx",
    "CITATION.cff": "cff",
    "codebook.qdc": "qdc",
    "codebook.csv": "codebook-csv",
    "codebook.ttl": "skos",
    "dataset.ttl": "dcat",
    "evidence.qde": "qdpx",
    "datapackage.json": "datapackage",
    "studies.bib": "bibtex --studies",
    "studies.ris": "ris --studies",
    "studies.csv": "csv --studies",
    "studies.json": "json --studies",
    "studies.md": "markdown --studies",
    "all.csv": "csv --status suggested --status disputed --status single --status agreed "
    "--status adjudicated",
    "bewijs.csv": "csv --lang nl --role weaver --where country=BE",
    "bewijs.md": "markdown --lang nl --style vancouver",
    "codeboek.qdc": "qdc --lang nl",
    "undecided.json": "json --sector undecided",
}
SUFFIXES = {"word": "docx", "datapackage": "zip", "xlsx": "xlsx", "qdpx": "qdpx"}
MAPS = {
    "map.txt": "",
    "map-agreed.txt": "--status agreed --lang nl",
    "map-phase.txt": "--by phase",
    "map-studies.txt": "--count studies --role judge --role scribe",
}
AGREEMENT = {
    "agreement.csv": "--format csv",
    "agreement.md": "--format md",
    "agreement.txt": "--format text",
    "agreement-fields.json": "--format json --round fields",
    "agreement-screening.csv": "--format csv --screening",
}


def expected(name: str) -> str:
    today = date.today().isoformat()
    text = (EXPECTED / name).read_bytes().decode().replace("{today}", today)
    return text.replace("{today escaped}", today.replace("-", "\\-"))


def plain(path: Path) -> str:
    """What a file says: of a ZIP file its descriptor, of Word its paragraphs and cells."""
    if path.name.endswith(".docx"):
        body = docx.Document(str(path)).element.body
        return "".join(f"{part.text}\n" for part in body.iter() if part.tag.endswith("}p"))
    if path.name.endswith(".xlsx"):
        sheets = openpyxl.load_workbook(path).worksheets
        rows = (
            [sheet.title]
            if not place
            else ["" if cell.value is None else str(cell.value) for cell in row]
            for sheet in sheets
            for place, row in enumerate([None, *sheet])
        )
        return "".join("\t".join(row) + "\n" for row in rows)
    data = path.read_bytes()
    if path.name.endswith((".zip", ".qdpx")):
        inside = "datapackage.json" if path.name.endswith(".zip") else "project.qde"
        data = zipfile.ZipFile(io.BytesIO(data)).read(inside) + b"\n"
    return data.decode()


def rows_of(project: Project, table: str) -> str:
    with closing(sqlite3.connect(project.database)) as connection:
        cursor = connection.execute(f'SELECT * FROM "{table}"')
        found = [[NULL if value is None else str(value) for value in row] for row in cursor]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column[0] for column in cursor.description])
        writer.writerows(sorted(found))
        return text.getvalue()


def test_no_table_is_left_out(built_golden: Project) -> None:
    with closing(sqlite3.connect(built_golden.database)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE '%\\_fts%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name"
        )
        assert [name for (name,) in names] == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_table(built_golden: Project, table: str) -> None:
    assert rows_of(built_golden, table) == expected(f"tables/{table}.csv")


def test_no_format_is_left_out(built_golden: Project, evidence: Evidence) -> None:
    said = evidence("export", built_golden, "--format", "nothing").output
    formats = re.search(r"Formats are (.*?)\.", said.replace("\n", " "))
    assert formats is not None
    assert set(formats[1].split(", ")) == {how.split()[0] for how in EXPORTS.values()}


@pytest.mark.parametrize("name", EXPORTS)
def test_export(built_golden: Project, evidence: Evidence, tmp_path: Path, name: str) -> None:
    kind, *more = EXPORTS[name].split()
    path = tmp_path / f"file.{SUFFIXES.get(kind, 'txt')}"
    found = evidence("export", built_golden, "--format", kind, *more, "-o", str(path))
    assert found.exit_code == 0, found.output
    assert plain(path) == expected(name)


@pytest.mark.parametrize("name", [name for name in EXPORTS if name.startswith("evidence.")])
def test_download(built_golden: Project, tmp_path: Path, name: str) -> None:
    """The site gives what the command writes, with links to where it was asked."""
    answer = Site(built_golden).get(f"/download/{EXPORTS[name]}")
    path = tmp_path / f"file.{SUFFIXES.get(EXPORTS[name], 'txt')}"
    path.write_bytes(answer.content)
    said = plain(path).replace("http://localhost", ADDRESS)
    in_markdown = ADDRESS.replace(":", "\\:").replace(".", "\\.")
    assert said.replace("http\\://localhost", in_markdown) == expected(name)


@pytest.mark.parametrize("name", MAPS)
def test_map(built_golden: Project, evidence: Evidence, tmp_path: Path, name: str) -> None:
    path = tmp_path / "map.html"
    assert evidence("map", built_golden, "-o", str(path), *MAPS[name].split()).exit_code == 0
    html = re.sub(r"(?s)<(svg|style|head).*?</\1>", "", path.read_text())
    cells = re.sub(r"</t[hd]>(?=<t)", " | ", html)
    lines = re.sub(r"</dt>", " ", re.sub(r"</dd>", "\n", cells))
    text = re.sub(r"<[^>]*>", "", lines)
    assert "".join(f"{line}\n" for line in text.splitlines() if line.strip()) == expected(name)


def test_the_flow(built_golden: Project, evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "flow.csv"
    assert evidence("prisma", built_golden, "-o", str(path)).exit_code == 0
    assert path.read_bytes().decode() == expected("prisma.csv")


@pytest.mark.parametrize("name", AGREEMENT)
def test_agreement(built_golden: Project, evidence: Evidence, name: str) -> None:
    assert evidence("agreement", built_golden, *AGREEMENT[name].split()).stdout == expected(name)


def test_what_was_frozen_is_what_is_measured(golden_project: Project, evidence: Evidence) -> None:
    frozen = golden_project.agreement / "first.json"
    known = json.loads(frozen.read_text())
    frozen.unlink()
    found = evidence("agreement", golden_project, "--round", "first", "--format", "json")
    assert json.loads(found.stdout) == known


def test_a_blind_round_has_no_agreement_yet(built_golden: Project, evidence: Evidence) -> None:
    found = evidence("agreement", built_golden, "--round", "again")
    assert found.exit_code == 2
    assert "Rounds that may be compared: first, fields, check." in found.output.replace("\n", " ")


def measures(line: dict[str, Any]) -> dict[str, tuple[float | None, ...]]:
    return {
        name: tuple(line[name][part] for part in ("value", "low", "high"))
        for name in paper.MEASURES
    }


@pytest.mark.parametrize("item", ["first", "fields"])
def test_agreement_by_the_definitions(item: str) -> None:
    """Values and intervals that are expected are those of plain arithmetic."""
    first = HERE / "project" / "coding" / "agreement" / "first.json"
    found = json.loads(first.read_text() if item == "first" else expected("agreement-fields.json"))
    ratings = paper.FIRST if item == "first" else paper.FIELDS
    lines = {
        line["code"] or (line["of"] if item == "first" else f"{line['dimension']} {line['of']}"): (
            measures(line)
        )
        for line in found["lines"]
    }
    assert lines == {name: paper.measured(text) for name, text in ratings.items()}


def test_agreement_of_screeners_by_the_definitions() -> None:
    (row,) = csv.DictReader(io.StringIO(expected("tables/screening_agreement.csv")))
    for name, values in paper.measured(paper.SCREENING["decision"]).items():
        assert tuple(float(row[key]) for key in (name, f"{name}_low", f"{name}_high")) == values


def test_worked_out_is_what_is_expected() -> None:
    """Each value of worked_out.csv stands where it says: table/id/column, or round/line/figure."""
    tables = {
        name: {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
        for name in TABLES
        for rows in [list(csv.reader(io.StringIO(expected(f"tables/{name}.csv"))))]
    }
    fields = json.loads(expected("agreement-fields.json"))["lines"]
    tables["fields"] = {
        "-".join((line["dimension"], line["code"] or line["of"].replace(" ", "-"))): {
            key: str(value)
            for name, values in measures(line).items()
            for key, value in zip((name, f"{name}_low", f"{name}_high"), values, strict=True)
        }
        | {key: str(line[key]) for key in ("units", "prevalence")}
        for line in fields
    }
    with (HERE / "worked_out.csv").open(newline="") as file:
        worked_out = list(csv.DictReader(file))
    assert len(worked_out) > 200
    for row in worked_out:
        table, *name, column = row["what"].split("/")
        assert tables[table]["/".join(name)][column] == row["value"], row["what"]
        assert row["how"]


def test_a_copy_builds_the_same(built_golden: Project, golden_project: Project) -> None:
    shutil.rmtree(golden_project.cache, ignore_errors=True)
    assert rows_of(golden_project, "coding") == rows_of(built_golden, "coding")
