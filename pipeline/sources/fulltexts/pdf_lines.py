"""Letters of a page made into lines: words and cells apart, marks of notes left out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from statistics import median

from pipeline.sources.fulltexts.pdf_letters import Letter
from pipeline.sources.fulltexts.set_pages import SetLine, SetPage
from pipeline.sources.fulltexts.text_lines import TextLine, clean

_WORD_GAP = 0.11  # of the size: what stands further apart than letters of the line do
_CELL_GAP = 1.2
_RISEN = 0.2
_SMALL = 0.85
_MARK = re.compile(r"[\d*†‡§¶#⁰¹²³⁴⁵⁶⁷⁸⁹][\d\s,;*†‡§¶#⁰¹²³⁴⁵⁶⁷⁸⁹–-]*")
_SUPERSCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
# What a raised number after it is a power of: m2, km2, R2, 106.
_POWERED = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]|[kcdmnµμ]m)$|(?<!\d)(?:10|2)$")


@dataclass(slots=True)
class _Row:
    """Letters on one baseline, which is that of the largest of them."""

    letters: list[Letter] = field(default_factory=list)
    y: float = 0.0
    size: float = 0.0
    x: float = 0.0
    end: float = 0.0

    def takes(self, letter: Letter) -> bool:
        """Whether a letter stands further on in this row."""
        if not self.letters:
            return True
        ink, size = letter.ink, self.size
        if ink.size > size:
            size = ink.size
        if letter.x >= self.end - size and abs(ink.y - self.y) <= 0.45 * size:
            return True
        return letter[1:] == self.letters[-1][1:]  # of one ligature

    def add(self, letter: Letter) -> None:
        _, x, end, ink = letter
        if ink.size > self.size:
            self.y, self.size = ink.y, ink.size
        if not self.letters:
            self.x, self.end = x, end
        if x < self.x:
            self.x = x
        if end > self.end:
            self.end = end
        self.letters.append(letter)

    def raised(self, letter: Letter) -> bool:
        return letter.char in _SUPERSCRIPTS or (
            letter.ink.size < _SMALL * self.size and letter.ink.y > self.y + _RISEN * self.size
        )


def set_page(letters: Sequence[Letter]) -> SetPage:
    """The page these letters are."""
    inks = Counter(letter.ink for letter in letters if not letter.char.isspace())
    sizes: Counter[float] = Counter()
    for ink, count in inks.items():
        sizes[round(ink.size, 1)] += count
    return SetPage(
        tuple(one for one in map(_set_line, _rows(letters)) if one.line.text),
        sizes,
        sum(count for ink, count in inks.items() if ink.bold) * 2 > sum(inks.values()),
    )


def _rows(letters: Sequence[Letter]) -> list[_Row]:
    rows = [_Row()]
    for letter in letters:
        if not rows[-1].takes(letter):
            rows.append(_Row())
        rows[-1].add(letter)
    return rows


def _set_line(row: _Row) -> SetLine:
    inks = {letter.ink for letter in row.letters if letter.char.isalpha()}
    sizes = Counter[float]()
    for letter in row.letters:
        sizes[letter.ink.size] += letter.char.isalnum()
    line = TextLine(
        text=unicodedata.normalize("NFC", clean(_text(row)).strip()),
        size=max(sizes, key=lambda size: (sizes[size], size), default=0.0),
        x=row.x,
        end=row.end,
        y=row.y,
        bold=bool(inks) and all(ink.bold for ink in inks),
        italic=bool(inks) and all(ink.italic for ink in inks),
        lead=_lead(row),
    )
    return SetLine(
        line,
        least=min((ink.size for ink in inks), default=inf),
        light=min((ink.size for ink in inks if not ink.bold), default=inf),
    )


def _lead(row: _Row) -> int:
    """How many letters and signs stand before the first letter that is neither bold nor italic."""
    shown = [letter for letter in row.letters if not letter.char.isspace()]
    return next(
        (
            place
            for place, letter in enumerate(shown)
            if letter.char.isalpha() and not (letter.ink.bold or letter.ink.italic)
        ),
        0,
    )


def _text(row: _Row) -> str:
    """The letters of a row; cells that stand far apart are set apart by three spaces."""
    letters = _without_marks(row)
    shown = [letter for letter in letters if not letter.char.isspace()]
    gaps = [other.x - one.end for one, other in pairwise(shown)]
    close = max(median(gaps), 0.0) if gaps else 0.0
    word = close + _WORD_GAP * row.size
    between = [gap for gap in gaps if gap > word]
    cell = max(_CELL_GAP * row.size, 2.5 * median(between) if between else 0.0)
    loose = close > _WORD_GAP * row.size  # letters set apart, where pdfium sees spaces
    text, end, spaced = "", row.x, False
    for letter in letters:
        if letter.char.isspace():
            spaced = spaced or letter.end > letter.x or not loose
            continue
        gap = letter.x - end
        if text:
            # A space behind a hyphen that takes no room is of the file, not of its readers.
            seen = gap > word or (spaced and text[-1] != "-")
            text += "   " if gap > cell else " " if seen else ""
        text, end, spaced = text + letter.char, letter.end, False
    return text


def _without_marks(row: _Row) -> list[Letter]:
    """Without the raised numbers and signs that lead from a word to a note or a reference."""
    small = _SMALL * row.size
    if not any(letter.ink.size < small or letter.char in _SUPERSCRIPTS for letter in row.letters):
        return row.letters
    kept: list[Letter] = []
    at = 0
    while at < len(row.letters):
        end = at
        while end < len(row.letters) and row.raised(row.letters[end]):
            end += 1
        run = row.letters[at:end]
        mark = "".join(letter.char for letter in run)
        before = "".join(letter.char for letter in kept[-4:])
        if (
            run
            and before.strip()
            and _MARK.fullmatch(mark)
            and not _POWERED.search(before.rstrip())
        ):
            kept[-1] = kept[-1]._replace(end=max(kept[-1].end, run[-1].end))
        else:
            end = max(end, at + 1)
            kept += row.letters[at:end]
        at = end
    return kept
