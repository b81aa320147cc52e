"""Records of tagged lines, cut one by one, so that one broken record does not lose the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Block:
    """One record: its line, its text, and its values by tag in their order."""

    line: int
    lines: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)

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
    continuation line. Without `begins`, a record begins behind a blank line. `per_line`: tags of
    which each continuation is a value of its own.
    """

    tag: re.Pattern[str]
    begins: frozenset[str]
    ends: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    per_line: frozenset[str] = frozenset()


def cut(text: str, syntax: Syntax) -> Iterator[Block]:
    """The records of a text; what stands before the first is no record."""
    block: Block | None = None
    last = ""
    for number, line in enumerate(text.split("\n"), 1):
        match = syntax.tag.match(line)
        tag = match[1].upper() if match else ""
        if tag in syntax.skipped:
            continue
        if tag in syntax.begins:
            if block is not None:
                yield block
            block = Block(number)
        if block is None:
            if line.strip() and not tag:
                continue
            if not tag or tag in syntax.ends:
                continue
            # A record that lost its first line is still one.
            block = Block(number)
        block.lines.append(line)
        if tag in syntax.ends:
            yield block
            block, last = None, ""
        elif match:
            block.values.setdefault(tag, []).append(match[2].strip())
            last = tag
        elif last and line.strip():
            if last in syntax.per_line:
                block.values[last].append(line.strip())
            else:
                block.values[last][-1] += f" {line.strip()}"
    if block is not None and any(line.strip() for line in block.lines):
        yield block
