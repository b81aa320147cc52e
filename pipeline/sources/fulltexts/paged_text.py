"""Pages of lines made into blocks: paragraphs over lines and pages, what is none kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import Outline, is_heading, is_named, run_in
from pipeline.sources.fulltexts.noise import (
    cells,
    contents_rows,
    heads_table,
    is_caption,
    is_imprint,
    is_keywords,
    is_source,
    table_rows,
    without_running_heads,
)
from pipeline.sources.fulltexts.sifting import BULLET, ENDS, begins_entry, sifted
from pipeline.sources.fulltexts.text_blocks import (
    Block,
    Page,
    PageStart,
    Reading,
    TextLine,
    compounds,
    unbroken,
)

_EDGE = 4  # lines at top and bottom of a page where imprints stand


def read_pages(pages: Sequence[Page], options: Options) -> Reading:
    """Blocks of pages; with one page without label, paragraphs are counted instead."""
    composer = _Composer(options, "\n".join(line.text for page in pages for line in page.lines))
    for page in without_running_heads(pages):
        composer.page(page)
    blocks = sifted(composer.blocks, composer.printed)
    return Reading(blocks, headings=tuple(composer.outline.met), paged=composer.printed)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A line in its place: its neighbours, and whether it begins a paragraph."""

    text: str
    before: str
    after: str
    starts: bool
    edge: bool
    row: bool
    contents: bool


# What a line is that is no running text; the first that fits is told.
_KINDS: Mapping[str, Callable[[_Spot], bool]] = {
    "contents": lambda spot: spot.contents,
    "table": lambda spot: (
        spot.row or (spot.starts and is_caption(spot.text) and heads_table(spot.text))
    ),
    "caption": lambda spot: spot.starts and is_caption(spot.text),
    "keywords": lambda spot: spot.starts and is_keywords(spot.text),
    "imprint": lambda spot: (spot.starts or spot.edge) and is_imprint(spot.text),
}


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
        self._aside: list[tuple[str, list[str]]] = []  # why and lines of what is left out here
        self._leaving = ""  # what is being left out
        self._front = True  # no heading of running text met yet
        self._open = -1  # the block that may go on
        self._turned = (0, "")  # page and heading where it ended

    def page(self, page: Page) -> None:
        self._front = self._front and not self.printed
        self._page = page
        self.printed |= bool(page.label)
        lines = [line for line in page.lines if not line.why]
        rows, contents = table_rows(lines), contents_rows(lines)
        self._leaving = ""
        for index, line in enumerate(lines):
            text = line.text.strip()
            if not text:
                self._flush()
                self._leaving = self._leaving if self._leaving == "table" else ""
                continue
            before, after = _text(lines, index - 1), _text(lines, index + 1)
            self._count += not before
            edge = index < _EDGE or index >= len(lines) - _EDGE
            starts = not before or not self._lines
            spot = _Spot(text, before, after, starts, edge, index in rows, index in contents)
            self._line(spot, line.strong)
        self._flush()
        for line in page.lines:
            if line.why and line.text.strip():
                self._leave(line.why, line.text.strip(), goes_on=True)
        self._flush()

    def _line(self, spot: _Spot, strong: bool) -> None:
        text = spot.text
        why = next((why for why, fits in _KINDS.items() if fits(spot)), "")
        if why == "imprint" and not spot.starts:
            self._leave(why, text, goes_on=True)
        elif why:
            if self._leaving != why:
                self._flush()
            self._leave(why, text, goes_on=self._leaving == why == "table")
            self._leaving = why if why == "table" or self._is_full(text) else ""
        elif self._is_more(spot, strong):
            self._heading.append(text)
        elif self._is_heading(spot, strong):
            self._head(text)
        elif not self._leaving or (self._leaving == "table" and self._runs(spot)):
            self._leaving = ""
            self._add(text)
        else:
            self._leave(self._leaving, text, goes_on=True)
            if self._leaving != "table" and not self._is_full(text):
                self._leaving = ""

    def _is_more(self, spot: _Spot, strong: bool) -> bool:
        """Whether a heading goes on in this line."""
        return bool(self._heading and spot.before and strong) and not (
            is_named(self._heading[-1]) or is_heading(spot.text, alone=False, front=True)
        )

    def _is_heading(self, spot: _Spot, strong: bool) -> bool:
        if self._lines and self._lines[-1][-1:] not in ENDS:
            return False
        table = self._leaving == "table"
        return len(cells(spot.text)) < 2 and is_heading(
            spot.text,
            alone=not spot.after and not spot.before and not table,
            strong=strong and not table,
            front=self._front and bool(self._page.label),
        )

    def _is_full(self, text: str) -> bool:
        return len(text) >= 0.7 * self._width

    def _runs(self, spot: _Spot) -> bool:
        """Whether running text begins again after a table."""
        text = spot.text
        if is_source(text) or len(cells(text)) > 2:
            return False
        whole = not spot.before and len(text.split()) > 3 and text[-1] in ".!?"
        return whole or (self._is_full(text) and len(text.split()) > 5)

    def _add(self, text: str) -> None:
        if self._lines and self._lines[-1][-1] in ".;)" and begins_entry(text):
            self._flush()
        self._close_heading()
        self._lines.append(text)

    def _head(self, text: str) -> None:
        self._flush()
        self._close_heading()
        self._front = False
        self._leaving = ""
        self._heading.append(text)

    def _close_heading(self) -> None:
        if self._heading:
            self.outline.enter(" ".join(self._heading))
            self._heading = []

    def _leave(self, why: str, text: str, goes_on: bool) -> None:
        """Keep a line that is no running text, with the lines before where it goes on with them."""
        if goes_on and self._aside and self._aside[-1][0] == why:
            self._aside[-1][1].append(text)
        else:
            self._aside.append((why, [text]))

    def _flush(self) -> None:
        """End the paragraph, or go on with the one before when that has no end yet."""
        lines, self._lines = self._lines, []
        if text := unbroken("\n".join(lines), self._known):
            self._end(text)
        for why, left in self._aside:
            self._append(unbroken("\n".join(left), self._known), why)
        self._aside = []

    def _end(self, text: str) -> None:
        if self._goes_on(text):
            last = self.blocks[self._open]
            whole = unbroken(f"{last.text}\n{text}", self._known)
            pages = last.pages
            if pages[-1].number != self._page.number:
                pages = (*pages, self._start(len(whole) - len(text)))
            self.blocks[self._open] = replace(last, text=whole, pages=pages)
        else:
            heading, text = run_in(text)
            if heading:
                self.outline.enter(heading)
            self._open = len(self.blocks)
            self._append(text, self.outline.why)
        self._turned = (self._page.number, self.outline.heading)

    def _append(self, text: str, why: str) -> None:
        start = (self._start(0),)
        self.blocks.append(Block(text, self.outline.heading, self._count, start, why))

    def _start(self, at: int) -> PageStart:
        return PageStart(at, self._page.label, self._page.number)

    def _goes_on(self, text: str) -> bool:
        if self._open < 0 or self._turned[1] != self.outline.heading or BULLET.match(text):
            return False
        last = self.blocks[self._open].text
        turned = self._turned[0] != self._page.number
        return last[-1] not in ENDS and (turned or text[0].islower())


def _text(lines: Sequence[TextLine], index: int) -> str:
    return lines[index].text.strip() if 0 <= index < len(lines) else ""
