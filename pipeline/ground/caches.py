"""Files of `.cache/`: they hold data alone, may be deleted at any time, and are when damaged."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from pipeline.ground.writing import write_whole

FileState = tuple[int, int]  # size in bytes, time of change in nanoseconds


def opened(path: Path, table: str, timeout: float = 30) -> sqlite3.Connection:
    """An SQLite cache with the one table that this statement creates.

    A file that is none, or has another table of that name, is thrown away. Raises OSError and
    sqlite3.OperationalError where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = _opened(path, table, timeout)
        if found is not None:
            return found
        reason = "it is of another kind"
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        reason = str(error)
    throw_away(path, reason)
    found = _opened(path, table, timeout)
    assert found is not None
    return found


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error is about what the file holds, rather than about reaching it."""
    return type(error) is sqlite3.DatabaseError


def throw_away(path: Path, reason: str) -> None:
    """Delete a damaged cache, and say so in one line on standard error."""
    where = Path(path.parent.name, path.name)
    print(f"{where} was damaged ({reason}); it is made again.", file=sys.stderr)
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def keep(file: Path, data: bytes, room: int) -> None:
    """Write a file whole; the oldest beside it go while all have more bytes than there is room.

    Raises OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, [data])
    found = [(state_of(path), path) for path in file.parent.iterdir()]
    for (size, _), path in sorted(found, key=lambda entry: entry[0][1], reverse=True):
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)


def _opened(path: Path, table: str, timeout: float) -> sqlite3.Connection | None:
    connection = sqlite3.connect(path, isolation_level=None, timeout=timeout)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(table.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
        held = connection.execute(
            "SELECT type, sql FROM sqlite_master WHERE sql NOTNULL"
        ).fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    if held == [("table", table)]:
        return connection
    connection.close()
    return None


def state_of(path: Path) -> FileState:
    """What changes when a file does; nothing where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)
