"""How lines of running text are set in a file, and how one line stands to that and to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from statistics import median

from pipeline.sources.fulltexts.text_lines import TextLine

_WORDS = 5  # of lines that tell how wide lines are: more than these
_ALIKE = 0.04  # share by which sizes differ that are one
_SMALL = 0.92  # share of the size of running text up to which a line is small
_LARGE = 3  # lines of one setting up to which they may be a heading


@dataclass(frozen=True, slots=True)
class Measure:
    """Width and size of most lines, in points; in characters and 0 where no place is told."""

    width: float = 0.0
    size: float = 0.0

    @classmethod
    def of(cls, lines: Iterable[TextLine]) -> Measure:
        long = [line for line in lines if len(line.text.split()) > _WORDS]
        sizes: Counter[float] = Counter()
        for line in long:
            sizes[round(line.size, 1)] += len(line.text)
        size = max(sizes, key=lambda size: (sizes[size], size), default=0.0)
        widths = [_width(line) for line in long if alike(line.size, size)]
        return cls(median(widths) if widths else 0.0, size)

    def full(self, line: TextLine) -> bool:
        """Whether a line goes on to the right edge, about."""
        return _width(line) >= 0.7 * self.width

    def short(self, line: TextLine) -> bool:
        """Whether a line ends far from the right edge."""
        return _width(line) < 0.6 * self.width

    def usual(self, line: TextLine) -> bool:
        """Whether a line is of the size of running text, as far as is told."""
        return not line.size or not self.size or alike(line.size, self.size)

    def small(self, line: TextLine) -> bool:
        return bool(line.size) and line.size < _SMALL * self.size


def led(lines: Sequence[TextLine]) -> list[TextLine]:
    """What a paragraph begins with in bold or italic, before letters that are neither."""
    marked = list(takewhile(lambda line: line.bold or line.italic, lines))
    if len(marked) == len(lines):
        return []
    last = lines[len(marked)]
    return [*marked, replace(last, text="".join(last.text.split())[: last.lead])]


def follows(line: TextLine, before: TextLine) -> bool:
    """Whether a line stands right under another one, as far as places are told."""
    down = before.y - line.y
    return 0 < down < 2 * line.size and abs(before.x - line.x) < 3 * line.size


def apart(line: TextLine, before: TextLine) -> bool:
    """Whether a line is in another column or size than the one before it."""
    known = bool(line.size and before.size)
    return known and (line.y > before.y + line.size or not alike(line.size, before.size))


def by_setting(lines: Sequence[TextLine]) -> list[TextLine]:
    """The same lines; no line of a longer stretch set alike is `strong`, since that is text."""
    found: list[TextLine] = []
    for _, group in groupby(lines, lambda line: (line.text.strip() != "", line.size, line.bold)):
        stretch = list(group)
        short = len(stretch) <= _LARGE
        found += (
            stretch
            if short
            else [replace(line, strong=False) if line.strong else line for line in stretch]
        )
    return found


def alike(size: float, other: float) -> bool:
    return abs(size - other) <= _ALIKE * max(size, other)


def _width(line: TextLine) -> float:
    return line.end - line.x if line.size else float(len(line.text.strip()))
