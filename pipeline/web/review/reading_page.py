"""A whole study: its passages in order with the coder's answers, and its own dimensions."""

from __future__ import annotations

from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Refused, Stale
from pipeline.desk.review.progress import of_round
from pipeline.model.answers import NONE
from pipeline.model.people import Coder, Round
from pipeline.sources.ledger import NotSaved
from pipeline.web.review.answer_form import (
    Field,
    as_words,
    fields,
    given_answers,
    read_answers,
    refilled,
    shut,
)
from pipeline.web.review.coding_page import (
    after_saving,
    explained,
    labels,
    lost_page,
    saved_words,
    suggested,
)
from pipeline.web.review.coding_path import Way, way_of
from pipeline.web.review.review_session import (
    Review,
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
from pipeline.web.site_language import DEFAULT, say


async def reading_page(datasette: Any, request: Any) -> Response:
    """GET shows a study with all its passages, POST saves answers about the study itself."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = round_of(review, request, coder)
    key = tilde_decode(request.url_vars["study"])
    way = way_of(request, review.desk, item, coder.id)
    if key in review.desk.book.kept and request.method == "GET":
        return go(datasette, way.study(review.desk.book.kept[key]))
    if key not in review.desk.studies or not item.includes(key):
        if request.method == "POST":
            form = await read_form(request, coder)
            return await lost_page(datasette, request, form, f"There is no study '{key}' here.")
        raise NotFound(f"There is no study '{key}' in the round '{item.id}'.")
    if request.method == "GET":
        reasons = synced(review, key, coder=coder.id)
        return await _show(datasette, request, review, coder, item, way, key, reasons=reasons)
    form = await read_form(request, coder)
    desk = review.desk
    if refused := desk.reasons_against_any(coder.id, item):
        return await lost_page(datasette, request, form, " ".join(refused))
    asked = fields(desk, item, key, None, desk.answers(coder.id, key, item))
    try:
        answers = read_answers(form, asked, None, desk.scheme)
        seen = first(form, "seen")
        await keep(datasette, review, lambda desk: desk.save(coder.id, item, key, answers, seen))
    except (Refused, Stale, NotSaved) as error:
        status, reasons = explained(error)
        filled = refilled(asked, form)
        return await _show(
            datasette, request, review, coder, item, way, key, filled, reasons, status
        )
    return after_saving(datasette, review, coder, way, key, form)


async def _show(
    datasette: Any,
    request: Any,
    review: Review,
    coder: Coder,
    item: Round,
    way: Way,
    key: str,
    filled: list[Field] | None = None,
    reasons: list[str] | None = None,
    status: int = 200,
) -> Response:
    desk = review.desk
    keys = [name for name in desk.studies if item.includes(name)]
    place = keys.index(key)
    passages = []
    for unit in desk.units_of(item, key):
        passage = desk.passages[unit]
        decision = desk.answers(coder.id, unit, item).get(desk.scheme.evidence)
        passages.append(
            {
                "passage": passage,
                "answer": as_words(desk.scheme, decision, way.language) if decision else "",
                "note": decision.note if decision else "",
                **suggested(review, item, coder, passage, way.language),
            }
        )
    documents = desk.documents[key]
    standing = desk.answers(coder.id, key, item)
    context = {
        "round": item,
        "coder": coder,
        "way": way,
        "study": desk.studies[key],
        "digest": next((d for d in documents if d.kind == "digest"), None),
        "access": say(DEFAULT)(f"access.long.{documents[0].access if documents else 'none'}"),
        "passages": passages,
        "asked": desk.asks_study(item, key),
        "progress": of_round(desk, item, coder.id),
        "given": given_answers(desk, standing, way.language),
        "shut": shut(desk, item),
        "answered": desk.is_done(item, coder.id, key),
        "next": way.next(after=key),
        "fields": filled or fields(desk, item, key, None, standing),
        "reasons": reasons or [],
        "may_answer": not desk.reasons_against_any(coder.id, item),
        "seen": desk.seen(coder.id, key, item),
        "none_of_them": NONE,
        "labels": labels(review, way.language),
        "saved": saved_words(review, coder, item, request.args.get("saved") or ""),
        "previous": desk.studies[keys[place - 1]] if place else None,
        "following": desk.studies[keys[place + 1]] if place + 1 < len(keys) else None,
    }
    return await page(datasette, request, "reading.html", context, status)
