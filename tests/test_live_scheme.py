"""After codes are merged and split in a running review, the database is that of a fresh build."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import decide, passage_id
from tests.reviewing import CoderSession, Running
from tests.test_review_site import working_database

MODEL = """
  - id: reader
    name: {en: "Reading model", nl: "Lezend model"}
    kind: "test"
    nature: model
    instructions: reader.md
"""
ROUNDS = """
  - id: old
    title: {en: "Old", nl: "Oud"}
    coders: [reader, first]
    blind: false
    history: [{at: "2026-11-03T00:00:00Z", by: first, state: closed}]
  - id: later
    title: {en: "Later", nl: "Later"}
    coders: [first, second]
    dimensions: [role]
    blind: false
    history: [{at: "2026-11-04T00:00:00Z", by: first, state: comparing}]
  - id: secret
    title: {en: "Secret", nl: "Geheim"}
    coders: [second]
    dimensions: [role]
"""


def row(
    unit: str, codes: str, item: str, day: int, dimension: str = "role", scheme: int = 2
) -> str:
    return f"2026-11-0{day}T10:00:00Z,{unit},{dimension},{codes},high,,,hidden,{scheme},{item},x"


@pytest.fixture
def project(small: Project) -> Project:
    """A round closed before, one that is compared, a blind one and an open one; a study without
    a decided sector, a sector of one passage, and codes in dispute, in and between rounds."""
    small.instructions.mkdir(exist_ok=True)
    (small.instructions / "reader.md").write_text("Read each passage.\n")
    small.coders.write_text(small.coders.read_text().rstrip("\n") + MODEL)
    small.rounds.write_text(small.rounds.read_text().rstrip("\n") + ROUNDS)
    one, two, three = (passage_id(small, "berg2020", place) for place in (1, 2, 3))
    lone, last = (passage_id(small, "smit2021", place) for place in (1, 2))
    decide(
        small, "reader", "berg2020",
        row(one, "judge;weaver", "old", 1, scheme=1), row(two, "judge", "old", 1),
        row(three, "none", "old", 1), row("berg2020", "energy", "old", 1, "sector"),
    )  # fmt: skip
    decide(
        small, "first", "berg2020",
        row(one, "scribe", "old", 2), row(two, "judge", "old", 2),
        row(three, "weaver", "later", 3), row(two, "judge;scribe", "later", 3),
        row(two, "sport", "pilot", 3, "sector"), row(one, "judge", "pilot", 5),
    )  # fmt: skip
    decide(
        small, "second", "berg2020",
        row(three, "judge", "later", 3), row(two, "scribe", "later", 3),
        row(one, "weaver", "secret", 5),
    )  # fmt: skip
    decide(small, "reader", "smit2021", row(lone, "weaver", "old", 1), row(last, "none", "old", 1))
    decide(small, "first", "smit2021", row(lone, "none", "old", 2), row(last, "judge", "pilot", 5))
    build(small)
    return small


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables and views, but not how the search keeps its words."""
    with sqlite3.connect(path) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%fts%'"
        ).fetchall()
        return {
            name: sorted(
                connection.execute(f'SELECT {_shown(connection, name)} FROM "{name}"'), key=repr
            )
            for (name,) in names
        }


def _shown(connection: sqlite3.Connection, name: str) -> str:
    """All columns but the number of a row, which differs where rows came and went."""
    columns = connection.execute(f'SELECT name FROM pragma_table_info("{name}")')
    return ", ".join(f'"{column}"' for (column,) in columns if column != "row")


def is_that_of_a_fresh_build(project: Project, folder: Path) -> None:
    live = rows(working_database(project))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(project.root, folder, ignore=shutil.ignore_patterns(".cache", "*.db"))
    built = rows(build(Project(folder)).path)
    assert live.keys() == built.keys()
    assert {"cell", "coding", "evidence", "considered", "code_total", "gap"} <= live.keys()
    for name, found in built.items():
        assert live[name] == found, name


def change(session: CoderSession, do: str, page: str, **fields: Any) -> None:
    """Preview a change of the scheme, save it, and wait until the files are read again."""
    given = {"do": do, **{name.replace("__", "."): value for name, value in fields.items()}}
    shown = session.post("/review/scheme/preview", given, page=page)
    assert shown.status_code == 200, shown.text
    saved = {
        name: html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', shown.text)[0])
        for name in ("change", "based_on")
    }
    done = session.post("/review/scheme/save", {**saved, "why": "A test."}, page=page)
    assert done.status_code == 303, done.text
    session.running.review.renewal.wait(120)  # type: ignore[union-attr]


@pytest.mark.parametrize("reads", ["", "tie"])
def test_merges_and_splits_leave_the_rows_of_a_fresh_build(
    project: Project, tmp_path: Path, reads: str
) -> None:
    fresh = tmp_path / "fresh"
    first = Running(project).sign_in("first")
    one, two, three = (passage_id(project, "berg2020", place) for place in (1, 2, 3))
    lone = passage_id(project, "smit2021", 1)
    change(first, "merge", "/review/scheme/code/judge", codes=["judge"], into="scribe")
    for unit, codes in ((three, ("scribe",)), (lone, ("weaver", "scribe")), (one, ())):
        assert first.answer(unit, *codes, item="pilot").status_code == 303
    is_that_of_a_fresh_build(project, fresh)
    parts = {
        f"into__{place}__{field}": value
        for place, name in enumerate(("tie", "host"))
        for field, value in (("id", name), ("label__en", name), ("label__nl", name))
    }
    old = {"old_answers": reads} if reads else {}
    change(first, "split", "/review/scheme/code/weaver", code="weaver", **parts, **old)
    path = f"/review/later/compare/{three}?dimension=role"
    for answer in (
        first.answer(lone, "tie", item="pilot"),
        first.post(path, {"codes.role": "host"}),
        first.post("/review/later/compare?dimension=role", {}, "/review/later/compare"),
        first.post("/review/later/compare/undo", {}, "/review/later/compare"),
        first.post("/review/later/state", {"state": "closed", "sure": "1"}, "/review/later/compare"),
        first.answer(two, "host", "scribe", item="pilot"),
    ):  # fmt: skip
        assert answer.status_code == 303, answer.text
    is_that_of_a_fresh_build(project, fresh)
    assert first.post("/review/undo", {}, "/review").status_code == 303
    is_that_of_a_fresh_build(project, fresh)
