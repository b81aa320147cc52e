"""The letters of a PDF's page as pdfium sets them: each with its place, size and weight."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from ctypes import (
    PYFUNCTYPE,
    addressof,
    c_double,
    c_int,
    c_uint,
    c_void_p,
    cast,
    create_string_buffer,
)
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml
from pypdfium2 import PdfPage, raw

_BOLD = re.compile(r"bold|black|heavy|semib|demi|cmbx", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|cmti", re.IGNORECASE)
_BOLD_FLAG, _ITALIC_FLAG = 1 << 18, 1 << 6
_BOLD_WEIGHT = 700
# Accents as signs of their own, which a reader sees over or under a letter.
_ABOVE = "\u0301\u0300\u0308\u0302\u0303\u0327"
_ACCENTS = dict(zip("´`¨ˆ˜¸" + _ABOVE, 2 * _ABOVE, strict=True))
_MATHS = re.compile("[\U0001d400-\U0001d7ff]")
_TINY = 2.0  # points up to which letters are there for machines only
_UNKNOWN = "\ufffd"
_DIVIDES = (2, 0xFFFE)  # what pdfium says of a sign at the end of a line that may divide a word


def _by_address(function: Any, result: Any, *kinds: Any) -> Callable[..., Any]:
    """A function of pdfium that takes and gives numbers for pointers: half the time a letter."""
    return PYFUNCTYPE(result, *kinds)(cast(function, c_void_p).value or 0)


_unicode = _by_address(raw.FPDFText_GetUnicode, c_uint, c_void_p, c_int)
_drawn = _by_address(raw.FPDFText_GetTextObject, c_void_p, c_void_p, c_int)
_loose_box = _by_address(raw.FPDFText_GetLooseCharBox, c_int, c_void_p, c_int, c_void_p)


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """How letters set in one go stand: baseline, size in points, weight, and whether seen.

    `turned`: not upright on the page as it is shown; `hidden`: drawn without ink, as the words
    under a scanned page are. `signs`: what codes mean in its font, where that is not what they say.
    """

    y: float
    size: float
    bold: bool = False
    italic: bool = False
    turned: bool = False
    hidden: bool = False
    signs: Mapping[int, str] = field(default_factory=dict)


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
    shown = raw.FPDFPage_GetRotation(page)
    try:
        letters = _all(page, text.raw, shown)
        if _turned_away(letters):  # a page to be read with the head on one side
            sides = [_all(page, text.raw, shown + quarter) for quarter in (1, 3)]
            letters = min([letters, *sides], key=_turned_away)
    finally:
        text.close()
    return _accented(_seen(_seen(letters, "hidden"), "turned"))


def _all(page: PdfPage, text: Any, quarter: int) -> list[Letter]:
    left, bottom, right, top = _box(page.get_bbox(), quarter)
    letters: list[Letter] = []
    inks: dict[int, Ink] = {}
    faces: dict[int, _Face] = {}
    box = raw.FS_RECTF()
    text_at, box_at = cast(text, c_void_p).value, addressof(box)
    for index in range(raw.FPDFText_CountChars(text)):
        code = _unicode(text_at, index)
        drawn = _drawn(text_at, index)
        if not drawn:
            if code == 0x20 and letters:
                before = letters[-1]
                letters.append(Letter(" ", before.end, before.end, before.ink))
            continue
        ink = inks.get(drawn)
        if ink is None:
            ink = inks[drawn] = _ink(text, index, quarter, faces)
        _loose_box(text_at, index, box_at)
        x, end = box.left, box.right
        if quarter:
            x, _, end, _ = _box((x, box.bottom, end, box.top), quarter)
        if end > left and x < right and bottom <= ink.y <= top and ink.size > _TINY:
            divides = code in _DIVIDES and raw.FPDFText_IsHyphen(text, index) == 1
            char = "-" if divides else ink.signs.get(code) or _char(code, letters)
            if char:
                letters.append(Letter(char, x, end, ink))
    return letters


def _char(code: int, letters: list[Letter]) -> str:
    """What a code of pdfium's says; halves of one sign come after each other."""
    if 0xDC00 <= code < 0xE000 and letters and "\ud800" <= letters[-1].char < "\udc00":
        half = letters.pop().char
        whole = (half + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
        return unicodedata.normalize("NFKC", whole) if _MATHS.match(whole) else whole
    if chr(code).isspace():
        return " "
    return chr(code) if code >= 0x20 and code != 0xFFFE else _UNKNOWN


def _seen(letters: list[Letter], unlike: str) -> list[Letter]:
    """Without letters of this kind, unless most of the page is of it."""
    kind = [letter for letter in letters if getattr(letter.ink, unlike)]
    if not kind or _count(kind) * 2 > _count(letters):
        return letters
    return [letter for letter in letters if not getattr(letter.ink, unlike)]


def _accented(letters: list[Letter]) -> list[Letter]:
    """Letters with the accents that are drawn over them, which may come much later."""
    if not any(letter.char in _ACCENTS for letter in letters):
        return letters
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for at, letter in enumerate(letters):
        if letter.char.isalpha():
            rows[round(letter.ink.y)].append(at)
    drawn = set()
    for at, accent in enumerate(letters):
        if accent.char in _ACCENTS:
            middle = (accent.x + accent.end) / 2
            near = [one for step in (-1, 0, 1) for one in rows[round(accent.ink.y) + step]]
            under = [one for one in near if letters[one].x < middle < letters[one].end]
            if len(under) == 1:
                base = letters[under[0]].char.replace("ı", "i")
                whole = unicodedata.normalize("NFC", base + _ACCENTS[accent.char])
                letters[under[0]] = letters[under[0]]._replace(char=whole)
                drawn.add(at)
    return [letter for at, letter in enumerate(letters) if at not in drawn]


def _turned_away(letters: Sequence[Letter]) -> bool:
    """Whether most letters are not upright."""
    return 2 * _count(letter for letter in letters if letter.ink.turned) > _count(letters)


def _count(letters: Iterable[Letter]) -> int:
    return sum(letter.char.isalpha() for letter in letters)


class _Face(NamedTuple):
    """What a font says of the letters set in it."""

    bold: bool
    italic: bool
    signs: Mapping[int, str]


def _ink(text: Any, index: int, quarter: int, faces: dict[int, _Face]) -> Ink:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, matrix)
    x, y = c_double(), c_double()
    raw.FPDFText_GetCharOrigin(text, index, x, y)
    along, across = _turned(matrix.a, matrix.b, quarter)
    drawn = raw.FPDFText_GetTextObject(text, index)
    mode = raw.FPDFTextObj_GetTextRenderMode(drawn)
    font = raw.FPDFTextObj_GetFont(drawn)
    key = addressof(font.contents) if font else 0
    face = faces.get(key)
    if face is None:
        face = faces[key] = _face(font)
    return Ink(
        y=_turned(x.value, y.value, quarter)[1],
        size=raw.FPDFText_GetFontSize(text, index) * (matrix.c**2 + matrix.d**2) ** 0.5,
        bold=face.bold or mode == raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
        italic=face.italic,
        turned=not (along > 0 and abs(across) < 0.2 * along),
        signs=face.signs,
        hidden=mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP),
    )


def _face(font: Any) -> _Face:
    buffer = create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = buffer.value.decode("latin-1")
    flags = max(raw.FPDFFont_GetFlags(font), 0)
    heavy = flags & _BOLD_FLAG or raw.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
    return _Face(
        bold=bool(_BOLD.search(name) or heavy),
        italic=bool(_ITALIC.search(name) or flags & _ITALIC_FLAG),
        signs=_signs(name.casefold()),
    )


@cache
def _signs(face: str) -> Mapping[int, str]:
    kinds = yaml.safe_load(files(__package__).joinpath("symbol_fonts.yml").read_text("utf-8"))
    return {
        ord(one): sign
        for kind in kinds
        if any(part in face for part in kind["fonts"])
        for one, sign in zip(kind["from"], kind["to"], strict=True)
    }


def _turned(x: float, y: float, quarter: int) -> tuple[float, float]:
    """A place on a page that is shown turned clockwise by so many quarters."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarter % 4]


def _box(box: tuple[float, float, float, float], quarter: int) -> tuple[float, ...]:
    """Left, bottom, right and top of a box on such a page."""
    one, other = _turned(box[0], box[1], quarter), _turned(box[2], box[3], quarter)
    return (*map(min, one, other), *map(max, one, other))
