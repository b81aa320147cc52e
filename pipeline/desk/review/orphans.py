"""Decisions whose passage is gone, beside the passages most like it. Only a person moves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Answer, Refused
from pipeline.desk.review.review_desk import Desk
from pipeline.model.answers import CONSENSUS, MOVED, is_passage, standing, study_of
from pipeline.model.records import Decision, Passage
from pipeline.model.same_words import nearest

NEAREST = 3


@dataclass(frozen=True)
class Orphan:
    """A standing decision without its passage; likeness of others from 0 to 100."""

    decision: Decision
    near: tuple[tuple[Passage, float], ...]


def orphans(desk: Desk, coder: str) -> Iterator[Orphan]:
    """A coder's orphans, and those of the consensus that the coder settled."""
    for study in desk.book.studies:
        gone = list(_without_passage(desk, coder, study))
        if not gone:
            continue
        texts = {
            passage.id: passage.text
            for document in desk.documents.get(study, [])
            for passage in document.passages
        }
        for line in gone:
            found = nearest(line.text, texts, NEAREST)
            yield Orphan(line, tuple((desk.passages[unit], score) for unit, score in found))


def number_of_orphans(desk: Desk, coder: str) -> int:
    """How many orphans a coder has."""
    known = (study for study in desk.book.studies if study in desk.studies)
    return sum(1 for study in known for _ in _without_passage(desk, coder, study))


def reattach(desk: Desk, coder: str, orphan: str, unit: str) -> Decision:
    """Move an orphan to another passage of its study; both steps stand in the coder's file."""
    line = _find(desk, coder, orphan)
    item = desk.rounds.get(line.round)
    passage = desk.passage_in(item, coder, unit) if item else desk.passages.get(unit)
    if passage is None or passage.study != study_of(line.unit):
        raise Refused(
            [
                desk_says(
                    "orphan.there_is_no_passage_in", unit=unit[:80], study_of=study_of(line.unit)
                )
            ]
        )
    if line.dimension in desk.answers(line.coder, unit, item):
        raise Refused([desk_says("orphan.that_passage_has_an_answer")])
    note = "\n".join(part for part in (line.note, f"{MOVED} {line.unit}.") if part)
    quote = line.quote if line.quote in passage.text else ""
    answer = Answer(line.dimension, line.codes, line.confidence, note, quote)
    if item and (reasons := list(desk.coded_with_others(line.coder, item, passage, [answer]))):
        raise Refused(reasons)
    withdrawn = Answer(line.dimension, None)
    given = [(line.unit, withdrawn), (unit, answer)]
    return desk.write(line.coder, item, given, settled_by=line.settled_by)[-1]


def withdraw(desk: Desk, coder: str, orphan: str) -> Decision:
    """Take an orphan back."""
    line = _find(desk, coder, orphan)
    given = [(line.unit, Answer(line.dimension, None))]
    item = desk.rounds.get(line.round)
    return desk.write(line.coder, item, given, settled_by=line.settled_by)[-1]


def _without_passage(desk: Desk, coder: str, study: str) -> Iterator[Decision]:
    settled = [line for line in desk.lines(study).of(CONSENSUS) if line.settled_by == coder]
    for line in standing((*desk.lines(study).of(coder), *settled)):
        if is_passage(line.unit) and line.unit not in desk.passages:
            yield line


def _find(desk: Desk, coder: str, name: str) -> Decision:
    for orphan in orphans(desk, coder):
        if orphan.decision.id == name:
            return orphan.decision
    raise Refused([desk_says("orphan.that_orphan_is_not_there")])
