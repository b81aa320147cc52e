"""What every page of a review shows while the files are read again."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from pipeline.web.review.review_session import coder_of, go, page, review_of, running, signed_in

SOON = 1.5  # seconds in which a small project is read, so that nobody need wait for a page


def unless_working(view: Any) -> Any:
    """The view, or the page that says the files are being read again."""

    async def answered(datasette: Any, request: Any) -> Any:
        review = review_of(datasette)
        if review is None or review.renewal is None or not review.renewal.is_running:
            return await view(datasette, request)
        then = request.path if request.method == "GET" else "/review"
        return await _working(datasette, request, then)

    return answered


async def working_page(datasette: Any, request: Any) -> Response:
    """How far the reading is; once it is done, the page that was wanted."""
    review = running(datasette)
    signed_in(review, request)
    then = _inside(request.args.get("then") or "/review")
    renewal = review.renewal
    if renewal is not None and renewal.is_running:
        return await _working(datasette, request, then)
    if renewal is not None and renewal.reasons:
        reasons = renewal.reasons
        review.renewal = None
        context = {"coder": coder_of(review, request), "reasons": list(reasons), "back": "/review"}
        return await page(datasette, request, "refused.html", context, 400)
    return go(datasette, then)


async def after_renewal(datasette: Any, then: str) -> Response:
    """To the page that is wanted once the files are read, by way of the one that waits."""
    from urllib.parse import quote

    return go(datasette, f"/review/working?then={quote(then)}")


async def _working(datasette: Any, request: Any, then: str) -> Response:
    review = running(datasette)
    assert review.renewal is not None
    context = {
        "coder": coder_of(review, request),
        "then": _inside(then),
        "said": review.renewal.said,
        "share": review.renewal.share,
    }
    return await page(datasette, request, "working.html", context, 503)


def _inside(path: str) -> str:
    """Only pages of the review are gone on to."""
    base = path.partition("/review")[2]
    return f"/review{base}" if path.startswith("/") and "//" not in path else "/review"
