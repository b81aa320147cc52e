"""A new coding round, from a form."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.adding.study_keys import plain
from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.rounds import add_round
from pipeline.sources.ledger import NotSaved
from pipeline.web.review.coding_page import explained
from pipeline.web.review.review_session import first, go, keep, page, read_form, running, signed_in


async def new_round(datasette: Any, request: Any) -> Response:
    """GET asks what the round is; POST writes it to coding/rounds.yml."""
    review = running(datasette)
    coder = signed_in(review, request)
    desk = review.desk
    reasons: list[str] = []
    status = 200
    form: dict[str, list[str]] = {}
    if request.method == "POST":
        form = await read_form(request, coder)
        try:
            item = await keep(
                datasette,
                review,
                lambda desk: add_round(desk, coder.id, _values(form)),
                rounds=True,
            )
            review.queue.forget()
            return go(datasette, f"/review#round-{item.id}")
        except (Refused, NotSaved) as error:
            status, reasons = explained(error)
    context = {
        "coder": coder,
        "reasons": reasons,
        "form": form or {"coders": [coder.id], "suggestions": ["shown"]},
        "coders": [item for item in desk.coders.values() if item.active],
        "scheme": desk.scheme,
        "studies": list(desk.studies.values()),
    }
    return await page(datasette, request, "round_new.html", context, status)


def _values(form: dict[str, list[str]]) -> dict[str, Any]:
    title = {name: first(form, f"title.{name}").strip() for name in ("en", "nl")}
    words = "_".join(part for word in title["en"].split() if (part := plain(word)))
    name = words[:50].strip("_")
    studies = [key for key in form.get("studies", []) if key]
    return {
        "id": name if name[:1].isalpha() else f"round_{name}",
        "title": title,
        "coders": tuple(form.get("coders", ())),
        "studies": tuple(studies) if first(form, "which") == "some" else "all",
        "dimensions": tuple(form.get("dimensions", ())),
        "blind": bool(first(form, "blind")),
        "suggestions": first(form, "suggestions") or "hidden",
    }
