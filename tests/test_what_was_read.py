"""What was read of a study, said piece by piece: its digest may rest on less than its full text."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import zipfile
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.model.records import Document
from pipeline.sources.corpus import read_fulltext
from tests.conftest import Evidence, Site, decide, passage_id
from tests.reviewing import ROUNDS, Running, with_rounds

TEXT = """The office invited three banks to a first meeting in the spring.

Its chair judged between farmers and banks when they fell out.

Nobody wrote the promises down that were made that evening.

The second meeting was held in the town hall of the region.
"""
OTHER = "De regisseur bracht alle partijen in de wijk bij elkaar aan tafel.\n"
BIB = "\n@article{shelf2023,\n  author = {Shelf, Ann},\n  title = {On a shelf},\n  year = {2023},\n}\n"
LINE = "2026-11-02T09:00:0{},{},role,{},,,,hidden,2,pilot,{}"


@pytest.fixture(scope="module")
def project(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two full texts: of berg2020 three of four passages were answered for, one taken back.

    Nobody has coded in that of smit2021, nor in that of shelf2023, which has no digest.
    """
    project = Project(shutil.copytree(built_small.root, tmp_path_factory.mktemp("read") / "small"))
    project.fulltext.mkdir(exist_ok=True)
    project.references.write_text(project.references.read_text() + BIB)
    (project.fulltext / "smit2021.txt").write_text(OTHER)
    (project.fulltext / "shelf2023.txt").write_text(TEXT)
    path = project.fulltext / "berg2020.txt"
    path.write_text(TEXT)
    one, two, three, _ = text_of(path).passages
    decide(
        project, "first", "berg2020",
        LINE.format("1Z", passage_id(project, "berg2020", 1), "weaver", ""),
        LINE.format("2Z", one.id, "weaver", one.text),
        LINE.format("3Z", two.id, "none", two.text),
        LINE.format("4Z", three.id, "scribe", three.text),
        LINE.format("5Z", three.id, "", three.text),
    )  # fmt: skip
    build(project)
    return project


def text_of(path: Path) -> Document:
    document, _ = read_fulltext(path, path.name)
    assert document is not None
    return document


@pytest.fixture(scope="module")
def site(project: Project) -> Site:
    return Site(project)


def ask(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(project.database) as connection:
        return connection.execute(sql).fetchall()


def of_pieces(project: Project) -> dict[str, str]:
    """Ids of the pieces of berg2020 that somebody decided, by the kind of their document."""
    found = ask(
        project,
        "SELECT document.kind, evidence.id FROM evidence "
        "JOIN passage ON passage.id = evidence.passage "
        "JOIN document ON document.id = passage.document WHERE evidence.study = 'berg2020'",
    )
    return dict(found)


def test_tables_say_what_was_read_of_a_study_and_what_a_piece_rests_on(project: Project) -> None:
    assert ask(project, "SELECT key, access FROM study ORDER BY key") == [
        ("berg2020", "partial"),
        ("shelf2023", None),
        ("smit2021", "partial"),
    ]
    assert sorted(
        ask(
            project,
            "SELECT document.kind, evidence.access FROM evidence "
            "JOIN passage ON passage.id = evidence.passage "
            "JOIN document ON document.id = passage.document",
        )
    ) == [("digest", "abstract"), ("fulltext", "full")]
    # A code of the study itself rests on whatever was read of it.
    assert ask(project, "SELECT access FROM coding WHERE id = 'berg2020-energy'") == [("partial",)]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/study/berg2020",
            "The digest rests on the abstract only. Coded in the full text: 2 of its 4 passages.",
        ),
        (
            "/nl/study/berg2020",
            "Onze weergave berust alleen op de abstract. "
            "Gecodeerd in de volledige tekst: 2 van de 4 passages.",
        ),
        ("/study/smit2021", "Read in part."),
        ("/study/shelf2023", "Not read yet."),
        ("/nl/study/shelf2023", "Nog niet gelezen."),
    ],
)
def test_the_page_of_a_study_says_what_was_read(site: Site, path: str, said: str) -> None:
    page = unescape(site.get(path).text)
    assert f"<b>{said}</b>" in page
    assert "Read from the abstract only" not in page
    assert "Alleen de abstract is gelezen" not in page


def test_machines_are_told_the_same(site: Site) -> None:
    page = unescape(site.get("/study/berg2020").text)
    both = "the digest rests on the abstract only; coded in the full text: 2 of its 4 passages"
    assert f'"usageInfo": "{both}"' in page
    # The digest stands where programs expect an abstract: what it rests on is all that counts.
    whose = "in the words of Orchestration Evidence, not of the authors; only the abstract was read"
    assert f'<meta name="citation_abstract" content="[{whose}]' in page


@pytest.mark.parametrize(
    ("kind", "prefix", "said", "read"),
    [
        ("digest", "", "Read from the abstract only.", "only the abstract was read"),
        ("digest", "/nl", "Alleen de abstract is gelezen.", "alleen de abstract is gelezen"),
        ("fulltext", "", "Read in the full text.", "read in the full text"),
        ("fulltext", "/nl", "In de volledige tekst gelezen.", "gelezen in de volledige tekst"),
    ],
)
def test_each_piece_says_where_it_was_read(
    project: Project, site: Site, kind: str, prefix: str, said: str, read: str
) -> None:
    page = unescape(site.get(f"{prefix}/evidence/{of_pieces(project)[kind]}").text)
    assert f"<dd>{said}</dd>" in page
    assert f"; {read}; " in page  # what is copied with the words
    assert f'"name": "read", "value": "{read}"' in page


def test_lists_and_filters_go_by_piece_and_by_study(project: Project, site: Site) -> None:
    digest, fulltext = (of_pieces(project)[kind] for kind in ("digest", "fulltext"))
    for access, there, not_there in (("abstract", digest, fulltext), ("full", fulltext, digest)):
        page = site.get(f"/evidence?access={access}").text
        assert f"/evidence/{there}" in page
        assert f"/evidence/{not_there}" not in page
    page = site.get("/evidence?study=berg2020").text
    assert page.count("· from the abstract only") == 1
    assert page.count("· quoted from the full text of the study") == 1
    assert "from parts" not in page.split('class="pieces"')[-1].split("</main>")[0]
    studies = site.get("/studies?access=partial").text
    assert "/study/berg2020" in studies
    assert "· from parts of the study ·" in studies
    assert "/study/berg2020" not in site.get("/studies?access=abstract").text
    found = unescape(site.get("/search?q=banks").text)
    assert "· in the full text" in found
    assert "· from the abstract only" in found


def test_the_method_page_counts_what_was_read(site: Site) -> None:
    page = unescape(site.get("/method").text)
    assert "With a digest: 2.</b> Read in full: 0; in part: 2; the abstract only: 0." in page
    assert "Without: 1." in page
    assert "Volledig gelezen: 0; deels: 2; alleen de abstract: 0." in unescape(
        site.get("/nl/method").text
    )


def test_downloads_say_what_was_read(project: Project, site: Site) -> None:
    pieces = of_pieces(project)
    rows = {row["id"]: row for row in csv.DictReader(StringIO(site.get("/download/csv").text))}
    found = {kind: (rows[key]["access"], rows[key]["read"]) for kind, key in pieces.items()}
    right = {
        "digest": ("abstract", "only the abstract was read"),
        "fulltext": ("full", "read in the full text"),
    }
    assert found == right
    told = json.loads(site.get("/download/json").text)
    assert {
        kind: (one["access"], one["read"])
        for one in told
        for kind, key in pieces.items()
        if one["id"] == key
    } == right
    studies = csv.DictReader(StringIO(site.get("/download/csv?of=studies").text))
    access = {row["key"]: row["access"] for row in studies}
    assert access == {"berg2020": "partial", "shelf2023": "", "smit2021": "partial"}
    ris = site.get("/download/ris?of=studies&study=berg2020").text
    assert "not of the authors; only the abstract was read] A summary of" in ris
    with zipfile.ZipFile(BytesIO(site.get("/download/qdpx").content)) as archive:
        project_file = archive.read("project.qde").decode()
    both = "the digest rests on the abstract only; coded in the full text: 2 of its 4 passages"
    assert both in project_file


def test_reports_say_what_was_read(project: Project, evidence: Evidence, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    assert evidence("report", project, "-o", str(report)).exit_code == 0
    text = report.read_text()
    assert (
        "Of these studies, only the abstract was read of 0, parts of 1 and the full text of 0"
        in text
    )
    assert "read in the full text" in text


def test_where_the_full_text_is_absent_the_same_is_said(project: Project, tmp_path: Path) -> None:
    elsewhere = Project(shutil.copytree(project.root, tmp_path / "elsewhere"))
    shutil.rmtree(elsewhere.fulltext)
    build(elsewhere)
    for sql in (
        "SELECT key, access FROM study ORDER BY key",
        "SELECT id, access FROM coding WHERE status != 'suggested' ORDER BY id",
    ):
        assert ask(elsewhere, sql) == ask(project, sql)
    page = Site(elsewhere).get("/study/berg2020").text
    assert "Coded in the full text: 2 of its 4 passages." in page


def test_a_text_that_was_coded_to_its_end_was_read_in_full(
    project: Project, tmp_path: Path
) -> None:
    whole = Project(shutil.copytree(project.root, tmp_path / "whole"))
    for number, passage in enumerate(text_of(whole.fulltext / "shelf2023.txt").passages):
        line = LINE.format(f"{number}Z", passage.id, "none", passage.text)
        decide(whole, "first", "shelf2023", line)
    build(whole)
    assert ask(whole, "SELECT access FROM study WHERE key = 'shelf2023'") == [("full",)]
    page = unescape(Site(whole).get("/study/shelf2023").text)
    assert "Coded in the full text: 4 of its 4 passages.</b>" in page
    assert "Not read yet" not in page


def test_coding_pages_say_where_their_passage_is_read(project: Project, tmp_path: Path) -> None:
    running = Running(with_rounds(Project(shutil.copytree(project.root, tmp_path / "x")), ROUNDS))
    coder = running.sign_in("first")
    shown = {
        passage_id(project, "berg2020", 2): "Read from the abstract only.",
        text_of(project.fulltext / "berg2020.txt").passages[3].id: "Read in the full text.",
    }
    for unit, said in shown.items():
        assert f"<b>{said}</b>" in coder.get(f"/review/roles/unit/{unit}").text
    whole = unescape(coder.get("/review/roles/study/berg2020").text)
    assert (
        "<b>The digest rests on the abstract only. "
        "Passages of the full text that can be coded here: 4.</b>" in whole
    )


def test_an_answer_in_a_full_text_counts_at_once(project: Project, tmp_path: Path) -> None:
    running = Running(with_rounds(Project(shutil.copytree(project.root, tmp_path / "x")), ROUNDS))
    coder = running.sign_in("first")
    unit = text_of(project.fulltext / "smit2021.txt").passages[0].id
    assert coder.answer(unit, "weaver", item="pilot").status_code == 303
    assert "Coded in the full text: 1 of its 1 passages." in coder.get("/study/smit2021").text
    rows = json.loads(coder.get("/orchestration/study/smit2021.json?_shape=array").text)
    assert [row["access"] for row in rows] == ["full"]
