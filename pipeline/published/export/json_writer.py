"""JSON: one object for each piece of evidence, with labels in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.published.export.csljson_writer import array
from pipeline.published.pieces import Piece
from pipeline.published.provenance import about
from pipeline.published.selection import Selection
from pipeline.published.terms import LANGUAGES
from pipeline.published.voices import says


def write(selection: Selection) -> Iterator[bytes]:
    """An array in the order of lists; with each object stands what the file says of itself."""
    file = about(selection).fields()
    yield from array(_object(selection, piece, file) for piece in selection.pieces())


def _object(selection: Selection, piece: Piece, file: dict[str, str]) -> dict[str, Any]:
    codes = selection.terms.codes
    found = selection.attributions.of(piece, cited=False)
    return {
        **{name: value for name, value in asdict(piece).items() if name != "instead"},
        "role": {"id": piece.role, **codes[piece.role].label._asdict()},
        "sectors": [{"id": code, **codes[code].label._asdict()} for code in piece.sectors],
        "decided_by": {
            language: says(piece, selection.terms.natures, language) for language in LANGUAGES
        },
        "link": found.address,
        **found.fields(),
        "file": file,
    }
