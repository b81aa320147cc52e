"""CSV with named columns: those of Zotero, of Scopus, and plain ones."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping

from pipeline.adding.formats.draft import Draft, Unusable, find_doi, page_range
from pipeline.adding.formats.format import Cut, Format, Found, gather
from pipeline.adding.formats.names import read_people
from pipeline.adding.formats.types import entry_type
from pipeline.cells import unguarded
from pipeline.problems import InputError, Problem

Row = dict[str, str]
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
    return {"title", "year"} <= set(_fields(_header(text)[0]).values())


def read(text: str, name: str) -> Found:
    """Every row. Raises InputError where the columns are not named as known."""
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
    skipped = len(text) - len(text.lstrip("\n"))
    reader = csv.reader(io.StringIO(text[skipped:], newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for number, row in enumerate(reader):
            start, line = line, reader.line_num + 1
            if number == 0 or not any(cell.strip() for cell in row):
                continue
            raw = delimiter.join(row)
            if len(row) > len(header):
                fault = Unusable("more cells than columns", "Put texts with commas in quotes.")
                yield Cut(start + skipped, raw, fault)
                continue
            values = {
                field: unguarded(row[place]) for place, field in fields.items() if place < len(row)
            }
            yield Cut(start + skipped, raw, values)
    except csv.Error as error:
        fault = Unusable(f"not CSV: {error}", "Look for a quotation mark that is not closed.")
        yield Cut(line + skipped, "", fault)


def _draft(row: Row) -> Draft:
    get = row.get
    # Scopus writes the id of each author behind the name.
    people = re.sub(r"\s*\(\d{6,}\)", "", get("authors", ""))
    authors, others = read_people([people])
    editors, _ = read_people([get("editors", "")])
    kind = entry_type(get("type", ""), "article" if get("container") else "misc")
    return Draft(
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


FORMAT = Format("csv", "CSV", (".csv", ".tsv"), sniff, read)
