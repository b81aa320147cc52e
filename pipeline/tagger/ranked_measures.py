"""How good scores are, whatever the threshold, each figure with its bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 1000
SEED = 20261127
FIRST = 3
BINS = 10
Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]
_Measure = Callable[[Truths, Numbers, Numbers], float]  # of answers, scores and weights of pairs


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, and where it lies in 95 % of samples of sources."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        return {name: round(getattr(self, name), 3) for name in ("value", "low", "high")}


@dataclass(frozen=True, slots=True)
class Ranked:
    """Of one code, or of all (`code` empty); None where nothing is coded.

    `in_first`: of the passages with a code, how many have a right one (this code) among the first
    three. `calibration`: how far scores lie from the share that is right, on average over pairs of
    a passage and a code, in ten steps of the score.
    """

    code: str
    f1: Figure | None
    average_precision: Figure | None
    in_first: Figure | None
    calibration: Figure | None


def ranked(
    codes: Sequence[str],
    answers: Sequence[frozenset[str]],
    scores: Sequence[dict[str, float]],
    suggested: Sequence[frozenset[str]],
    sources: Sequence[str],
) -> list[Ranked]:
    """The figures of each code and, as the last, of all. Samples are drawn of whole sources."""
    said = np.array([[code in row for code in codes] for row in answers], dtype=bool)
    given = np.array([[row.get(code, 0.0) for code in codes] for row in scores])
    shown = np.array([[code in row for code in codes] for row in suggested], dtype=bool)
    draws = _draws(sources)
    first = _in_first(given)
    found = []
    for place, code in enumerate([*codes, ""]):
        columns = slice(None) if not code else slice(place, place + 1)
        has, score, hit = said[:, columns], given[:, columns], shown[:, columns]
        right = np.any(has & first[:, columns], axis=1)
        coded: Truths = np.any(has, axis=1)
        width = has.shape[1]
        pairs = [np.repeat(draw, width) for draw in draws]
        found.append(
            Ranked(
                code,
                _figure(_f1, has.ravel(), hit.ravel().astype(float), pairs),
                _figure(_average_precision, has.ravel(), score.ravel(), pairs),
                _figure(_share, coded, right.astype(float), draws),
                _figure(_calibration, has.ravel(), score.ravel(), pairs),
            )
        )
    return found


def _draws(sources: Sequence[str]) -> list[Numbers]:
    """How often each passage counts: once, then as often as its source is drawn."""
    names, of = np.unique(np.array(sources), return_inverse=True)
    drawn = np.random.default_rng(SEED).multinomial(
        len(names), np.full(len(names), 1 / len(names)), SAMPLES
    )
    return [np.ones(len(of)), *(counts[of].astype(float) for counts in drawn)]


def _figure(
    measure: _Measure, answers: Truths, scores: Numbers, draws: Sequence[Numbers]
) -> Figure | None:
    if not answers.any():
        return None
    order = np.argsort(-scores, kind="stable")
    answers, scores = answers[order], scores[order]
    values = [measure(answers, scores, draw[order]) for draw in draws]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return Figure(float(values[0]), float(low), float(high))


def _f1(answers: Truths, shown: Numbers, weights: Numbers) -> float:
    below = weights @ (answers + shown)
    return float(2 * (weights @ (answers * shown)) / below) if below else np.nan


def _average_precision(answers: Truths, scores: Numbers, weights: Numbers) -> float:
    hits = weights * answers
    total = hits.sum()
    precision = np.cumsum(hits) / np.maximum(np.cumsum(weights), 1)
    return float(hits @ precision / total) if total else np.nan


def _share(coded: Truths, right: Numbers, weights: Numbers) -> float:
    below = weights @ coded
    return float(weights @ (coded * right) / below) if below else np.nan


def _calibration(answers: Truths, scores: Numbers, weights: Numbers) -> float:
    steps = np.minimum((scores * BINS).astype(int), BINS - 1)
    apart = np.bincount(steps, weights * (scores - answers), BINS)
    return float(np.abs(apart).sum() / weights.sum()) if weights.sum() else np.nan


def _in_first(scores: Numbers) -> Truths:
    places = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1)
    first: Truths = (places < FIRST) & (scores > 0)
    return first
