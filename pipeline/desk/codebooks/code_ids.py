"""Ids for codes that are new to the scheme: made once, from the name, and permanent afterwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count

from pipeline.model.scheme import TAKEN

LONGEST = 60
# What other things in decision files and in YAML are called, quoted or not.
RESERVED = frozenset((*TAKEN, "null", "true", "false", "yes", "no", "on", "off", "y", "n"))
# Letters that do not come apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def make_id(name: str, taken: Container[str]) -> str:
    """Lower-case ASCII letters, digits and _, at most 60; _2, _3, … follow where it is taken."""
    folded = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    ascii_only = "".join(sign for sign in folded if not unicodedata.combining(sign))
    base = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_") or "code"
    if not base[0].isalpha():
        base = f"code_{base}"
    base = _cut(base, LONGEST)
    if base not in taken and base not in RESERVED:
        return base
    tails = (f"_{number}" for number in count(2))
    return next(
        made for tail in tails if (made := _cut(base, LONGEST - len(tail)) + tail) not in taken
    )


def _cut(text: str, length: int) -> str:
    """Cut between two words where that leaves more than half."""
    if len(text) <= length:
        return text
    short = text[: length + 1].rpartition("_")[0]
    return (short if len(short) > length // 2 else text[:length]).rstrip("_")
