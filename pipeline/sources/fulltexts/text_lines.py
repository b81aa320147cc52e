"""Lines of pages as readers and programs of their own tell them, in letters that are letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ĳ": "ij"}
    | {"\u2010": "-", "\u2011": "-"}
    # Places of their own in which fonts keep letters: of typesetters, and of Symbol.
    | {"\ue103": "fi", "\ue104": "fl", "\ue09d": "ft", "\uf001": "fi", "\uf002": "fl"}
    | {"\uf061": "α", "\uf062": "β", "\uf06d": "µ", "\uf0b0": "°", "\uf0b1": "±", "\uf0b4": "×"}
    | {"\uf0a3": "≤", "\uf0b3": "≥", "\uf0b7": "•", "\uf0d7": "·"}
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# No word, but a picture or a key in letters.
_ENDLESS = re.compile(r"\S{1000,}")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a page; cells stand apart by three spaces. `strong`: set larger or bolder.

    Where a format says it, in points of the page as shown, from its lower left corner: `size` of
    most letters, `x` of the left edge, `end` of the right, `y` of the baseline; `bold` and
    `italic`: all letters are; `lead`: so many letters and signs, without spaces, before others are.
    0 and False where it does not.
    `why`, of WHYS, where it is known from its place to be no running text.
    """

    text: str
    strong: bool = False
    size: float = 0.0
    x: float = 0.0
    end: float = 0.0
    y: float = 0.0
    bold: bool = False
    italic: bool = False
    lead: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its printed number and the place in its file, counted from 1.

    The one page of a text without pages has the label '' and the number 0.
    """

    label: str
    lines: tuple[TextLine, ...]
    number: int = 0


def clean(text: str) -> str:
    """Ligatures in letters, without control characters and soft hyphens inside a line.

    Also without words of a thousand letters, over which every pattern would take its time.
    """
    text = _CONTROL.sub("", text.translate(_LETTERS)).replace("\u00a0", " ")
    return _ENDLESS.sub(" ", re.sub("\u00ad(?=[^\n])", "", text))
