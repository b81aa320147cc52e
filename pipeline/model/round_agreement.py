"""The agreement of a coding round: of its coders, and of the machine with what they settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import ConfigDict

from pipeline.ground.yamlfile import Part
from pipeline.model.answers import CONSENSUS, Codings, is_passage, latest
from pipeline.model.coefficients import MISSING, NOT_YET, RESAMPLES, SEED, Measured, measure
from pipeline.model.machine_agreement import (
    AFTER,
    Influence,
    Machine,
    influence_on,
    machine_agreement,
)
from pipeline.model.people import Coder, Round, moment
from pipeline.model.readings import considered
from pipeline.model.records import Decision, Suggestion
from pipeline.model.scheme import Code, Dimension, Scheme
from pipeline.model.secrecy import OpenLines, SecretLines
from pipeline.model.standing import Answers, Held

WHOLE, ANY, CODE = "whole answer", "any code", "code"


class AgreementLine(Part):
    """Agreement on one code, on whether any code applies, or on the whole answer.

    Beside these stands every coefficient that was measured, by its name.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Measured]

    dimension: str
    of: str
    code: str = ""
    unit: str
    units: int
    prevalence: float | None

    def measured(self, coefficient: str) -> Measured:
        """A coefficient; results that were frozen before it was there say so."""
        return self.__pydantic_extra__.get(coefficient, Measured(None, why=NOT_YET))


class RoundAgreement(Part):
    """All of it, for one round."""

    round: str
    state: str
    coders: tuple[str, ...]
    independent: bool
    seed: int = SEED
    resamples: int = RESAMPLES
    settled: int
    disputed: int
    lines: tuple[AgreementLine, ...]
    machine: tuple[Machine, ...]
    influence: tuple[Influence, ...]


def report(
    scheme: Scheme,
    item: Round,
    lines: OpenLines,
    suggestions: Mapping[str, Sequence[Suggestion]],
    coders: Iterable[Coder] = (),
) -> RoundAgreement:
    """The agreement of a round from its lines. A pure function.

    Of each coder the last answer counts that was given in the round before it was opened for
    comparison: what somebody wrote after seeing the others is not independent. `coders` say who
    is a person, whom no model overrules.
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
    settled = [line for line in lines if line.coder == CONSENSUS]
    codings = Codings(
        SecretLines(mine, [item]), SecretLines(settled, [item]), tuple(coders), (item,), ()
    )
    standing = Answers(scheme, codings)
    measured: list[AgreementLine] = []
    machine: list[Machine] = []
    influence: list[Influence] = []
    count = disputed = 0
    for dimension in scheme.dimensions:
        units = answers.get(dimension.id)
        if not units:
            continue
        codes = _codes(scheme, dimension, units)
        measured += _lines(scheme, dimension, codes, item.coders, units)
        held = _held(standing, dimension, units)
        count += len(held)
        disputed += sum(not _alike(given.values()) for given in units.values())
        if dimension.unit == "passage":
            machine += machine_agreement(dimension, codes, held, suggestions)
            influence += influence_on(dimension, units, suggestions, _first(item, dimension, mine))
    return RoundAgreement(
        round=item.id,
        state=item.state,
        coders=item.coders,
        independent=item.blind,  # who checks sees the other
        settled=count,
        disputed=disputed,
        lines=tuple(measured),
        machine=tuple(machine),
        influence=tuple(influence),
    )


def _first(
    item: Round, dimension: Dimension, lines: Iterable[Decision]
) -> dict[tuple[str, str], Decision] | None:
    """The first answers by unit and coder, where suggestions were shown after them."""
    if item.suggestions != AFTER:
        return None
    found: dict[tuple[str, str], Decision] = {}
    for line in sorted(lines, key=lambda line: moment(line.decided_at)):
        if line.dimension == dimension.id and line.codes is not None:
            found.setdefault((line.unit, line.coder), line)
    return found


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
) -> list[AgreementLine]:
    names = sorted(units)
    sets = [[units[unit].get(coder) for coder in coders] for unit in names]
    unit = "passage" if all(is_passage(name) for name in names) else "study"
    found = []

    def add(of: str, ratings: list[list[int]], categories: int, code: str = "") -> None:
        array = np.array(ratings).reshape(len(ratings), len(coders))
        kept = array[(array != MISSING).sum(axis=1) >= 2]
        yes = float((kept == 1).sum() / (kept != MISSING).sum()) if len(kept) else None
        found.append(
            AgreementLine(
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


def _held(
    standing: Answers, dimension: Dimension, units: Iterable[str]
) -> dict[str, dict[str, bool]]:
    """Yes or no to each code of a unit that was settled, or answered alike by two coders or more.

    An answer that is the only one to consider a code has nobody to bear it out.
    """
    found = {}
    for unit in units:
        key = (unit, dimension.id)
        codes = standing.codes_held(key) or {}
        borne_out = {
            code.id: codes[code.id]
            for code in dimension.codes
            if code.id in codes and _is_borne_out(standing.held(key, code))
        }
        if borne_out:
            found[unit] = borne_out
    return found


def _is_borne_out(held: Held) -> bool:
    return held.settled is not None or len(held.answers) > 1


def _alike(given: Iterable[Decision]) -> bool:
    return len({line.codes for line in given}) == 1
