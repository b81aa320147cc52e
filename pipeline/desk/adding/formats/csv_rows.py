"""The rows of a table as text, whatever parts its cells and stands before its header."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.desk.adding.formats.record_draft import Unusable
from pipeline.desk.adding.formats.reference_format import Cut
from pipeline.ground.formulas import unguarded

DELIMITERS = ",;\t|"
BEFORE = 20  # lines in which a header is looked for
# A line within a cell, where a row of a sheet stands in one line of text.
LINE_SEPARATOR = "\u2028"
_SEPARATOR = re.compile(r"\A\s*\"?sep=.\"?\s*\Z", re.IGNORECASE)  # a line for Excel alone
_SEAM = re.compile(r'"[ ]*"')


@dataclass(frozen=True, slots=True)
class Table:
    """A table of which the header is found: it stands in line `place`, counted from 0."""

    lines: list[str]
    header: tuple[str, ...]
    delimiter: str
    place: int


def find_table(text: str, known: Callable[[Sequence[str]], int]) -> Table:
    """The table with the first header of which any cell is `known`, else the first line is it.

    `known` counts the columns of a header that are understood, none where it is no header.
    """
    lines = text.split("\n")
    for place, line in enumerate(lines[:BEFORE]):
        heads = [
            (_head(line, delimiter), delimiter) for delimiter in DELIMITERS if delimiter in line
        ]
        counts = [known(head) for head, _ in heads]
        if any(counts):
            return Table(lines, *heads[counts.index(max(counts))], place)
    said = (n for n, line in enumerate(lines) if line.strip() and not _SEPARATOR.match(line))
    place = next(said, 0)
    delimiter = max(DELIMITERS, key=lines[place].count)
    return Table(lines, _head(lines[place], delimiter), delimiter, place)


def read_rows(table: Table) -> Iterator[Cut[list[str]]]:
    """Every row behind the header that is not blank, with its line, or why it is none."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    lines, width, delimiter = table.lines[:], len(table.header), table.delimiter
    place = table.place + 1
    added = 0  # lines that were parted
    while place < len(lines):
        if joined := _joined(lines[place], delimiter, width):
            lines[place : place + 1] = joined
            added += 1
        row, end, fault = _row(lines, place, delimiter)
        within = range(place + 1, end if row is not None else len(lines))
        if row is None or len(row) > width or end - place > 1:
            # A quotation mark too many or too few takes in what comes after: a line that is a
            # whole row by itself begins a record again.
            again = next((n for n in within if _is_whole(lines, n, delimiter, width)), None)
            if again is not None or row is None:
                end = again or len(lines)
                fault = fault or "a quotation mark that is not closed"
                raw = "\n".join(lines[place:end])
                hint = "Look for a quotation mark that is not closed."
                yield Cut(place + 1 - added, raw, Unusable(f"not CSV: {fault}", hint))
                place = end
                continue
        start, place = place + 1 - added, end
        if not any(cell.strip() for cell in row):
            continue
        raw = delimiter.join(row)
        if any(cell.strip() for cell in row[width:]):
            hint = "Put texts with commas in quotes."
            yield Cut(start, raw, Unusable("more cells than columns", hint))
            continue
        yield Cut(start, raw, row[:width])


def text_of(cell: str) -> str:
    """What a cell says, without what guards it in a spreadsheet."""
    if cell[:1] in ("'", " "):
        cell = unguarded(cell)
    return cell.strip() if cell.isascii() else cell.replace(LINE_SEPARATOR, "\n").strip()


def _head(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        row = []
    return tuple(" ".join(cell.split()) for cell in row)


def _row(
    lines: Sequence[str], place: int, delimiter: str, most: int = sys.maxsize
) -> tuple[list[str] | None, int, str]:
    """The row that begins in a line and the line behind it; or None, and why there is none."""
    until = min(len(lines), place + most)
    given = (f"{lines[number]}\n" for number in range(place, until))
    reader = csv.reader(given, delimiter=delimiter, strict=True)
    try:
        row = next(reader, [])
    except csv.Error as error:
        return None, place + reader.line_num, str(error)
    return row, place + max(reader.line_num, 1), ""


def _joined(line: str, delimiter: str, width: int) -> list[str]:
    """The two rows of a line between which the line end was lost; nothing where it is one."""
    if line.count('"') < 4 or _row([line], 0, delimiter)[0] is not None:
        return []
    for match in islice(_SEAM.finditer(line), 100):
        parts = [line[: match.start() + 1], line[match.end() - 1 :]]
        if all(_is_whole(parts, place, delimiter, width) for place in (0, 1)):
            return parts
    return []


def _is_whole(lines: Sequence[str], place: int, delimiter: str, width: int) -> bool:
    """Whether a row of just this width begins in a line, and ends soon."""
    row, _, _ = _row(lines, place, delimiter, most=40)
    return row is not None and len(row) == width > 1
