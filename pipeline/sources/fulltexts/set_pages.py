"""Pages of a PDF as lines that say how they are set, and what that says of the whole text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median

from pipeline.sources.fulltexts.text_lines import TextLine


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line with the smallest size of its letters (of those not bold: `light`) in points."""

    line: TextLine
    least: float
    light: float


@dataclass(frozen=True, slots=True)
class SetPage:
    """The lines of a page, how many letters are set in which size, and whether most are bold."""

    lines: tuple[SetLine, ...]
    sizes: Mapping[float, int]
    heavy: bool

    @property
    def text(self) -> str:
        return "\n".join(one.line.text for one in self.lines)


def body_size(pages: Iterable[SetPage]) -> float:
    """The size most letters are set in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        sizes.update(page.sizes)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def lines_of(page: SetPage, body: float) -> tuple[TextLine, ...]:
    """Lines, with a blank one where the next stands further down or in another size."""
    steps = [0.0, *(one.line.y - other.line.y for one, other in pairwise(page.lines))]
    down = [step for step in steps if 0 < step < 3 * max(body, 1)]
    usual = median(down) if down else body
    lines: list[TextLine] = []
    before = 0.0
    for one, step in zip(page.lines, steps, strict=False):
        if step > 1.35 * usual or abs(one.line.size - before) > 0.1 * before:
            lines.append(TextLine(""))
        before = one.line.size
        strong = one.least > 1.12 * body or (one.light > 1.12 * body and not page.heavy)
        lines.append(replace(one.line, strong=True) if strong and one.least < inf else one.line)
    return tuple(lines)
