"""Full texts cut into sentences, each kept as it was read until it or the readers change."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.ground.caches import keep
from pipeline.ground.problems import Problem
from pipeline.sources.fulltexts.cut_text import Part, parts_of
from pipeline.sources.fulltexts.fulltext_options import states_of
from pipeline.sources.fulltexts.fulltext_readers import read_text
from pipeline.sources.reader_state import readers_fingerprint

ROOM = 300_000_000  # bytes that are kept; a text of 600 pages takes some five million


@dataclass(frozen=True, slots=True)
class KeptText:
    """A full text as it was read: its language, its blocks with their pieces, and warnings."""

    language: str
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]


def read_kept(path: Path, name: str, folder: Path | None) -> KeptText:
    """A full text as it is kept in a folder, or read, and kept there. Raises InputError."""
    states = (readers_fingerprint(), name, *states_of(path))
    if folder is not None:
        file = folder / hashlib.blake2b(repr(states).encode(), digest_size=16).hexdigest()
        with contextlib.suppress(OSError, ValueError):  # none is kept, or it is damaged
            return msgspec.msgpack.decode(file.read_bytes(), type=KeptText)
    text = read_text(path, name)
    found = KeptText(text.language, parts_of(text.blocks, text.language), text.problems)
    if folder is not None:
        with contextlib.suppress(OSError):  # no room; it is read again then
            keep(file, msgspec.msgpack.encode(found), ROOM)
    return found
