"""What comes next: orders of a round's passages and studies, and how much may still be found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.desk.review.review_desk import Desk
from pipeline.model.answers import study_of
from pipeline.model.people import Round
from pipeline.model.records import Passage
from pipeline.model.scheme import Dimension


@dataclass(frozen=True)
class Order:
    """How a coder goes through a round."""

    name: str = "document"
    code: str = ""
    open_only: bool = True


@dataclass(frozen=True)
class QueueHint:
    """After `run` passages without the code, at most `most` of the `left` ones have it (95 %).

    Assumes that the passages left are no richer in the code than those of the run.
    """

    run: int
    left: int
    most: int


Key = Callable[[Desk, Dimension, str, str], float]


def _by_document(desk: Desk, dimension: Dimension, code: str, unit: str) -> float:
    return 0.0


def _by_uncertainty(desk: Desk, dimension: Dimension, code: str, unit: str) -> float:
    if unit in desk.studies:
        return math.inf
    likely = desk.tagger.likely(dimension)
    scores = desk.said.scores.get(unit, {})
    return min(
        (abs(scores[code.id] - likely) for code in dimension.codes if code.id in scores),
        default=1.0,
    )


def _by_score(desk: Desk, dimension: Dimension, code: str, unit: str) -> float:
    if unit in desk.studies:
        return math.inf
    return -desk.said.scores.get(unit, {}).get(code, 0.0)


ORDERS: Mapping[str, Key] = {
    "document": _by_document,
    "uncertainty": _by_uncertainty,
    "score": _by_score,
}


class Queue:
    """What all rounds ask about, in every order, worked out once for each.

    What is asked of a study as a whole comes after its passages; in orders by score, at the end.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[tuple[str, ...], tuple[list[str], dict[str, int]]] = {}
        self._passages = len(desk.passages)

    def forget(self) -> None:
        """Rounds have changed."""
        self._kept.clear()

    def units(self, item: Round, order: Order) -> list[str]:
        return self._sorted(item, order)[0]

    def next(self, item: Round, coder: str, order: Order, after: str = "") -> str | None:
        """The next passage or study, going round from `after`; None when nothing is left."""
        units, places = self._sorted(item, order)
        known = self._desk.passage_for(coder, after)
        last = known.sentences[-1] if known else after
        start = places.get(last, -1) + 1
        for place in (*range(start, len(units)), *range(start)):
            unit: str = units[place]
            if unit != after and not (order.open_only and self._desk.is_done(item, coder, unit)):
                return unit
        return None

    def hint(self, item: Round, coder: str, order: Order) -> QueueHint | None:
        """How unlikely more passages with the order's code are, from the coder's own answers."""
        if order.name != "score" or not order.code:
            return None
        run = left = 0
        for unit in self.units(item, order):
            if unit in self._desk.studies or unit in self._desk.joined[study_of(unit)]:
                continue
            if not self._desk.is_done(item, coder, unit):
                left += 1
                continue
            passage = self._desk.passages[unit]
            run = 0 if order.code in self._codes(item, coder, passage) else run + 1
        if not run or not left:
            return None
        return QueueHint(run, left, math.ceil(left * (1 - 0.05 ** (1 / run))))

    def _codes(self, item: Round, coder: str, passage: Passage) -> set[str]:
        """The codes of the evidence that a coder gave a passage, or one that joins it."""
        found: set[str] = set()
        for unit in (passage.id, *self._desk.over(item, coder, passage)):
            answer = self._desk.answers(coder, unit, item).get(self._desk.scheme.evidence)
            found |= (answer and answer.codes) or set()
        return found

    def _sorted(self, item: Round, order: Order) -> tuple[list[str], dict[str, int]]:
        if self._passages != len(self._desk.passages):  # some were left out meanwhile
            self.forget()
            self._passages = len(self._desk.passages)
        desk = self._desk
        to_check = (unit for study in desk.studies for unit in desk.joined_to_check(item, study))
        key = (item.id, order.name, order.code, *to_check)
        if key not in self._kept:
            dimension = desk.scheme.dimension(desk.scheme.evidence)
            value = ORDERS[order.name]
            units: list[str] = []
            for study in desk.studies:
                units += desk.asked_units(item, study)
            units.sort(key=lambda unit: value(desk, dimension, order.code, unit))
            self._kept[key] = (units, {unit: place for place, unit in enumerate(units)})
        return self._kept[key]
