"""What passes between a process that works on PDFs and whoever asks it: one frame after another."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import IO, Literal

_LENGTH = Struct(">I")


@dataclass(frozen=True, slots=True)
class Request:
    """What to do with pages of a file, counted from 1.

    `lines`: the pages from `first` to `last`, 0 for the last there is: an `Opened`, and for each a
    `SetPage`, or None where it cannot be read. `letters`: those of the `first`, as JSON, and
    `picture`: that page as a PNG of this `width`; both empty where they cannot be had.
    """

    work: Literal["lines", "letters", "picture"]
    path: str
    first: int
    last: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """How many pages a file has, and the labels it gives them; or why it cannot be opened.

    `form`: what is seen of it is made by a program as it is filled in, and stands on no page.
    """

    count: int = 0
    labels: tuple[str, ...] = ()
    form: bool = False
    fault: str = ""
    locked: bool = False


def write_frame(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame; None where no whole one is left."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
