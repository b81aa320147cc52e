"""Keys of new studies, made once by one pattern and never changed: smith2020towards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count

from pipeline.model.records import Study

# Letters that do not come apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_ARTICLES = frozenset(
    ("a", "an", "the", "de", "het", "een", "der", "die", "das", "ein", "eine", "le", "la", "les")
)
_LONGEST = 40


def make_key(study: Study, taken: Container[str]) -> str:
    """Family name of the first author, year, first word of the title that is no article.

    All in plain lower-case letters, without a year where there is none; where the key is taken,
    b, c, … follow. `taken` holds keys in lower case, older ones and those of files too.
    """
    who = study.people[0].last if study.people else ""
    words = [plain(word) for word in re.split(r"[\s\-–—/]+", study.title)]
    title = next((word for word in words if len(word) > 1 and word not in _ARTICLES), "")
    base = f"{plain(who)[:_LONGEST] or 'anonymous'}{study.year or ''}{title[:_LONGEST]}"
    if base not in taken:
        return base
    return next(key for n in count(1) if (key := base + _letters(n)) not in taken)


def plain(text: str) -> str:
    """Only the letters a to z and digits of a text; accents are taken off."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(sign for sign in folded if sign.isascii() and sign.isalnum())


def _letters(number: int) -> str:
    """1 is b, 25 is z, 26 is za: the first of a name has no letter."""
    return "abcdefghijklmnopqrstuvwxyz"[number] if number < 26 else f"z{_letters(number - 25)}"
