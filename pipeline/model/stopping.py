"""When to stop screening: what may still be missed, and under which assumption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.screening_texts import Wording


@dataclass(frozen=True)
class Aim:
    """How much shall be found, and how sure one wants to be of it; both in per cent."""

    target: int = 95
    confidence: int = 95

    @property
    def risk(self) -> float:
        """The chance of being wrong that is accepted."""
        return (100 - self.confidence) / 100

    def fewest(self, found: int) -> int:
        """The fewest relevant ones left with which less than the target would be found."""
        return found * 100 // self.target - found + 1


USUAL = Aim()


@dataclass(frozen=True)
class StoppingHint:
    """After `run` irrelevant ones in a row, at most `most` of the `left` ones are relevant.

    Assumes that those left are no richer in relevant studies than the run, and one look at a
    moment that the decisions did not choose.
    """

    run: int
    left: int
    found: int
    most: int
    confidence: int = USUAL.confidence

    @property
    def recall(self) -> float | None:
        """The least share of all relevant ones that is found; None where none may exist."""
        total = self.found + self.most
        return self.found / total if total else None

    def words(self, language: str) -> tuple[str, str]:
        """What the hint says, and what it assumes."""
        say = Wording(language)
        values = {"run": self.run, "left": self.left, "confidence": self.confidence}
        recall = least(self.found, self.most)
        said = say("stop.hint", **values, most=self.most, recall=recall)
        return said, say("stop.assumption", run=self.run)


def hint(order: Sequence[bool], left: int, aim: Aim = USUAL) -> StoppingHint | None:
    """From decisions in the order made (True: relevant) and how many candidates are left.

    None while the last one was relevant, before any decision, and when nothing is left.
    """
    run = run_of(order)
    if not run or left < 1:
        return None
    return StoppingHint(run, left, sum(order), most_left(0, run, left, aim.risk), aim.confidence)


def run_of(order: Sequence[bool]) -> int:
    """How many irrelevant ones in a row came last."""
    return next((place for place, found in enumerate(reversed(order)) if found), len(order))


def missed(order: Sequence[bool], left: int, target: int = USUAL.target) -> float:
    """How likely the decisions would look so, had less than `target` per cent been found.

    The p-value of Callaghan & Müller-Hansen (2020, Systematic Reviews 9:273): each tail of the
    decisions is taken for a random draw from itself and what is left, and the smallest of the
    hypergeometric chances counts.
    """
    # Imported here, since a build knows this module and never asks.
    import numpy as np
    from scipy.stats import hypergeom

    found = sum(order)
    fewest = Aim(target).fewest(found)
    if fewest > left:
        return 0.0
    # Of the tails with as many relevant ones the longest says most: it begins behind one.
    begins = np.array([0, *(place + 1 for place, relevant in enumerate(order) if relevant)])
    inside = found - np.arange(found + 1)
    drawn = len(order) - begins
    chances = hypergeom.cdf(inside, left + drawn, fewest + inside, drawn)
    return round(float(chances.min()), 12)


def most_left(seen: int, drawn: int, left: int, risk: float) -> int:
    """The most relevant ones that may be among those left, after `seen` among `drawn` at random.

    One more would make so few in the draw as unlikely as the risk, or more so.
    """
    low, high = 0, left
    while low < high:
        middle = (low + high + 1) // 2
        if _chance(seen, drawn, left, middle) > risk:
            low = middle
        else:
            high = middle - 1
    return low


def enough(found: int, rest: int, aim: Aim) -> int:
    """How many of the rest to draw, so that a sample without any relevant one shows the target."""
    fewest = aim.fewest(found)
    low, high = 0, rest
    while low < high:
        middle = (low + high) // 2
        if unlikely(middle, rest - middle, fewest, aim):
            high = middle
        else:
            low = middle + 1
    return low


def unlikely(drawn: int, left: int, relevant: int, aim: Aim) -> bool:
    """Whether none among those drawn at random rules out that so many relevant ones are left."""
    return _chance(0, drawn, left, relevant) <= aim.risk


def least(found: int, missed: int) -> int:
    """The share found in per cent; cut off, so that no more is promised than holds.

    Where none is relevant all are found.
    """
    return 100 * found // (found + missed) if found + missed else 100


def _chance(seen: int, drawn: int, left: int, relevant: int) -> float:
    """That at most `seen` come up in a random draw, were so many relevant ones left behind."""
    if relevant > left:
        return 0.0
    from scipy.stats import hypergeom

    # Rounded, so that a chance of exactly the risk is that.
    return round(float(hypergeom.cdf(seen, drawn + left, seen + relevant, drawn)), 12)
