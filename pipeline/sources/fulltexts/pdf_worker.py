"""pdfium at work, in a process of its own: python -m pipeline.sources.fulltexts.pdf_worker

A file may be made to hang, to fill the memory or to crash whoever opens it. Here that ends a
process that has nothing else to lose, at the latest when it has had its share.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from math import ceil
from pathlib import Path
from time import process_time

import msgspec
from pypdfium2 import PdfDocument, PdfiumError, raw

from pipeline.sources.fulltexts.page_drawing import letters, picture
from pipeline.sources.fulltexts.pdf_frames import Opened, Request, read_frame, write_frame
from pipeline.sources.fulltexts.pdf_letters import letters_of
from pipeline.sources.fulltexts.pdf_lines import set_page
from pipeline.sources.fulltexts.set_pages import SetPage
from pipeline.sources.fulltexts.text_lines import clean

SECONDS = 10  # of a processor until the next answer
MOST_PAGES = 20_000  # of a file; books have a thousand
FILE, PAGE = 30, 0.2  # seconds that all pages of a file may take, and more for each
MEMORY = 1_000_000_000  # bytes of addresses
_UNOPENED = {0: "it has no pages", 3: "it is damaged"}  # by what pdfium says of it
_LOCKED = (4, 5)  # a password is lacking, or it is encrypted otherwise
_FAULTS = (PdfiumError, MemoryError, ArithmeticError, LookupError, ValueError)
_packed = msgspec.msgpack.encode


def _lines(request: Request) -> Iterator[bytes]:
    start = process_time()
    try:
        document = PdfDocument(Path(request.path))
    except PdfiumError as error:
        fault = _UNOPENED.get(error.err_code, "it cannot be opened")
        yield _packed(Opened(fault=fault, locked=error.err_code in _LOCKED))
        return
    with document:
        count = len(document)
        if count > MOST_PAGES:
            yield _packed(Opened(fault=f"it claims to have {count} pages"))
            return
        labels = tuple(clean(document.get_page_label(index)) for index in range(count))
        form = document.get_formtype() == raw.FORMTYPE_XFA_FULL
        yield _packed(Opened(count, labels, form))
        for number in range(request.first, min(request.last or count, count) + 1):
            late = process_time() - start > FILE + PAGE * count
            yield _packed(None if late else _set_page(document, number))


def _set_page(document: PdfDocument, number: int) -> SetPage | None:
    try:
        with closing(document[number - 1]) as page:
            return set_page(letters_of(page))
    except _FAULTS:
        return None


def _drawn(request: Request) -> Iterator[bytes]:
    try:
        with PdfDocument(Path(request.path)) as document:
            page = document[request.first - 1]
            if request.work == "picture":
                yield picture(page, request.width)
            else:
                yield letters(document, page)
    except _FAULTS:
        yield b""


WORK: Mapping[str, Callable[[Request], Iterator[bytes]]] = {
    "lines": _lines,
    "letters": _drawn,
    "picture": _drawn,
}


def main() -> None:
    """Answer requests on standard input until there are no more."""
    _limit("RLIMIT_AS", MEMORY)
    _limit("RLIMIT_CORE", 0)
    while asked := read_frame(sys.stdin.buffer):
        request = msgspec.msgpack.decode(asked, type=Request)
        _limit("RLIMIT_CPU", ceil(process_time()) + SECONDS)
        for answer in WORK[request.work](request):
            write_frame(sys.stdout.buffer, answer)
            _limit("RLIMIT_CPU", ceil(process_time()) + SECONDS)


def _limit(name: str, most: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        kind = getattr(resource, name)
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


if __name__ == "__main__":
    main()
