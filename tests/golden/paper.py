"""Agreement by the definitions, in plain arithmetic, from ratings that were written down by hand.

Nothing here comes from the program: pairs of answers are counted one by one, as the papers define
it. Rows are units in the order of their ids, a letter a coder: 1 and 0 for yes and no, other letters
for whole answers, a dot where nothing was said.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import numpy as np

SEED, RESAMPLES = 20261123, 2000  # as docs/coding.md says
NOTHING = float("nan")
# reader, rereader and model in the round `first`; A2 A3 A1 A4, B2 B1, C3 C1 C2, D3 D1 of the
# worked-out table. B3 and, for single codes, units with less than two answers are left out.
FIRST = {
    "weaver": "000 0.0 111 000 010 101 001 110 000 1.1",
    "judge": "110 0.0 000 000 111 010 000 000 111 0.0",
    "scribe": "000 000 000 000 000 000 000 0.0",
    "herald": "000",
    "any code": "110 1.0 111 000 111 111 001 110 111 1.1",
    "whole answer": "jjn s.n www nnn jbj wjw nnw wwn jjj w.w",
}
# reader and rereader in the round `fields`; A, B, C, D, E (sector) and A, B, C (phase).
FIELDS = {
    "energy": "11 00 11 10 00",
    "care": "00 11 11 01 00",
    "sport": "00 00 00 00 00",
    "water": "00 00 00 00 11",
    "rail": "00 00 00 00 00",
    "sector any code": "11 11 11 11 11",
    "sector whole answer": "ee cc bb ec ww",
    "start": "11 10 00",
    "end": "00 01 00",
    "phase any code": "11 11 00",
    "phase whole answer": "ss se nn",
}
SCREENING = {"decision": "ii ie"}


def raw(units: list[str], known: str = "") -> float:
    """The share of pairs of answers of a unit that are alike, over all units."""
    shares = []
    for unit in units:
        pairs = list(combinations(unit, 2))
        shares.append(sum(one == other for one, other in pairs) / len(pairs))
    return sum(shares) / len(shares)


def kappa(units: list[str], known: str) -> float:
    """Cohen 1960: (po - pe) / (1 - pe), pe from how often each coder gave each answer."""
    if any(len(unit) != 2 for unit in units):
        return NOTHING
    first, second = (Counter(unit[place] for unit in units) for place in (0, 1))
    chance = sum(first[answer] * second[answer] for answer in known) / len(units) ** 2
    return over(raw(units) - chance, 1 - chance)


def alpha(units: list[str], known: str) -> float:
    """Krippendorff 2011: 1 - Do / De, over ordered pairs of answers."""
    said = "".join(units)
    observed = sum(
        sum(one != other for one, other in permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    ) / len(said)
    count = Counter(said)
    unlike = sum(count[one] * count[other] for one, other in permutations(count, 2))
    return 1 - over(observed, over(unlike, len(said) * (len(said) - 1)))


def ac1(units: list[str], known: str) -> float:
    """Gwet 2008: (pa - pe) / (1 - pe), pe = sum of p (1 - p) / (q - 1) over q answers."""
    shares = [
        sum(unit.count(answer) / len(unit) for unit in units) / len(units) for answer in known
    ]
    chance = sum(share * (1 - share) for share in shares) / max(len(known) - 1, 1)
    return over(raw(units) - chance, 1 - chance)


def over(above: float, below: float) -> float:
    return above / below if abs(below) > 1e-12 else NOTHING


MEASURES = {"raw": raw, "kappa": kappa, "alpha": alpha, "ac1": ac1}


def measured(ratings: str) -> dict[str, tuple[float | None, float | None, float | None]]:
    """Each coefficient with the 2.5th and 97.5th percentile of 2,000 samples of units."""
    units = [unit.replace(".", "") for unit in ratings.split()]
    binary = set("".join(units)) <= set("01")
    known = "01" if binary else "".join(sorted(set("".join(units))))
    size = len(units)
    draws = np.random.default_rng(SEED).multinomial(size, [1 / size] * size, RESAMPLES)
    samples = [
        [unit for unit, times in zip(units, draw, strict=True) for _ in range(times)]
        for draw in draws
    ]
    found: dict[str, tuple[float | None, float | None, float | None]] = {}
    for name, measure in MEASURES.items():
        value = measure(units, known)
        if np.isnan(value):
            found[name] = (None, None, None)
            continue
        values = sorted(v for s in samples if not np.isnan(v := measure(s, known)))
        low, high = (percentile(values, share) for share in (0.025, 0.975))
        found[name] = (round(value, 6), round(low, 6), round(high, 6))
    return found


def percentile(values: list[float], share: float) -> float:
    """Between the two values next to the place (linear)."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])
