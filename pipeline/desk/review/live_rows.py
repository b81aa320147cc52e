"""The database after a decision: only the rows that differ are written.

The rows of a study are made by the same functions as in a build, so that a build afterwards gives
the same content.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.build.database_file import insert
from pipeline.build.rows.agreement_rows import agreement_rows, read_reports
from pipeline.build.rows.all_rows import rows_of_studies
from pipeline.build.rows.study_rows import people_rows
from pipeline.build.rows.table_rows import Rows, Tables, columns
from pipeline.build.rows.totals import CELL, CODE, cell_id, passages_read, reason_of, totals
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.project import DATABASE_NAME, Project
from pipeline.ground.writing import is_alive
from pipeline.model.resolve import resolve
from pipeline.model.scheme import Scheme
from pipeline.model.standing import Answers

# Tables whose rows depend on decisions, those that are pointed at first.
DECIDED = (
    "study",
    "decision",
    "coding",
    "evidence",
    "study_sector",
    "passage_sector",
    "considered",
)
PUBLISHED = (
    "document",
    "passage",
    "gist",
    "part",
    "passage_scores",
    "suggestion",
    "suggestion_span",
)
FOUND_BY = {"passage": "id", "gist": "passage"}  # columns that name a passage
UNFIND = """
INSERT INTO passage_fts (passage_fts, rowid, text, locator, en, nl)
SELECT 'delete', row, text, locator, en, nl FROM passage_words WHERE id = ?
"""
FIND = """
INSERT INTO passage_fts (rowid, text, locator, en, nl)
SELECT row, text, locator, en, nl FROM passage_words WHERE id = ?
"""
IN_PLACE = ("study", "document")  # pointed at by rows that stay
_OF_STUDY = {
    "study": "key = ?",
    "suggestion_span": "suggestion IN (SELECT id FROM suggestion WHERE study = ?)",
    "passage_sector": "passage IN (SELECT id FROM passage WHERE study = ?)",
}
_KEYS = {
    "gist": ("passage", "language"),
    "study": ("key",),
    "study_sector": ("study", "sector"),
    "passage_sector": ("passage", "sector"),
    "suggestion_span": ("suggestion", "start", "end"),
    "passage_scores": ("passage",),
    "considered": ("study", "code"),
    "part": ("unit", "sentence"),
}


def working_copy(project: Project) -> Path:
    """A copy of the database that this review keeps up to date; the published one stays.

    Every running review of a project has its own; those of reviews that have ended are removed.
    """
    folder = project.cache / "review"
    for other in folder.glob("*"):
        if other.name.isdigit() and (
            int(other.name) == os.getpid() or not is_alive(int(other.name))
        ):
            shutil.rmtree(other, ignore_errors=True)
    path = folder / str(os.getpid()) / f"{DATABASE_NAME}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(project.database, path)
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
    return path


def rows_of(desk: Desk, study: str) -> Rows:
    """The rows of one study as they should be."""
    inputs, said = desk.part(study)
    answers = Answers(desk.scheme, inputs.codings)
    codings = resolve(desk.scheme, said.suggestions, answers)
    tables = Tables()
    rows_of_studies(tables, inputs, said, codings, answers)
    return tables.rows


def refresh_changed(connection: sqlite3.Connection, desk: Desk) -> None:
    """Bring every study up to date whose lines have changed; those that fail stay to be done."""
    changed = desk.book.changed
    for study in sorted(changed):
        # Taken off before its lines are read: what comes in meanwhile puts it back.
        changed.discard(study)
        if study not in desk.studies:
            continue
        try:
            refresh(connection, desk, study, rows_of(desk, study))
        except sqlite3.Error:
            changed.add(study)
            raise


def refresh(connection: sqlite3.Connection, desk: Desk, study: str, wanted: Rows) -> None:
    """Make the study's rows in the database those that are wanted, and the counts with them."""
    names: tuple[str, ...] = DECIDED
    if any(item.kind != "digest" or item.joined for item in desk.documents[study]):
        names = (*PUBLISHED, *DECIDED)
    # Nothing here is worth a wait: the decision is on disk already, and this file can be rebuilt.
    connection.execute("PRAGMA synchronous=OFF")
    before = {name: _read(connection, name, study) for name in names}
    after: dict[str, list[tuple[Any, ...]]] = {
        name: [_stored(row) for row in wanted.get(name, ())] for name in names
    }
    changed = {
        (row[columns(name).index(passage)],)
        for name, passage in FOUND_BY.items()
        for row in set(before.get(name, ())) ^ set(after.get(name, ()))
    }
    with connection:
        connection.executemany(UNFIND, changed)
        for name in reversed(names):
            if name not in IN_PLACE:
                _delete(connection, name, set(before[name]) - set(after[name]))
        for name in names:
            new = set(after[name]) - set(before[name])
            _insert(connection, name, [row for row in dict.fromkeys(after[name]) if row in new])
        connection.executemany(FIND, changed)
        _count(connection, desk.scheme, before, after)


def refresh_rounds(connection: sqlite3.Connection, desk: Desk) -> None:
    """Rounds, and the frozen results of those that are closed, as they stand now."""
    tables = Tables()
    people_rows(tables, (), desk.rounds.values())
    reports, _ = read_reports(desk.project)
    agreement_rows(tables, reports)
    with connection:
        for name in ("round", "agreement", "machine_agreement", "influence"):
            connection.execute(f'DELETE FROM "{name}"')
            _insert(connection, name, tables.rows[name])
            connection.execute(
                "UPDATE meta SET value = ? WHERE name = ?",
                (str(len(tables.rows[name])), f"rows/{name}"),
            )


def _read(connection: sqlite3.Connection, name: str, study: str) -> list[tuple[Any, ...]]:
    where = _OF_STUDY.get(name, "study = ?")
    cursor = connection.cursor()
    cursor.row_factory = None
    known = ", ".join(f'"{column}"' for column in columns(name))
    return cursor.execute(f'SELECT {known} FROM "{name}" WHERE {where}', (study,)).fetchall()


def _stored(row: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(int(value) if isinstance(value, bool) else value for value in row)


def _delete(connection: sqlite3.Connection, name: str, rows: set[tuple[Any, ...]]) -> None:
    known = columns(name)
    keys = _KEYS.get(name, ("id",))
    places = [known.index(key) for key in keys]
    where = " AND ".join(f'"{key}" = ?' for key in keys)
    values = [tuple(row[place] for place in places) for row in rows]
    connection.executemany(f'DELETE FROM "{name}" WHERE {where}', values)


def _insert(connection: sqlite3.Connection, name: str, rows: list[tuple[Any, ...]]) -> None:
    if name in IN_PLACE:
        pairs = ", ".join(f'"{column}" = ?' for column in columns(name))
        key = _KEYS.get(name, ("id",))[0]
        place = columns(name).index(key)
        connection.executemany(
            f'UPDATE "{name}" SET {pairs} WHERE "{key}" = ?', [(*row, row[place]) for row in rows]
        )
        return
    insert(connection, name, rows)


def _count(
    connection: sqlite3.Connection,
    scheme: Scheme,
    before: Mapping[str, list[tuple[Any, ...]]],
    after: Mapping[str, list[tuple[Any, ...]]],
) -> None:
    change = totals(dict(after), scheme)
    change.subtract(totals(dict(before), scheme))
    for key, number in change.items():
        if not number:
            continue
        *of, column = key
        if len(of) == 2 and column in CELL:
            role, sector = of
            connection.execute(
                f"UPDATE cell SET {column} = {column} + ? WHERE id = ?",
                (number, cell_id(str(role), sector)),
            )
        elif len(of) == 1 and column in CODE:
            connection.execute(
                f"UPDATE code_total SET {column} = {column} + ? WHERE code = ?", (number, *of)
            )
    _give_reasons(connection, scheme)
    checked = "SELECT COUNT(*) FROM evidence WHERE checked = 'checked'"
    connection.execute(f"UPDATE meta SET value = ({checked}) WHERE name = 'count_checked'")
    changes = {"count_passage": passages_read(after) - passages_read(before)}
    for name in before:
        changes[f"rows/{name}"] = len(after[name]) - len(before[name])
        if name != "passage":
            changes[f"count_{name}"] = changes[f"rows/{name}"]
    connection.executemany(
        "UPDATE meta SET value = CAST(value AS INTEGER) + ? WHERE name = ?",
        [(difference, entry) for entry, difference in changes.items()],
    )


def _give_reasons(connection: sqlite3.Connection, scheme: Scheme) -> None:
    retired = {
        code.id: code.retired is not None for code in scheme.dimension(scheme.evidence).codes
    }
    cursor = connection.cursor()
    cursor.row_factory = None
    changed = []
    for name, role, before, *numbers in cursor.execute(
        f"SELECT id, role, reason, {', '.join(CELL)} FROM cell"
    ):
        why = reason_of(dict(zip(CELL, numbers, strict=True)), retired[role])
        if why != before:
            changed.append((why, name))
    connection.executemany("UPDATE cell SET reason = ? WHERE id = ?", changed)
