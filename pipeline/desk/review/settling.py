"""Answers of several coders side by side, and settling where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Answer, Refused, Stale, faults
from pipeline.desk.review.review_desk import Desk
from pipeline.desk.review.undoable import Action
from pipeline.model.answers import CONSENSUS, is_passage, study_of
from pipeline.model.people import Round
from pipeline.model.records import Decision
from pipeline.model.scheme import Dimension
from pipeline.model.secrecy import StillSecret


@dataclass(frozen=True)
class Comparison:
    """What the coders of a round say of a unit in one dimension, and what was settled."""

    unit: str
    dimension: str
    answers: dict[str, Decision]
    settled: Decision | None

    @property
    def agree(self) -> bool:
        return len({line.codes for line in self.answers.values()}) == 1

    @property
    def given(self) -> frozenset[str]:
        """Every code that somebody gave, those that went out of use since among them."""
        return frozenset().union(*(line.codes or () for line in self.answers.values()))


def dimensions_of(desk: Desk, item: Round) -> list[Dimension]:
    """What a round asks, of passages and of studies."""
    return [*desk.asked(item, of_passage=True), *desk.asked(item, of_passage=False)]


def compare(desk: Desk, item: Round, dimension: Dimension) -> Iterator[Comparison]:
    """Units with at least two answers, in order of the documents."""
    for study in desk.studies:
        yield from compare_study(desk, item, dimension, study)


def compare_study(
    desk: Desk, item: Round, dimension: Dimension, study: str
) -> Iterator[Comparison]:
    """Units of one study with at least two answers."""
    if not item.includes(study):
        return
    of_passages = dimension.unit == "passage"
    units = desk.units_joined(item, study, item.coders) if of_passages else [study]
    for unit in units:
        found = comparison(desk, item, dimension, unit)
        if len(found.answers) > 1:
            yield found


def comparison(desk: Desk, item: Round, dimension: Dimension, unit: str) -> Comparison:
    """The answers of all coders of the round; of a coder who is checked, wherever they stand.

    Raises StillSecret.
    """
    if item.is_secret:
        raise StillSecret(item.id)
    answers = {}
    for coder in dict.fromkeys((*((item.checks,) if item.checks else ()), *item.coders)):
        if coder == item.checks:
            line = desk.open_answer(coder, unit, dimension.id)
        else:
            line = desk.answers(coder, unit, item).get(dimension.id)
        if line is not None:
            answers[coder] = line
    settled = desk.answers(CONSENSUS, unit, item).get(dimension.id)
    return Comparison(unit, dimension.id, answers, settled)


def accept_agreements(desk: Desk, item: Round, dimension: Dimension, coder: str) -> int:
    """Settle every unit on which all coders gave the same answer; how many."""
    _may_settle(desk, item, coder)
    accepted = 0
    for study in desk.studies:
        desk.sync(study, CONSENSUS)
        given = [
            (found.unit, Answer(dimension.id, next(iter(found.answers.values())).codes))
            for found in compare_study(desk, item, dimension, study)
            if found.agree and found.settled is None
        ]
        if given:
            desk.write(CONSENSUS, item, given, settled_by=coder)
            accepted += len(given)
    return accepted


def reasons_against_settling(desk: Desk, item: Round, coder: str) -> list[str]:
    """Why a coder may settle nothing in a round; empty where they may."""
    item = desk.rounds.get(item.id, item)
    if coder not in item.people:
        return [desk_says("round.does_not_take_part_in", coder=coder, item=item.id)]
    if item.state != "comparing":
        return [
            desk_says(
                "settling.the_round_is_settle_while",
                item=item.id,
                state=desk_says(f"state.{item.state}"),
            )
        ]
    return []


def settle(
    desk: Desk, item: Round, unit: str, answer: Answer, coder: str, seen: str
) -> list[Decision]:
    """Write what stands in the end. Raises Refused, Stale or NotSaved."""
    _may_settle(desk, item, coder)
    desk.sync(study_of(unit), CONSENSUS)
    allowed = desk.asked(item, is_passage(unit))
    given = comparison(desk, item, desk.scheme.dimension(answer.dimension), unit).given
    reasons = list(faults([answer], desk.scheme, allowed, desk.passages.get(unit), given))
    if unit not in desk.passages and unit not in desk.studies:
        reasons.append(desk_says("answer.there_is_no_passage_or", unit=unit[:80]))
    if answer.codes is None:
        reasons.append(desk_says("settling.choose_codes_or_none_of"))
    before = desk.answers(CONSENSUS, unit, item).get(answer.dimension)
    if before is not None and _is_person(desk, before.settled_by) and not _is_person(desk, coder):
        reasons.append(desk_says("settling.a_person_has_settled_this"))
    if reasons:
        raise Refused(reasons)
    if seen != desk.seen(CONSENSUS, unit, item, answer.dimension):
        raise Stale
    return desk.write(CONSENSUS, item, [(unit, answer)], settled_by=coder)


def undo_settling(desk: Desk, item: Round, coder: str) -> Action | None:
    """Take back what a coder settled last in a round. Raises Refused or NotSaved."""
    _may_settle(desk, item, coder)
    return desk.undo(coder, settling=item)


def _is_person(desk: Desk, coder: str) -> bool:
    return coder in desk.coders and desk.coders[coder].is_person


def _may_settle(desk: Desk, item: Round, coder: str) -> None:
    reasons = reasons_against_settling(desk, item, coder)
    if reasons:
        raise Refused(reasons)
