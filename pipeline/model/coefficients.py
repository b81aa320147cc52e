"""Coefficients of agreement between coders, with bootstrap confidence intervals.

Ratings are an array of units x coders: a category from 0 to k-1, or MISSING. Every coefficient is a
function of sums over units, so all resamples of the bootstrap are worked out at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MISSING = -1
SEED = 20261123
RESAMPLES = 2000
NO_VARIATION = "not computable: no variation"
TOO_FEW = "not computable: no unit has two answers"
TWO_ONLY = "for two coders only"
NOT_YET = "not measured when this was frozen"

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sums:
    """Sums over units, for each of several weightings of the units (one row each)."""

    units: Array  # with at least two ratings
    agreement: Array  # share of agreeing pairs of coders, summed
    coincidences: Array  # Krippendorff's coincidences on the diagonal, summed over categories
    pairable: Array  # ratings by category, of units with at least two
    shares: Array  # share of each category among a unit's ratings
    rated: Array  # units with at least one rating
    margins: Array | None  # ratings by coder and category of units rated by both of two coders


def sums(ratings: Array, categories: int, weights: Array) -> Sums:
    """The sums for each row of weights (how often each unit counts)."""
    counts = np.stack([(ratings == k).sum(axis=1) for k in range(categories)], axis=1).astype(float)
    rated = counts.sum(axis=1)
    paired = rated >= 2
    agreeing = (counts * (counts - 1)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        agreement = np.where(paired, agreeing / (rated * (rated - 1)), 0.0)
        coincidences = np.where(paired, agreeing / (rated - 1), 0.0)
        shares = np.where(rated[:, None] > 0, counts / rated[:, None], 0.0)
    margins = None
    if ratings.shape[1] == 2:
        both = (ratings != MISSING).all(axis=1)
        margins = np.stack(
            [
                weights @ ((ratings[:, [coder]] == np.arange(categories)) & both[:, None])
                for coder in (0, 1)
            ],
            axis=1,
        )
    return Sums(
        units=weights @ paired,
        agreement=weights @ agreement,
        coincidences=weights @ coincidences,
        pairable=weights @ (counts * paired[:, None]),
        shares=weights @ shares,
        rated=weights @ (rated > 0),
        margins=margins,
    )


def raw(of: Sums) -> Array:
    """Share of pairs of coders who gave a unit the same category."""
    return _divide(of.agreement, of.units)


def kappa(of: Sums) -> Array:
    """Cohen's kappa for two coders (Cohen 1960); NaN when chance alone gives full agreement."""
    if of.margins is None:
        return np.full(of.units.shape, np.nan)
    first, second = of.margins[:, 0], of.margins[:, 1]
    chance = _divide((first * second).sum(axis=1), first.sum(axis=1) * second.sum(axis=1))
    return _divide(raw(of) - chance, 1 - chance)


def alpha(of: Sums) -> Array:
    """Krippendorff's alpha, nominal, any number of coders, missing ratings (Krippendorff 2011)."""
    total = of.pairable.sum(axis=1)
    observed = 1 - _divide(of.coincidences, total)
    same = (of.pairable * (of.pairable - 1)).sum(axis=1)
    expected = 1 - _divide(same, total * (total - 1))
    return 1 - _divide(observed, expected)


def ac1(of: Sums) -> Array:
    """Gwet's AC1, any number of coders, missing ratings (Gwet 2008)."""
    share = _divide(of.shares, of.rated[:, None])
    categories = of.shares.shape[1]
    chance = (share * (1 - share)).sum(axis=1) / max(categories - 1, 1)
    return _divide(raw(of) - chance, 1 - chance)


COEFFICIENTS: Mapping[str, Callable[[Sums], Array]] = {
    "raw": raw,
    "kappa": kappa,
    "alpha": alpha,
    "ac1": ac1,
}


@dataclass(frozen=True)
class Measured:
    """A coefficient with its 95 % interval, or why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


def measure(
    ratings: Array, categories: int, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Measured]:
    """All coefficients. Intervals are percentiles of resampled units, with a fixed seed."""
    return measure_counted(ratings, np.ones(len(ratings)), categories, resamples, seed)


def measure_counted(
    ratings: Array, times: Array, categories: int, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Measured]:
    """The same of rows that stand for several units each, which so many units make quick."""
    units = int(times.sum())
    if not units or not ((ratings != MISSING).sum(axis=1) >= 2).any():
        return {name: Measured(None, why=TOO_FEW) for name in COEFFICIENTS}
    point = sums(ratings, categories, times[np.newaxis].astype(float))
    draws = np.random.default_rng(seed).multinomial(units, times / units, resamples)
    spread = sums(ratings, categories, draws.astype(float))
    found = {}
    for name, coefficient in COEFFICIENTS.items():
        value = float(coefficient(point)[0])
        if np.isnan(value):
            two = name == "kappa" and point.margins is None
            found[name] = Measured(None, why=TWO_ONLY if two else NO_VARIATION)
            continue
        values = coefficient(spread)
        values = values[~np.isnan(values)]
        low, high = np.percentile(values, [2.5, 97.5]) if len(values) else (np.nan, np.nan)
        found[name] = Measured(
            round(value, 6),
            None if np.isnan(low) else round(float(low), 6),
            None if np.isnan(high) else round(float(high), 6),
        )
    return found


def _divide(above: Array, below: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = np.where(np.abs(below) < 1e-12, np.nan, above / below)
    return result
