"""RIS, as Zotero, EndNote, EPPI-Reviewer and Rayyan read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pipeline.published.export.bibliography_entries import Entry, entries
from pipeline.published.pieces import read_pieces
from pipeline.published.provenance import about
from pipeline.published.selection import Selection

TYPES: Mapping[str, str] = {
    "article-journal": "JOUR",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "manuscript": "UNPB",
    "paper-conference": "CPAPER",
    "report": "RPRT",
    "software": "COMP",
    "thesis": "THES",
    "webpage": "ELEC",
}
TAGS: Mapping[str, str] = {
    "title": "TI",
    "container-title": "T2",
    "volume": "VL",
    "issue": "IS",
    "publisher": "PB",
    "DOI": "DO",
    "URL": "UR",
    "language": "LA",
}


def write(selection: Selection) -> Iterator[bytes]:
    """Every study, with what is to be known of it and of the file in notes.

    Where evidence was chosen, each piece is a note as well.
    """
    file = " ".join(about(selection).lines)
    notes = _by_study(selection) if selection.studies is None else None
    for entry in entries(selection):
        lines = [("TY", TYPES.get(entry.csl["type"], "GEN")), ("ID", entry.key), *_lines(entry)]
        if entry.note:
            lines.append(("N1", entry.note))
        if notes is not None:
            lines += [("N1", note) for note in _notes(selection, entry.key, *notes)]
        lines += [("N1", file), ("ER", "")]
        yield "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines).encode() + b"\r\n"


def _lines(entry: Entry) -> Iterator[tuple[str, str]]:
    item = entry.csl
    for tag, people in (("AU", item.get("author", ())), ("ED", item.get("editor", ()))):
        yield from ((tag, _person(person)) for person in people)
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    if parts:
        yield "PY", f"{parts[0]}"
        yield "DA", "/".join([*(f"{part:02}" for part in parts), *[""] * (3 - len(parts))]) + "/"
    yield from ((tag, str(item[name])) for name, tag in TAGS.items() if item.get(name))
    first, _, last = str(item.get("page", "")).partition("-")
    if first:
        yield "SP", first
    if last:
        yield "EP", last


def _person(person: Mapping[str, str]) -> str:
    if "literal" in person:
        return person["literal"]
    family = " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family", ""))))
    return ", ".join(filter(None, (family, person.get("given"), person.get("suffix"))))


def _by_study(selection: Selection) -> tuple[Any, Any]:
    """Places of the chosen pieces, those of a study together, and the numbers of their studies."""
    chosen = selection.positions
    positions = chosen[np.argsort(selection.index.study[chosen], kind="stable")]
    return positions, selection.index.study[positions]


def _notes(selection: Selection, key: str, positions: Any, studies: Any) -> Iterator[str]:
    index = selection.index
    number = index.studies.index.get_loc(key)
    start, end = np.searchsorted(studies, [number, number + 1])
    for piece in read_pieces(selection.connection, index, positions[start:end]):
        found = selection.attributions.of(piece)
        yield f"{found.role}: {found.copied}"


def _one_line(value: str) -> str:
    # A line break would begin a new tag.
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
