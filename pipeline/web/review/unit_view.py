"""What the pages of a round show of a passage or a study."""

from __future__ import annotations

from typing import Any

from pipeline.desk.review.review_desk import Desk
from pipeline.ground.texts import spoken
from pipeline.model.answers import NONE
from pipeline.model.people import Coder, Round
from pipeline.model.readings import complete
from pipeline.web.review.answer_form import as_words


def labels(desk: Desk, language: str) -> dict[str, str]:
    """Names of all codes."""
    return {
        code.id: code.label[language]
        for dimension in desk.scheme.dimensions
        for code in dimension.codes
    }


def saved_words(desk: Desk, coder: Coder, item: Round, unit: str) -> dict[str, str] | None:
    """What stands now for the unit that was saved just before."""
    answers = desk.answers(coder.id, unit, item) if unit else {}
    decision = answers.get(desk.scheme.evidence) or next(iter(answers.values()), None)
    passage = desk.passages.get(unit)
    if decision is None or (passage is None and unit not in desk.studies):
        return None
    return {
        "unit": unit,
        "words": as_words(desk.scheme, decision),
        "left": ", ".join(
            dimension.label[spoken()]
            for dimension in desk.asked(item, passage is not None)
            if dimension.id not in answers
            or (item.state == "open" and not complete(desk.scheme, answers[dimension.id]))
        ),
        "text": passage.text if passage else desk.studies[unit].short,
    }


def checked(desk: Desk, item: Round, unit: str) -> dict[str, Any] | None:
    """The answer that is to be checked, where the round is about checking."""
    if item.checks is None:
        return None
    decision = desk.open_answer(item.checks, unit, desk.scheme.evidence)
    if decision is None:
        return None
    return {
        "coder": desk.coders[item.checks].name[spoken()],
        "words": as_words(desk.scheme, decision),
        "note": decision.note,
        "quote": decision.quote,
        "codes": sorted(decision.codes or ()) or [NONE],
    }
