"""Pages of lines made into blocks: paragraphs over lines and pages, what is none kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import Outline, before_text, is_named, leading, run_in
from pipeline.sources.fulltexts.line_kinds import (
    KINDS,
    Spot,
    before_references,
    heads,
    is_footnote,
    is_more,
    is_title,
    line_at,
    runs_again,
)
from pipeline.sources.fulltexts.line_measures import (
    Measure,
    alike,
    apart,
    by_setting,
    follows,
    led,
)
from pipeline.sources.fulltexts.noise import (
    LONG,
    contents_rows,
    is_caption,
    is_list_of_contents,
    table_rows,
)
from pipeline.sources.fulltexts.running_heads import without_running_heads
from pipeline.sources.fulltexts.sifting import (
    ABSTRACT,
    BULLET,
    ENDS,
    begins_anew,
    is_abstract,
    is_fragment,
    is_told,
    sifted,
)
from pipeline.sources.fulltexts.text_blocks import Block, PageStart, Reading, compounds, unbroken
from pipeline.sources.fulltexts.text_lines import Page, TextLine

_GROW = ("table", "contents")  # what is one block over all its lines
_EDGE = 4  # lines at top and bottom of a page where imprints stand
_LONGEST = 20_000  # characters of a paragraph without end; what follows begins another


def read_pages(pages: Sequence[Page], options: Options) -> Reading:
    """Blocks of pages; with one page without label, paragraphs are counted instead."""
    composer = _Composer(options, [line for page in pages for line in page.lines])
    for page in without_running_heads(pages, composer.measure):
        composer.page(page)
    composer.close()
    blocks = sifted(composer.blocks, composer.printed)
    return Reading(blocks, headings=tuple(composer.outline.met), paged=composer.printed)


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
        self.measure = Measure.of(before_references(lines))
        self._known = compounds("\n".join(line.text for line in lines))
        self._page = Page("", ())
        self._largest = 0.0  # size of lines of this page
        self._first = 0  # the first page that is read
        self._count = 0
        self._lines: list[TextLine] = []
        self._heading: list[TextLine] = []
        self._small = False  # the heading, and what stands under it
        self._aside: list[tuple[str, list[TextLine]]] = []  # why and lines of what is left out here
        self._leaving = ""  # what is being left out
        self._captioned = False  # a table that is being left out goes on over blank lines
        self._front = True  # no heading of running text met yet
        self._open: list[_Open] = []  # the last of each size

    def page(self, page: Page) -> None:
        self._front = self._front and not self.printed
        self._page = page
        self._largest = max((line.size for line in page.lines), default=0.0)
        self._first = self._first or page.number
        if page.label:
            self.outline.turn_page(is_list_of_contents(page.lines))
        self.printed |= bool(page.label)
        lines = by_setting([line for line in page.lines if not line.why])
        rows, listed = table_rows(lines), contents_rows(lines)
        self._leaving = ""
        for index, line in enumerate(lines):
            if not line.text.strip():
                self._flush()
                self._leaving = self._leaving if self._captioned else ""
                continue
            before, after = line_at(lines, index - 1), line_at(lines, index + 1)
            self._count += not before.text.strip()
            edge = index < _EDGE or index >= len(lines) - _EDGE
            starts = not before.text.strip() or not self._lines or apart(line, before)
            under = next((one for one in lines[index + 1 : index + 3] if one.text.strip()), after)
            row, contents = index in rows, index in listed
            self._take(Spot(line, before, after, under, starts, edge, row, contents))
        self._flush()
        for line in page.lines:
            if line.why and line.text.strip():
                self._leave(line.why, line, goes_on=True)
        self._flush()

    def close(self) -> None:
        """No more lines of a heading follow."""
        if self._heading:
            self.outline.enter(
                " ".join(line.text.strip() for line in self._heading), small=self._small
            )
            self._heading = []

    def _take(self, spot: Spot) -> None:
        line = spot.line
        short = len(line.text) < LONG
        why = next((why for why, fits in KINDS.items() if short and fits(spot)), "")
        if why == "imprint" and not spot.starts:
            self._leave(why, line, goes_on=True)
        elif why:
            self._captioned = why == "table" and (
                (self._leaving == "table" and self._captioned) or is_caption(spot.text)
            )
            grows = (
                why in _GROW and not self._lines and [one for one, _ in self._aside[-1:]] == [why]
            )
            if not grows:
                self._flush()
            if why == "contents":
                self.close()
            self._leave(why, line, goes_on=bool(grows))
            self._leaving = why if why == "table" or self._may_go_on(line) else ""
        elif is_more(spot, self._heading) or (short and self._is_heading(spot)):
            self._head(spot)
        elif not self._leaving or (self._leaving == "table" and runs_again(spot, self.measure)):
            self._leaving = ""
            self._add(line)
        else:
            self._leave(self._leaving, line, goes_on=True)
            if self._leaving != "table" and not self._may_go_on(line):
                self._leaving = ""

    def _may_go_on(self, line: TextLine) -> bool:
        """Whether what is left out may go on in the next line: it is full, or of its own size."""
        return self.measure.full(line) or not self.measure.usual(line)

    def _is_heading(self, spot: Spot) -> bool:
        if self._lines and self._lines[-1].text.strip()[-1:] not in ENDS:
            return False
        text = spot.text
        sure = spot.line.strong or is_named(text)
        if not sure and (self.outline.why == "references" or not self.outline.counts_on(text)):
            return False
        waiting = None if sure else self._waiting(spot.line)
        if waiting and follows(spot.line, waiting.line) and self.measure.full(waiting.line):
            return False
        if (
            not is_named(text)
            and self._page.number == self._first
            and is_title(spot.line, self._largest, self.measure)
        ):
            self._front = True
        front = self._front and bool(self._page.label)
        return heads(spot, self.measure, front, in_table=self._leaving == "table")

    def _add(self, line: TextLine) -> None:
        if self._lines and begins_anew(line.text, self._lines[0].text, self._lines[-1].text):
            self._flush()
        self.close()
        self._lines.append(line)

    def _head(self, spot: Spot) -> None:
        line = spot.line
        self._small = self.measure.small(line) and self.measure.small(spot.under)
        if is_more(spot, self._heading):
            self._heading.append(line)
            return
        self._flush()
        self.close()
        self._front = self._front and before_text(line.text)
        self._leaving = ""
        self._heading.append(line)

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
            # Only where they meet can a word be divided: the whole is not gone through again.
            begun, space, word = last.text.rpartition(" ")
            whole = begun + space + unbroken(f"{word}\n{text}", self._known)
            pages = last.pages
            if pages[-1].number != self._page.number:
                pages = (*pages, self._start(len(whole) - len(text)))
            self.blocks[place] = replace(last, text=whole, pages=pages)
        else:
            if self._small and self.measure.usual(lines[0]):
                self.outline.leave_box()
            if self.outline.why == "contents" and is_told(text):
                self.outline.leave_contents()
            text = self._below(text, lines)
            place = len(self.blocks)
            note = is_footnote(lines[0], self._page, self.measure)
            why = self.outline.why or ("footnote" if note else "")
            self._append(text, why, ABSTRACT if self._is_abstract(text, lines) else "")
        line = lines[-1]
        self._open = [one for one in self._open if not alike(one.line.size, line.size)]
        self._open.append(_Open(place, line, self._page.number, self.outline.heading))

    def _below(self, text: str, lines: Sequence[TextLine]) -> str:
        """The paragraph without the heading it begins with, under which the outline goes on."""
        heading, rest = run_in(text)
        if not (heading or self.outline.abstract):
            heading, rest = leading(text, len("".join(self._joined(led(lines)).split())))
            if heading and self._front and self.printed and not self.outline.heading:
                heading, rest = ABSTRACT, text  # "Background: …", the first part of an abstract
        if heading:
            self.outline.enter(heading)
        return rest

    def _append(self, text: str, why: str, heading: str = "") -> None:
        heading = heading or self.outline.heading
        self.blocks.append(Block(text, heading, self._count, (self._start(0),), why))

    def _is_abstract(self, text: str, lines: Sequence[TextLine]) -> bool:
        """A long paragraph before all headings, in a size or weight of its own."""
        if self.outline.heading or not self._front or not self._page.label:
            return False
        own = all(line.bold or not self.measure.usual(line) for line in lines)
        return own and is_abstract(text)

    def _start(self, at: int) -> PageStart:
        return PageStart(at, self._page.label, self._page.number)

    def _waiting(self, line: TextLine) -> _Open | None:
        """The paragraph of this size that has no end yet."""
        found = next(
            (
                one
                for one in reversed(self._open)
                if alike(one.line.size, line.size) or (one.line.lead and follows(line, one.line))
            ),
            None,
        )
        if found is None or found.heading != self.outline.heading:
            return None
        text = self.blocks[found.place].text
        return None if text[-1] in ENDS or len(text) > _LONGEST else found

    def _before(self, text: str, line: TextLine) -> _Open | None:
        """The paragraph that goes on with this text."""
        before = None if BULLET.match(text) or run_in(text)[0] else self._waiting(line)
        if before is None or text[0].islower():
            return before
        if not self.measure.full(before.line):
            return None
        far = before.page != self._page.number or before.place < len(self.blocks) - 1
        far = far and not is_fragment(self.blocks[before.place].text)
        return before if far or follows(line, before.line) else None
