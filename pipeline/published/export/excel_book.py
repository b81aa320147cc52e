"""Sheets of a workbook for Excel and LibreOffice (Office Open XML, ISO/IEC 29500), row by row."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from pipeline.ground.formulas import safe
from pipeline.ground.steady_zip import SteadyZip
from pipeline.ground.texts import in_xml

LOOKED_AT = 200  # rows that say how wide a column is
NARROW, WIDE = 8, 60  # characters
MOST_LINKS = 65_530  # of a sheet; Excel opens no file with more
MOST_ROWS = 1_048_575  # and a header
BOLD, LINKED = Font(bold=True), Font(color="0563C1", underline="single")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ExcelBook:
    """A workbook whose rows are written as they come. The same content gives the same bytes."""

    def __init__(self, title: str, creator: str, language: str, day: datetime.date) -> None:
        self._book = Workbook(write_only=True)
        said = self._book.properties
        said.title, said.creator, said.language = in_xml(title), in_xml(creator), language
        said.created = said.modified = datetime.datetime.combine(day, datetime.time())

    def add(
        self,
        title: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        links: Mapping[str, str] | None = None,
        numbers: Iterable[str] = (),
        days: Iterable[str] = (),
    ) -> None:
        """A sheet with a header that stays in sight.

        Values of the columns in `links` lead where they say, behind what stands there; texts of
        `numbers` and `days` that are some become such. No text becomes a formula.
        """
        sheet = self._book.create_sheet(title)
        places = {columns.index(name): before for name, before in (links or {}).items()}
        kinds = {columns.index(name): _number for name in numbers}
        kinds |= {columns.index(name): _day for name in days}
        several = iter(rows)
        first = list(islice(several, LOOKED_AT))
        for place, name in enumerate(columns):
            longest = max((len(str(row[place])) for row in first), default=0)
            width = min(max(longest, len(name), NARROW), WIDE) + 2
            sheet.column_dimensions[get_column_letter(place + 1)].width = width
        sheet.freeze_panes = "A2"
        sheet.append([_styled(sheet, name, BOLD) for name in columns])
        left = MOST_LINKS
        written = 1
        for row in islice(chain(first, several), MOST_ROWS):
            cells = [kinds[place](value) if place in kinds else value
                     for place, value in enumerate(row)]  # fmt: skip
            cells = [_text(sheet, value) if type(value) is str else value for value in cells]
            for place, before in places.items():
                address = f"{before}{row[place]}" if row[place] else ""
                if left and address.startswith(("https://", "http://")):
                    cells[place] = _styled(sheet, in_xml(row[place]), LINKED)
                    cells[place].hyperlink = in_xml(address)
                    left -= 1
            sheet.append(cells)
            written += 1
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{written}"

    def write(self, target: IO[bytes]) -> None:
        """The whole of it."""
        ExcelWriter(self._book, SteadyZip(target, "w")).save()


def _text(sheet: Any, text: str) -> Any:
    """A text as a cell; one that a spreadsheet would take for a formula is told to be none."""
    text = in_xml(text)
    if safe(text) == text and not text.startswith("#"):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _styled(sheet: Any, text: str, font: Font) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.font = font
    return cell


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _day(value: Any) -> Any:
    return datetime.date.fromisoformat(value) if _DAY.fullmatch(value) else value
