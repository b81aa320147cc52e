"""CSV: one row for each piece of evidence, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pipeline.cells import safe
from pipeline.export.selection import Format, Selection
from pipeline.published.pieces import Piece
from pipeline.published.terms import Words
from pipeline.published.who import says

COLUMNS = (
    "id",
    "role",
    "role_id",
    "status",
    "confidence",
    "text",
    "locator",
    "language",
    "study",
    "citation",
    "title",
    "year",
    "doi",
    "sectors",
    "access",
    "coders",
    "decided_by",
    "settled_by",
    "checked",
    "link",
)
BLOCK = 200


def write(selection: Selection) -> Iterator[bytes]:
    """Rows in the order of lists, labels in the language of the selection (RFC 4180, UTF-8)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, piece in enumerate(selection.pieces(), 1):
        writer.writerow([safe(value) for value in row(selection, piece)])
        if number % BLOCK == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def row(selection: Selection, piece: Piece) -> list[str]:
    """The values of a piece in the order of COLUMNS."""
    codes = selection.terms.codes
    language = selection.language
    return [
        piece.id,
        codes[piece.role].label.get(language),
        piece.role,
        piece.status,
        piece.confidence,
        piece.text,
        piece.locator,
        piece.language,
        piece.study,
        piece.label,
        piece.title,
        str(piece.year),
        piece.doi,
        "; ".join(codes[code].label.get(language) for code in piece.sectors),
        piece.access or "",
        "; ".join(piece.coders),
        says(piece, selection.terms.natures, language),
        piece.settled_by or "",
        piece.checked,
        selection.link(f"/evidence/{piece.id}"),
    ]


FORMAT = Format("csv", "csv", "text/csv; charset=utf-8", Words("CSV", "CSV"), write)
