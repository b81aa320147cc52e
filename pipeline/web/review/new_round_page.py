"""A new coding round, from a form."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.adding.study_keys import plain
from pipeline.desk.review.rounds import add_round
from pipeline.ground.problems import Mendable
from pipeline.web.review.review_page import NOTHING, Form, Visit, explained, review_page
from pipeline.web.review.review_session import first


@review_page
async def new_round(visit: Visit) -> Response:
    """GET asks what the round is; POST writes it to coding/rounds.yml."""
    coder, desk = visit.coder, visit.desk
    notice = NOTHING
    form: Form = {}
    if visit.sends:
        form = await visit.form()
        try:
            item = await visit.keep(
                lambda desk: add_round(desk, coder.id, _values(form)), rounds=True
            )
            visit.review.queue.forget()
            return visit.go(f"/review#round-{item.id}")
        except Mendable as error:
            notice = explained(error)
    context = {
        "form": form or {"coders": [coder.id], "suggestions": ["shown"]},
        "coders": [item for item in desk.coders.values() if item.active],
        "scheme": desk.scheme,
        "studies": list(desk.studies.values()),
    }
    return await visit.page("round_new.html", context, notice)


def _values(form: Form) -> dict[str, Any]:
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
