"""The pages of a Word document: what stands above and below each, and pages that lie across."""

from __future__ import annotations

import copy
from typing import Any

from docx.oxml.ns import qn

from pipeline.published.report.document_parts import ReportDocument
from pipeline.published.report.text_runs import Run
from pipeline.published.report.wordparts import Parts, W, add
from pipeline.published.report_texts import Wording

HELD = "\x1f"  # where a number will stand


def number_pages(made: Any, parts: Parts, document: ReportDocument) -> None:
    """The title above each page and its number below, but not on a first page of its own."""
    (section,) = made.sections
    section.different_first_page_header_footer = bool(document.front)
    for name, place in (("Header", section.header), ("Footer", section.footer)):
        place.is_linked_to_previous = False
        for given in place._element.findall(W + "p"):
            place._element.remove(given)
        line = parts.paragraph(name, place._element)
        if name == "Header":
            parts.write(line, (Run(document.title),))
            continue
        add(line[0], "jc", val="right")
        words = Wording(document.language)("page", page=HELD, pages=HELD).split(HELD)
        for text, field in zip(words, ("PAGE", "NUMPAGES", ""), strict=True):
            if text:
                parts.write(line, (Run(text),))
            if field:
                parts.field(line, field, "1")


def end_section(parts: Parts, across: bool) -> None:
    """End the pages so far with the last paragraph: upright ones, or such as lie across."""
    last = parts.body.find(W + "sectPr")
    ended = copy.deepcopy(last)
    first = last.find(W + "titlePg")
    if first is not None:  # only the first of all pages is one
        last.remove(first)
    if across:
        size = ended.find(W + "pgSz")
        wide, high = size.get(qn("w:w")), size.get(qn("w:h"))
        size.set(qn("w:w"), high)
        size.set(qn("w:h"), wide)
        size.set(qn("w:orient"), "landscape")
    paragraph = last.getprevious()
    paragraph.find(W + "pPr").append(ended)


def update_on_opening(made: Any) -> None:
    """Have Word ask, once, whether to put the numbers of pages into the contents."""
    compat = made.settings.element.find(W + "compat")
    compat.addprevious(made.settings.element.makeelement(W + "updateFields", {W + "val": "true"}))
