"""What a build keeps between runs: documents already read and tagged, by the hash of their file.

Values are records in MessagePack, read back by the types of their fields: data and nothing else,
so that a cache from elsewhere runs no code.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.ground.caches import is_damage, opened, throw_away
from pipeline.ground.problems import Problem
from pipeline.model.records import Document
from pipeline.tagger.documents import Tagged

T = TypeVar("T")
_TABLE = "CREATE TABLE item (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"


@dataclass(frozen=True)
class Kept:
    """A file of the corpus as it was read and tagged."""

    document: Document | None
    problems: list[Problem]
    tagged: Tagged


class Store:
    """A folder-local cache. It may be deleted at any time; nothing but speed is lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = opened(path, _TABLE, timeout=60)

    def get(self, keys: Iterable[bytes], kind: type[T]) -> dict[bytes, T]:
        """The values of a kind that are kept for these keys; none where the file is damaged."""
        wanted = set(keys)
        decode = msgspec.msgpack.Decoder(kind).decode
        try:
            rows = self._connection.execute("SELECT key, value FROM item")
            return {key: decode(value) for key, value in rows if key in wanted}
        except (msgspec.MsgspecError, UnicodeDecodeError, TypeError) as error:
            self._renew(str(error))
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._renew(str(error))
        return {}

    def put(self, values: Mapping[bytes, Any]) -> None:
        """Keep values, all or none."""
        encode = msgspec.msgpack.Encoder().encode
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO item VALUES (?, ?)",
                [(key, encode(value)) for key, value in values.items()],
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

    def _renew(self, reason: str) -> None:
        self._connection.close()
        throw_away(self._path, reason)
        self._connection = opened(self._path, _TABLE, timeout=60)

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
