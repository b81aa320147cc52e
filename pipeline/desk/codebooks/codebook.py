"""A codebook as another program wrote it: codes in their order, nested, with sets as an extra."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.desk.codebooks.qda_xml import identity
from pipeline.ground.problems import Problem, first_line

MOST_CODES = 10_000
LONGEST_NAME = 500
DEEPEST = 100
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}\Z")
_RGB = re.compile(r"rgb\s*\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)\Z")


@dataclass(frozen=True, slots=True)
class CodebookEntry:
    """A code or category. `parent` is a place in the codebook's entries, counted from 0.

    `languages` holds texts whose language is known, by column: label_en, definition_nl.
    """

    name: str
    description: str = ""
    guid: str = ""
    color: str = ""
    is_codable: bool = True
    parent: int | None = None
    line: int = 0
    id: str = ""
    dimension: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """The GUID by which it is compared."""
        return identity(self.guid)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A group of codes beside the nesting; `members` are places in the codebook's entries."""

    name: str
    members: tuple[int, ...]
    description: str = ""
    guid: str = ""


@dataclass(frozen=True, slots=True)
class Codebook:
    """One file, read. `origin` is the program that says it wrote it."""

    name: str
    format: str
    entries: tuple[CodebookEntry, ...]
    sets: tuple[CodeSet, ...] = ()
    origin: str = ""
    warnings: tuple[Problem, ...] = ()

    def above(self, place: int) -> Iterator[int]:
        """The places of what an entry is nested in, the nearest first."""
        return above(self.entries, place)


@dataclass(frozen=True, slots=True)
class CodebookFormat:
    """A way to write codebooks. `fits` and `read` are given the text, `read` its name too.

    `read` raises InputError with everything that is wrong.
    """

    name: str
    label: str
    fits: Callable[[str], bool]
    read: Callable[[str, str], Codebook]


def above(entries: Sequence[CodebookEntry], place: int) -> Iterator[int]:
    """The places of what an entry is nested in; a circle is run through once."""
    seen = {place}
    parent = entries[place].parent
    while parent is not None and parent not in seen:
        yield parent
        seen.add(parent)
        parent = entries[parent].parent


def colour(text: str) -> str:
    """The colour as #RGB or #RRGGBB, also of rgb(r, g, b); nothing where it is none of these."""
    text = text.strip()
    if found := _RGB.match(text):
        parts = [int(part) for part in found.groups()]
        return f"#{bytes(parts).hex().upper()}" if max(parts) < 256 else ""
    return text if _COLOUR.match(text) else ""


def faults(entries: Sequence[CodebookEntry], name: str) -> Iterator[Problem]:
    """What is wrong with codes in whatever format they were written."""
    if not entries:
        yield Problem(name, 0, "no-code", "there is no code in it", "Export the codebook again.")
    if len(entries) > MOST_CODES:
        message = f"there are more than {MOST_CODES} codes"
        yield Problem(name, 0, "too-many-codes", message, "Is this a list of codes?")
        return
    seen: dict[tuple[str, int | None, str], CodebookEntry] = {}
    for entry in entries:
        if not entry.name:
            yield Problem(name, entry.line, "no-name", "a code without a name", "Name it.")
            continue
        if len(entry.name) > LONGEST_NAME:
            message = f"a name of {len(entry.name)} characters"
            hint = "Keep the name short and move the rest to the description."
            yield Problem(name, entry.line, "long-name", message, hint, first_line(entry.name))
        key = (entry.dimension, entry.parent, unicodedata.normalize("NFC", entry.name))
        if (first := seen.setdefault(key, entry)) is not entry:
            yield _twice(entry, first.line, name)
    if entries:
        yield from _nesting(entries, name)


def _twice(entry: CodebookEntry, first: int, name: str) -> Problem:
    where = "under the same parent" if entry.parent is not None else "without a parent"
    message = f"'{first_line(entry.name, 60)}' stands twice {where}, first in line {first}"
    return Problem(name, entry.line, "same-name", message, "Rename or remove one of them.")


def _nesting(entries: Sequence[CodebookEntry], name: str) -> Iterator[Problem]:
    """Circles, and codes nested deeper than anybody nests them."""
    depth: dict[int, int] = {}
    for start in range(len(entries)):
        walk: dict[int, None] = {}
        place: int | None = start
        while place is not None and place not in depth and place not in walk:
            walk[place] = None
            place = entries[place].parent
        if place is not None and place in walk:
            said = first_line(entries[place].name, 60)
            message, hint = f"'{said}' is its own ancestor", "Correct one of the parents."
            yield Problem(name, entries[place].line, "circle", message, hint)
        above = depth.get(place, 0) if place is not None else 0
        for number, item in enumerate(reversed(walk), above + 1):
            depth[item] = number
    deepest = max(depth, key=lambda item: depth[item])
    if depth[deepest] > DEEPEST:
        message = f"codes are nested {depth[deepest]} deep, more than {DEEPEST}"
        yield Problem(name, entries[deepest].line, "too-deep", message, "Take out some levels.")
