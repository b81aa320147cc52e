"""Codebooks as tables: CSV with commas, semicolons or tabs, of Taguette, spreadsheets and our own.

The first line names the columns, in any order; other columns are left out, with a warning.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.desk.codebooks.codebook import (
    MOST_CODES,
    Codebook,
    CodebookEntry,
    CodebookFormat,
    colour,
    faults,
)
from pipeline.ground.formulas import unguarded
from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.model.scheme import LANGUAGES

# How each column may be called. A heading is taken once: with both `label` and `code`, the code
# is the id.
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "label", "title", "tag", "code", "code_name", "naam"),
    "description": (
        "description",
        "definition",
        "memo",
        "comment",
        "code_memo",
        "code_description",
        "omschrijving",
        "definitie",
    ),
    "id": ("id", "code_id", "code"),
    "parent": ("parent", "parent_id", "parent_code", "category", "categorie"),
    "dimension": ("dimension", "dimensie"),
    "guid": ("guid", "uuid"),
    "color": ("color", "colour", "code_color", "kleur"),
}
TEXTS = ("label", "definition", "include", "exclude", "example")
IN_LANGUAGES = tuple(f"{text}_{language}" for text in TEXTS for language in LANGUAGES)
# Columns that Taguette and our data package have beside these, and that say nothing of a code.
KNOWN = frozenset(("number_of_highlights", "position", "since", "retired"))
SEPARATORS = ",;\t"
MOST_COLUMNS = 200
NOTHING = "\\N"  # how our data package writes a value that is missing
_SEP = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


def read(text: str, name: str) -> Codebook:
    """One code a row; a parent is named by its id or, where that is one code only, its name."""
    lines = 0
    separator = ""
    if match := _SEP.match(text):  # for spreadsheets
        text, lines, separator = text[match.end() :], 1, match[1]
    separator = separator or max(SEPARATORS, key=lambda sign: _fit(text, sign))
    problems: list[Problem] = []
    warnings: list[Problem] = []
    entries: list[CodebookEntry] = []
    parents: list[str] = []
    rows = _rows(text, separator, name, lines, problems)
    heading = next(rows, (1, []))
    if problems:
        raise InputError(problems)
    columns = _columns(heading, name, warnings)
    for line, cells in islice(rows, MOST_CODES + 1):
        row = _row(line, cells, columns, name, problems)
        entries.append(_entry(row, name, warnings))
        parents.append(row.get("parent"))
    entries = list(_nested(entries, parents, name, problems))
    if entries or not problems:
        problems += faults(entries, name)
    if problems:
        raise InputError(problems)
    return Codebook(name, "csv", tuple(entries), warnings=tuple(warnings))


def _fit(text: str, separator: str) -> tuple[int, int]:
    """How many known columns, and how many columns, the heading has with this separator."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        cells = next((row for row in reader if row), [])
    except csv.Error:
        return 0, 0
    return len(_assigned(cells)), len(cells)


def _rows(
    text: str, separator: str, name: str, before: int, problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the line in which each begins."""
    line = before + 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        while True:
            line = before + reader.line_num + 1
            row = next(reader, None)
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield line, row
    except csv.Error as error:
        hint = "Look for a quotation mark that is not closed or not doubled."
        problems.append(Problem(name, line, "bad-csv", f"not CSV: {error}", hint))


def _heading(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip()).lower()


def _assigned(cells: list[str]) -> dict[str, int]:
    """The places of the columns that are known by their headings."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells[:MOST_COLUMNS]):
        places.setdefault(_heading(cell), place)
    found: dict[str, int] = {}
    for column, names in (*NAMES.items(), *((column, (column,)) for column in IN_LANGUAGES)):
        heading = next((heading for heading in names if heading in places), None)
        if heading is not None:
            found[column] = places.pop(heading)
    return found


def _columns(
    heading: tuple[int, list[str]], name: str, warnings: list[Problem]
) -> tuple[dict[str, int], int]:
    """The places of the columns, and how many there are."""
    line, cells = heading
    found = _assigned(cells)
    if not found.keys() & {"name", "id", *(f"label_{language}" for language in LANGUAGES)}:
        message = "no column holds the names of codes"
        hint = "The first line names the columns: name, description, and perhaps parent."
        raw = first_line(",".join(cells))
        raise InputError([Problem(name, line, "bad-header", message, hint, raw)])
    for place, cell in enumerate(cells[:MOST_COLUMNS]):
        if place not in found.values() and _heading(cell) not in KNOWN and cell.strip():
            message = f"column '{first_line(cell, 40)}' was left out"
            hint = f"Columns are {', '.join((*NAMES, *IN_LANGUAGES))}."
            warnings.append(
                Problem(name, line, "unknown-column", message, hint, severity="warning")
            )
    return found, len(cells)


def _row(
    line: int,
    cells: list[str],
    columns: tuple[dict[str, int], int],
    name: str,
    problems: list[Problem],
) -> _Row:
    places, width = columns
    if any(cell.strip() for cell in cells[width:]):
        message = f"{len(cells)} fields, but {width} columns"
        hint = "Put texts that hold the separator in quotes."
        raw = first_line(" ".join(cells))
        problems.append(Problem(name, line, "bad-row", message, hint, raw))
    return _Row(
        line,
        {
            column: unguarded(cells[place]).strip()
            for column, place in places.items()
            if place < len(cells) and cells[place] != NOTHING
        },
    )


def _entry(row: _Row, name: str, warnings: list[Problem]) -> CodebookEntry:
    written = row.get("color")
    if written and not colour(written):
        message = f"colour '{first_line(written, 40)}' was left out"
        hint = "A colour is written #RRGGBB or rgb(r, g, b)."
        warnings.append(Problem(name, row.line, "bad-colour", message, hint, severity="warning"))
    languages = {column: row.get(column) for column in IN_LANGUAGES if row.get(column)}
    labels = (languages.get(f"label_{language}", "") for language in LANGUAGES)
    return CodebookEntry(
        name=row.get("name") or next(filter(None, labels), "") or row.get("id"),
        description=row.get("description"),
        guid=row.get("guid"),
        color=colour(written),
        line=row.line,
        id=row.get("id"),
        dimension=row.get("dimension"),
        languages=languages,
    )


def _nested(
    entries: list[CodebookEntry], parents: list[str], name: str, problems: list[Problem]
) -> Iterator[CodebookEntry]:
    """The entries with the places of their parents."""
    by_id: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        by_name.setdefault(entry.name, []).append(place)
        if entry.id:
            by_id.setdefault(entry.id, []).append(place)
    for identity, places in by_id.items():
        for place in places[1:]:
            message = f"the id '{first_line(identity, 60)}' is that of line "
            message += f"{entries[places[0]].line} too"
            problems.append(Problem(name, entries[place].line, "same-id", message, "Keep one."))
    for entry, parent in zip(entries, parents, strict=True):
        if not parent:
            yield entry
            continue
        found = by_id.get(parent) or by_name.get(parent, [])
        if len(found) == 1:
            yield replace(entry, parent=found[0])
            continue
        yield entry
        said = first_line(parent, 60)
        if found:
            message, kind = f"the parent '{said}' is {len(found)} codes", "unclear-parent"
        else:
            message, kind = f"the parent '{said}' is not in the file", "unknown-parent"
        hint = "Name the parent by its id, or as it stands in the column name."
        problems.append(Problem(name, entry.line, kind, message, hint))


FORMAT = CodebookFormat("csv", "CSV", lambda text: not text.lstrip().startswith("<"), read)
