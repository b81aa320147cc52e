"""BibLaTeX: the same entries with the types and fields of its default data model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.published.export.biblatex_model import fitted, is_date
from pipeline.published.export.bibliography_entries import (
    BibliographyEntry,
    bib,
    entries,
    head,
    noted,
)
from pipeline.published.selection import Selection

PREFIX = "useprefix=true"
_PARTS = re.compile(r"(?:end)?(?:year|month|day)")


def write(selection: Selection) -> Iterator[bytes]:
    """Every entry, its date in one field as ISO 8601-2."""
    yield head(selection)
    for entry in entries(selection):
        kind, fields = fitted(entry.type, _told(entry))
        yield bib(kind, entry.key, fields)


def _told(entry: BibliographyEntry) -> dict[str, str]:
    """The fields with one date; a particle belongs to the name, as in BibTeX, unless told no."""
    kept = {name: text for name, text in noted(entry).items() if not _PARTS.fullmatch(name)}
    if not is_date(kept.get("date", "")):
        parts = entry.csl.get("issued", {}).get("date-parts", [])
        kept["date"] = "/".join("-".join(f"{part:02}" for part in side) for side in parts)
    options = kept.get("options", "")
    people = (*entry.csl.get("author", ()), *entry.csl.get("editor", ()))
    if "useprefix" not in options and any("non-dropping-particle" in one for one in people):
        kept["options"] = ",".join(filter(None, (options, PREFIX)))
    return kept
