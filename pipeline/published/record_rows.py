"""Rows of the published database as records by the names of their columns."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

Record = dict[str, Any]
LISTS = ("codes", "coders", "hidden_from")  # columns that hold a list as JSON


def records(connection: sqlite3.Connection, sql: str, *values: Any) -> list[Record]:
    """Rows as dictionaries; lists in them as lists. Values stand in order, or are one mapping."""
    named = len(values) == 1 and isinstance(values[0], dict)
    cursor = connection.execute(sql, values[0] if named else values)
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor]
    for row in found:
        for name in LISTS:
            if isinstance(row.get(name), str):
                row[name] = json.loads(row[name])
    return found
