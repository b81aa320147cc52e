"""Pages of lines made into blocks: paragraphs over lines and pages, what is none kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import Outline, is_heading, is_named, run_in, unnumbered
from pipeline.sources.fulltexts.line_measures import Measure, alike
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
_NO_LINE = TextLine("")


def read_pages(pages: Sequence[Page], options: Options) -> Reading:
    """Blocks of pages; with one page without label, paragraphs are counted instead."""
    composer = _Composer(options, [line for page in pages for line in page.lines])
    for page in without_running_heads(pages):
        composer.page(page)
    blocks = sifted(composer.blocks, composer.printed)
    return Reading(blocks, headings=tuple(composer.outline.met), paged=composer.printed)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A line in its place: its neighbours, and whether it begins a paragraph."""

    line: TextLine
    before: TextLine
    after: TextLine
    starts: bool
    edge: bool
    row: bool
    contents: bool

    @property
    def text(self) -> str:
        return self.line.text.strip()


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


@dataclass(frozen=True, slots=True)
class _Open:
    """A paragraph that may go on: the place of its block, its last line, where it stands."""

    place: int
    line: TextLine
    page: int
    heading: str


class _Composer:
    """Puts paragraphs together over lines and pages."""

    def __init__(self, options: Options, lines: Sequence[TextLine]) -> None:
        self.blocks: list[Block] = []
        self.outline = Outline(options.skip)
        self.printed = False
        self._measure = Measure.of(lines)
        self._known = compounds("\n".join(line.text for line in lines))
        self._page = Page("", ())
        self._count = 0
        self._lines: list[TextLine] = []
        self._heading: list[TextLine] = []
        self._aside: list[tuple[str, list[TextLine]]] = []  # why and lines of what is left out here
        self._leaving = ""  # what is being left out
        self._front = True  # no heading of running text met yet
        self._open: list[_Open] = []  # the last of each size

    def page(self, page: Page) -> None:
        self._front = self._front and not self.printed
        self._page = page
        self.printed |= bool(page.label)
        lines = [line for line in page.lines if not line.why]
        rows, contents = table_rows(lines), contents_rows(lines)
        self._leaving = ""
        for index, line in enumerate(lines):
            if not line.text.strip():
                self._flush()
                self._leaving = self._leaving if self._leaving == "table" else ""
                continue
            before, after = _line(lines, index - 1), _line(lines, index + 1)
            self._count += not before.text.strip()
            edge = index < _EDGE or index >= len(lines) - _EDGE
            starts = not before.text.strip() or not self._lines
            self._take(_Spot(line, before, after, starts, edge, index in rows, index in contents))
        self._flush()
        for line in page.lines:
            if line.why and line.text.strip():
                self._leave(line.why, line, goes_on=True)
        self._flush()

    def _take(self, spot: _Spot) -> None:
        line = spot.line
        why = next((why for why, fits in _KINDS.items() if fits(spot)), "")
        if why == "imprint" and not spot.starts:
            self._leave(why, line, goes_on=True)
        elif why:
            if self._leaving != why:
                self._flush()
            self._leave(why, line, goes_on=self._leaving == why == "table")
            self._leaving = why if why == "table" or self._may_go_on(line) else ""
        elif self._is_more(spot):
            self._heading.append(line)
        elif self._is_heading(spot):
            self._head(line)
        elif not self._leaving or (self._leaving == "table" and self._runs(spot)):
            self._leaving = ""
            self._add(line)
        else:
            self._leave(self._leaving, line, goes_on=True)
            if self._leaving != "table" and not self._may_go_on(line):
                self._leaving = ""

    def _may_go_on(self, line: TextLine) -> bool:
        """Whether what is left out may go on in the next line: it is full, or of its own size."""
        return self._measure.full(line) or not self._measure.usual(line)

    def _is_more(self, spot: _Spot) -> bool:
        """Whether a heading goes on in this line."""
        if not (self._heading and spot.before.text.strip() and spot.line.strong):
            return False
        last = self._heading[-1]
        return alike(last.size, spot.line.size) and not (
            is_named(last.text) or is_heading(spot.text, alone=False, front=True)
        )

    def _is_heading(self, spot: _Spot) -> bool:
        if self._lines and self._lines[-1].text.strip()[-1:] not in ENDS:
            return False
        if len(cells(unnumbered(spot.text))) > 1:
            return False
        table = self._leaving == "table"
        alone = not spot.after.text.strip() and not spot.before.text.strip()
        front = self._front and bool(self._page.label)
        return is_heading(
            spot.text,
            alone=alone and not table,
            strong=not table and (spot.line.strong or (not front and self._stands_over(spot))),
            front=front,
        )

    def _stands_over(self, spot: _Spot) -> bool:
        """Whether a line, set like the text under it or not, is short where that is full."""
        line, after = spot.line, spot.after
        if not line.size or not after.text.strip() or self._measure.small(line):
            return False
        if line.bold or line.italic:
            return not (after.bold or after.italic) and after.text.strip()[:1].isupper()
        return (
            self._measure.short(line)
            and self._measure.full(after)
            and alike(line.size, after.size)
            and abs(line.x - after.x) < line.size
            and after.text.strip()[:1].isupper()
        )

    def _runs(self, spot: _Spot) -> bool:
        """Whether running text begins again after a table."""
        text = spot.text
        if is_source(text) or len(cells(text)) > 2 or self._measure.small(spot.line):
            return False
        whole = not spot.before.text.strip() and len(text.split()) > 3 and text[-1] in ".!?"
        return whole or (self._measure.full(spot.line) and len(text.split()) > 5)

    def _add(self, line: TextLine) -> None:
        if self._lines and self._lines[-1].text.strip()[-1] in ".;)" and begins_entry(line.text):
            self._flush()
        self._close_heading()
        self._lines.append(line)

    def _head(self, line: TextLine) -> None:
        self._flush()
        self._close_heading()
        self._front = False
        self._leaving = ""
        self._heading.append(line)

    def _close_heading(self) -> None:
        if self._heading:
            self.outline.enter(" ".join(line.text.strip() for line in self._heading))
            self._heading = []

    def _leave(self, why: str, line: TextLine, goes_on: bool) -> None:
        """Keep a line that is no running text, with the lines before where it goes on with them."""
        if goes_on and self._aside and self._aside[-1][0] == why:
            self._aside[-1][1].append(line)
        else:
            self._aside.append((why, [line]))

    def _flush(self) -> None:
        """End the paragraph, or go on with the one before when that has no end yet."""
        lines, self._lines = self._lines, []
        if text := self._joined(lines):
            self._end(text, lines)
        for why, left in self._aside:
            self._append(self._joined(left), why)
        self._aside = []

    def _joined(self, lines: Sequence[TextLine]) -> str:
        return unbroken("\n".join(line.text.strip() for line in lines), self._known)

    def _end(self, text: str, lines: Sequence[TextLine]) -> None:
        before = self._before(text, lines[0])
        if before is not None:
            place = before.place
            last = self.blocks[place]
            whole = unbroken(f"{last.text}\n{text}", self._known)
            pages = last.pages
            if pages[-1].number != self._page.number:
                pages = (*pages, self._start(len(whole) - len(text)))
            self.blocks[place] = replace(last, text=whole, pages=pages)
        else:
            heading, text = run_in(text)
            if heading:
                self.outline.enter(heading)
            place = len(self.blocks)
            self._append(text, self.outline.why)
        line = lines[-1]
        self._open = [one for one in self._open if not alike(one.line.size, line.size)]
        self._open.append(_Open(place, line, self._page.number, self.outline.heading))

    def _append(self, text: str, why: str) -> None:
        start = (self._start(0),)
        self.blocks.append(Block(text, self.outline.heading, self._count, start, why))

    def _start(self, at: int) -> PageStart:
        return PageStart(at, self._page.label, self._page.number)

    def _before(self, text: str, line: TextLine) -> _Open | None:
        """The paragraph of this size that goes on with this text."""
        if BULLET.match(text):
            return None
        before = next((one for one in self._open if alike(one.line.size, line.size)), None)
        if before is None or before.heading != self.outline.heading:
            return None
        last = self.blocks[before.place].text
        if last[-1] in ENDS:
            return None
        far = before.page != self._page.number or before.place < len(self.blocks) - 1
        full = self._measure.full(before.line)
        return before if text[0].islower() or (far and full) else None


def _line(lines: Sequence[TextLine], index: int) -> TextLine:
    return lines[index] if 0 <= index < len(lines) else _NO_LINE
