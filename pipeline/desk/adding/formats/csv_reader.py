"""CSV with named columns: those of Zotero, of Scopus, and plain ones."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.record_draft import RecordDraft, Unusable, find_doi, page_range
from pipeline.desk.adding.formats.reference_format import Cut, Found, ReferenceFormat, gather
from pipeline.ground.formulas import unguarded
from pipeline.ground.problems import InputError, Problem

Row = dict[str, str]
_SEPARATOR = re.compile(r"\A\s*\"?sep=.\"?[ \t]*\n", re.IGNORECASE)  # a line for Excel alone
# Columns by what they are; names are compared in lower case, without signs and blanks.
COLUMNS: Mapping[str, str] = {
    "title": "title articletitle documenttitle",
    "authors": "authors author authorfullnames authornames creators",
    "editors": "editors editor",
    "year": "year publicationyear pubyear date publicationdate published",
    "container": "journal journaltitle sourcetitle publicationtitle source container booktitle",
    "volume": "volume vol",
    "number": "issue number no",
    "pages": "pages page pagerange",
    "first": "pagestart startpage",
    "last": "pageend endpage",
    "doi": "doi",
    "url": "url link links",
    "abstract": "abstract abstractnote",
    "keywords": "keywords authorkeywords manualtags tags",
    "publisher": "publisher",
    "language": "language languageoforiginaldocument",
    "type": "type itemtype documenttype publicationtype",
    "key": "key citekey citationkey id",
    "issn": "issn",
    "isbn": "isbn",
    "pmid": "pmid pubmedid",
}
_BY_NAME = {name: field for field, names in COLUMNS.items() for name in names.split()}
NEEDED = ("title", "year", "authors")


def sniff(text: str) -> bool:
    """Whether the first line names columns that a reference needs."""
    return {"title", "year"} <= set(_fields(_header(_SEPARATOR.sub("\n", text))[0]).values())


def read(text: str, name: str) -> Found:
    """Every row. Raises InputError where the columns are not named as known."""
    text = _SEPARATOR.sub("\n", text)
    header, delimiter = _header(text)
    fields = _fields(header)
    missing = [field for field in NEEDED if field not in fields.values()]
    if missing:
        hint = f"Columns known: {', '.join(' or '.join(n.split()[:2]) for n in COLUMNS.values())}."
        message = f"no column for {', '.join(missing)}"
        raise InputError([Problem(name, 1, "bad-header", message, hint)])
    return gather(_cuts(text, header, fields, delimiter), _draft)


def _header(text: str) -> tuple[list[str], str]:
    head = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        row = next(csv.reader([head], delimiter=delimiter), [])
    except csv.Error:
        row = []
    return [cell.strip() for cell in row], delimiter


def _fields(header: list[str]) -> dict[int, str]:
    """Fields by their column; the first column of a field counts."""
    found: dict[int, str] = {}
    # "Author full names" says more than "Authors" where a file has both.
    order = sorted(range(len(header)), key=lambda place: "full" not in header[place].lower())
    for place in order:
        letters = re.sub(r"[^a-z]", "", header[place].lower())
        field = _BY_NAME.get(letters)
        if field and field not in found.values():
            found[place] = field
    return found


def _cuts(
    text: str, header: list[str], fields: Mapping[int, str], delimiter: str
) -> Iterator[Cut[Row]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    lines = text.split("\n")
    place = len(text) - len(text.lstrip("\n"))
    place += 1  # behind the header
    added = 0  # lines that were parted
    while place < len(lines):
        if joined := _joined(lines[place], delimiter, len(header)):
            lines[place : place + 1] = joined
            added += 1
        row, end, fault = _row(lines, place, delimiter)
        within = range(place + 1, end if row is not None else len(lines))
        if row is None or len(row) > len(header) or end - place > 1:
            # A quotation mark too many or too few takes in what comes after: a line that is a
            # whole row by itself begins a record again.
            again = next((n for n in within if _is_whole(lines, n, delimiter, len(header))), None)
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
        if len(row) > len(header):
            hint = "Put texts with commas in quotes."
            yield Cut(start, raw, Unusable("more cells than columns", hint))
            continue
        values = {
            field: unguarded(row[column]) for column, field in fields.items() if column < len(row)
        }
        yield Cut(start, raw, values)


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


_SEAM = re.compile(r'"[ ]*"')


def _is_whole(lines: Sequence[str], place: int, delimiter: str, width: int) -> bool:
    """Whether a row of just this width begins in a line, and ends soon."""
    row, _, _ = _row(lines, place, delimiter, most=40)
    return row is not None and len(row) == width > 1


def _draft(row: Row) -> RecordDraft:
    get = row.get
    # Scopus writes the id of each author behind the name.
    people = re.sub(r"\s*\(\d{6,}\)", "", get("authors", ""))
    authors, others = read_people([people])
    editors, _ = read_people([get("editors", "")])
    kind = entry_type(get("type", ""), "article" if get("container") else "misc")
    return RecordDraft(
        type=kind,
        title=get("title", ""),
        authors=authors,
        editors=editors,
        and_others=others,
        dates=(get("year", ""),),
        container=get("container", ""),
        volume=get("volume", ""),
        number=get("number", ""),
        pages=get("pages", "") or page_range(get("first", ""), get("last", "")),
        publisher=get("publisher", ""),
        doi=find_doi(get("doi", ""), get("url", "")),
        url=get("url", ""),
        language=get("language", ""),
        abstract=get("abstract", ""),
        keywords=[get("keywords", "")],
        key=get("key", ""),
        others={name: get(name, "") for name in ("issn", "isbn", "pmid")},
    )


FORMAT = ReferenceFormat("csv", "CSV", (".csv", ".tsv"), sniff, read)
