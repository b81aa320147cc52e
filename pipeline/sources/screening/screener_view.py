"""Screening as one screener may see it: all that she is shown is worked out from this alone.

So nothing that she gets (what comes next, the words for it, the stopping hint, any number) can
tell her what somebody else answered blind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.model.candidacy import Candidacy, Given, ScreeningLine, at_stage, candidacies
from pipeline.model.people import moment
from pipeline.model.scheme import Screening
from pipeline.model.stopping import USUAL, Aim, StoppingHint, hint, most_left
from pipeline.sources.screening.random_samples import Outcome, Sample

NOBODY = ""  # who sees what everybody may see


@dataclass(frozen=True)
class ScreeningProgress:
    """How far a screener has come with one stage."""

    stage: str
    mine: int
    left: int
    conflicts: int
    included: int
    excluded: int


@dataclass(frozen=True)
class View:
    """Where candidates stand for a screener, and what she may see that was said of them."""

    coder: str
    given: Given
    candidacies: Mapping[str, Candidacy]
    rules: Screening

    def waiting(self, stage: str) -> list[str]:
        """Candidates at a stage that this screener may still say something about."""
        return [
            key
            for key, item in self.candidacies.items()
            if item.stage == stage and (item.state == "unsure" or self._is_left(item))
        ]

    def conflicts(self, stage: str) -> list[str]:
        """Candidates that screeners disagree about."""
        return [
            key
            for key, item in self.candidacies.items()
            if item.stage == stage and item.state == "conflict"
        ]

    def progress(self, stage: str) -> ScreeningProgress:
        here = [item for item in self.candidacies.values() if item.screened]
        passed = self.rules.stages.index(stage)
        included = [
            item
            for item in here
            if item.state == "included" or self.rules.stages.index(item.stage) > passed
        ]
        return ScreeningProgress(
            stage,
            sum(self.coder in self.given.get((item.study, stage), ()) for item in here),
            len(self.waiting(stage)),
            len(self.conflicts(stage)),
            len(included),
            sum(item.stage == stage and item.state in ("excluded", "missing") for item in here),
        )

    def left(self, stage: str) -> list[str]:
        """Candidates at a stage that wait for this screener's first word."""
        return [
            key
            for key, item in self.candidacies.items()
            if item.stage == stage and self._is_left(item)
        ]

    def decided(self, stage: str) -> dict[str, bool]:
        """What she need not decide any more, in the order decided: whether it is relevant.

        Each candidate counts once: by what settled it, or when she decided it.
        """
        left = set(self.left(stage))
        counted = [
            self._counted(said)
            for (study, at), said in self.given.items()
            if at == stage and study in self.candidacies and study not in left
        ]
        counted.sort(key=lambda line: moment(line.decided_at))
        return {line.study: line.verdict != "exclude" for line in counted}

    def hint(self, stage: str, aim: Aim = USUAL) -> StoppingHint | None:
        """When she might stop with a stage."""
        return hint(list(self.decided(stage).values()), len(self.left(stage)), aim)

    def outcome(self, sample: Sample, number: int, before: View, aim: Aim) -> Outcome:
        """What a sample says to her; `before` is what she saw when it was drawn."""
        decided = self.decided(sample.stage)
        here = decided.keys() | set(self.left(sample.stage))
        rest = set(before.left(sample.stage)) & set(sample.order) & here
        drawn = rest & set(sample.drawn)
        done = drawn & decided.keys()
        seen = sum(decided[key] for key in done)
        missed = None
        if done == drawn:
            most = most_left(seen, len(drawn), len(rest - drawn), aim.risk)
            others = sum(decided.get(key, False) for key in rest - drawn)
            missed = max(most - others, 0)
        found = sum(decided.values())
        return Outcome(number, len(drawn), len(rest), len(done), seen, found, missed, aim)

    def visible(self, study: str, stage: str) -> Mapping[str, ScreeningLine]:
        """What has been said of a candidate at a stage, as far as this screener may see it."""
        return self.given.get((study, stage), {})

    @property
    def may_hide_more(self) -> bool:
        """Whether another of two screeners may have answered what this one may not see yet."""
        return (
            self.rules.blind
            and self.rules.screeners > 1
            and any(self._is_left(item) for item in self.candidacies.values())
        )

    @property
    def relevant(self) -> frozenset[str]:
        """Studies that somebody would include."""
        return frozenset(
            study
            for (study, _), said in self.given.items()
            if any(line.verdict == "include" for line in said.values())
        )

    @property
    def irrelevant(self) -> frozenset[str]:
        """Studies that all would leave out."""
        return frozenset(
            study
            for (study, _), said in self.given.items()
            if all(line.verdict == "exclude" for line in said.values())
        )

    def _is_left(self, item: Candidacy) -> bool:
        return item.state == "awaiting" and self.coder not in item.coders

    def _counted(self, said: Mapping[str, ScreeningLine]) -> ScreeningLine:
        """What settled it, or her own line, or that of whoever screened it instead of her."""
        lines = list(said.values())
        settled = [line for line in lines if line.settles]
        return settled[-1] if settled else said.get(self.coder, lines[-1])


def view_of(
    coder: str, studies: Iterable[str], to_screen: Collection[str], given: Given, rules: Screening
) -> View:
    """What a screener sees; `given` is everything that stands, `to_screen` what has to be."""
    seen = {place: said for place, said in given.items() if said and may_see(coder, said, rules)}
    return View(coder, seen, candidacies(studies, to_screen, seen, rules), rules)


def may_see(coder: str, said: Mapping[str, ScreeningLine], rules: Screening) -> bool:
    """Whether a screener may see what was said of a candidate at a stage.

    In blind screening only after she has answered, or once the stage has ended or is in dispute.
    """
    return (
        not rules.blind or coder in said or at_stage(said, rules)[0] not in ("awaiting", "unsure")
    )
