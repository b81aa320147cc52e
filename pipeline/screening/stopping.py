"""When to stop screening: what may still be missed, and under which assumption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.screening.wording import Wording

RISK = 0.05  # of what is said here being wrong


@dataclass(frozen=True)
class Hint:
    """After `run` irrelevant ones in a row, at most `most` of the `left` ones are relevant (95 %).

    Assumes that those left are no richer in relevant studies than the run, and one look at a
    moment that the decisions did not choose.
    """

    run: int
    left: int
    found: int
    most: int

    @property
    def recall(self) -> float | None:
        """The least share of all relevant ones that is found; None where none may exist."""
        total = self.found + self.most
        return self.found / total if total else None

    def missed(self, target: float = 0.95) -> float:
        """How likely so long a run would be, had less than `target` of the relevant been found.

        The p-value of Callaghan & Müller-Hansen (2020, Systematic Reviews 9:273) with the run as
        urn: hypergeometric, for the fewest that would have to be left. 0 < `target` <= 1.
        """
        fewest = int(self.found / target - self.found + 1 + 1e-9)
        return _chance(self.run, self.left, fewest)

    def words(self, language: str) -> tuple[str, str]:
        """What the hint says, and what it assumes."""
        say = Wording(language)
        # Cut off rather than rounded, so that no more is promised than holds.
        recall = int(100 * (self.recall or 0.0) + 1e-9)
        said = say("stop.hint", run=self.run, left=self.left, most=self.most, recall=recall)
        return said, say("stop.assumption", run=self.run)


def hint(order: Sequence[bool], left: int) -> Hint | None:
    """From decisions in the order made (True: relevant) and how many candidates are left.

    None while the last one was relevant, before any decision, and when nothing is left.
    """
    run = next((place for place, found in enumerate(reversed(order)) if found), len(order))
    if not run or left < 1:
        return None
    return Hint(run, left, sum(order), _most(run, left))


def _chance(run: int, left: int, relevant: int) -> float:
    """That `run` drawn at random from run and left hold none of so many relevant ones."""
    if relevant > left:
        return 0.0
    # Imported here, since a build knows this module and never asks.
    from scipy.stats import hypergeom

    # Rounded, so that a chance of exactly the risk is that.
    return round(float(hypergeom.pmf(0, run + left, relevant, run)), 12)


def _most(run: int, left: int) -> int:
    """The most relevant ones that may be left with a chance of such a run above the risk.

    The exact form of `left * (1 - 0.05 ** (1 / run))`, which is up to a few too low.
    """
    low, high = 0, left
    while low < high:
        middle = (low + high + 1) // 2
        if _chance(run, left, middle) > RISK:
            low = middle
        else:
            high = middle - 1
    return low
