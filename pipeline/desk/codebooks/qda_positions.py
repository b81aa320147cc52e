"""What programs count when they write where a selection stands, told from the words they give.

The standard counts code points from 0, the end exclusive. Not all count line ends of two
characters as two, some count a byte order mark, and some units of UTF-16.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from pipeline.desk.codebooks.qda_project import QdaSelection
from pipeline.ground.text import newlines

MARK = "\ufeff"
_CUT = ("...", "…")
_MOST = 200  # selections that are compared with their names
_FILLER = "\u2060"  # stands for the second half of a letter that UTF-16 writes in two


def _bare(text: str) -> str:
    return text.removeprefix(MARK)


# Each gives a text in which positions count as code points, the standard's first.
_WAYS: tuple[Callable[[str], str], ...] = (
    _bare,
    lambda text: newlines(_bare(text)),
    lambda text: MARK + _bare(text),
    lambda text: "".join(
        sign + _FILLER * (len(sign.encode("utf-16-le")) // 2 - 1) for sign in _bare(text)
    ),
)


def text_of_positions(text: str, selections: Sequence[QdaSelection], origin: str) -> str:
    """The text such that the positions of its selections are right, as far as their names tell.

    ATLAS.ti writes line ends of two characters and counts one.
    """
    ways = _WAYS if "ATLAS" not in origin.upper() else (_WAYS[1], _WAYS[0], *_WAYS[2:])
    texts = list(dict.fromkeys(way(text) for way in ways))
    named = [(item, letters(_uncut(item.name))[0]) for item in selections[:_MOST]]
    named = [(item, name) for item, name in named if name]
    if len(texts) == 1 or not named:
        return texts[0]

    def fits(text: str) -> int:
        return sum(
            letters(text[max(item.start, 0) : max(item.end, 0)])[0].startswith(name)
            for item, name in named
        )

    return max(texts, key=fits)


def letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text alone, as they are compared, and where each stands."""
    found: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for letter in unicodedata.normalize("NFKD", sign).casefold():
            if letter.isalnum():
                found.append(letter)
                places.append(place)
    return "".join(found), places


def _uncut(name: str) -> str:
    for sign in _CUT:
        name = name.removesuffix(sign)
    return name
