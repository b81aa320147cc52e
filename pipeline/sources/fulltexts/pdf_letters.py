"""The letters of a PDF's page as pdfium sets them: each with its place, size and weight."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from ctypes import addressof, c_double, create_string_buffer
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


@dataclass(frozen=True, slots=True)
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
    signs: Mapping[int, str] = field(default_factory=dict, hash=False)


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
        x, end = box.left, box.right
        if quarter:
            x, _, end, _ = _box((x, box.bottom, end, box.top), quarter)
        if end > left and x < right and bottom <= ink.y <= top and ink.size > _TINY:
            divides = raw.FPDFText_IsHyphen(text, index) == 1
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
        signs=_signs(face.casefold()),
        hidden=mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP),
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
