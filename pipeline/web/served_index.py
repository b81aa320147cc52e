"""The index of the served database, read once, and what pages ask of it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pipeline.ground.project import DATABASE_NAME
from pipeline.published.evidence_index import Index, read_index

Answer = TypeVar("Answer")
_kept: dict[str, tuple[object, Index]] = {}
_lock = threading.Lock()


async def ask(
    datasette: Any, question: Callable[..., Answer], *arguments: Any, **named: Any
) -> Answer:
    """`question(connection, index, …)` put to the database, outside the server's own thread."""

    def run(connection: sqlite3.Connection) -> Answer:
        return question(connection, index_of(connection), *arguments, **named)

    answer: Answer = await datasette.get_database(DATABASE_NAME).execute_fn(run)
    return answer


def database_path(connection: sqlite3.Connection) -> Path:
    """The file behind a connection."""
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def index_of(connection: sqlite3.Connection) -> Index:
    """The index of a connection's database; read anew when the file has changed."""
    path = database_path(connection)
    state = state_of(path)
    kept = _kept.get(str(path))
    if kept is None or kept[0] != state:
        with _lock:
            kept = _kept.get(str(path))
            if kept is None or kept[0] != state:
                kept = (state, read_index(connection))
                _kept[str(path)] = kept
    return kept[1]


def state_of(path: Path) -> object:
    """Changes when the database does."""
    return (_state(path), _state(path.with_name(path.name + "-wal")))


def _state(path: Path) -> tuple[int, int, int]:
    try:
        stat = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns)
