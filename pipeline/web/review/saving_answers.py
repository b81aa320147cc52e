"""Saving what a form says of a passage or a study, and going on to what comes next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from datasette.utils.asgi import Response

from pipeline.desk.review.answer_rules import Answer
from pipeline.desk.review.joining import save_unit
from pipeline.ground.problems import Mendable
from pipeline.model.people import Round
from pipeline.model.records import Passage
from pipeline.web.review.answer_form import Field, fields, read_answers, refilled
from pipeline.web.review.coding_path import CodingPath
from pipeline.web.review.review_page import Form, Notice, Visit, explained
from pipeline.web.review.review_session import first

ShownAgain = Callable[[list[Field], Notice], Awaitable[Response]]


async def save_answers(
    visit: Visit,
    item: Round,
    path: CodingPath,
    unit: str,
    form: Form,
    again: ShownAgain,
    passage: Passage | None = None,
) -> Response:
    """Save a form; `again` shows its page with what was typed, where that cannot be.

    `passage` is that of the unit, be it one that joins others with this answer.
    """
    desk, coder = visit.desk, visit.coder
    if refused := desk.reasons_against_any(coder.id, item):
        return await visit.lost(form, " ".join(refused))
    asked = fields(desk, item, unit, passage, desk.answers(coder.id, unit, item))
    try:
        if first(form, "withdraw"):
            answers = [
                Answer(field.dimension.id, None) for field in asked if field.chosen is not None
            ]
        else:
            answers = read_answers(form, asked, passage, desk.scheme)
        seen = first(form, "seen")
        before = desk.shown(item, coder.id, unit, passage)
        await visit.keep(lambda desk: save_unit(desk, coder.id, item, unit, answers, seen, passage))
    except Mendable as error:
        return await again(refilled(asked, form), explained(error))
    still_here = unit in visit.desk.passages or unit in visit.desk.studies
    revealed = before is None and _suggested_otherwise(visit, item, unit)
    if still_here and (first(form, "then") == "stay" or revealed):
        return visit.go(path.at(unit, saved=unit))
    following = visit.review.queue.next(visit.desk.rounds[path.round], coder.id, path.order, unit)
    if following is None:
        return visit.go(f"/review?finished={item.id}&saved={quote(unit)}")
    return visit.go(path.at(following, saved=unit))


def _suggested_otherwise(visit: Visit, item: Round, unit: str) -> bool:
    """Whether what is suggested, and seen only now, is another answer than the one just given."""
    desk, evidence = visit.desk, visit.desk.scheme.evidence
    shown = desk.shown(item, visit.coder.id, unit)
    answer = desk.answers(visit.coder.id, unit, item).get(evidence)
    if shown is None or answer is None:
        return False
    return frozenset(entry.code for entry in shown if entry.dimension == evidence) != answer.codes
