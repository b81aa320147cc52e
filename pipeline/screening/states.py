"""Where each candidate stands: a pure function of what screeners said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.people import moment
from pipeline.scheme import Screening, Stage

Verdict = Literal["include", "exclude", "unsure", "missing"]
VERDICTS: tuple[Verdict, ...] = ("include", "exclude", "unsure", "missing")
State = Literal["awaiting", "conflict", "unsure", "excluded", "missing", "included"]
_ENDS: Mapping[str, State] = {"exclude": "excluded", "missing": "missing", "unsure": "unsure"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a screening file. `verdict` is None where it withdraws an earlier one.

    A line that `settles` ends a disagreement: it stands for all screeners of that stage.
    """

    decided_at: str
    coder: str
    study: str
    stage: str
    verdict: Verdict | None
    reason: str
    note: str
    settles: bool
    path: str
    number: int


@dataclass(frozen=True, slots=True)
class Candidacy:
    """How far a study has come. `stage` is where it waits or where it ended.

    `screened` is false for studies that the review has without screening.
    """

    study: str
    state: State
    stage: Stage
    reason: str = ""
    coders: tuple[str, ...] = ()
    screened: bool = True

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to say something."""
        return self.state in ("awaiting", "conflict", "unsure")


def standing(lines: Iterable[Line]) -> dict[tuple[str, str], dict[str, Line]]:
    """The last line of each coder by (study, stage), without those that were withdrawn."""
    last: dict[tuple[str, str], dict[str, Line]] = defaultdict(dict)
    for line in sorted(lines, key=lambda item: (moment(item.decided_at), item.coder, item.number)):
        last[line.study, line.stage].pop(line.coder, None)
        last[line.study, line.stage][line.coder] = line
    return {
        place: {coder: line for coder, line in given.items() if line.verdict is not None}
        for place, given in last.items()
    }


def states(
    studies: Iterable[str], to_screen: Collection[str], lines: Iterable[Line], rules: Screening
) -> dict[str, Candidacy]:
    """The candidacy of every study. Those neither in `to_screen` nor spoken of are included."""
    said = standing(lines)
    spoken = {study for (study, _), given in said.items() if given}
    result = {}
    for study in studies:
        if study in to_screen or study in spoken:
            result[study] = _candidacy(study, said, rules)
        else:
            result[study] = Candidacy(study, "included", rules.stages[-1], screened=False)
    return result


def _candidacy(
    study: str, said: Mapping[tuple[str, str], Mapping[str, Line]], rules: Screening
) -> Candidacy:
    stage = rules.stages[0]
    coders: tuple[str, ...] = ()
    for stage in rules.stages:
        given = said.get((study, stage), {})
        coders = tuple(sorted(given))
        state, reason = _at_stage(list(given.values()), rules.screeners)
        if state != "included":
            return Candidacy(study, state, stage, reason, coders)
    return Candidacy(study, "included", stage, "", coders)


def _at_stage(given: list[Line], needed: int) -> tuple[State, str]:
    settled = [line for line in given if line.settles]
    counted = settled[-1:] or given
    if not settled and len(given) < needed:
        return "awaiting", ""
    verdicts = {line.verdict for line in counted}
    if len(verdicts) > 1:
        return "conflict", ""
    verdict = verdicts.pop()
    reason = next((line.reason for line in counted if line.reason), "")
    return _ENDS.get(verdict or "", "included"), reason
