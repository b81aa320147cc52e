"""Cells of CSV files that people open: no spreadsheet takes one for a formula.

An apostrophe makes a cell text. What is only opened is made `safe`; what is read back as well is
`guarded`, which can be undone.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
# Two marks, so that files from before the second was known read as they did: an apostrophe, and
# for what the first leaves out a blank and an apostrophe, with which no stripped text begins.
_FIRST = re.compile(r"'*[=+\-@\t\r]")
_SECOND = re.compile(rf"(?: ')*(?:{_FORMULA.pattern})")


def safe(value: str) -> str:
    """The value as a cell; a number stays one, and what is safe already stays as it is."""
    if value[:1].isalnum():  # as most cells are
        return value
    return f"'{value}" if _FORMULA.match(value) and not _NEGATIVE.match(value) else value


def guarded(text: str) -> str:
    """A text as it stands in a file of ours."""
    if _FIRST.match(text):
        return f"'{text}"
    return f" '{text}" if _SECOND.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    if text.startswith("'") and _FIRST.match(text[1:]):
        return text[1:]
    return text[2:] if text.startswith(" '") and _SECOND.match(text[2:]) else text
