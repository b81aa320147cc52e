"""The codebook as a table: what Taguette imports (name, description), and what we read again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pipeline.ground.formulas import guarded
from pipeline.published.export.qda_codes import described, parents_first, unique_names
from pipeline.published.selection import Selection

COLUMNS = ("name", "description", "id", "parent", "dimension")


def write(selection: Selection) -> Iterator[bytes]:
    """A row for each code in use, none before what it is nested in (RFC 4180, UTF-8).

    Retired codes are left out, since a table has no place to say that they cannot be given.
    """
    language, terms = selection.language, selection.terms
    names = unique_names(terms, language)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for dimension in terms.dimensions:
        used = [code for code in dimension.codes if code.retired is None]
        kept = {code.id for code in used}
        for code in parents_first(used):
            parent = code.parent if code.parent in kept else ""
            row = (names[code.id], described(code, language), code.id, parent, dimension.id)
            writer.writerow([guarded(cell or "") for cell in row])
    yield text.getvalue().encode()
