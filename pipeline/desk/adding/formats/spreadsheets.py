"""Excel workbooks (Office Open XML, ISO/IEC 29500) as the text of a table."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from pipeline.desk.adding.formats.csv_rows import BEFORE, LINE_SEPARATOR
from pipeline.ground.problems import InputError, Problem

MOST_BYTES = 250_000_000  # of a workbook unpacked
MOST_PACKED = 100  # times that a part is larger than it was packed; those of lists are up to 30
MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a ZIP file that says it is a workbook."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def sheet_text(data: bytes, name: str, known: Callable[[Sequence[str]], int]) -> str:
    """The first sheet that has a `known` header, else the first that is not empty, as CSV.

    A row stands in the line of its number. Numbers and days are texts, formulas what they came to.
    Raises InputError for a workbook that is broken or far too large.
    """
    import openpyxl

    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")  # styles it lacks
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
        packed = [item.file_size > max(item.compress_size, 10_000) * MOST_PACKED for item in parts]
        if any(packed) or sum(item.file_size for item in parts) > MOST_BYTES:
            raise _refused(name, "this workbook unpacks to far more than a list would need")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if any(map(any, _rows(sheet, BEFORE)))]
        if not sheets:
            raise _refused(name, "no sheet has anything in it")
        fitting = (sheet for sheet in sheets if any(map(known, _rows(sheet, BEFORE))))
        sheet = next(fitting, sheets[0])
        width = max(map(len, _rows(sheet, BEFORE)))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for number, row in enumerate(_rows(sheet, MOST_ROWS + 1, width + 1)):
            if number == MOST_ROWS:
                raise _refused(name, f"more than {MOST_ROWS:,} rows")
            writer.writerow(row)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, EOFError) as error:
        raise _refused(name, f"this workbook cannot be read ({error})"[:200]) from None
    return text.getvalue()


def _rows(sheet: Any, most: int, width: int = MOST_COLUMNS) -> Iterator[list[str]]:
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=most, max_col=width, values_only=True):
        filled = max((place for place, value in enumerate(row, 1) if value is not None), default=0)
        yield [_text(value) for value in row[:filled]]


def _text(value: Any) -> str:
    if value is None or value in _ERRORS:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time().isoformat() == "00:00:00":
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return LINE_SEPARATOR.join(str(value).splitlines())


def _refused(name: str, message: str) -> InputError:
    hint = "Save the list as CSV (UTF-8), or export it again."
    return InputError([Problem(name, 0, "bad-workbook", message, hint)])
