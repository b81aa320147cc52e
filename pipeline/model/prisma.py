"""The flow of records through a review, as the boxes of a PRISMA 2020 flow diagram.

Page et al. 2021, BMJ 372:n71: the diagram for new reviews, with databases, registers and other
methods; where studies were in the review before, that for updated ones, which leads them past
screening. A living review adds, dashed, what is not screened or assessed yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from pipeline.ground.texts import clean
from pipeline.model.screening_texts import Wording

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Flow:
    """How many records came from where, and what became of them; one report is one study.

    Labels of sources and reasons are in the language of the diagram already.
    """

    earlier: Counts = ()  # studies that are in the review without being screened here
    sources: Counts = ()
    other_sources: Counts = ()
    duplicates: int = 0
    seen_before: int = 0  # duplicates of studies that were here before their file was imported
    unreadable: int = 0
    left_out: int = 0  # by hand, before screening
    screened: int = 0
    excluded: Counts = ()  # on title and abstract, by reason
    awaiting: int = 0  # not screened yet
    sought: int = 0
    not_retrieved: int = 0
    awaiting_full: int = 0  # sought, neither given up nor assessed yet
    assessed: int = 0
    excluded_full: Counts = ()
    other_sought: int = 0
    other_not_retrieved: int = 0
    other_awaiting_full: int = 0
    other_assessed: int = 0
    other_excluded: Counts = ()
    included_new: int = 0
    included_other: int = 0
    included: int = 0

    @property
    def identified(self) -> int:
        return total(self.sources)

    @property
    def newly_included(self) -> int:
        return self.included_new + self.included_other

    def faults(self, language: str = "en") -> Iterator[str]:
        """A sentence for each sum that does not come out, and for each number below zero."""
        say = Wording(language)
        for what, number in self._numbers(say):
            if number < 0:
                yield say("fault.negative", what=what, number=number)
        for name, left, right in self._sums():
            if left != right:
                yield say(f"fault.{name}", left=left, right=right)

    def _numbers(self, say: Wording) -> Iterator[tuple[str, int]]:
        for field in fields(self):
            value = getattr(self, field.name)
            key = field.name.removeprefix("other_")
            yield from ((say(key), value),) if isinstance(value, int) else value

    def _sums(self) -> Iterator[tuple[str, int, int]]:
        """What has to be equal: (key of the fault, what came in, what is said of it)."""
        waiting = self.screened + self.awaiting
        gone = self.duplicates + self.unreadable + self.left_out
        yield "records", self.identified - gone, waiting
        yield "sought", self.screened - total(self.excluded), self.sought
        arrived = self.sought - self.not_retrieved - self.awaiting_full
        yield "assessed", arrived, self.assessed
        yield "included_new", self.assessed - total(self.excluded_full), self.included_new
        yield "other_sought", total(self.other_sources), self.other_sought
        arrived = self.other_sought - self.other_not_retrieved - self.other_awaiting_full
        yield "other_assessed", arrived, self.other_assessed
        kept = self.other_assessed - total(self.other_excluded)
        yield "included_other", kept, self.included_other
        yield "included", self.newly_included + total(self.earlier), self.included


def total(counts: Counts) -> int:
    return sum(number for _, number in counts)


@dataclass(frozen=True)
class Box:
    """One box: its number, and the parts it is made of. Open boxes are work to be done."""

    name: str
    row: str
    column: str
    label: str
    number: int
    items: Counts
    is_open: bool


ROWS = (
    "identified", "awaiting", "screened", "sought", "awaiting_full", "assessed", "included", "all"
)  # fmt: skip
EARLIER, MAIN, SIDE, OTHER, OTHER_SIDE = ("earlier", "main", "side", "other", "other_side")
WAYS = {SIDE: MAIN, OTHER_SIDE: OTHER}  # what was left out belongs to the way it was found


def boxes(flow: Flow, language: str) -> list[Box]:
    """The boxes in the order of reading; earlier studies and other methods where there are any."""
    say = Wording(language)

    def box(text: str, row: str, column: str, number: int, items: Counts = ()) -> Box:
        name = f"other_{text}" if column in (OTHER, OTHER_SIDE) else text
        kept = tuple((clean(label), n) for label, n in items)
        return Box(name, row, column, say(text), number, kept, text.startswith("awaiting"))

    seen = ((say("seen_before"), flow.seen_before),) if flow.seen_before else ()
    left = ((say("left_out"), flow.left_out),) if flow.left_out else ()
    unreadable = (say("unreadable"), flow.unreadable)
    removed: Counts = ((say("duplicates"), flow.duplicates), *seen, unreadable, *left)
    gone = flow.duplicates + flow.unreadable + flow.left_out
    both = (say("included_new"), flow.included_new), (say("included_other"), flow.included_other)
    found = []
    if flow.earlier:
        found.append(box("earlier", "identified", EARLIER, total(flow.earlier), flow.earlier))
    found += [
        box("identified", "identified", MAIN, flow.identified, flow.sources),
        box("removed", "identified", SIDE, gone, removed),
        box("awaiting", "awaiting", SIDE, flow.awaiting),
        box("screened", "screened", MAIN, flow.screened),
        box("excluded", "screened", SIDE, total(flow.excluded), flow.excluded),
        box("sought", "sought", MAIN, flow.sought),
        box("not_retrieved", "sought", SIDE, flow.not_retrieved),
        box("awaiting_full", "awaiting_full", SIDE, flow.awaiting_full),
        box("assessed", "assessed", MAIN, flow.assessed),
        box("excluded_full", "assessed", SIDE, total(flow.excluded_full), flow.excluded_full),
    ]
    if flow.other_sources:
        found += [
            box("identified", "identified", OTHER, total(flow.other_sources), flow.other_sources),
            box("sought", "sought", OTHER, flow.other_sought),
            box("not_retrieved", "sought", OTHER_SIDE, flow.other_not_retrieved),
            box("awaiting_full", "awaiting_full", OTHER_SIDE, flow.other_awaiting_full),
            box("assessed", "assessed", OTHER, flow.other_assessed),
            box(
                "excluded_full", "assessed", OTHER_SIDE,
                total(flow.other_excluded), flow.other_excluded,
            ),
        ]  # fmt: skip
    items = both if flow.other_sources else ()
    label = "newly_included" if flow.earlier else "included"
    found.append(box(label, "included", MAIN, flow.newly_included, items))
    if flow.earlier:
        found.append(box("all", "all", MAIN, flow.included))
    return [item for item in found if item.number or not item.is_open]


def in_words(flow: Flow, language: str) -> str:
    """The whole flow as sentences, for those who do not see the diagram."""
    say = Wording(language)
    said: list[str] = []
    column = ""
    for box in boxes(flow, language):
        way = WAYS.get(box.column, box.column)
        if way != column and box.row not in ROWS[-2:]:
            said.append(f"{say(f'heading.{way}')}:")
            column = way
        parts = "; ".join(f"{label} {say('number', number=n)}".strip() for label, n in box.items)
        number = say("number", number=box.number)
        said.append(f"{box.label} {number}{': ' if parts else ''}{parts}.")
    return " ".join(said)
