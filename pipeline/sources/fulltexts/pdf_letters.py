"""The letters of a PDF's page as pdfium sets them: each with its place, size and weight."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ctypes import addressof, c_double, create_string_buffer
from dataclasses import dataclass
from typing import Any, NamedTuple

from pypdfium2 import PdfPage, raw

_BOLD = re.compile(r"bold|black|heavy|semib|demi|cmbx", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|cmti", re.IGNORECASE)
_BOLD_FLAG, _ITALIC_FLAG = 1 << 18, 1 << 6
_BOLD_WEIGHT = 700
_HYPHENS = frozenset((0x02, 0xFFFE))  # what pdfium gives for the hyphen at the end of a line
_TINY = 2.0  # points up to which letters are there for machines only
_UNKNOWN = "\ufffd"


@dataclass(frozen=True, slots=True)
class Ink:
    """How letters set in one go stand: baseline, size in points, weight, and whether seen.

    `turned`: not upright on the page as it is shown; `hidden`: drawn without ink, as the words
    under a scanned page are.
    """

    y: float
    size: float
    bold: bool = False
    italic: bool = False
    turned: bool = False
    hidden: bool = False


class Letter(NamedTuple):
    """A character from its left to its right edge, in points of the page as it is shown."""

    char: str
    x: float
    end: float
    ink: Ink


def letters_of(page: PdfPage) -> list[Letter]:
    """The letters of a page in the order in which they are set, those that a reader sees.

    A space without width is one that pdfium put where it sees a gap.
    """
    text = page.get_textpage()
    try:
        letters = _all(page, text)
    finally:
        text.close()
    return _seen(_seen(letters, "hidden"), "turned")


def _all(page: PdfPage, text: Any) -> list[Letter]:
    quarter = raw.FPDFPage_GetRotation(page)
    left, bottom, right, top = _box(page.get_bbox(), quarter)
    letters: list[Letter] = []
    inks: dict[int, Ink] = {}
    box = raw.FS_RECTF()
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        drawn = raw.FPDFText_GetTextObject(text, index)
        if not drawn:
            if code == 0x20 and letters:
                before = letters[-1]
                letters.append(Letter(" ", before.end, before.end, before.ink))
            continue
        key = addressof(drawn.contents)
        ink = inks.get(key)
        if ink is None:
            ink = inks[key] = _ink(text, index, drawn, quarter)
        raw.FPDFText_GetLooseCharBox(text, index, box)
        x, _, end, _ = _box((box.left, box.bottom, box.right, box.top), quarter)
        if end > left and x < right and bottom <= ink.y <= top and ink.size > _TINY:
            char = "-" if code in _HYPHENS else chr(code) if code else _UNKNOWN
            letters.append(Letter(char, x, end, ink))
    return letters


def _seen(letters: list[Letter], unlike: str) -> list[Letter]:
    """Without letters of this kind, unless most of the page is of it."""
    kind = [letter for letter in letters if getattr(letter.ink, unlike)]
    if not kind or _count(kind) * 2 > _count(letters):
        return letters
    return [letter for letter in letters if not getattr(letter.ink, unlike)]


def _count(letters: Iterable[Letter]) -> int:
    return sum(letter.char.isalpha() for letter in letters)


def _ink(text: Any, index: int, drawn: Any, quarter: int) -> Ink:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, matrix)
    x, y = c_double(), c_double()
    raw.FPDFText_GetCharOrigin(text, index, x, y)
    along, across = _turned(matrix.a, matrix.b, quarter)
    size = raw.FPDFText_GetFontSize(text, index) * (matrix.c**2 + matrix.d**2) ** 0.5
    mode = raw.FPDFTextObj_GetTextRenderMode(drawn)
    font = raw.FPDFTextObj_GetFont(drawn)
    name = create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(font, name, 256)
    face = name.value.decode("latin-1")
    flags = max(raw.FPDFFont_GetFlags(font), 0)
    return Ink(
        y=_turned(x.value, y.value, quarter)[1],
        size=size,
        bold=bool(
            _BOLD.search(face)
            or flags & _BOLD_FLAG
            or raw.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
            or mode == raw.FPDF_TEXTRENDERMODE_FILL_STROKE
        ),
        italic=bool(_ITALIC.search(face) or flags & _ITALIC_FLAG),
        turned=not (along > 0 and abs(across) < 0.2 * along),
        hidden=mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP),
    )


def _turned(x: float, y: float, quarter: int) -> tuple[float, float]:
    """A place on a page that is shown turned clockwise by so many quarters."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarter % 4]


def _box(box: tuple[float, float, float, float], quarter: int) -> tuple[float, ...]:
    """Left, bottom, right and top of a box on such a page."""
    one, other = _turned(box[0], box[1], quarter), _turned(box[2], box[3], quarter)
    return (*map(min, one, other), *map(max, one, other))
