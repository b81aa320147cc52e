"""BibLaTeX: the same entries with the names of types and fields of its manual, section 2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.published.export.bibliography_entries import Entry, bib, entries, head, noted
from pipeline.published.selection import Selection

TYPES: Mapping[str, tuple[str, str]] = {
    "phdthesis": ("thesis", "phdthesis"),
    "mastersthesis": ("thesis", "mathesis"),
    "techreport": ("report", "techreport"),
    "conference": ("inproceedings", ""),
    "electronic": ("online", ""),
    "www": ("online", ""),
}
FIELDS: Mapping[str, str] = {"journal": "journaltitle", "school": "institution"}


def write(selection: Selection) -> Iterator[bytes]:
    """Every entry, its date in one field as ISO 8601-2."""
    yield head(selection)
    for entry in entries(selection):
        kind, sort = TYPES.get(entry.type, (entry.type, ""))
        fields = {FIELDS.get(name, name): value for name, value in _dated(entry).items()}
        if sort:
            fields.setdefault("type", sort)
        yield bib(kind, entry.key, fields)


def _dated(entry: Entry) -> dict[str, str]:
    parts = entry.csl.get("issued", {}).get("date-parts", [[]])[0]
    date = entry.fields.get("date") or "-".join(f"{part:02}" for part in parts)
    kept = {name: value for name, value in noted(entry).items() if name not in ("year", "month")}
    return {**kept, "date": date} if date else kept
