"""From which scores codes are shown: likely, possible, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pipeline.tagger.readers.averaged_reader import Calibration, log_odds
from pipeline.tagger.readers.reader import Scores

MOST_POSSIBLE = 3
FOUND = 0.9  # share of the codes that coders gave which are likely or possible, at least
ROUNDED = 3


def possible_codes(
    scores: Mapping[str, float], codes: Iterable[str], likely: Iterable[str], least: float
) -> tuple[str, ...]:
    """Up to three codes that are not likely but possible, the first ones first."""
    left = {code: scores.get(code, 0.0) for code in codes} | dict.fromkeys(likely, 0.0)
    ranked = sorted(left, key=lambda code: (-left[code], code))
    return tuple(code for code in ranked if left[code] >= least)[:MOST_POSSIBLE]


def calibration_of(answers: Sequence[frozenset[str]], scores: Sequence[Scores]) -> Calibration:
    """What brings a reader's scores to how often coders gave the codes."""
    from sklearn.linear_model import LogisticRegression

    pairs = [
        (log_odds(score), code in given)
        for given, row in zip(answers, scores, strict=True)
        for code, score in row.items()
    ]
    says = [said for _, said in pairs]
    if all(says) or not any(says):
        return Calibration()
    odds = np.array([[value] for value, _ in pairs])
    learner = LogisticRegression().fit(odds, says)
    slope, intercept = float(learner.coef_[0, 0]), float(learner.intercept_[0])
    # A reader that is wrong more often than right says nothing; it is not read backwards.
    return Calibration(slope=round(max(slope, 0.0), ROUNDED), intercept=round(intercept, ROUNDED))


def likely_from(scores: Sequence[Scores]) -> float:
    """The threshold with the highest F1 to be expected of calibrated scores.

    Of scores that are chances, those above it are right so often as they say; so F1 follows from
    them alone, and one passage more or less does not move the threshold far (Lipton et al. 2014).
    """
    chances = np.sort(np.array([score for row in scores for score in row.values()]))[::-1]
    if not chances.sum():
        return 0.5
    f1 = 2 * np.cumsum(chances) / (np.arange(1, len(chances) + 1) + chances.sum())
    return round(float(chances[f1.argmax()]), ROUNDED)


def possible_from(
    answers: Sequence[frozenset[str]], scores: Sequence[Scores], likely: float
) -> float:
    """The score that nine in ten of the codes that coders gave reach; at most what is likely."""
    given = [
        row[code] for codes, row in zip(answers, scores, strict=True) for code in codes & row.keys()
    ]
    if not given:
        return likely
    return round(min(float(np.quantile(given, 1 - FOUND)), likely), ROUNDED)
