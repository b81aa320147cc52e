"""Where words stand on a page of a PDF: by its letters and digits alone, and never by a guess.

Spaces, hyphens, accents and ligatures differ between what was read and what a page holds.
"""

from __future__ import annotations

import re
import unicodedata

import msgspec

Box = tuple[int, int, int, int]  # left, top, right, bottom
LEAST = 4  # letters of a part of a text; fewer tell too little
SMALL = 0.85  # of the height of a letter: less is that of the number of a note


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

    def without_notes(self) -> PageLetters:
        """Without the small raised numbers of notes, which may stand in a page alone."""
        kept: list[int] = []
        for place, sign in enumerate(self.letters):
            raised = sign.isdigit() and kept and _raised(self.boxes[kept[-1]], self.boxes[place])
            if not raised:
                kept.append(place)
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


NO_PAGE = PageLetters(0, 0, 0, "", [])


def folded(text: str) -> str:
    """Letters and digits alone, without accents, ligatures taken apart."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text)))


def standing(
    text: str, page: PageLetters, following: PageLetters = NO_PAGE
) -> tuple[list[tuple[Box, ...]], tuple[Box, ...]]:
    """The lines of a text for each place where it stands on a page, and where it ends on the next.

    Numbers of notes are passed over only where the text is not found with them, and stands once.
    """
    bare = page.without_notes()
    for one, two in ((page, following), (bare, following.without_notes())):
        places = on_page(text, one)
        if places:
            return ([] if one is bare and places[1:] else places), ()
        if parts := over(text, one, two):
            return [parts[0]], parts[1]
    return [], ()


def on_page(text: str, page: PageLetters) -> list[tuple[Box, ...]]:
    """The lines of a text on a page, for each place where it stands.

    In one piece, or once in two, as over columns.
    """
    words = folded(text)
    if places := page.every(words):
        return list(dict.fromkeys(page.lines(place) for place in places))  # drawn twice
    parts = _parts(words, page, page)
    return [page.lines(*parts)] if parts else []


def over(
    text: str, page: PageLetters, following: PageLetters
) -> tuple[tuple[Box, ...], tuple[Box, ...]] | None:
    """The lines on both pages of a text that begins on one and ends on the next."""
    parts = _parts(folded(text), page, following)
    return (page.lines(parts[0]), following.lines(parts[1])) if parts else None


def _parts(words: str, page: PageLetters, following: PageLetters) -> tuple[range, range] | None:
    """Where a text stands in two, not cut in a number; on one page the second on another line."""
    for count in range(len(words) - LEAST, LEAST - 1, -1):
        if words[count - 1 : count + 1].isdigit() or not (first := page.find(words[:count])):
            continue
        one = page is following
        if (second := following.find(words[count:], first.stop if one else 0)) and not (
            one and _beside(page.boxes[first.stop - 1], page.boxes[second.start])
        ):
            return first, second
    return None


def _beside(one: Box, other: Box) -> bool:
    """Whether a letter goes on in the line."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return 2 * shared > min(one[3] - one[1], other[3] - other[1]) and other[2] >= one[2]


def _raised(one: Box, other: Box) -> bool:
    """Whether a number is set small and high beside a letter."""
    high = one[3] - one[1]
    return other[3] - other[1] < SMALL * high and one[1] - high / 2 < other[1] < other[3] < one[3]


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
