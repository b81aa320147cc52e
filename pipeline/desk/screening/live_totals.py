"""The published numbers of screening after a decision."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from pipeline.build.database_file import insert
from pipeline.build.rows.screening_rows import screening_rows
from pipeline.build.rows.table_rows import Tables
from pipeline.desk.screening.screening_desk import ScreeningDesk

TABLES = ("candidate", "flow", "screening_agreement")


def refresh_screening(connection: sqlite3.Connection, desk: ScreeningDesk) -> None:
    """Make the rows of candidates and of the flow those that the desk holds."""
    screened = replace(desk.inputs.screened, candidacies=desk.candidacies, lines=tuple(desk.lines))
    tables = Tables()
    screening_rows(tables, screened, desk.studies.values(), desk.inputs.scheme)
    with connection:
        for name in TABLES:
            connection.execute(f'DELETE FROM "{name}"')
            insert(connection, name, tables.rows[name])
            connection.execute(
                "UPDATE meta SET value = ? WHERE name = ?",
                (str(len(tables.rows[name])), f"rows/{name}"),
            )
