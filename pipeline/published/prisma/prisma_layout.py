"""Where the boxes of the flow diagram stand, how high they are, and which arrows join them.

Units are CSS pixels. Rows are as high as their fullest box; the columns of what was excluded
grow wider where many or long reasons would make a box very high.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model.prisma import EARLIER, MAIN, OTHER, OTHER_SIDE, ROWS, SIDE, Box, Flow, boxes
from pipeline.model.screening_texts import Wording
from pipeline.published.lettering import is_measured, width, wrap

SIZE, LINE = 12, 16  # of letters, and from line to line
PAD, INDENT = 9, 6  # inside a box, and where the further lines of an item begin
WIDTH, ASIDE, BETWEEN, BELOW = 228, 26, 30, 26  # of a box; gaps to side, to next way, to next row
NARROW = 176  # of a box that stands by itself
WIDER = (WIDTH, 320, 420)  # of boxes at the side: the first in which none has more lines than
MANY = 32
MARGIN, BAR = 14, 26  # around all, and width of the bars that name the phases
PHASES: Mapping[str, tuple[str, ...]] = {
    "identification": ROWS[:1],
    "screening": ROWS[1:-2],
    "included": ROWS[-2:],
}
# The columns that lead to the end, each with its column of exits.
SPINES: Mapping[str, tuple[str, ...]] = {EARLIER: (), MAIN: (SIDE,), OTHER: (OTHER_SIDE,)}

JOINS: Mapping[str, str] = {EARLIER: "all", OTHER: "included"}  # the row where a way meets the main


@dataclass(frozen=True)
class BoxLine:
    """A line of text and where it stands; `length` where it has to be kept to that."""

    text: str
    left: float
    baseline: float
    length: float


@dataclass(frozen=True)
class Placed:
    """A rectangle with its lines of text; each line begins so far from the left of the text."""

    name: str
    left: float
    top: float
    width: float
    height: float
    lines: tuple[tuple[str, float], ...]
    look: str = "box"

    @property
    def centre(self) -> float:
        return self.left + self.width / 2

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def written(self) -> Iterator[BoxLine]:
        """Its lines, one below the other in its middle."""
        top = self.middle - len(self.lines) * LINE / 2
        for place, (text, shift) in enumerate(self.lines):
            # Where Arial is missing, another typeface would run out of the box.
            length = width(text, SIZE) if is_measured(text) else 0.0
            # Letters stand on the baseline, which is about this far into the line.
            baseline = top + place * LINE + LINE * 0.75
            yield BoxLine(text, self.left + PAD + shift, baseline, length)


Arrow = tuple[tuple[float, float], ...]  # its corners; the head is at the last


@dataclass(frozen=True)
class Layout:
    """Everything to be drawn, and the size of the whole."""

    width: float
    height: float
    placed: tuple[Placed, ...]
    arrows: tuple[Arrow, ...]


def lay_out(flow: Flow, language: str) -> Layout:
    """The diagram of a flow: earlier studies and other methods only where there are any."""
    say = Wording(language)
    found = boxes(flow, language)
    for aside in WIDER:
        wide = {EARLIER: NARROW, MAIN: WIDTH, SIDE: aside, OTHER: WIDTH, OTHER_SIDE: aside}
        lines = {box.name: _lines(box, wide[box.column], say) for box in found}
        if max(map(len, lines.values())) <= MANY:
            break
    present = {box.row for box in found}
    phases = {phase: tuple(row for row in rows if row in present) for phase, rows in PHASES.items()}
    spines = [spine for spine in SPINES if any(box.column == spine for box in found)]
    left = _columns(wide, spines)
    headings = _headings(spines, left, wide, say)
    tops, heights = _rows(found, lines, headings[0].bottom + 18, phases, say)
    at = {}
    for box in found:
        text = lines[box.name]
        is_alone = phases["included"] == (box.row,)  # as high as the bar beside it
        at[box.row, box.column] = Placed(
            box.name, left[box.column], tops[box.row], wide[box.column],
            heights[box.row] if is_alone else _height(text), text, "open" if box.is_open else "box",
        )  # fmt: skip
    bars = [_bar(phase, rows, tops, heights, say) for phase, rows in phases.items()]
    return Layout(
        headings[-1].left + headings[-1].width + MARGIN,
        bars[-1].bottom + MARGIN,
        (*headings, *bars, *at.values()),
        tuple(_arrows(at, spines)),
    )


def _columns(wide: Mapping[str, int], spines: list[str]) -> dict[str, int]:
    """Where each column begins."""
    left: dict[str, int] = {}
    at = MARGIN + BAR + 12
    for spine in spines:
        for column in (spine, *SPINES[spine]):
            left[column] = at
            at += wide[column] + ASIDE
        at += BETWEEN - ASIDE
    return left


def _headings(
    spines: list[str], left: Mapping[str, int], wide: Mapping[str, int], say: Wording
) -> list[Placed]:
    """One above each way into the review, equally high."""
    ends = {spine: (spine, *SPINES[spine])[-1] for spine in spines}
    whole = {spine: left[end] + wide[end] - left[spine] for spine, end in ends.items()}
    texts = {
        spine: wrap(say(f"heading.{spine}"), whole[spine] - 2 * PAD, SIZE, bold=True)
        for spine in spines
    }
    high = max(len(text) for text in texts.values()) * LINE + 2 * PAD
    return [
        Placed(
            f"heading.{spine}", left[spine], MARGIN, whole[spine], high,
            tuple((line, 0.0) for line in texts[spine]), "heading",
        )
        for spine in spines
    ]  # fmt: skip


def _lines(box: Box, wide: int, say: Wording) -> tuple[tuple[str, float], ...]:
    room = wide - 2 * PAD
    label = f"{box.label} {_number(box.number, say)}"
    lines = [(line, 0.0) for line in wrap(label + ":" * bool(box.items), room, SIZE)]
    for text, number in box.items:
        item = wrap(f"{text} {_number(number, say)}".strip(), room - 2 * INDENT, SIZE)
        lines += [(line, INDENT * (2.0 if place else 1.0)) for place, line in enumerate(item)]
    return tuple(lines)


def _number(value: int, say: Wording) -> str:
    """Kept on one line."""
    return say("number", number=value).replace(" ", "\u00a0")


def _height(lines: tuple[tuple[str, float], ...]) -> float:
    return len(lines) * LINE + 2 * PAD


def _rows(
    found: list[Box],
    lines: Mapping[str, tuple[tuple[str, float], ...]],
    top: float,
    phases: Mapping[str, tuple[str, ...]],
    say: Wording,
) -> tuple[dict[str, float], dict[str, float]]:
    """Where each row begins and how high it is; a row without boxes takes no place."""
    tops, heights = {}, {}
    for phase, rows in phases.items():
        for row in rows:
            needed = [_height(lines[box.name]) for box in found if box.row == row]
            if rows == (row,):  # the bar beside it has to hold the name of the phase
                needed.append(width(say(f"phase.{phase}"), SIZE, bold=True) + 2 * PAD)
            tops[row], heights[row] = top, max(needed)
            top += heights[row] + BELOW
    return tops, heights


def _bar(
    phase: str,
    rows: tuple[str, ...],
    tops: Mapping[str, float],
    heights: Mapping[str, float],
    say: Wording,
) -> Placed:
    top = tops[rows[0]]
    height = tops[rows[-1]] + heights[rows[-1]] - top
    text = say(f"phase.{phase}")
    return Placed(f"phase.{phase}", MARGIN, top, BAR, height, ((text, 0.0),), "phase")


def _arrows(at: Mapping[tuple[str, str], Placed], spines: list[str]) -> list[Arrow]:
    arrows: list[Arrow] = []
    for spine in spines:
        trunk = [at[row, spine] for row in ROWS if (row, spine) in at]
        for upper, lower in pairwise(trunk):
            arrows.append(((upper.centre, upper.bottom), (lower.centre, lower.top)))
        for row, side in ((row, column) for column in SPINES[spine] for row in ROWS):
            exit_ = at.get((row, side))
            if exit_ is None:
                continue
            beside = at.get((row, spine))
            # From the box beside it or, where there is none, off the line that passes.
            start = beside.left + beside.width if beside else trunk[0].centre
            level = min(beside.middle, exit_.middle) if beside else exit_.middle
            arrows.append(((start, level), (exit_.left, level)))
        if spine != MAIN:
            last = at[JOINS[spine], MAIN]
            end = trunk[-1]
            edge = last.left if end.left < last.left else last.left + last.width
            corner = (end.centre, last.middle)
            arrows.append(((end.centre, end.bottom), corner, (edge, last.middle)))
    return arrows
