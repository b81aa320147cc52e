"""How much of a round a coder has answered: passages, and what is asked of whole studies."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.people import Round
from pipeline.review.desk import Desk


@dataclass(frozen=True)
class Progress:
    """Passages and studies that were answered, of all that the round asks something of."""

    passages: int = 0
    of_passages: int = 0
    studies: int = 0
    of_studies: int = 0

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.passages + other.passages,
            self.of_passages + other.of_passages,
            self.studies + other.studies,
            self.of_studies + other.of_studies,
        )

    @property
    def done(self) -> int:
        return self.passages + self.studies

    @property
    def of(self) -> int:
        return self.of_passages + self.of_studies

    @property
    def left(self) -> int:
        return self.of - self.done


def of_study(desk: Desk, item: Round, coder: str, study: str) -> Progress:
    """Of one study."""
    answered = desk.answered(item, coder, study)
    whole = int(study in answered)
    return Progress(
        len(answered) - whole,
        len(desk.units_of(item, study)),
        whole,
        int(desk.asks_study(item, study)),
    )


def of_round(desk: Desk, item: Round, coder: str) -> Progress:
    """Of the whole round."""
    return sum((of_study(desk, item, coder, study) for study in desk.studies), Progress())
