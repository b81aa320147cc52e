"""Full texts as a table on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields

from pipeline.build.text_list import ListedText

SHORT = 20  # files that are always listed
_HEAD = tuple(item.name.replace("_", " ") for item in fields(ListedText))


def text_lines(texts: Sequence[ListedText], every: bool = False) -> Iterator[str]:
    """A line for each file of a short list, or where `every` one is asked for, and their sum."""
    if not texts:
        return
    if every or len(texts) <= SHORT:
        rows = [_HEAD, *(tuple(str(value or "–") for value in astuple(text)) for text in texts)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for file, *cells in rows:
            right = (f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
            yield f"{file:<{widths[0]}}  {'  '.join(right)}"
    yield sum_line(texts)


def sum_line(texts: Sequence[ListedText]) -> str:
    """How many there are, with how many passages."""
    passages, left = sum(item.passages for item in texts), sum(item.left_out for item in texts)
    return f"Full texts: {len(texts)}, passages: {passages}, paragraphs left out: {left}."
