"""How much of a round a coder has answered: passages, and what is asked of whole studies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.desk.review.review_desk import Desk
from pipeline.model.people import Round


@dataclass(frozen=True)
class RoundProgress:
    """Passages and studies that were answered, of all that the round asks something of.

    A passage is answered with one that joins it, which counts as no passage more.
    """

    passages: int = 0
    of_passages: int = 0
    studies: int = 0
    of_studies: int = 0

    @property
    def done(self) -> int:
        return self.passages + self.studies

    @property
    def of(self) -> int:
        return self.of_passages + self.of_studies

    @property
    def left(self) -> int:
        return self.of - self.done


def by_study(desk: Desk, item: Round, coder: str) -> dict[str, RoundProgress]:
    """Of each study of a round."""
    passages = bool(desk.asked(item, of_passage=True))
    whole = bool(desk.asked(item, of_passage=False))
    found = {}
    for study in desk.studies:
        if item.includes(study):
            answered = desk.answered(item, coder, study)
            itself = study in answered
            joined = sum(unit in answered for unit in desk.joined[study])
            of_passages = len(desk.passages_of[study]) + desk.unknown(study) if passages else 0
            found[study] = RoundProgress(
                len(answered) - itself - joined, of_passages, int(itself), int(whole)
            )
    return found


def of_round(desk: Desk, item: Round, coder: str) -> RoundProgress:
    """Of the whole round."""
    return total(by_study(desk, item, coder).values())


def total(parts: Collection[RoundProgress]) -> RoundProgress:
    """All of them together."""
    return RoundProgress(
        sum(part.passages for part in parts),
        sum(part.of_passages for part in parts),
        sum(part.studies for part in parts),
        sum(part.of_studies for part in parts),
    )


def answered_by(desk: Desk, item: Round, coder: str) -> int:
    """On how many passages and studies a coder has said something: all that others may know."""
    return desk.book.touched(coder, item.id)
