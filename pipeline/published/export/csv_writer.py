"""CSV: one row for each piece of evidence, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pipeline.ground.formulas import safe
from pipeline.published.pieces import Piece
from pipeline.published.provenance import about
from pipeline.published.selection import Selection

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
    # What goes along with the words, and with the file: the same names as in JSON.
    "quotation",
    "words",
    "read",
    "read_instead",
    "unconfirmed",
    "decided",
    "scheme_version",
    "retrieved",
    "licence",
    "selection",
    "selection_link",
    "limits",
)
BLOCK = 200


def write(selection: Selection) -> Iterator[bytes]:
    """Rows in the order of lists, labels in the language of the selection (RFC 4180, UTF-8)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    file = about(selection).fields()
    for number, piece in enumerate(selection.pieces(), 1):
        writer.writerow([safe(value) for value in row(selection, piece, file)])
        if number % BLOCK == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def row(selection: Selection, piece: Piece, file: dict[str, str]) -> list[str]:
    """The values of a piece in the order of COLUMNS; the last are those of the `file`."""
    found = selection.attributions.of(piece, cited=False)
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
        str(piece.year or ""),
        piece.doi,
        "; ".join(codes[code].label.get(language) for code in piece.sectors),
        piece.access or "",
        "; ".join(piece.coders),
        found.decided_by,
        piece.settled_by or "",
        piece.checked,
        found.address,
        *found.fields().values(),
        *(file[name] for name in COLUMNS[-3:]),
    ]
