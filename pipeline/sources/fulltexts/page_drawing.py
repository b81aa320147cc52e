"""One page of a PDF, drawn as a PNG, or its letters with their places."""

from __future__ import annotations

import ctypes
import json
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from math import sqrt

import pypdfium2.raw as pdfium
from pypdfium2 import PdfDocument, PdfPage

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
        if unicodedata.decomposition(sign).startswith("<super>"):
            bottom = (bottom + top) / 2
        corners = []
        for across, up in ((left, bottom), (right, top)):
            pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, across, up, x, y)
            corners.append((x.value, y.value))
        xs, ys = zip(*corners, strict=True)
        for part in parts:
            yield part, [min(xs), min(ys), max(xs), max(ys)]
