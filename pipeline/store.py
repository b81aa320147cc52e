"""What a build keeps between runs: documents already read and tagged, by the hash of their file."""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any


class Store:
    """A folder-local cache. It may be deleted at any time; nothing but speed is lost."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS item (key BLOB PRIMARY KEY, value BLOB NOT NULL) "
            "WITHOUT ROWID"
        )

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
        """The values that are kept for these keys."""
        wanted = set(keys)
        rows = self._connection.execute("SELECT key, value FROM item")
        return {key: pickle.loads(value) for key, value in rows if key in wanted}

    def put(self, values: Mapping[bytes, Any]) -> None:
        """Keep values, all or none."""
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO item VALUES (?, ?)",
                [(key, pickle.dumps(value, protocol=5)) for key, value in values.items()],
            )

    def keep_only(self, keys: Iterable[bytes]) -> None:
        """Forget everything else."""
        kept = set(keys)
        old = [
            (key,) for (key,) in self._connection.execute("SELECT key FROM item") if key not in kept
        ]
        if len(old) > len(kept):
            with self._transaction():
                self._connection.executemany("DELETE FROM item WHERE key = ?", old)

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:  # commits, or rolls back when interrupted
            yield


def key_of(*parts: str | bytes) -> bytes:
    """A key that changes with any part."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
