"""References that were formatted before, in a file that may be deleted any time."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from pipeline.ground.caches import opened

MOST_UNSAVED = 20_000
_KEEP = "CREATE TABLE formatted (key TEXT PRIMARY KEY, html TEXT) WITHOUT ROWID"
_unsaved: dict[str, str] = {}  # where no file can be written; for all that this process formats


class KeptReferences:
    """References that were formatted before, in memory where the file cannot be written."""

    def __init__(self, path: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        if path is not None:
            with contextlib.suppress(OSError, sqlite3.Error):
                self._connection = opened(path, _KEEP, timeout=10)

    def __enter__(self) -> KeptReferences:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def get(self, names: Iterable[str]) -> dict[str, str]:
        wanted = list(names)
        found = {name: _unsaved[name] for name in wanted if name in _unsaved}
        if self._connection is None:
            return found
        sql = (
            "SELECT key, html FROM formatted "
            "WHERE key IN (SELECT value FROM json_each(?)) AND typeof(html) = 'text'"
        )
        with contextlib.suppress(sqlite3.Error):
            found |= dict(self._connection.execute(sql, [json.dumps(wanted)]).fetchall())
        return found

    def put(self, values: dict[str, str]) -> None:
        if not values:
            return
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error), self._connection as connection:
                connection.execute("BEGIN")
                connection.executemany(
                    "INSERT OR REPLACE INTO formatted VALUES (?, ?)", list(values.items())
                )
                return
        if len(_unsaved) > MOST_UNSAVED:
            _unsaved.clear()
        _unsaved.update(values)
