"""Where a command's arguments end: braces, brackets, or one sign."""

from __future__ import annotations

import re

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_OPTION = re.compile(r"\s*\[([^\]]*)\]")


class LatexFault(ValueError):
    """LaTeX that cannot be read; the message says why."""


def raw_argument(text: str, at: int) -> tuple[str, int]:
    """An argument as it is written, without its braces, and where it ends. Raises LatexFault."""
    while text[at : at + 1].isspace():
        at += 1
    if text.startswith("{", at):
        end = closing(text, at)
        return text[at + 1 : end - 1], end
    return text[at : at + 1], min(at + 1, len(text))


def closing(text: str, at: int) -> int:
    """Behind the brace that closes the one at `at`. Raises LatexFault."""
    depth = 0
    for match in _BRACE.finditer(text, at):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0:
            return match.end()
    raise LatexFault("a brace is not closed")


def option(text: str, at: int) -> tuple[str, int]:
    """What stands in brackets at `at`, and where it ends; empty where nothing does."""
    match = _OPTION.match(text, at)
    return (match[1].strip(), match.end()) if match else ("", at)
