"""PDF: its pages as lines, with paragraphs, cells and headings seen by how they are set."""

from __future__ import annotations

import logging
import re
import struct
import zlib
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from pipeline.ground.problems import Problem
from pipeline.sources.fulltexts.fulltext_bytes import read_bytes
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.paged_text import read_pages
from pipeline.sources.fulltexts.text_blocks import Page, Reading, TextLine, clean, unusable

LEAST = 20  # letters a page of text has at least
LARGEST_PAGE = 3_000_000  # bytes that draw a page; pages of text take some thousands
_LABEL = re.compile(r"[\w.:-]{1,12}")
_NARROW = re.compile(r"[iljtfrI.,;:'’!|() -]")
_WIDE = re.compile(r"[mwA-HJ-Z@%—]")
_BOLD = re.compile(r"bold|black|heavy|semib|demi|cmbx", re.IGNORECASE)
_GARBLED = re.compile(r"[\ufffd\ue000-\uf8ff]|/g\d+|\(cid:\d+\)")
# pypdf meets broken files with any of these.
_BROKEN = (
    PyPdfError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text set in one go: where its line begins, its height in points, its weight."""

    text: str
    x: float
    y: float
    size: float
    bold: bool


def read_pdf(path: Path, name: str, options: Options) -> Reading:
    """Blocks by page and heading. Raises InputError for scanned, encrypted and broken files."""
    data = read_bytes(path, name)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    whole = b"%%EOF" in data[-2048:]
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError("a password is needed")
        count = len(reader.pages)
    except (FileNotDecryptedError, DependencyError):
        hint = "Save a copy without a password."
        raise unusable(name, "encrypted-pdf", "this PDF is encrypted", hint) from None
    except _BROKEN as error:
        raise _broken(name, str(error), whole) from None
    labels = _labels(reader, count)
    problems: list[Problem] = []
    pages: dict[int, list[_Piece]] = {}
    failed = []
    for number in range(1, count + 1):
        if options.keeps(number):
            try:
                page = reader.pages[number - 1]
                content = page.get_contents()
                if content is not None and len(content.get_data()) > LARGEST_PAGE:
                    failed.append(number)
                else:
                    pages[number] = _pieces(page)
            except _BROKEN:
                failed.append(number)
    if failed and not any(pages.values()):
        raise _broken(name, "no page could be read", whole)
    text = "".join(piece.text for pieces in pages.values() for piece in pieces)
    _check_text(name, text, len(pages))
    problems += _doubts(name, pages, failed, whole)
    body = _body_size(pages)
    reading = read_pages(
        [
            Page(labels[number - 1], _lines(pieces, body), number)
            for number, pieces in pages.items()
        ],
        options,
    )
    return Reading(reading.blocks, tuple(problems), reading.headings, paged=True)


def _broken(name: str, reason: str, whole: bool) -> Exception:
    if not whole:
        message = "not a readable PDF: its end is missing"
        return unusable(name, "broken-pdf", message, "Download or copy it again, to the end.")
    hint = "Open it in a PDF reader and print it to a new PDF."
    return unusable(name, "broken-pdf", f"not a readable PDF: {reason}", hint)


def _check_text(name: str, text: str, count: int) -> None:
    garbled = len(_GARBLED.findall(text))
    if garbled * 5 > len(text.split()) + garbled:
        hint = "Its fonts hide their letters: print it to a new PDF, or run text recognition (OCR)."
        raise unusable(name, "garbled-pdf", "the letters of this PDF cannot be told", hint)
    if sum(map(str.isalpha, text)) < LEAST * max(count, 1):
        hint = "It seems to be scanned: run text recognition (OCR) on it first."
        raise unusable(name, "scanned-pdf", "this PDF holds hardly any text", hint)


def _doubts(
    name: str, pages: dict[int, list[_Piece]], failed: list[int], whole: bool
) -> list[Problem]:
    """Warnings for what is missing from a file that could be read."""
    found = []
    blank = [
        number
        for number, pieces in pages.items()
        if sum(map(str.isalpha, "".join(piece.text for piece in pieces))) < LEAST
    ]
    if not whole:
        hint = "Download or copy it again if pages are missing."
        message = f"the end of this PDF is missing; {len(pages)} pages could be read"
        found.append(Problem(name, 0, "truncated-pdf", message, hint, severity="warning"))
    if failed:
        message = f"{len(failed)} pages cannot be read, the first is page {failed[0]} of the file"
        hint = "Open it in a PDF reader and print it to a new PDF."
        found.append(Problem(name, 0, "broken-page", message, hint, severity="warning"))
    if len(blank) * 3 > len(pages):
        message = f"{len(blank)} of {len(pages)} pages hold hardly any text"
        hint = "If these are scanned, run text recognition (OCR) on the file."
        found.append(Problem(name, 0, "scanned-pages", message, hint, severity="warning"))
    return found


def _labels(reader: PdfReader, count: int) -> list[str]:
    """The page numbers as printed, or counted where the file names none, or none that tell."""
    try:
        labels = list(reader.page_labels)
    except _BROKEN:
        labels = []
    if len(set(labels)) == count and all(_LABEL.fullmatch(label) for label in labels):
        return labels
    return [str(number) for number in range(1, count + 1)]


def _pieces(page: Any) -> list[_Piece]:
    """The text of a page in the order in which it is set; upright only, where there is such."""
    pieces: list[_Piece] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text:
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            height = abs(size * (tm[3] * cm[3] + tm[2] * cm[1])) or abs(size)
            bold = bool(font) and _BOLD.search(str(font.get("/BaseFont", ""))) is not None
            pieces.append(_Piece(text, x, y, height, bold))

    page.extract_text(orientations=(0,), visitor_text=visit)
    if not any(piece.text.strip() for piece in pieces):
        pieces.clear()
        page.extract_text(visitor_text=visit)
    return pieces


def _body_size(pages: dict[int, list[_Piece]]) -> float:
    """The size most letters are set in."""
    sizes: Counter[float] = Counter()
    for pieces in pages.values():
        for piece in pieces:
            sizes[round(piece.size, 1)] += len(piece.text.strip())
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def _lines(pieces: list[_Piece], body: float) -> tuple[TextLine, ...]:
    """Lines of pieces, with a blank one where the next stands further down or in another size."""
    rows: list[list[_Piece]] = [[]]
    for piece in pieces:
        if piece.text.strip():
            rows[-1].append(piece)
        if piece.text.endswith("\n"):
            rows.append([])
    rows = [row for row in rows if row]
    steps = [0.0, *(one[0].y - other[0].y for one, other in pairwise(rows))]
    down = [step for step in steps if 0 < step < 3 * max(body, 1)]
    usual = median(down) if down else body
    heavy = sum(piece.bold for row in rows for piece in row) * 2 > sum(map(len, rows))
    lines: list[TextLine] = []
    before = 0.0
    for row, step in zip(rows, steps, strict=False):
        size = max(piece.size for piece in row)
        if step > 1.35 * usual or abs(size - before) > 0.1 * before:
            lines.append(TextLine(""))
        before = size
        text = clean(_joined(row)).strip()
        strong = all(
            piece.size > 1.12 * body or (piece.bold and not heavy)
            for piece in row
            if any(map(str.isalpha, piece.text))
        )
        lines.append(TextLine(text, strong and any(map(str.isalpha, text))))
    return tuple(lines)


def _joined(row: list[_Piece]) -> str:
    """The pieces of a line; cells that stand far apart are set apart by three spaces."""
    text = ""
    end = slack = 0.0
    for piece in row:
        far = text and piece.x - end > piece.size + slack
        text = f"{text.rstrip()}   {piece.text.lstrip()}" if far else text + piece.text
        width = piece.size * _ems(piece.text.rstrip())
        end, slack = piece.x + width, 0.1 * width
    return text.replace("\n", "")


def _ems(text: str) -> float:
    """About how wide a text is, in its own size, whatever the font."""
    narrow, wide = len(_NARROW.findall(text)), len(_WIDE.findall(text))
    return 0.5 * len(text) - 0.22 * narrow + 0.2 * wide
