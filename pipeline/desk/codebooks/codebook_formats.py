"""The formats of codebooks that can be read, found from what is in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.desk.codebooks import codebook_csv as csvfile
from pipeline.desk.codebooks import codebook_qdc as qdc
from pipeline.desk.codebooks.codebook import Codebook, CodebookFormat, faults
from pipeline.desk.codebooks.qda_xml import decode
from pipeline.desk.codebooks.qdpx_archive import is_project
from pipeline.desk.codebooks.qdpx_reader import read_project
from pipeline.ground.problems import InputError, Problem

LARGEST = 20 * 1024 * 1024
FORMATS: Mapping[str, CodebookFormat] = {item.name: item for item in (qdc.FORMAT, csvfile.FORMAT)}

_AGAIN = "Export the codebook alone, as REFI-QDA codebook (.qdc) or as CSV."
# How files begin that hold codes but cannot be read, or are often taken for them.
REFUSED: Mapping[bytes, tuple[str, str]] = {
    b"PK\x03\x04": ("zip", "a ZIP archive"),
    b"PK\x05\x06": ("zip", "an empty ZIP archive"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("not-text", "an old Office or project file"),
    b"SQLite format 3\0": ("not-text", "a database (of QualCoder, Taguette or another program)"),
    b"%PDF-": ("not-text", "a PDF"),
    b"{\\rtf": ("not-text", "an RTF document"),
    b"\x1f\x8b": ("not-text", "a compressed file"),
}
# What an archive is, by a name that stands in it.
ARCHIVES: Mapping[bytes, tuple[str, str, str]] = {
    b"xl/workbook.xml": ("zip", "an Excel workbook", "Save the sheet with the codes as CSV."),
    b"word/document.xml": ("zip", "a Word document", _AGAIN),
}


def read_codebook(data: bytes, name: str) -> Codebook:
    """The codebook in a file; `name` is how problems call it. InputError with all that is wrong.

    At most 20 MB and 10,000 codes, or a project (.qdpx) with its own limits. Its warnings say what
    was left out or guessed.
    """
    if is_project(data):
        book = read_project(data, name).book
        if not book.entries:
            raise InputError(faults(book.entries, name))
        return book
    if len(data) > LARGEST:
        message = f"{len(data) / 1024 / 1024:.0f} MB, more than {LARGEST // 1024 // 1024}"
        raise InputError([Problem(name, 0, "too-large", message, "Is this a codebook?")])
    for start, (kind, what) in REFUSED.items():
        if data.startswith(start):
            raise InputError([_refusal(data, name, kind, what)])
    text, warnings = decode(data, name)
    if not text.strip():
        raise InputError([Problem(name, 0, "empty", "the file is empty", _AGAIN)])
    book = next(item for item in FORMATS.values() if item.fits(text)).read(text, name)
    return replace(book, warnings=(*warnings, *book.warnings))


def _refusal(data: bytes, name: str, kind: str, what: str) -> Problem:
    if kind == "zip":
        for part, said in ARCHIVES.items():
            if part in data:
                return Problem(name, 0, said[0], f"this is {said[1]}", said[2])
    return Problem(name, 0, kind, f"this is {what}", _AGAIN)
