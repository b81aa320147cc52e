"""Opening and closing a round, and its agreement."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.rounds import agreement_of, change_state
from pipeline.published.agreement.agreement_output import introduction, tables
from pipeline.sources.ledger import NotSaved
from pipeline.web.review.coding_page import explained
from pipeline.web.review.review_session import (
    first,
    go,
    keep,
    page,
    read_form,
    round_of,
    running,
    signed_in,
    synced,
)
from pipeline.web.review.settle_page import compared


async def state_change(datasette: Any, request: Any) -> Response:
    """POST opens a round for comparison, or closes it, in the coder's name."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = round_of(review, request, coder)
    if request.method != "POST":
        return go(datasette, "/review")
    form = await read_form(request, coder)
    state = first(form, "state")
    reasons = [] if first(form, "sure") else ["Tick the box if you are sure."]
    try:
        if reasons:
            raise Refused(reasons)
        await keep(
            datasette,
            review,
            lambda desk: change_state(desk, item, coder.id, state),  # type: ignore[arg-type]
            rounds=True,
        )
        review.queue.forget()
    except (Refused, NotSaved) as error:
        status, reasons = explained(error)
        return await page(
            datasette,
            request,
            "refused.html",
            {"coder": coder, "reasons": reasons, "back": "/review"},
            status,
        )
    return go(datasette, f"/review/{item.id}/compare")


async def agreement_in_review(datasette: Any, request: Any) -> Response:
    """The agreement of a round that is compared or closed, as it stands now."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = compared(review, request, coder)
    synced(review, *review.desk.studies)
    found = agreement_of(review.desk, item)
    context = {
        "coder": coder,
        "round": item,
        "introduction": introduction(found),
        "tables": list(tables(found, review.desk.scheme)),
    }
    return await page(datasette, request, "agreement.html", context)
