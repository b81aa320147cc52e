"""Pages of lines made into blocks: only running text, each block with page and heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import Outline, is_heading
from pipeline.sources.fulltexts.noise import (
    cells,
    heads_table,
    is_affiliation,
    is_caption,
    is_imprint,
    is_keywords,
    is_source,
    table_rows,
)
from pipeline.sources.fulltexts.running_heads import without_running_heads
from pipeline.sources.fulltexts.text_blocks import (
    Block,
    Page,
    PageStart,
    Reading,
    TextLine,
    compounds,
    unbroken,
)

_ENDS = ".!?:;…”\"'’)"
_SENTENCE = re.compile(r"[.!?]['\"”’)]?(?:\s|$)")
_BULLET = re.compile(r"\s*(?:[•◦▪‣●○■–—*·-]|\(?(?:\d{1,2}|[a-z])[.)])\s+")
_EDGE = 4  # lines at top and bottom of a page where imprints stand
_FRAGMENT = 25  # words up to which a paragraph without a full stop is no sentence, but a title


def read_pages(pages: Sequence[Page], options: Options) -> Reading:
    """Blocks of pages; with one page without label, paragraphs are counted instead."""
    composer = _Composer(options, "\n".join(line.text for page in pages for line in page.lines))
    for page in without_running_heads(pages):
        composer.page(page)
    blocks = [
        block
        for block in composer.blocks
        if not (composer.printed and _is_fragment(block.text)) and not is_affiliation(block.text)
    ]
    return Reading(blocks, headings=tuple(composer.outline.met), paged=composer.printed)


def _is_fragment(text: str) -> bool:
    """A title, a name, a cell: short, without a full stop, and no item of a list."""
    return (
        len(text.split()) <= _FRAGMENT
        and _SENTENCE.search(text) is None
        and text[-1:] not in _ENDS
        and _BULLET.match(text) is None
    )


class _Composer:
    """Puts paragraphs together over lines and pages."""

    def __init__(self, options: Options, text: str) -> None:
        self.blocks: list[Block] = []
        self.outline = Outline(options.skip)
        self.printed = False
        widths = [len(line) for line in text.split("\n") if len(line.split()) > 5]
        self._width = median(widths) if widths else 0
        self._known = compounds(text)
        self._page = Page("", ())
        self._count = 0
        self._lines: list[str] = []
        self._heading: list[str] = []
        self._front = True  # no heading of running text met yet
        self._last = (0, "")  # page and heading of the last block

    def page(self, page: Page) -> None:
        self._front = self._front and not self.printed
        self._page = page
        self.printed |= bool(page.label)
        rows = table_rows(page.lines)
        leaving = ""  # what is being left out
        for index, line in enumerate(page.lines):
            text = line.text.strip()
            if not text:
                self._flush()
                leaving = leaving if leaving == "table" else ""
                continue
            self._count += index == 0 or not page.lines[index - 1].text.strip()
            kind = "table" if index in rows else self._kind(page.lines, index)
            if kind == "heading":
                self._head(text, goes_on=False)
                leaving = ""
            elif kind == "more":
                self._head(text, goes_on=True)
            elif kind == "imprint":
                continue
            elif kind:
                self._flush()
                leaving = kind if kind == "table" or self._is_full(text) else ""
            elif not leaving or (leaving == "table" and self._runs(page.lines, index)):
                leaving = ""
                self._add(text)
            elif leaving != "table" and not self._is_full(text):
                leaving = ""
        self._flush()

    def _kind(self, lines: Sequence[TextLine], index: int) -> str:
        """What a line is, when it is not running text."""
        text = lines[index].text.strip()
        before, after = (_text(lines, place) for place in (index - 1, index + 1))
        starts = not before or not self._lines
        if starts and is_caption(text):
            return "table" if heads_table(text) else "caption"
        if starts and is_keywords(text):
            return "keywords"
        edge = index < _EDGE or index >= len(lines) - _EDGE
        if is_imprint(text) and (starts or edge):
            return "imprint"
        sure = is_heading(text, alone=False, front=True)
        if self._heading and before and lines[index].strong and not sure:
            return "more"
        open_before = bool(self._lines) and self._lines[-1][-1:] not in _ENDS
        if not open_before and is_heading(
            text,
            alone=not after and not before,
            strong=lines[index].strong,
            front=self._front and bool(self._page.label),
        ):
            return "heading"
        return ""

    def _is_full(self, text: str) -> bool:
        return len(text) >= 0.7 * self._width

    def _runs(self, lines: Sequence[TextLine], index: int) -> bool:
        """Whether running text begins again after a table."""
        text = lines[index].text.strip()
        if is_source(text) or len(cells(text)) > 2:
            return False
        whole = not _text(lines, index - 1) and len(text.split()) > 3 and text[-1] in ".!?"
        return whole or (self._is_full(text) and len(text.split()) > 5)

    def _add(self, text: str) -> None:
        self._close_heading()
        self._lines.append(text)

    def _head(self, text: str, goes_on: bool) -> None:
        """A heading may go on in the next line."""
        self._flush()
        if not goes_on:
            self._close_heading()
        self._front = False
        self._heading.append(text)

    def _close_heading(self) -> None:
        if self._heading:
            self.outline.enter(" ".join(self._heading))
            self._heading = []

    def _flush(self) -> None:
        """End the paragraph, or go on with the one before when that has no end yet."""
        lines, self._lines = self._lines, []
        text = unbroken("\n".join(lines), self._known)
        if not text or self.outline.silent:
            return
        heading = self.outline.heading
        if self._goes_on(text):
            last = self.blocks[-1]
            whole = unbroken(f"{last.text}\n{text}", self._known)
            pages = last.pages
            if pages[-1].number != self._page.number:
                pages = (*pages, self._start(len(whole) - len(text)))
            self.blocks[-1] = replace(last, text=whole, pages=pages)
        else:
            self.blocks.append(Block(text, heading, self._count, (self._start(0),)))
        self._last = (self._page.number, heading)

    def _start(self, at: int) -> PageStart:
        return PageStart(at, self._page.label, self._page.number)

    def _goes_on(self, text: str) -> bool:
        if not self.blocks or self._last[1] != self.outline.heading or _BULLET.match(text):
            return False
        last = self.blocks[-1].text
        turned = self._last[0] != self._page.number
        return last[-1] not in _ENDS and (turned or text[0].islower()) and not is_affiliation(last)


def _text(lines: Sequence[TextLine], index: int) -> str:
    return lines[index].text.strip() if 0 <= index < len(lines) else ""
