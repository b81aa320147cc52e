"""Records of tagged lines, cut one by one, so that one broken record does not lose the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.desk.adding.formats.record_draft import Unusable
from pipeline.desk.adding.formats.reference_format import Cut


@dataclass(slots=True)
class Block:
    """One record: its line, its text, and its values by tag in their order."""

    line: int
    lines: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    torn: bool = False

    @property
    def raw(self) -> str:
        return "\n".join(self.lines).strip("\n")

    def all(self, *tags: str) -> list[str]:
        """Every value of these tags, those of the first tag first."""
        return [value for tag in tags for value in self.values.get(tag, ()) if value.strip()]

    def first(self, *tags: str) -> str:
        """The first value of the first tag that has one."""
        return next(iter(self.all(*tags)), "")

    def joined(self, *tags: str) -> str:
        return " ".join(self.all(*tags))


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a format writes its lines.

    `tag` matches a line with a tag and its value; `begins` and `ends` are tags; `goes_on` tells a
    continuation line. `once`: tags that no record has twice, by which it is seen that a beginning
    was lost. `per_line`: tags of which each continuation is a value of its own.
    """

    tag: re.Pattern[str]
    begins: frozenset[str]
    ends: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    per_line: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()


def cut(text: str, syntax: Syntax) -> Iterator[Block]:
    """The records of a text; what stands before the first is no record."""
    block: Block | None = None
    for number, line in enumerate(text.split("\n"), 1):
        match = syntax.tag.match(line)
        tag = match[1].upper() if match else ""
        if tag in syntax.skipped:
            continue
        if tag in syntax.begins:
            if block is not None:
                yield from _parted(block, syntax)
            block = Block(number)
        if block is None:
            if not tag or tag in syntax.ends:
                continue
            # A record that lost its first line is still one.
            block = Block(number)
        block.lines.append(line)
        if tag in syntax.ends:
            yield from _parted(block, syntax)
            block = None
    if block is not None and any(line.strip() for line in block.lines):
        yield from _parted(block, syntax)


def _parted(block: Block, syntax: Syntax) -> Iterator[Block]:
    """The block with its values; two where a line that begins a record was lost between them.

    That is seen by a tag that a record has once. The second begins behind the blank line before
    it; without one, nobody can say where, and both are torn.
    """
    start = 0
    blank = torn = False
    place = 0
    seen: set[str] = set()
    since: set[str] = set()  # tags behind the last blank line
    behind = 0
    for place, line in enumerate(block.lines):
        match = syntax.tag.match(line)
        tag = match[1].upper() if match else ""
        if not line.strip() and seen:
            blank, behind, since = True, place + 1, set()
        elif tag in syntax.once and tag in seen:
            if blank:
                yield _read(block, start, behind, syntax, torn)
                start, torn, seen = behind, False, since
            else:
                yield _read(block, start, place, syntax, True)
                start, torn, seen = place, True, set()
            blank = False
        if tag:
            seen.add(tag)
            since.add(tag)
    yield _read(block, start, len(block.lines), syntax, torn)


def _read(block: Block, start: int, end: int, syntax: Syntax, torn: bool) -> Block:
    """A part of the block with the values of its lines."""
    found = Block(block.line + start, block.lines[start:end], torn=torn)
    values: dict[str, list[list[str]]] = {}  # each value by its lines
    last = ""
    for line in found.lines:
        match = syntax.tag.match(line)
        if match:
            last = match[1].upper()
            if last not in syntax.ends:
                values.setdefault(last, []).append([match[2].strip()])
        elif last and line.strip():
            if last in syntax.per_line:
                values[last].append([line.strip()])
            else:
                values[last][-1].append(line.strip())
    found.values = {tag: [" ".join(lines) for lines in every] for tag, every in values.items()}
    return found


def cuts(text: str, syntax: Syntax) -> Iterator[Cut[Block]]:
    """Each record for a format to read."""
    hint = "Look for the line that begins a record; correct it, and read the file again."
    for block in cut(text, syntax):
        torn = Unusable("two records run into each other", hint)
        yield Cut(block.line, block.raw, torn if block.torn else block)
