"""CSV: one row for each piece of evidence or each study, safe to open in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from pipeline.ground.formulas import safe
from pipeline.published.export.record_tables import record_table
from pipeline.published.provenance import about
from pipeline.published.selection import Selection

OF_THE_FILE = ("selection", "selection_link", "limits")  # the same in every row
BLOCK = 200


def write(selection: Selection) -> Iterator[bytes]:
    """Rows in the order of lists, labels in the language of the selection (RFC 4180, UTF-8).

    A byte order mark begins the file where it was asked for: older Excel knows UTF-8 by it alone.
    """
    if selection.mark:
        yield codecs.BOM_UTF8
    text = io.StringIO()
    writer = csv.writer(text)
    table = record_table(selection)
    file = about(selection).fields()
    same = [safe(file[name]) for name in OF_THE_FILE]
    writer.writerow([*table.columns, *OF_THE_FILE])
    for number, row in enumerate(table.rows, 1):
        writer.writerow([*(safe(cell) if type(cell) is str else cell for cell in row), *same])
        if number % BLOCK == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
