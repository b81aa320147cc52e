"""Writing a database in bulk, and putting it in place of the old one in one step."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from pipeline.build import models  # noqa: F401  (declares the tables)
from pipeline.ground.writing import beside

Rows = Mapping[str, Iterable[tuple[Any, ...]]]
_ENGINE = create_engine("sqlite://")


class IntegrityError(Exception):
    """Rows that point at rows which are not there: a fault of ours, not of the user's files."""


def tables() -> list[Table]:
    """All tables, those that are pointed at before those that point."""
    return list(SQLModel.metadata.sorted_tables)


def write_database(path: Path, rows: Rows) -> None:
    """Write a whole database beside `path` and move it there. `path` is whole at any moment."""
    with (
        beside(path) as part,
        contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection,
    ):
        _fill(connection, rows)


def _fill(connection: sqlite3.Connection, rows: Rows) -> None:
    # Nothing of this file is worth saving if we are interrupted, so no journal is kept.
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-200000")
    connection.execute("BEGIN")
    for table in tables():
        connection.execute(str(CreateTable(table).compile(_ENGINE)))
        insert(connection, table.name, rows.get(table.name, ()))
    for table in tables():
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(str(CreateIndex(index).compile(_ENGINE)))
    for script in ("search.sql", "views.sql"):
        for statement in statements(script):
            connection.execute(statement)
    connection.execute("COMMIT")
    broken = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
    if broken:
        raise IntegrityError(f"rows without their counterpart: {broken}")
    connection.execute("ANALYZE")


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Add rows to a table, their values in the order of its columns."""
    names = [column.name for column in SQLModel.metadata.tables[table].columns]
    known = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    connection.executemany(f'INSERT INTO "{table}" ({known}) VALUES ({marks})', rows)


def statements(script: str) -> Iterator[str]:
    """The statements of a script in schema/."""
    text = files("pipeline.build").joinpath("schema", script).read_text(encoding="utf-8")
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
