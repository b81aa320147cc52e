"""Running heads and feet: lines that recur from page to page, and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.sources.fulltexts.line_kinds import line_at
from pipeline.sources.fulltexts.line_measures import Measure, alike, follows
from pipeline.sources.fulltexts.text_lines import Page, TextLine

MARGIN = 3  # rows at the top and bottom of a page that can be running heads
_OFTEN = 5  # pages on which a line is a running head, however long the text
_FEW = 3
_PLACE = 3.0  # points: lines no further apart stand at the same height
_LONGEST = 12  # words of a running head with the page's number
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[\s|•·\[(–—-]*(?:p(?:age|agina|g|p)?\.?\s*)?(?:\d{1,5}|[ivxlc]{1,7})"
    r"(?:\s*(?:of|van|/)\s*\d{1,4})?[\s|•·\])–—-]*",
    re.IGNORECASE,
)


def without_running_heads(pages: Sequence[Page], measure: Measure) -> list[Page]:
    """Mark page numbers, and lines that recur but for a number that counts the pages, as furniture.

    At the edges of pages two short ones at the same place are enough; elsewhere it takes a third
    of the pages. What differs from page to page and is set as a line of a paragraph is text, as is
    a line with the page's number where nothing says how it is set, and others stand next to it.
    """
    edges = [edge_lines(page) if page.label else [] for page in pages]
    words: Counter[str] = Counter()
    placed: Counter[tuple[str, int]] = Counter()
    for page, edge in zip(pages, edges, strict=True):
        words.update(
            {shape for index in edge for shape in _shapes(page.lines[index].text, page.number)}
        )
        placed.update({place for line in page.lines for place in _places(line.text, line.y)})
    often = max(_FEW, min(len(pages) // 3, _OFTEN))

    def runs(page: Page, index: int, at_edge: bool) -> bool:
        line = page.lines[index]
        here = max((placed[place] for place in _places(line.text, line.y)), default=0)
        if not at_edge:
            return here >= max(_FEW, len(pages) / 3)
        if _PAGE_NUMBER.fullmatch(line.text.strip()):
            return True
        if here < often and _in_paragraph(page, index, measure):
            return False
        if _shows(line.text, page.label) and (line.size or _stands_apart(page, index)):
            return True
        known = max(words[shape] for shape in _shapes(line.text, page.number))
        twice = here > 1 or (known > 1 and len(pages) <= _OFTEN)
        short = len(line.text.split()) <= _LONGEST and not line.text.endswith((".", "?", "!"))
        return known >= often or (twice and short)

    return [
        replace(
            page,
            lines=tuple(
                replace(line, why="furniture")
                if line.text.strip() and page.label and runs(page, index, index in edge)
                else line
                for index, line in enumerate(page.lines)
            ),
        )
        for page, edge in zip(pages, edges, strict=True)
    ]


def edge_lines(page: Page) -> list[int]:
    """Places of the lines in the first and last rows, by height where lines have one."""
    filled = [index for index, line in enumerate(page.lines) if line.text.strip()]
    filled.sort(key=lambda index: -page.lines[index].y)  # keeps the order where none has a height
    rows = [
        list(row)
        for _, row in groupby(filled, lambda index: round(page.lines[index].y / _PLACE) or index)
    ]
    return [index for row in [*rows[:MARGIN], *rows[MARGIN:][-MARGIN:]] for index in row]


def _shapes(text: str, number: int) -> set[str]:
    """A line as it is, and with one of its numbers, or all, as how far from the page's they are."""
    text = " ".join(text.casefold().split())
    found = list(_DIGITS.finditer(text))
    counted = [f"#{int(match[0][:9]) - number}" for match in found]
    one = {
        text[: match.start()] + count + text[match.end() :]
        for match, count in zip(found, counted, strict=True)
    }
    left = iter(counted)
    return one | {text, _DIGITS.sub(lambda _: next(left), text)}


def _in_paragraph(page: Page, index: int, measure: Measure) -> bool:
    """Whether a line is set as running text right above or under another line of it.

    Where nothing says how lines are set, one that begins with a small letter may be.
    """
    line = page.lines[index]

    if not line.size:
        return line.text[:1].islower() and not _stands_apart(page, index)

    def is_text(one: TextLine) -> bool:
        return one.size > 0 and measure.usual(one) and (measure.full(one) or one.text[-1:] == ".")

    def near(other: TextLine) -> bool:
        return is_text(other) and alike(line.size, other.size)

    above, under = line_at(page.lines, index - 1), line_at(page.lines, index + 1)
    return is_text(line) and (
        (near(above) and follows(line, above)) or (near(under) and follows(under, line))
    )


def _stands_apart(page: Page, index: int) -> bool:
    """Whether a line has none right above or under it."""
    near = (line_at(page.lines, index - 1), line_at(page.lines, index + 1))
    return not any(line.text.strip() for line in near)


def _places(text: str, y: float) -> tuple[tuple[str, int], ...]:
    """A line and where it stands, so that lines a little apart share one; none without height."""
    if not y or not any(map(str.isalpha, text)):
        return ()
    return ((text, round(y / _PLACE)), (text, round(y / _PLACE + 0.5)))


def _shows(line: str, label: str) -> bool:
    """A short head that begins or ends with the number of this page."""
    words = line.split()
    if not 2 < len(words) <= _LONGEST:
        return False
    return (words[-1] == label and not _DIGITS.search(words[-2])) or (
        words[0] == label and words[1][:1].isupper()
    )
