"""Opening and closing a round, and its agreement."""

from __future__ import annotations

from datasette.utils.asgi import Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.rounds import agreement_of, change_state
from pipeline.published.agreement.agreement_output import introduction, tables
from pipeline.web.review.review_page import Visit, review_action, review_page
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says


@review_action("/review")
async def state_change(visit: Visit) -> Response:
    """Opens a round for comparison, or closes it, in the coder's name."""
    item, coder = visit.round(), visit.coder
    form = await visit.form()
    state = first(form, "state")
    if not first(form, "sure"):
        raise Refused([review_says("round.tick_the_box_if_you")])
    await visit.keep(
        lambda desk: change_state(desk, item, coder.id, state),  # type: ignore[arg-type]
        rounds=True,
    )
    visit.review.queue.forget()
    return visit.go(f"/review/{item.id}/compare")


@review_page
async def agreement_in_review(visit: Visit) -> Response:
    """The agreement of a round that is compared or closed, as it stands now."""
    item = visit.laid_open()
    visit.synced(*visit.desk.studies, own=False)
    found = agreement_of(visit.desk, item)
    context = {
        "round": item,
        "introduction": introduction(found),
        "tables": list(tables(found, visit.desk.scheme)),
    }
    return await visit.page("agreement.html", context)
