"""CSV with named columns, of databases, of other programs, or made by hand; and such sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest

from pipeline.desk.adding.formats.csv_columns import FIELDS, Columns, Field, columns_of
from pipeline.desk.adding.formats.csv_people import part_people
from pipeline.desk.adding.formats.csv_rows import Table, find_table, read_rows, text_of
from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.record_draft import RecordDraft, Unusable, find_doi, page_range
from pipeline.desk.adding.formats.reference_format import (
    ByHand,
    Cut,
    Found,
    ReferenceFormat,
    gather,
)
from pipeline.ground.problems import InputError, Problem

# The cells of each field that are filled, and all cells.
Row = tuple[Columns, Mapping[str, list[str]], list[str]]
_NONE: ByHand = {}
_WHOLE = re.compile(r"\A(\d+)\.0\Z")  # how programs of statistics write whole numbers
# Journal of Care (2021) 12:3 (45-60). Date of Publication: 1 Mar 2021
_CITATION = re.compile(
    r"(?P<container>.+?)[,.]?\s*\((?P<year>\d{4})\)(?:\s*(?P<volume>[^\s:(]+)?"
    r"(?::(?P<number>[^\s(]+))?(?:\s*\((?P<pages>[^)]+)\))?)?"
)


def sniff(text: str) -> bool:
    """Whether one of the first lines names columns of references."""
    return open_table(text)[1].is_known


def read(text: str, name: str) -> Found:
    """Every row. Raises InputError where no column is a title."""
    return read_by_hand(text, name, _NONE)[0]


def read_by_hand(text: str, name: str, by_hand: ByHand) -> tuple[Found, Columns]:
    """Every row, where some columns may be named by hand, and what each column was read as.

    Raises InputError where no column is a title, or one is named that is not there.
    """
    table, columns = open_table(text, by_hand)
    unknown = [
        Problem(name, table.place + 1, "bad-column", message, hint)
        for message, hint in _unknown(table, by_hand)
    ]
    if unknown:
        raise InputError(unknown)
    if "title" not in columns.places:
        message = f"no column for title; there is {', '.join(filter(None, table.header))[:400]}"
        hint = f"Say what columns are: --column 'Titre=title'. Fields are {', '.join(FIELDS)}."
        raise InputError([Problem(name, table.place + 1, "bad-header", message, hint)])
    return gather(_cuts(table, columns), _draft), columns


def open_table(text: str, by_hand: ByHand = _NONE) -> tuple[Table, Columns]:
    """The table of a text, and what its columns are read as."""
    table = find_table(text, partial(known_columns_of, by_hand=by_hand))
    return table, columns_of(table.header, by_hand)


def known_columns_of(header: Sequence[str], by_hand: ByHand = _NONE) -> int:
    """How many columns of a header are read; none where it is no header of references."""
    columns = columns_of(header, by_hand)
    return len(columns.places) if columns.is_known else 0


def read_cells(text: str) -> Iterator[tuple[int, RecordDraft, dict[str, str]]]:
    """Of every row that can be read its line, the record in it, and all its cells by header."""
    table, columns = open_table(text)
    for cut in _cuts(table, columns):
        if not isinstance(cut.content, Unusable):
            cells = dict(zip(table.header, map(text_of, cut.content[2]), strict=False))
            yield cut.line, _draft(cut.content), cells


@dataclass(frozen=True, slots=True)
class Sampled:
    """The columns of a table, and of each the first cell that is filled."""

    columns: Columns
    cells: tuple[str, ...]


def sampled(text: str) -> Sampled:
    """The columns of a text, with an example of each."""
    table, columns = open_table(text)
    cells = [""] * len(columns.header)
    for cut in islice(read_rows(table), 50):
        if not isinstance(cut.content, Unusable):
            pairs = zip_longest(cells, cut.content, fillvalue="")
            cells = [cell or text_of(found) for cell, found in pairs]
    return Sampled(columns, tuple(cells))


def _unknown(table: Table, by_hand: ByHand) -> Iterator[tuple[str, str]]:
    for header, field in by_hand.items():
        if header not in table.header:
            yield f"no column '{header}'", f"Columns are {', '.join(filter(None, table.header))}."
        if field and field not in FIELDS:
            yield f"no field '{field}'", f"Fields are {', '.join(FIELDS)}."


def _cuts(table: Table, columns: Columns) -> Iterator[Cut[Row]]:
    for cut in read_rows(table):
        if isinstance(cut.content, Unusable):
            yield Cut(cut.line, cut.raw, cut.content)
            continue
        cells = cut.content
        values: dict[str, list[str]] = {}
        for field, places in columns.places.items():
            filled = [text for n in places if n < len(cells) and (text := text_of(cells[n]))]
            if filled:
                values[field] = filled
        yield Cut(cut.line, cut.raw, (columns, values, cells))


def _draft(row: Row) -> RecordDraft:
    columns, values, _ = row
    cited = _CITATION.match(values["citation"][0]) if "citation" in values else None
    told = cited.groupdict(default="") if cited else {}

    def get(field: Field) -> str:
        return values[field][0] if field in values else told.get(field, "")

    def count(field: Field) -> str:
        text = get(field)
        return _WHOLE.sub(r"\1", text) if text else text

    authors, others = read_people(part_people(get("authors"), columns.people))
    editors, _ = read_people(part_people(get("editors"), columns.people))
    return RecordDraft(
        type=entry_type(get("type"), "article" if get("container") else "misc"),
        title=get("title"),
        authors=authors,
        editors=editors,
        and_others=others,
        dates=tuple(_dates(get("year"), values.get("date", ()))),
        container=get("container"),
        volume=count("volume"),
        number=count("number"),
        pages=get("pages") or page_range(count("first"), count("last")) or get("article"),
        publisher=get("publisher"),
        doi=find_doi(*values.get("doi", ()), *values.get("url", ())),
        url=get("url"),
        language=get("language"),
        abstract=get("abstract"),
        keywords=[word.replace("|", ";") for word in values.get("keywords", ())[:1]],
        key=get("key"),
        others={name: values[name][0] for name in _KEPT if name in values},
    )


_KEPT: tuple[Field, ...] = ("issn", "isbn", "pmid", "edition", "location", "series")


def _dates(year: str, dates: list[str] | tuple[()]) -> Iterator[str]:
    """The year, and dates, also those that leave it out: MAR 15."""
    if year:
        yield year
    for date in dates:
        yield date if re.search(r"\d{4}", date) else f"{date} {year}"


FORMAT = ReferenceFormat(
    "csv", "CSV and Excel", (".csv", ".tsv", ".xlsx"), sniff, read, read_by_hand
)
