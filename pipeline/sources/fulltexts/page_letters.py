"""Where words stand on a page of a PDF: by its letters and digits alone, and never by a guess.

Spaces, hyphens, accents and ligatures differ between what was read and what a page holds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import msgspec

Box = tuple[int, int, int, int]  # left, top, right, bottom
LEAST = 4  # letters of a part of a text; fewer tell too little


class PageLetters(msgspec.Struct, frozen=True):
    """The letters and digits of a page in order, a box for each, in tenths of a point.

    `pages`: how many the file has. Boxes are counted from the upper left corner of the page as it
    is seen, `width` by `height`.
    """

    pages: int
    width: int
    height: int
    letters: str
    boxes: list[Box]

    def find(self, words: str, start: int = 0) -> range:
        """Where folded words stand, if they stand there once; else nowhere."""
        at = self.letters.find(words, start)
        once = words and at >= 0 and self.letters.find(words, at + 1) < 0
        return range(at, at + len(words)) if once else range(0)

    def lines(self, places: Iterable[range]) -> tuple[Box, ...]:
        """The boxes of these letters, one for each line."""
        lines: list[Box] = []
        for place in places:
            fresh = True
            for box in self.boxes[place.start : place.stop]:
                if not fresh and _beside(lines[-1], box):
                    lines[-1] = _around(lines[-1], box)
                else:
                    lines.append(box)
                fresh = False
        return tuple(lines)


def folded(text: str) -> str:
    """Letters and digits alone, without accents, ligatures taken apart."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text)))


def on_page(text: str, page: PageLetters) -> tuple[range, ...]:
    """Where a text stands on a page, in one piece or in two, as over columns; nowhere: empty."""
    if whole := page.find(folded(text)):
        return (whole,)
    return over(text, page, page)


def over(text: str, page: PageLetters, following: PageLetters) -> tuple[range, ...]:
    """Where a text stands that begins on one page and ends on another; empty where it does not."""
    words = folded(text)
    for count in range(len(words) - LEAST, LEAST - 1, -1):
        if first := page.find(words[:count]):
            start = first.stop if page is following else 0
            if second := following.find(words[count:], start):
                return (first, second)
    return ()


def _beside(one: Box, other: Box) -> bool:
    """Whether a letter goes on in the line."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return 2 * shared > min(one[3] - one[1], other[3] - other[1]) and other[2] >= one[2]


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
