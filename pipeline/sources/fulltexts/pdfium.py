"""pdfium, which reads and draws PDFs: one document at a time, since it bears no threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from pypdfium2 import PdfDocument, PdfiumError

Unreadable = PdfiumError  # what opening, reading and drawing raise
LOCKED = (
    4,
    5,
)  # the `err_code` of an `Unreadable` that lacks a password, or is encrypted otherwise
_ONE = RLock()


@contextmanager
def opened(source: Path | bytes) -> Iterator[PdfDocument]:
    """A document, closed with all of its pages; other threads wait until then.

    Nothing of it may be used outside. Raises `Unreadable`.
    """
    with _ONE, PdfDocument(source) as document:
        yield document
