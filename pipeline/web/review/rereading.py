"""What every page of a review shows while the files are read again."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import Response

from pipeline.web.review.review_page import (
    Notice,
    Visit,
    open_page,
    review_action,
    review_page,
)
from pipeline.web.review.review_session import RUNNING


def unless_rereading(view: Any) -> Any:
    """The view, or the page that says the files are being read again."""

    async def answered(datasette: Any, request: Any) -> Any:
        review = RUNNING.of(datasette)
        if review is None or review.renewal is None or not review.renewal.is_running:
            return await view(datasette, request)
        return await _meanwhile(datasette, request)

    return answered


@open_page
async def _meanwhile(visit: Visit) -> Response:
    return await _still_reading(visit, "/review" if visit.sends else visit.request.path)


@review_page
async def rereading_page(visit: Visit) -> Response:
    """How far the reading is; once it is done, the page that was wanted."""
    then = _inside(visit.option("then") or "/review")
    renewal = visit.review.renewal
    if renewal is not None and renewal.is_running:
        return await _still_reading(visit, then)
    if renewal is not None and renewal.reasons:
        visit.review.renewal = None
        return await visit.refused(Notice(renewal.reasons, 400))
    return visit.go(then)


@review_action("/review")
async def read_again(visit: Visit) -> Response:
    """Reads all files again, as where one was replaced by hand."""
    await visit.form()
    await visit.change_and_reread(lambda: None)
    return after_renewal(visit, "/review")


def after_renewal(visit: Visit, then: str) -> Response:
    """To the page that is wanted once the files are read, by way of the one that waits."""
    return visit.go(f"/review/working?then={quote(then)}")


async def _still_reading(visit: Visit, then: str) -> Response:
    assert visit.review.renewal is not None
    context = {
        "then": _inside(then),
        "said": visit.review.renewal.said,
        "share": visit.review.renewal.share,
    }
    return await visit.page("working.html", context, Notice(status=503))


def _inside(path: str) -> str:
    """Only pages of the review are gone on to."""
    base = path.partition("/review")[2]
    return f"/review{base}" if path.startswith("/") and "//" not in path else "/review"
