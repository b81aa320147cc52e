"""How wide a text is in Arial, and how it breaks into lines: for what is laid out by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# Advance widths of Helvetica in thousandths of the size (Adobe's font metrics); Arial and
# Liberation Sans have the same.
_WIDTHS = {
    191: "'",
    222: "ijl’‘",
    260: "|",
    278: "· \u00a0!,./:;I[\\]ft",
    333: "()-`r“”„",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu–€",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}
_UNKNOWN = 1250  # wider than a Chinese character, as an emoji
BOLD = 1.12  # no heading of ours is wider than this, measured in Liberation Sans


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line, in the unit of `size`."""
    sum_of = sum(_WIDTH.get(char, _UNKNOWN) for char in _letters(text))
    return sum_of * size / 1000 * (BOLD if bold else 1)


def is_measured(text: str) -> bool:
    """Whether the width is that of its letters, not a guess that is wide enough."""
    return bool(text.strip()) and _WIDTH.keys() >= set(_letters(text))


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Lines no wider than `room`; a word that is wider by itself is cut. Never without a line."""
    lines = [""]
    for word in text.split(" "):
        for piece in _cut(word, room, size, bold):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if width(longer, size, bold) <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _letters(text: str) -> Iterator[str]:
    """Without their marks: a letter with marks is as wide as the letter by itself."""
    for char in text:
        if not unicodedata.combining(char):
            yield unicodedata.normalize("NFD", char)[0]


def _cut(word: str, room: float, size: float, bold: bool) -> Iterator[str]:
    if width(word, size, bold) > room:
        room -= width("-", size, bold)
    piece = ""
    for char in word:
        if piece and not unicodedata.combining(char) and width(piece + char, size, bold) > room:
            # Hyphens only between letters that we know to take one.
            yield piece + "-" * (piece[-1] in _WIDTH and piece[-1].isalpha() and char.isalpha())
            piece = ""
        piece += char
    yield piece
