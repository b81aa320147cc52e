"""What each way of stopping would have done, on decisions that were made."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.model.stopping import Aim, enough, missed, most_left, run_of, unlikely

RUN = 50  # irrelevant ones in a row, after which many stop
SEED = 1  # of the draw in a simulation
Says = Callable[[Sequence[bool], int, Aim], bool]


@dataclass(frozen=True)
class Rule:
    """A way of stopping: whether to, from the decisions so far and how many are left.

    Between two relevant ones a rule that has said stop does not take it back. `promises`: it
    has a reason to hold. `sampled`: a random sample of the rest has to agree.
    """

    says: Says
    promises: bool
    sampled: bool = False


@dataclass(frozen=True)
class Trial:
    """Where a rule would have stopped; `at` is None where it would have gone on.

    `found` of the `known` relevant ones by then. Not `told` where it rests on candidates that
    nobody has decided.
    """

    rule: str
    aim: Aim
    at: int | None
    found: int
    known: int
    total: int
    told: bool = True

    @property
    def saved(self) -> float:
        """The share of all candidates that need not be looked at."""
        return 0.0 if self.at is None else 1 - self.at / self.total

    @property
    def reached(self) -> bool:
        """Whether the target was reached, as far as is known."""
        return 100 * self.found >= self.aim.target * self.known


def _tails(order: Sequence[bool], left: int, aim: Aim) -> bool:
    return missed(order, left, aim.target) <= aim.risk


def _bound(order: Sequence[bool], left: int, aim: Aim) -> bool:
    return unlikely(run_of(order), left, aim.fewest(sum(order)), aim)


def _run(order: Sequence[bool], left: int, aim: Aim) -> bool:
    return run_of(order) >= RUN


def _tenth(order: Sequence[bool], left: int, aim: Aim) -> bool:
    return 10 * run_of(order) >= len(order) + left


def _twentieth(order: Sequence[bool], left: int, aim: Aim) -> bool:
    return 20 * run_of(order) >= len(order) + left


def _half(order: Sequence[bool], left: int, aim: Aim) -> bool:
    return len(order) >= left


RULES: dict[str, Rule] = {
    "tails": Rule(_tails, True),
    "bound": Rule(_bound, True),
    "sample": Rule(_tenth, True, sampled=True),
    "run": Rule(_run, False),
    "twentieth": Rule(_twentieth, False),
    "half": Rule(_half, False),
}


@lru_cache(maxsize=64)
def simulate(order: tuple[bool, ...], left: int, aim: Aim, seed: int = SEED) -> tuple[Trial, ...]:
    """Every rule on decisions in the order made, looked at after each."""
    return tuple(_tried(name, rule, order, left, aim, seed) for name, rule in RULES.items())


def _tried(name: str, rule: Rule, order: Sequence[bool], left: int, aim: Aim, seed: int) -> Trial:
    total = len(order) + left
    at = _first(order, total, rule.says, aim)
    known = sum(order)
    if at is None or not rule.sampled:
        return Trial(name, aim, at, sum(order[:at]), known, total)
    found = sum(order[:at])
    size = enough(found, total - at, aim)
    drawn = random.Random(seed).sample(range(at, total), size)
    if any(place >= len(order) for place in drawn):
        return Trial(name, aim, None, known, known, total, told=False)
    seen = sum(order[place] for place in drawn)
    found += seen
    if most_left(seen, size, total - at - size, aim.risk) < aim.fewest(found):
        return Trial(name, aim, at + size, found, known, total)
    return Trial(name, aim, None, known, known, total)


def _first(order: Sequence[bool], total: int, says: Says, aim: Aim) -> int | None:
    """After how many decisions a rule first says stop."""

    def stops(moment: int) -> bool:
        return says(order[:moment], total - moment, aim)

    begin = 1
    for end in [*(place for place, relevant in enumerate(order) if relevant), len(order)]:
        # Decisions up to `end` and from `begin` on found nothing: what is said there stays said.
        if end >= begin and stops(end):
            low, high = begin, end
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if stops(middle) else (middle + 1, high)
            return low
        begin = end + 1
    return None
