"""PDF: its pages as lines, with paragraphs, cells and headings seen by how they are set."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from pipeline.ground.problems import Problem
from pipeline.sources.fulltexts.fulltext_bytes import read_bytes
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.page_numbers import numbered
from pipeline.sources.fulltexts.paged_text import read_pages
from pipeline.sources.fulltexts.pdf_letters import letters_of
from pipeline.sources.fulltexts.pdf_lines import SetPage, body_size, lines_of, set_page
from pipeline.sources.fulltexts.pdfium import LOCKED, Unreadable, opened
from pipeline.sources.fulltexts.text_blocks import Page, Reading, unusable

LEAST = 20  # letters a page of text has at least
# A letter that cannot be told, within a word; alone it is the sign of an item.
_UNKNOWN = r"[\ufffd\ue000-\uf8ff]"
_GARBLED = re.compile(rf"\w{_UNKNOWN}|{_UNKNOWN}(?:\w|{_UNKNOWN})|/g\d+|\(cid:\d+\)")


def read_pdf(path: Path, name: str, options: Options) -> Reading:
    """Blocks by page and heading. Raises InputError for scanned, encrypted and broken files."""
    data = read_bytes(path, name)
    whole = b"%%EOF" in data[-2048:]
    try:
        pages, failed, labels = _pages(data, options)
    except Unreadable as error:
        if error.err_code in LOCKED:
            hint = "Save a copy without a password."
            raise unusable(name, "encrypted-pdf", "this PDF is encrypted", hint) from None
        raise _broken(name, str(error), whole) from None
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
            [labels[number - 1] for number in pages],
        ),
        options,
    )
    return Reading(reading.blocks, tuple(problems), reading.headings, paged=True)


def _pages(data: bytes, options: Options) -> tuple[dict[int, SetPage], list[int], list[str]]:
    """Each page that is kept, the pages that cannot be read, and all labels."""
    pages: dict[int, SetPage] = {}
    failed = []
    with opened(data) as document:
        count = len(document)
        for number in range(1, count + 1):
            if options.keeps(number):
                try:
                    with closing(document[number - 1]) as page:
                        pages[number] = set_page(letters_of(page))
                except Unreadable:
                    failed.append(number)
        labels = [document.get_page_label(index) for index in range(count)]
    return pages, failed, labels


def _broken(name: str, reason: str, whole: bool) -> Exception:
    if not whole:
        message = "not a readable PDF: its end is missing"
        return unusable(name, "broken-pdf", message, "Download or copy it again, to the end.")
    hint = "Open it in a PDF reader and print it to a new PDF."
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
