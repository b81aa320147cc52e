"""The numbers by which pages are cited: as the file names them, as printed, or counted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.sources.fulltexts.running_heads import edge_lines
from pipeline.sources.fulltexts.text_lines import Page

_LABEL = re.compile(r"[\w.:-]{1,12}")
_NUMBER = re.compile(r"([A-Za-z]{0,2})(\d{1,6})")
_ROMAN = re.compile(r"(?=.)(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_OF = re.compile(r"\b(\d{1,4})\s*(?:of|van|/)\s*\d{1,4}\b", re.IGNORECASE)
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN_PARTS = (
    *((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x")),
    *((9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LEAST = 5  # pages on which numbers that run on are printed, in short files half of them


class _Series(NamedTuple):
    """Numbers that run on: what stands before each, and how far they are from the file's."""

    before: str
    roman: bool
    ahead: int

    def label(self, number: int) -> str:
        value = number + self.ahead
        return _roman(value) if self.roman else f"{self.before}{value}"


def numbered(pages: Sequence[Page], told: Sequence[str]) -> list[Page]:
    """The pages with the labels by which they are cited; `told` are those that their file gives.

    Where the file only counts, from 1 or from 0, numbers printed at the edges of pages that run on
    are taken. Labels that say nothing are counted; labels that recur are cited as they are.
    """
    counted = [str(page.number) for page in pages]
    if any(told) and list(told) not in (counted, [str(page.number - 1) for page in pages]):
        labels = [
            label if _LABEL.fullmatch(label) else count
            for label, count in zip(told, counted, strict=True)
        ]
    else:
        printed = _printed(pages)
        labels = [printed.get(page.number, str(page.number)) for page in pages]
    return [replace(page, label=label) for page, label in zip(pages, labels, strict=True)]


def _printed(pages: Sequence[Page]) -> dict[int, str]:
    """Labels of pages by their place, as printed; pages between without one get theirs by count."""
    seen: defaultdict[_Series, set[int]] = defaultdict(set)
    for page in pages:
        for series in _met(page):
            seen[series].add(page.number)
    taken: dict[int, _Series] = {}
    best = sorted(seen, key=lambda one: (-len(seen[one]), one.ahead == 0, one))
    for series in best:
        first, last = min(seen[series]), max(seen[series])
        span = range(first, last + 1)
        met = len(seen[series])
        often = 2 * met >= len(span) and met >= min(_LEAST, max(2, len(pages) // 2))
        if often and not any(number in taken for number in span):
            taken |= dict.fromkeys(span, series)
    near = {page.number: _nearest(page.number, taken) for page in pages}
    return {
        number: series.label(number)
        for number, series in near.items()
        if series is not None and number + series.ahead > 0
    }


def _nearest(number: int, taken: dict[int, _Series]) -> _Series | None:
    """The series a page is in, or that ends before it, or begins after it."""
    before = max((known for known in taken if known <= number), default=None)
    after = min((known for known in taken if known >= number), default=None)
    place = after if before is None else before
    return None if place is None else taken[place]


def _met(page: Page) -> Iterator[_Series]:
    """What the numbers at the edges of a page may belong to."""
    for index in edge_lines(page):
        text = page.lines[index].text
        words = text.split()
        found = [word.strip("|•·[]()–—-.,:") for word in {words[0], words[-1]}] if words else []
        for word in [*found, *_OF.findall(text)]:
            if match := _NUMBER.fullmatch(word):
                yield _Series(match[1], False, int(match[2]) - page.number)
            elif word.islower() and _ROMAN.fullmatch(word):
                yield _Series("", True, _value(word) - page.number)


def _value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def _roman(value: int) -> str:
    text = ""
    for part, letters in _ROMAN_PARTS:
        count, value = divmod(value, part)
        text += letters * count
    return text
