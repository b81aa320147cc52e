"""Where words stand on a page of a PDF: by its letters and digits alone, and never by a guess.

Spaces, hyphens, accents and ligatures differ between what was read and what a page holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

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

    def every(self, words: str) -> list[range]:
        """All places where letters stand."""
        found = re.finditer(re.escape(words), self.letters) if words else ()
        return [range(*match.span()) for match in found]

    def find(self, words: str, start: int = 0) -> range:
        """Where letters stand, if they stand there once; else nowhere."""
        at = self.letters.find(words, start)
        once = words and at >= 0 and self.letters.find(words, at + 1) < 0
        return range(at, at + len(words)) if once else range(0)

    def without_digits(self) -> PageLetters:
        """The letters alone: the numbers of notes may stand in a page and not in its text."""
        kept = [place for place, sign in enumerate(self.letters) if not sign.isdigit()]
        letters = "".join(self.letters[place] for place in kept)
        boxes = [self.boxes[place] for place in kept]
        return msgspec.structs.replace(self, letters=letters, boxes=boxes)

    def lines(self, *places: range) -> tuple[Box, ...]:
        """Boxes around these letters, one for each line."""
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


def on_page(text: str, page: PageLetters) -> list[tuple[Box, ...]]:
    """The lines of a text on a page, for each place where it stands.

    In one piece, or once in two, as over columns.
    """
    for words, here in _ways(text, page):
        if places := here.every(words):
            return list(dict.fromkeys(here.lines(place) for place in places))  # drawn twice
    for words, here in _ways(text, page):
        if parts := _parts(words, here, here):
            return [here.lines(*parts)]
    return []


def over(
    text: str, page: PageLetters, following: PageLetters
) -> tuple[tuple[Box, ...], tuple[Box, ...]] | None:
    """The lines on both pages of a text that begins on one and ends on the next."""
    for (words, one), (_, two) in zip(_ways(text, page), _ways(text, following), strict=True):
        if parts := _parts(words, one, two):
            return one.lines(parts[0]), two.lines(parts[1])
    return None


def _ways(text: str, page: PageLetters) -> Iterator[tuple[str, PageLetters]]:
    """A text and a page as they are compared: with digits, and where that fails without."""
    words = folded(text)
    yield words, page
    yield "".join(sign for sign in words if not sign.isdigit()), page.without_digits()


def _parts(words: str, page: PageLetters, following: PageLetters) -> tuple[range, range] | None:
    for count in range(len(words) - LEAST, LEAST - 1, -1):
        if first := page.find(words[:count]):
            start = first.stop if page is following else 0
            if second := following.find(words[count:], start):
                return first, second
    return None


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
