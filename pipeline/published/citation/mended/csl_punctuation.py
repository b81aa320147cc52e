"""What happens to punctuation where parts of a reference meet."""

from __future__ import annotations

import re

_TAGS = r"(?:</(?:i|b|sup|sub)>)*"
_CLOSING = r"(?:</(?:i|b|sup|sub)>|[”’»])*"
_EMPTY = re.compile(r"<(i|b|sup|sub)>\s*</\1>")
_BLANKS = re.compile(r"\s+")
# A full stop after a title that ends as a sentence of its own; a comma only within quotation marks.
_AFTER_END = re.compile(rf"([?!]{_CLOSING})\.(?=\s|<|[”’]|$)|([?!]{_TAGS}),(?={_TAGS}[”’])")
# The same stop from either side of a seam; never inside an address, or behind &gt;.
_TWICE = re.compile(rf"(?<![.,;:])(?<!&[lg]t)(?<!&amp)([.,;:])({_CLOSING})\1(?=\s|$|[<”’»])")
_OUTSIDE = re.compile(r"((?:</(?:i|b)>)*[”’]*”(?:</(?:i|b)>)*)([.,])(?=\s|$|<)")


def tidied(text: str, inside_quotes: bool) -> str:
    """The reference with its stops in order; American ones go inside quotation marks."""
    text = _BLANKS.sub(" ", _EMPTY.sub("", text)).strip()
    text = _TWICE.sub(r"\1\2", _AFTER_END.sub(r"\1\2", text))
    if inside_quotes:
        text = _OUTSIDE.sub(r"\2\1", text)
        text = _TWICE.sub(r"\1\2", _AFTER_END.sub(r"\1\2", text))
    return text
