"""How far screeners agree, on what they said before either could see the other's answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from pipeline.model.candidacy import Given, Place, ScreeningLine, at_stage, by_time
from pipeline.model.coefficients import MISSING, Measured, measure_counted
from pipeline.model.scheme import Screening, Stage
from pipeline.sources.screening.screener_view import View

DECISION, REASON = "decision", "reason"
WHATS = (DECISION, REASON)  # the answer, and where all leave it out the reason


@dataclass(frozen=True)
class ScreeningAgreement:
    """Agreement at one stage, on the decision or on the reason.

    `units` are candidates with at least two answers; `coders` gave them.
    """

    stage: Stage
    of: str
    coders: tuple[str, ...]
    units: int
    measures: Mapping[str, Measured]

    def measured(self, coefficient: str) -> Measured:
        """A coefficient by its name."""
        return self.measures[coefficient]

    def as_dict(self) -> dict[str, object]:
        """For programs, the coefficients beside the rest."""
        fields: dict[str, object] = asdict(self)
        measures = {name: asdict(found) for name, found in self.measures.items()}
        del fields["measures"]
        return fields | measures


def agreement(lines: Iterable[ScreeningLine], public: View) -> list[ScreeningAgreement]:
    """By stage. Only candidates count of which everybody may see the answers.

    Nothing where one answer ends a stage, or where screening is not blind: then whoever answers
    second may have seen the first.
    """
    rules = public.rules
    if not rules.blind or rules.screeners < 2:
        return []
    shown = [
        line
        for line in lines
        if (line.study, line.stage) in public.given and line.study in public.candidacies
    ]
    given = independent(shown, rules)
    return [
        found
        for stage in rules.stages
        for what in WHATS
        if (found := _measured(stage, what, given)) is not None
    ]


def independent(lines: Iterable[ScreeningLine], rules: Screening) -> Given:
    """What stood of a candidate when a stage first had all the answers that it needs.

    What a screener said later, or to settle a dispute, she said knowing of the others.
    """
    found: dict[Place, dict[str, ScreeningLine]] = defaultdict(dict)
    complete: set[Place] = set()
    for line in by_time(lines):
        place = (line.study, line.stage)
        if place in complete:
            continue
        said = found[place]
        said.pop(line.coder, None)
        if line.verdict is not None:
            said[line.coder] = line
        if at_stage(said, rules)[0] != "awaiting":
            complete.add(place)
    return {
        place: {coder: line for coder, line in found[place].items() if not line.settles}
        for place in complete
    }


def _measured(stage: Stage, what: str, given: Given) -> ScreeningAgreement | None:
    answers = [
        said
        for (_, at), lines in sorted(given.items())
        if at == stage and len(said := dict(_answers(lines, what))) > 1
    ]
    if not answers:
        return None
    coders = sorted({coder for said in answers for coder in said})
    known = sorted({answer for said in answers for answer in said.values()})
    ratings = [
        [known.index(said[coder]) if coder in said else MISSING for coder in coders]
        for said in answers
    ]
    # Many candidates have few different pairs of answers, so these are counted.
    rows, times = np.unique(np.array(ratings), axis=0, return_counts=True)
    measured = measure_counted(rows, times, len(known))
    return ScreeningAgreement(stage, what, tuple(coders), len(answers), measured)


def _answers(lines: Mapping[str, ScreeningLine], what: str) -> Iterator[tuple[str, str]]:
    if what == DECISION:
        yield from ((coder, line.verdict or "") for coder, line in lines.items())
    elif all(line.verdict == "exclude" for line in lines.values()):
        yield from ((coder, line.reason) for coder, line in lines.items() if line.reason)
