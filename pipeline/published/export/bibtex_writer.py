"""BibTeX: the entries as they stand in the bibliography, in UTF-8."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.published.export.bibliography_entries import bib, entries, head, noted
from pipeline.published.selection import Selection


def write(selection: Selection) -> Iterator[bytes]:
    """Every entry with its own fields."""
    yield head(selection)
    for entry in entries(selection):
        yield bib(entry.type, entry.key, noted(entry))
