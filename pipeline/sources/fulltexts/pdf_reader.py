"""PDF: its pages as lines, with paragraphs, cells and headings seen by how they are set."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from pipeline.ground.problems import Problem
from pipeline.sources.fulltexts.fulltext_bytes import is_plain_text, read_bytes, wrong_kind
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.page_numbers import numbered
from pipeline.sources.fulltexts.paged_text import read_pages
from pipeline.sources.fulltexts.pdf_frames import Opened, Request
from pipeline.sources.fulltexts.pdf_process import Lost, PdfProcess
from pipeline.sources.fulltexts.set_pages import SetPage, body_size, lines_of
from pipeline.sources.fulltexts.text_blocks import Reading, unusable
from pipeline.sources.fulltexts.text_lines import Page

LEAST = 20  # letters a page of text has at least
PATIENCE = 60  # seconds for a page, however much else is going on
MOST_LOST = 3  # pages over which reading may be lost; then the others are left unread
_LOST = {"slow": "opening it takes too long", "broken": "what opens it breaks down over it"}
# A letter that cannot be told, within a word; alone it is the sign of an item.
_UNKNOWN = r"[\ufffd\ue000-\uf8ff]"
_GARBLED = re.compile(rf"\w{_UNKNOWN}|{_UNKNOWN}(?:\w|{_UNKNOWN})|/g\d+|\(cid:\d+\)")


def read_pdf(path: Path, name: str, options: Options) -> Reading:
    """Blocks by page and heading. Raises InputError for scanned, encrypted and broken files."""
    data = read_bytes(path, name)
    whole = b"%%EOF" in data[-2048:]
    opened, pages, failed = _pages(path, options)
    if opened.locked:
        hint = "Save a copy without a password."
        raise unusable(name, "encrypted-pdf", "this PDF is encrypted", hint)
    if opened.fault and is_plain_text(data):
        raise wrong_kind(path, name, "plain text", frozenset([".txt"]))
    if opened.fault:
        raise _broken(name, opened.fault, whole)
    if opened.form and opened.count == 1:
        message = "this PDF is a form (XFA): its page only asks to wait for what shows it"
        hint = "Open it in Adobe Acrobat Reader, and print it to a new PDF."
        raise unusable(name, "form-pdf", message, hint, "warning")
    if failed and not any(page.text for page in pages.values()):
        raise _broken(name, "no page could be read", whole)
    garbled = [number for number, page in pages.items() if _is_garbled(page.text)]
    _check_text(name, pages, len(garbled))
    problems = _doubts(name, pages, failed, garbled, whole)
    pages = {number: page for number, page in pages.items() if number not in garbled}
    body = body_size(pages.values())
    reading = read_pages(
        numbered(
            [Page("", lines_of(page, body), number) for number, page in pages.items()],
            [opened.labels[number - 1] for number in pages],
        ),
        options,
    )
    return Reading(reading.blocks, tuple(problems), reading.headings, paged=True)


def _pages(path: Path, options: Options) -> tuple[Opened, dict[int, SetPage], list[int]]:
    """What the file says of itself, each page that is kept, and those that cannot be read."""
    opened: Opened | None = None
    pages: dict[int, SetPage] = {}
    failed: list[int] = []
    lost, number, last = 0, options.from_page, options.from_page
    while number <= last and lost < MOST_LOST:
        with PdfProcess() as process:
            try:
                process.ask(Request("lines", str(path), number, options.to_page or 0))
                opened = msgspec.msgpack.decode(process.answer(PATIENCE), type=Opened)
                last = min(options.to_page or opened.count, opened.count)
                while number <= last:
                    page = msgspec.msgpack.decode(process.answer(PATIENCE), type=SetPage | None)
                    if page is None:
                        failed.append(number)
                    else:
                        pages[number] = page
                    number += 1
            except Lost as fault:
                if opened is None:
                    return Opened(fault=_LOST[fault.why]), {}, []
                lost += 1
                failed.append(number)
                number += 1
    return opened or Opened(), pages, [*failed, *range(number, last + 1)]


def _broken(name: str, reason: str, whole: bool) -> Exception:
    if not whole:
        message = "not a readable PDF: its end is missing"
        return unusable(name, "broken-pdf", message, "Download or copy it again, to the end.")
    hint = "Download it again; or open it in a PDF reader and print it to a new PDF."
    return unusable(name, "broken-pdf", f"not a readable PDF: {reason}", hint)


def _is_garbled(text: str) -> bool:
    """Whether the letters of more than a third of the words of a page cannot be told."""
    words = text.split()
    return 3 * sum(_GARBLED.search(word) is not None for word in words) > len(words)


def _check_text(name: str, pages: dict[int, SetPage], garbled: int) -> None:
    if 2 * garbled > sum(bool(page.text) for page in pages.values()):
        hint = "Its fonts hide their letters: print it to a new PDF, or run text recognition (OCR)."
        raise unusable(name, "garbled-pdf", "the letters of this PDF cannot be told", hint)
    letters = sum(char.isalpha() for page in pages.values() for char in page.text)
    if letters < LEAST * max(len(pages), 1):
        hint = "It seems to be scanned: run text recognition (OCR) on it first."
        raise unusable(name, "scanned-pdf", "this PDF holds hardly any text", hint)


def _doubts(
    name: str, pages: dict[int, SetPage], failed: list[int], garbled: list[int], whole: bool
) -> list[Problem]:
    """Warnings for what is missing from a file that could be read."""
    found = []
    blank = [number for number, page in pages.items() if sum(map(str.isalpha, page.text)) < LEAST]
    if not whole:
        hint = "Download or copy it again if pages are missing."
        message = f"the end of this PDF is missing; {len(pages)} pages could be read"
        found.append(Problem(name, 0, "truncated-pdf", message, hint, severity="warning"))
    if failed:
        message = f"{len(failed)} pages cannot be read, the first is page {failed[0]} of the file"
        hint = "Open it in a PDF reader and print it to a new PDF."
        found.append(Problem(name, 0, "broken-page", message, hint, severity="warning"))
    if garbled:
        message = (
            f"the letters of {len(garbled)} pages cannot be told, the first is page "
            f"{garbled[0]} of the file; they are left out"
        )
        hint = "If you need them, print the file to a new PDF, or run text recognition (OCR)."
        found.append(Problem(name, 0, "garbled-pages", message, hint, severity="warning"))
    if len(blank) * 3 > len(pages):
        message = f"{len(blank)} of {len(pages)} pages hold hardly any text"
        hint = "If these are scanned, run text recognition (OCR) on the file."
        found.append(Problem(name, 0, "scanned-pages", message, hint, severity="warning"))
    return found
