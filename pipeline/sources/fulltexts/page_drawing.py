"""One page of a PDF, drawn, or its letters with their places: a program of its own.

python -m pipeline.sources.fulltexts.page_drawing FILE PAGE WIDTH     the page as a PNG, so wide
python -m pipeline.sources.fulltexts.page_drawing FILE PAGE 0         its letters, as JSON

A file may be made to hang, to fill the memory or to crash whoever draws it; here that ends a
process that nobody waits for, at the latest when it has had its share.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import struct
import sys
import unicodedata
import zlib
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

import pypdfium2.raw as pdfium
from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from pipeline.sources.fulltexts.pdfium import opened

SECONDS = 10  # of a processor
MEMORY = 1_000_000_000  # bytes of addresses
LARGEST = 4_000_000  # pixels of a picture
COLOURED = 3_000_000  # bytes of a picture in colours; a larger one is made grey
MOST = 100_000  # characters of a page
_TENTHS = 10  # of a point


def picture(page: PdfPage, width: int) -> bytes:
    """A page as a PNG, as wide as this, or less where it would be too long."""
    across, down = page.get_size()
    scale = min(width / across, sqrt(LARGEST / (across * down)))
    drawn = b""
    for grey in (False, True):
        bitmap = page.render(scale=scale, grayscale=grey, rev_byteorder=True)
        row, step = bitmap.width * bitmap.n_channels, bitmap.stride
        data = bytes(bitmap.buffer)
        lines = (b"\0" + data[n * step : n * step + row] for n in range(bitmap.height))
        drawn = _png(bitmap.width, bitmap.height, bitmap.n_channels == 1, b"".join(lines))
        if len(drawn) <= COLOURED:
            break
    return drawn


def _png(width: int, height: int, grey: bool, lines: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        length, check = len(data), zlib.crc32(name + data)
        return struct.pack(">I", length) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 0 if grey else 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 3)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def letters(document: PdfDocument, page: PdfPage) -> bytes:
    """The letters of a page and where they stand, as `page_letters.PageLetters` has them."""
    width, height = (round(size * _TENTHS) for size in page.get_size())
    found = list(_letters(page, width, height))
    told = {
        "pages": len(document),
        "width": width,
        "height": height,
        "letters": "".join(letter for letter, _ in found),
        "boxes": [box for _, box in found],
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _letters(page: PdfPage, width: int, height: int) -> Iterator[tuple[str, list[int]]]:
    text = page.get_textpage()
    x, y = ctypes.c_int(), ctypes.c_int()
    for index in range(min(text.count_chars(), MOST)):
        sign = chr(pdfium.FPDFText_GetUnicode(text, index))
        parts = [part for part in unicodedata.normalize("NFKD", sign) if part.isalnum()]
        if not parts:
            continue
        left, bottom, right, top = text.get_charbox(index, loose=True)
        corners = []
        for across, up in ((left, bottom), (right, top)):
            pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, across, up, x, y)
            corners.append((x.value, y.value))
        xs, ys = zip(*corners, strict=True)
        for part in parts:
            yield part, [min(xs), min(ys), max(xs), max(ys)]


def main(path: str, number: str, width: str) -> int:
    """Write what is asked for to standard output; 1 where it cannot be had."""
    _bounded()
    try:
        with opened(Path(path)) as document:
            page = document[int(number) - 1]
            made = picture(page, int(width)) if int(width) else letters(document, page)
    except (PdfiumError, MemoryError, ArithmeticError, LookupError, ValueError):
        return 1
    sys.stdout.buffer.write(made)
    return 0


def _bounded() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
