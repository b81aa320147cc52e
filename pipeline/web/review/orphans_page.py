"""Decisions whose passage is gone, to be moved or withdrawn by their coder."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.orphans import orphans, reattach, withdraw
from pipeline.model.answers import study_of
from pipeline.sources.ledger import NotSaved
from pipeline.web.review.answer_form import as_words
from pipeline.web.review.coding_page import explained
from pipeline.web.review.review_session import (
    first,
    go,
    keep,
    page,
    read_form,
    running,
    signed_in,
    synced,
)


async def orphans_page(datasette: Any, request: Any) -> Response:
    """GET shows the coder's orphans, POST moves or withdraws one."""
    review = running(datasette)
    coder = signed_in(review, request)
    desk = review.desk
    reasons: list[str] = []
    status = 200
    if request.method == "POST":
        form = await read_form(request, coder)
        name, unit = first(form, "orphan"), first(form, "unit")
        try:
            await keep(
                datasette,
                review,
                lambda desk: (
                    reattach(desk, coder.id, name, unit) if unit else withdraw(desk, coder.id, name)
                ),
            )
            return go(datasette, "/review/orphans?done=1")
        except (Refused, NotSaved) as error:
            status, reasons = explained(error)
    reasons += synced(review, *desk.book.studies, coder=coder.id)
    context = {
        "coder": coder,
        "reasons": reasons,
        "done": bool(request.args.get("done")),
        "orphans": [
            {
                "line": entry.decision,
                "words": as_words(desk.scheme, entry.decision),
                "near": entry.near,
                "study": desk.studies[study_of(entry.decision.unit)],
            }
            for entry in orphans(desk, coder.id)
            if study_of(entry.decision.unit) in desk.studies
        ],
    }
    return await page(datasette, request, "orphans.html", context, status)
