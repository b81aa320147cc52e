"""What a line of a page is, seen by its shape, its setting and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.sources.fulltexts.headings import (
    in_one_case,
    is_cited,
    is_heading,
    is_named,
    left_out,
    run_in,
    unnumbered,
)
from pipeline.sources.fulltexts.line_measures import Measure, alike
from pipeline.sources.fulltexts.noise import (
    cells,
    heads_table,
    is_caption,
    is_furniture,
    is_imprint,
    is_keywords,
    is_source,
)
from pipeline.sources.fulltexts.sifting import BULLET
from pipeline.sources.fulltexts.text_lines import Page, TextLine

_TITLE = 1.4  # of the size of running text: that of a title at least
_MARK = re.compile(r"\d{1,3}\s{0,3}[\"“‘(]?[A-Z]|[*†‡§]")  # of a footnote
_NO_LINE = TextLine("")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line in its place: its neighbours, and the next line with text, under it.

    `starts`: it may begin a paragraph; `edge`: stands near the top or foot of its page; `row`,
    `contents`: it is a row of a table, of a list of contents.
    """

    line: TextLine
    before: TextLine
    after: TextLine
    under: TextLine
    starts: bool
    edge: bool
    row: bool
    contents: bool

    @property
    def text(self) -> str:
        return self.line.text.strip()


# What a line is that is no running text; the first that fits is told.
KINDS: Mapping[str, Callable[[Spot], bool]] = {
    "contents": lambda spot: spot.contents,
    "table": lambda spot: (
        spot.row or (spot.starts and is_caption(spot.text) and heads_table(spot.text))
    ),
    "caption": lambda spot: spot.starts and is_caption(spot.text),
    "furniture": lambda spot: spot.starts and is_furniture(spot.text),
    "keywords": lambda spot: spot.starts and is_keywords(spot.text),
    "imprint": lambda spot: (spot.starts or spot.edge) and is_imprint(spot.text),
}


def heads(spot: Spot, measure: Measure, front: bool, in_table: bool) -> bool:
    """Whether a line that nothing runs into is a heading; `front`: before the text begins.

    Among the rows of a table, only one that its words or its number tell.
    """
    line, text = spot.line, spot.text
    strong = line.strong
    if len(cells(unnumbered(text))) > 1:
        return False
    if measure.small(line) and not (strong or is_named(text)):
        return False
    if not strong and spot.after.text.strip()[:1].islower():
        return False
    if in_table:
        return not measure.small(line) and is_heading(text, alone=False, front=True)
    if not strong and is_cited(text):
        return False
    strong = strong or (not front and _stands_over(spot, measure))
    alone = not spot.after.text.strip() and not spot.before.text.strip()
    return is_heading(text, alone=alone, strong=strong, front=front)


def is_more(spot: Spot, heading: Sequence[TextLine]) -> bool:
    """Whether a heading of which these lines are known goes on in this one."""
    if not heading:
        return False
    line, last = spot.line, heading[-1]
    if not (line.strong or (line.italic and last.italic and not spot.under.italic)):
        return False
    near = 0 < last.y - line.y < 2 * line.size if line.size else bool(spot.before.text.strip())
    alone = is_named(last.text) or is_heading(spot.text, alone=False, front=True)
    unlike = last.bold != line.bold or not in_one_case(last.text, line.text)
    return near and alike(last.size, line.size) and not (alone or unlike)


def _stands_over(spot: Spot, measure: Measure) -> bool:
    """Whether a line, set like the text under it or not, is short where that is full."""
    line, under = spot.line, spot.under
    if not line.size or not under.text.strip()[:1].isupper():
        return False
    if line.bold or line.italic:
        return not (under.bold or under.italic)
    return (
        BULLET.match(line.text) is None
        and measure.short(line)
        and measure.full(under)
        and (alike(line.size, under.size) or line.size > under.size)
        and abs(line.x - under.x) < 2 * line.size
    )


def runs_again(spot: Spot, measure: Measure) -> bool:
    """Whether running text begins again after a table."""
    text = spot.text
    if is_source(text) or len(cells(text)) > 2 or measure.small(spot.line):
        return False
    if run_in(text)[0]:
        return True
    whole = not spot.before.text.strip() and len(text.split()) > 3 and text[-1] in ".!?"
    return whole or (measure.full(spot.line) and len(text.split()) > 5)


def is_title(line: TextLine, largest: float, measure: Measure) -> bool:
    """Whether a line is set as the title of the text: in the largest size of its page."""
    return line.size >= _TITLE * measure.size and alike(line.size, largest)


def is_footnote(line: TextLine, page: Page, measure: Measure) -> bool:
    """Whether a small paragraph begins with a mark, and no running text stands under it."""
    if not (measure.small(line) and _MARK.match(line.text)):
        return False
    return not any(
        one.y < line.y and one.x < line.end and line.x < one.end and measure.usual(one)
        for one in page.lines
        if one.text.strip() and not one.why
    )


def before_references(lines: Sequence[TextLine]) -> Sequence[TextLine]:
    """The lines up to the heading of the list of references, which may be longer than the text."""
    places = [
        place for place, line in enumerate(lines) if left_out(line.text[:100]) == "references"
    ]
    return lines[: places[-1]] if places and places[-1] * 4 > len(lines) else lines


def line_at(lines: Sequence[TextLine], index: int) -> TextLine:
    """The line at this place, an empty one where there is none."""
    return lines[index] if 0 <= index < len(lines) else _NO_LINE
