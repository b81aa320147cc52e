"""Where each candidate stands: a pure function of what screeners said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.model.people import moment
from pipeline.model.scheme import Screening, Stage

Verdict = Literal["include", "exclude", "unsure", "missing"]
VERDICTS: tuple[Verdict, ...] = ("include", "exclude", "unsure", "missing")
State = Literal["awaiting", "conflict", "unsure", "excluded", "missing", "included"]
_ENDS: Mapping[Verdict | None, State] = {
    "exclude": "excluded",
    "missing": "missing",
    "unsure": "unsure",
}


@dataclass(frozen=True, slots=True)
class ScreeningLine:
    """One line of a screening file. `verdict` is None where it withdraws an earlier one.

    A line that `settles` ends a disagreement: it stands for all screeners of that stage. `entry`
    is the key that it was written under, where that was merged into `study`.
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
    entry: str = ""


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


Place = tuple[str, str]  # a study and a stage
Given = Mapping[Place, Mapping[str, ScreeningLine]]  # what stands there, by screener, oldest first


def by_time(lines: Iterable[ScreeningLine]) -> list[ScreeningLine]:
    """In the order in which they were given."""
    return sorted(lines, key=lambda item: (moment(item.decided_at), item.coder, item.number))


def standing(lines: Iterable[ScreeningLine]) -> Given:
    """The last line of each screener, without those that were withdrawn."""
    last: dict[Place, dict[str, ScreeningLine]] = defaultdict(dict)
    for line in by_time(lines):
        last[line.study, line.stage].pop(line.coder, None)
        last[line.study, line.stage][line.coder] = line
    return {
        place: {coder: line for coder, line in given.items() if line.verdict is not None}
        for place, given in last.items()
    }


def followed(lines: Iterable[ScreeningLine], kept: Mapping[str, str]) -> list[ScreeningLine]:
    """The same lines under the studies that are kept, by the keys of those merged into them."""
    return [
        replace(line, study=kept[line.study], entry=line.study) if line.study in kept else line
        for line in lines
    ]


def to_screen(
    entries: Iterable[str],
    came: Collection[str],
    lines: Iterable[ScreeningLine],
    kept: Mapping[str, str],
) -> set[str]:
    """Studies to be screened: those that `came` in for it, and those that were spoken of.

    Of several entries that are one study all have to be: it is in the review without screening
    as soon as one of them is.
    """
    last = {(line.entry or line.study, line.stage, line.coder): line for line in by_time(lines)}
    asked = {*came, *(entry for (entry, _, _), line in last.items() if line.verdict is not None)}
    without = {kept.get(entry, entry) for entry in entries if entry not in asked}
    return {kept.get(entry, entry) for entry in asked} - without


def candidacies(
    studies: Iterable[str], to_screen: Collection[str], said: Given, rules: Screening
) -> dict[str, Candidacy]:
    """The candidacy of every study. Those that are not `to_screen` are included."""
    result = {}
    for study in studies:
        if study in to_screen:
            result[study] = _candidacy(study, said, rules)
        else:
            result[study] = Candidacy(study, "included", rules.stages[-1], screened=False)
    return result


def _candidacy(study: str, said: Given, rules: Screening) -> Candidacy:
    for stage in rules.stages:
        given = said.get((study, stage), {})
        coders = tuple(sorted(given))
        state, reason = at_stage(given, rules)
        if state != "included":
            return Candidacy(study, state, stage, reason, coders)
    return Candidacy(study, "included", stage, "", coders)


def at_stage(given: Mapping[str, ScreeningLine], rules: Screening) -> tuple[State, str]:
    """What the answers of a stage come to, and why; to leave out for different reasons differs."""
    lines = list(given.values())
    settled = [line for line in lines if line.settles]
    counted = settled[-1:] or lines
    if not settled and len(lines) < rules.screeners:
        return "awaiting", ""
    verdicts = {line.verdict for line in counted}
    reasons = [line.reason for line in counted if line.reason]
    if len(verdicts) > 1 or (verdicts == {"exclude"} and len(set(reasons)) > 1):
        return "conflict", ""
    return _ENDS.get(verdicts.pop(), "included"), reasons[0] if reasons else ""
