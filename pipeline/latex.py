"""LaTeX in bibliographic fields, turned into plain Unicode."""

from __future__ import annotations

import re
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text

_NEEDS_DECODING = re.compile(r"[\\{}$~]|--|``|''")
_BARE_SPECIAL = re.compile(r"(?<!\\)([%&#])")
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=65536)
def decode_latex(text: str) -> str:
    """Decode accents, dashes, quotes and ties; white space is folded to single blanks.

    Not for doi, url or file names, in which `%`, `&`, `~` and `_` mean themselves.
    """
    if _NEEDS_DECODING.search(text):
        text = _BARE_SPECIAL.sub(r"\\\1", text)
        text = _decoder().latex_to_text(text)
        text = text.replace("\u00a0", " ")
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=1)
def _decoder() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=True)
