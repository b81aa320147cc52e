"""LaTeX in bibliographic fields, turned into plain Unicode."""

from __future__ import annotations

import re
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text

_NEEDS_DECODING = re.compile(r"[\\{}$~]|--|``|''")
# One command with what belongs to it: \'e  \'{e}  {\'e}  \c{c}  \ss  \emph{x}  \&
_COMMAND = re.compile(
    r"\\(?:[A-Za-z]+|.)\s*(?:\{(?:\\?[A-Za-z]|[^{}\\$]*)\}|(?<=['`^\"~=.])\\?[A-Za-z])?", re.DOTALL
)
_BARE_SPECIAL = re.compile(r"(?<!\\)([%&#])")
_PLAIN = str.maketrans({"{": None, "}": None, "~": " "})
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=65536)
def decode_latex(text: str) -> str:
    """Decode accents, dashes, quotes and ties; white space is folded to single blanks.

    Not for doi, url or file names, in which `%`, `&`, `~` and `_` mean themselves.
    """
    if _NEEDS_DECODING.search(text):
        if "$" in text:
            text = _decode(_BARE_SPECIAL.sub(r"\\\1", text))
        else:
            # Command by command, since the same few accents recur in thousands of entries.
            end = 0
            parts = []
            for match in _COMMAND.finditer(text):
                parts += [_marks(text[end : match.start()]), _decode(match[0])]
                end = match.end()
            text = "".join([*parts, _marks(text[end:])])
        text = text.replace("\u00a0", " ")
    return _SPACE.sub(" ", text).strip()


def _marks(text: str) -> str:
    """Text without commands: dashes, quotes, ties, and braces that only group."""
    if "-" in text:
        text = text.replace("---", "—").replace("--", "–")
    if "'" in text or "`" in text:
        text = text.replace("``", "“").replace("''", "”")
    return text.translate(_PLAIN)


@lru_cache(maxsize=8192)
def _decode(command: str) -> str:
    return str(_decoder().latex_to_text(command))


@lru_cache(maxsize=1)
def _decoder() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=True)
