"""Decisions whose passage is gone, to be moved or withdrawn by their coder."""

from __future__ import annotations

from datasette.utils.asgi import Response

from pipeline.desk.review.orphans import orphans, reattach, withdraw
from pipeline.ground.problems import Mendable
from pipeline.model.answers import study_of
from pipeline.web.review.answer_form import as_words
from pipeline.web.review.review_page import NOTHING, Visit, explained, review_page
from pipeline.web.review.review_session import first


@review_page
async def orphans_page(visit: Visit) -> Response:
    """GET shows the coder's orphans, POST moves or withdraws one."""
    coder, desk = visit.coder, visit.desk
    notice = NOTHING
    if visit.sends:
        form = await visit.form()
        name, unit = first(form, "orphan"), first(form, "unit")
        try:
            await visit.keep(
                lambda desk: (
                    reattach(desk, coder.id, name, unit) if unit else withdraw(desk, coder.id, name)
                )
            )
            return visit.go("/review/orphans?done=1")
        except Mendable as error:
            notice = explained(error)
    notice = notice.also(visit.synced(*desk.book.studies).reasons)
    context = {
        "done": bool(visit.option("done")),
        "orphans": [
            {
                "line": entry.decision,
                "words": as_words(desk.scheme, entry.decision),
                "near": entry.near,
                "why": desk.inputs.corpus.left_out.get(entry.decision.unit),
                "study": desk.studies[study_of(entry.decision.unit)],
            }
            for entry in orphans(desk, coder.id)
            if study_of(entry.decision.unit) in desk.studies
        ],
    }
    return await visit.page("orphans.html", context, notice)
