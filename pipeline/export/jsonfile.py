"""JSON: one object for each piece of evidence, with labels in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.export.csljson import array
from pipeline.export.selection import Format, Selection
from pipeline.published.pieces import Piece
from pipeline.published.terms import LANGUAGES, Words
from pipeline.published.who import says


def write(selection: Selection) -> Iterator[bytes]:
    """An array in the order of lists."""
    yield from array(_object(selection, piece) for piece in selection.pieces())


def _object(selection: Selection, piece: Piece) -> dict[str, Any]:
    codes = selection.terms.codes
    return {
        **asdict(piece),
        "role": {"id": piece.role, **codes[piece.role].label._asdict()},
        "sectors": [{"id": code, **codes[code].label._asdict()} for code in piece.sectors],
        "decided_by": {
            language: says(piece, selection.terms.natures, language) for language in LANGUAGES
        },
        "link": selection.link(f"/evidence/{piece.id}"),
    }


FORMAT = Format("json", "json", "application/json", Words("JSON", "JSON"), write)
