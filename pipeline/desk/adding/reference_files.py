"""A file of references, whatever its format and encoding, as records on their way in."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import PurePath

from pipeline.desk.adding.formats import FORMATS
from pipeline.desk.adding.formats.csv_reader import Sampled, known_columns_of, sampled
from pipeline.desk.adding.formats.plain_text import shown
from pipeline.desk.adding.formats.reference_format import (
    MOST_RECORDS,
    ByHand,
    ReferenceFormat,
    TooMany,
)
from pipeline.desk.adding.formats.spreadsheets import is_workbook, sheet_text
from pipeline.desk.adding.incoming import Shipment
from pipeline.ground.allocation import garbage_left_alone
from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.text import foreign_text

MOST_BYTES = 250_000_000
_MAGIC = (
    (b"PK\x03\x04", "a ZIP file (or Word)"),
    (b"PK\x05\x06", "a ZIP file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"SQLite format 3", "a database"),
    (b"BZh", "a bzip2 file"),
    (b"7z\xbc\xaf", "a 7z file"),
)


def read_shipment(
    data: bytes, name: str, format: str | None = None, by_hand: ByHand | None = None
) -> Shipment:
    """The records of a file; `by_hand` says which columns of a table hold what.

    Raises InputError where the file as a whole cannot be used.
    """
    by_hand = by_hand or {}
    text = decode(data, name, by_hand)
    if not text.strip():
        raise _refused(name, "empty", "this file is empty", "Export it again.")
    if format is not None and format not in FORMATS:
        raise _refused(
            name, "unknown-format", f"no format '{format}'", f"Formats are {', '.join(FORMATS)}."
        )
    chosen = FORMATS[format] if format is not None else _find(text, name, by_hand)
    left_out: tuple[str, ...] = ()
    try:
        with garbage_left_alone():
            if chosen.read_by_hand:
                (records, broken), columns = chosen.read_by_hand(text, name, by_hand)
                left_out = columns.left_out
            else:
                records, broken = chosen.read(text, name)
    except TooMany:
        message = f"more than {MOST_RECORDS:,} records"
        raise _refused(name, "too-many", message, "Export it in parts.") from None
    if not records and not broken:
        message = f"no record of {chosen.title} in it"
        raise _refused(name, "no-record", message, "Is it another format? Name it with --format.")
    digest = hashlib.sha256(data).hexdigest()
    return Shipment(name, chosen.name, tuple(records), tuple(broken), digest, left_out)


def read_columns(data: bytes, name: str) -> Sampled | None:
    """The columns of a file with what stands in them; None for one that is no table.

    Raises InputError where the file as a whole cannot be used.
    """
    text = decode(data, name)
    return sampled(text) if _find(text, name, {}).read_by_hand else None


def decode(data: bytes, name: str, by_hand: ByHand | None = None) -> str:
    """The text of a file, or of a sheet of a workbook. Raises InputError for what is neither."""
    if len(data) > MOST_BYTES:
        message = f"{len(data) / 1e6:,.0f} MB; files of up to {MOST_BYTES / 1e6:,.0f} MB are read"
        raise _refused(name, "too-large", message, "Export it in parts.")
    if is_workbook(data):
        return shown(sheet_text(data, name, partial(known_columns_of, by_hand=by_hand or {})))
    for magic, what in _MAGIC:
        if data.startswith(magic):
            hint = "Unpack it, or export references as RIS or BibTeX; save a sheet as .xlsx or CSV."
            raise _refused(name, "not-text", f"this is {what}", hint)
    text = foreign_text(data).text
    if "\0" in text[:100_000]:
        hint = "Export references as RIS, BibTeX or CSV."
        raise _refused(name, "not-text", "it holds bytes that no text has", hint)
    return shown(text)


def _find(text: str, name: str, by_hand: ByHand) -> ReferenceFormat:
    if by_hand:
        return next(item for item in FORMATS.values() if item.read_by_hand)
    suffix = PurePath(name).suffix.lower()
    fitting = [item for item in FORMATS.values() if item.sniff(text)]
    by_name = [item for item in fitting if suffix in item.extensions]
    if by_name or fitting:
        return (by_name or fitting)[0]
    # A name of its own says what it should be, and the reader what is wrong with it.
    named = [item for item in FORMATS.values() if suffix in item.extensions and suffix != ".txt"]
    if named:
        return named[0]
    titles = ", ".join(item.title for item in FORMATS.values())
    problem = Problem(
        name,
        1,
        "unknown-format",
        "this looks like no format of references",
        f"Known are {titles}.",
        first_line(text),
    )
    raise InputError([problem])


def _refused(name: str, kind: str, message: str, hint: str) -> InputError:
    return InputError([Problem(name, 0, kind, message, hint)])
