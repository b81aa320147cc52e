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
_GARBLED = re.compile(r"[\ufffd\ue000-\uf8ff]|/g\d+|\(cid:\d+\)")


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
    text = "".join(page.text for page in pages.values())
    if failed and not text:
        raise _broken(name, "no page could be read", whole)
    _check_text(name, text, len(pages))
    body = body_size(pages.values())
    reading = read_pages(
        numbered(
            [Page("", lines_of(page, body), number) for number, page in pages.items()],
            [labels[number - 1] for number in pages],
        ),
        options,
    )
    problems = _doubts(name, pages, failed, whole)
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


def _check_text(name: str, text: str, count: int) -> None:
    garbled = len(_GARBLED.findall(text))
    if garbled * 5 > len(text.split()) + garbled:
        hint = "Its fonts hide their letters: print it to a new PDF, or run text recognition (OCR)."
        raise unusable(name, "garbled-pdf", "the letters of this PDF cannot be told", hint)
    if sum(map(str.isalpha, text)) < LEAST * max(count, 1):
        hint = "It seems to be scanned: run text recognition (OCR) on it first."
        raise unusable(name, "scanned-pdf", "this PDF holds hardly any text", hint)


def _doubts(name: str, pages: dict[int, SetPage], failed: list[int], whole: bool) -> list[Problem]:
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
    if len(blank) * 3 > len(pages):
        message = f"{len(blank)} of {len(pages)} pages hold hardly any text"
        hint = "If these are scanned, run text recognition (OCR) on the file."
        found.append(Problem(name, 0, "scanned-pages", message, hint, severity="warning"))
    return found
