"""The agreement of a coding round: coders with each other, and the machine with the consensus."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.ground.yamlfile import Part
from pipeline.model.answers import CONSENSUS, is_passage, latest
from pipeline.model.coefficients import MISSING, RESAMPLES, SEED, Measured, measure
from pipeline.model.people import Round, moment
from pipeline.model.readings import considered
from pipeline.model.records import Decision, Suggestion
from pipeline.model.scheme import Code, Dimension, Scheme
from pipeline.model.secrecy import OpenLines

WHOLE, ANY, CODE = "whole answer", "any code", "code"
HIDDEN = "hidden"


class Line(Part):
    """Agreement on one code, on whether any code applies, or on the whole answer."""

    dimension: str
    of: str
    code: str = ""
    unit: str
    units: int
    prevalence: float | None
    raw: Measured
    kappa: Measured
    alpha: Measured
    ac1: Measured


class Machine(Part):
    """Suggestions against the answers of coders: of a code, or of one indicator of it."""

    dimension: str
    code: str
    indicator: str = ""
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)


class Influence(Part):
    """How near a coder's answers are to the suggestions, where these were shown or hidden."""

    dimension: str
    coder: str
    suggestions: str
    units: int
    same: int
    right: int
    wrong: int
    missed: int


class Report(Part):
    """All of it, for one round."""

    round: str
    state: str
    coders: tuple[str, ...]
    independent: bool
    seed: int = SEED
    resamples: int = RESAMPLES
    settled: int
    disputed: int
    lines: tuple[Line, ...]
    machine: tuple[Machine, ...]
    influence: tuple[Influence, ...]


def report(
    scheme: Scheme,
    item: Round,
    lines: OpenLines,
    suggestions: Mapping[str, Sequence[Suggestion]],
) -> Report:
    """The agreement of a round from its lines. A pure function.

    Of each coder the last answer counts that was given in the round before it was opened for
    comparison: what somebody wrote after seeing the others is not independent.
    """
    opened = item.opened_at
    mine = [
        line
        for line in lines
        if line.coder in item.coders and (opened is None or moment(line.decided_at) <= opened)
    ]
    answers: dict[str, dict[str, dict[str, Decision]]] = defaultdict(lambda: defaultdict(dict))
    for line in latest(mine).values():
        if line.codes is not None:
            answers[line.dimension][line.unit][line.coder] = line
    settled = {
        (line.unit, line.dimension): line
        for line in latest(line for line in lines if line.coder == CONSENSUS).values()
        if line.codes is not None
    }
    measured: list[Line] = []
    machine: list[Machine] = []
    influence: list[Influence] = []
    count = disputed = 0
    for dimension in scheme.dimensions:
        units = answers.get(dimension.id)
        if not units:
            continue
        codes = _codes(scheme, dimension, units)
        measured += _lines(scheme, dimension, codes, item.coders, units)
        truth = _truth(dimension, units, settled)
        count += len(truth)
        disputed += sum(len(given) > 1 and not _alike(given.values()) for given in units.values())
        if dimension.unit == "passage":
            machine += _machine(dimension, codes, truth, suggestions)
            influence += _influence(dimension, units, suggestions)
    return Report(
        round=item.id,
        state=item.state,
        coders=item.coders,
        independent=item.blind and item.checks is None,
        settled=count,
        disputed=disputed,
        lines=tuple(measured),
        machine=tuple(machine),
        influence=tuple(influence),
    )


def frozen_path(agreement: Path, item: Round) -> Path:
    """Where the results of a closed round are kept."""
    return agreement / f"{item.id}.json"


def _codes(
    scheme: Scheme, dimension: Dimension, units: Mapping[str, Mapping[str, Decision]]
) -> list[Code]:
    """The codes to which anybody in the round said yes or no: none that came after it."""
    lines = [line for given in units.values() for line in given.values()]
    return [
        code
        for code in dimension.codes
        if any(considered(scheme, code, line.scheme, line.as_written or ()) for line in lines)
    ]


def _lines(
    scheme: Scheme,
    dimension: Dimension,
    codes: Sequence[Code],
    coders: Sequence[str],
    units: Mapping[str, Mapping[str, Decision]],
) -> list[Line]:
    names = sorted(units)
    sets = [[units[unit].get(coder) for coder in coders] for unit in names]
    unit = "passage" if all(is_passage(name) for name in names) else "study"
    found = []

    def add(of: str, ratings: list[list[int]], categories: int, code: str = "") -> None:
        array = np.array(ratings, dtype=int).reshape(len(ratings), len(coders))
        kept = array[(array != MISSING).sum(axis=1) >= 2]
        yes = float((kept == 1).sum() / max((kept != MISSING).sum(), 1)) if len(kept) else None
        found.append(
            Line(
                dimension=dimension.id,
                of=of,
                code=code,
                unit=unit,
                units=len(kept),
                prevalence=None if of == WHOLE or yes is None else round(yes, 6),
                **measure(kept, categories),
            )
        )

    for code in codes:
        ratings = [
            [
                MISSING
                if line is None
                or line.codes is None
                or not considered(scheme, code, line.scheme, line.as_written or ())
                else int(code.id in line.codes)
                for line in row
            ]
            for row in sets
        ]
        add(CODE, ratings, 2, code.id)
    any_code = [
        [MISSING if line is None else int(bool(line.codes)) for line in row] for row in sets
    ]
    add(ANY, any_code, 2)
    # An answer that nobody else's can be compared with is no category of the comparison.
    compared = [row for row in sets if sum(line is not None for line in row) > 1]
    known = sorted({tuple(sorted(line.codes or ())) for row in compared for line in row if line})
    places = {answer: place for place, answer in enumerate(known)}
    whole = [
        [MISSING if line is None else places[tuple(sorted(line.codes or ()))] for line in row]
        for row in compared
    ]
    add(WHOLE, whole, len(known))
    return found


def _truth(
    dimension: Dimension,
    units: Mapping[str, Mapping[str, Decision]],
    settled: Mapping[tuple[str, str], Decision],
) -> dict[str, frozenset[str]]:
    """What coders hold in the end: the consensus, or what two or more coders all answered."""
    truth = {}
    for unit, given in units.items():
        line = settled.get((unit, dimension.id))
        if line is not None:
            truth[unit] = line.codes or frozenset()
        elif len(given) > 1 and _alike(given.values()):
            truth[unit] = next(iter(given.values())).codes or frozenset()
    return truth


def _machine(
    dimension: Dimension,
    codes: Sequence[Code],
    truth: Mapping[str, frozenset[str]],
    suggestions: Mapping[str, Sequence[Suggestion]],
) -> list[Machine]:
    right: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for unit, held in truth.items():
        for entry in suggestions.get(unit, ()):
            if entry.dimension != dimension.id:
                continue
            for indicator in ("", *entry.indicators):
                counter = right if entry.code in held else wrong
                counter[entry.code, indicator] += 1
    found = []
    for code in codes:
        positive = sum(code.id in held for held in truth.values())
        indicators = sorted({name for of, name in (*right, *wrong) if of == code.id and name})
        for indicator in ("", *indicators):
            key = (code.id, indicator)
            found.append(
                Machine(
                    dimension=dimension.id,
                    code=code.id,
                    indicator=indicator,
                    right=right[key],
                    wrong=wrong[key],
                    missed=positive - right[key],
                )
            )
    return found


def _influence(
    dimension: Dimension,
    units: Mapping[str, Mapping[str, Decision]],
    suggestions: Mapping[str, Sequence[Suggestion]],
) -> list[Influence]:
    groups: dict[tuple[str, str], list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    for unit, given in units.items():
        proposed = frozenset(
            entry.code for entry in suggestions.get(unit, ()) if entry.dimension == dimension.id
        )
        for coder, line in given.items():
            shown = HIDDEN if line.shown == HIDDEN else "shown"
            groups[coder, shown].append((line.codes or frozenset(), proposed))
    return [
        Influence(
            dimension=dimension.id,
            coder=coder,
            suggestions=shown,
            units=len(pairs),
            same=sum(codes == proposed for codes, proposed in pairs),
            right=sum(len(codes & proposed) for codes, proposed in pairs),
            wrong=sum(len(proposed - codes) for codes, proposed in pairs),
            missed=sum(len(codes - proposed) for codes, proposed in pairs),
        )
        for (coder, shown), pairs in sorted(groups.items())
    ]


def _alike(given: Iterable[Decision]) -> bool:
    return len({line.codes for line in given}) == 1


def _share(above: int, below: int) -> float | None:
    return above / below if below else None
