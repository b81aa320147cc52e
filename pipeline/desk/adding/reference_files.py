"""A file of references, whatever its format and encoding, as records on their way in."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from pipeline.desk.adding.formats import FORMATS
from pipeline.desk.adding.formats.plain_text import shown
from pipeline.desk.adding.formats.reference_format import MOST_RECORDS, ReferenceFormat, TooMany
from pipeline.desk.adding.incoming import Shipment
from pipeline.ground.allocation import garbage_left_alone
from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.text import foreign_text

MOST_BYTES = 250_000_000
_MAGIC = (
    (b"PK\x03\x04", "a ZIP file (or Word, Excel)"),
    (b"PK\x05\x06", "a ZIP file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"SQLite format 3", "a database"),
    (b"BZh", "a bzip2 file"),
    (b"7z\xbc\xaf", "a 7z file"),
)


def read_shipment(data: bytes, name: str, format: str | None = None) -> Shipment:
    """The records of a file. Raises InputError where the file as a whole cannot be used."""
    text = decode(data, name)
    if not text.strip():
        raise _refused(name, "empty", "this file is empty", "Export it again.")
    if format is not None and format not in FORMATS:
        raise _refused(
            name, "unknown-format", f"no format '{format}'", f"Formats are {', '.join(FORMATS)}."
        )
    chosen = FORMATS[format] if format is not None else _find(text, name)
    try:
        with garbage_left_alone():
            records, broken = chosen.read(text, name)
    except TooMany:
        message = f"more than {MOST_RECORDS:,} records"
        raise _refused(name, "too-many", message, "Export it in parts.") from None
    if not records and not broken:
        message = f"no record of {chosen.title} in it"
        raise _refused(name, "no-record", message, "Is it another format? Name it with --format.")
    digest = hashlib.sha256(data).hexdigest()
    return Shipment(name, chosen.name, tuple(records), tuple(broken), digest)


def decode(data: bytes, name: str) -> str:
    """The text of a file. Raises InputError for what is too large or no text."""
    if len(data) > MOST_BYTES:
        message = f"{len(data) / 1e6:,.0f} MB; files of up to {MOST_BYTES / 1e6:,.0f} MB are read"
        raise _refused(name, "too-large", message, "Export it in parts.")
    for magic, what in _MAGIC:
        if data.startswith(magic):
            hint = "Unpack it first, or export references as RIS or BibTeX."
            raise _refused(name, "not-text", f"this is {what}", hint)
    text = foreign_text(data).text
    if "\0" in text[:100_000]:
        hint = "Export references as RIS, BibTeX or CSV."
        raise _refused(name, "not-text", "it holds bytes that no text has", hint)
    return shown(text)


def _find(text: str, name: str) -> ReferenceFormat:
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
