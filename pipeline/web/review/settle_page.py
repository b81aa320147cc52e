"""Settling what the coders of a round answered differently."""

from __future__ import annotations

from typing import Any

from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Forbidden, NotFound, Response

from pipeline.desk.review.answer_rules import Answer, Refused, Stale, tidy, tidy_quote
from pipeline.desk.review.settling import (
    Comparison,
    accept_agreements,
    compare,
    comparison,
    dimensions_of,
    reasons_against_settling,
    settle,
    undo_settling,
)
from pipeline.model.answers import CONSENSUS, NONE, study_of
from pipeline.model.people import Coder, Round
from pipeline.model.scheme import Dimension
from pipeline.sources.ledger import NotSaved
from pipeline.web.review.answer_form import Field, as_words, fields, refilled, shut
from pipeline.web.review.coding_page import explained, labels, lost_page, not_undone
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


async def compare_page(datasette: Any, request: Any) -> Response:
    """GET lists what was answered alike and unlike; POST accepts all that is alike."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = compared(review, request, coder)
    dimension = _dimension(review, request, item)
    reasons: list[str] = []
    status = 200
    if request.method == "POST":
        await read_form(request, coder)
        try:
            number = await keep(
                datasette, review, lambda desk: accept_agreements(desk, item, dimension, coder.id)
            )
            return go(datasette, f"{_path(item, dimension)}&accepted={number}")
        except (Refused, NotSaved) as error:
            status, reasons = explained(error)
    reasons += synced(review, *review.desk.studies)
    found = list(compare(review.desk, item, dimension))
    everything = request.args.get("show") == "all"
    context = {
        "coder": coder,
        "round": item,
        "dimension": dimension,
        "dimensions": dimensions_of(review.desk, item),
        "reasons": reasons,
        "unsettled": sum(
            entry.settled is None
            for other in dimensions_of(review.desk, item)
            for entry in compare(review.desk, item, other)
        ),
        "may_settle": not reasons_against_settling(review.desk, item, coder.id),
        "shut": shut(review.desk, item),
        "accepted": request.args.get("accepted") or "",
        "units": len(found),
        "alike": sum(entry.agree for entry in found),
        "alike_open": sum(entry.agree and entry.settled is None for entry in found),
        "unlike": [_row(review, item, dimension, entry) for entry in found if not entry.agree],
        "alike_rows": [
            _row(review, item, dimension, entry) for entry in found if entry.agree and everything
        ],
    }
    return await page(datasette, request, "compare.html", context, status)


async def settle_page(datasette: Any, request: Any) -> Response:
    """GET shows the answers to a unit side by side, POST writes what stands in the end."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = compared(review, request, coder)
    dimension = _dimension(review, request, item)
    desk = review.desk
    unit = tilde_decode(request.url_vars["unit"])
    if unit not in desk.passages and unit not in desk.studies:
        if request.method == "POST":
            form = await read_form(request, coder)
            return await lost_page(datasette, request, form, f"There is no '{unit}' any more.")
        raise NotFound(f"There is no passage or study '{unit}'.")
    if request.method == "GET":
        reasons = synced(review, study_of(unit))
        return await _settling(
            datasette, request, review, coder, item, dimension, unit, reasons=reasons
        )
    form = await read_form(request, coder)
    if refused := reasons_against_settling(desk, item, coder.id):
        return await lost_page(datasette, request, form, " ".join(refused))
    given = [value for value in form.get(f"codes.{dimension.id}", []) if value]
    passage = desk.passages.get(unit)
    asked = [field for field in _fields(review, item, unit) if field.dimension is dimension]
    try:
        if NONE in given and len(given) > 1:
            raise Refused(["None of them, or some of them, not both."])
        answer = Answer(
            dimension.id,
            frozenset(code for code in given if code != NONE) if given else None,
            first(form, f"confidence.{dimension.id}"),
            tidy(first(form, f"note.{dimension.id}")),
            tidy_quote(first(form, f"quote.{dimension.id}"), passage),
        )
        seen = first(form, "seen")
        await keep(datasette, review, lambda desk: settle(desk, item, unit, answer, coder.id, seen))
    except (Refused, Stale, NotSaved) as error:
        status, reasons = explained(error)
        return await _settling(
            datasette,
            request,
            review,
            coder,
            item,
            dimension,
            unit,
            refilled(asked, form)[0],
            reasons,
            status,
        )
    following = _next_open(review, item, dimension, unit)
    if following is None:
        return go(datasette, _path(item, dimension))
    return go(datasette, _path(item, dimension, following))


async def unsettle(datasette: Any, request: Any) -> Response:
    """POST takes the last thing back that the coder settled."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = compared(review, request, coder)
    if request.method != "POST":
        return go(datasette, f"/review/{item.id}/compare")
    await read_form(request, coder)
    try:
        action = await keep(datasette, review, lambda desk: undo_settling(desk, item, coder.id))
    except (Refused, NotSaved) as error:
        status, reasons = not_undone(error)
        context = {"coder": coder, "reasons": reasons, "back": f"/review/{item.id}/compare"}
        return await page(datasette, request, "refused.html", context, status)
    if action is None:
        return go(datasette, f"/review/{item.id}/compare")
    dimension = review.desk.scheme.dimension(action.decisions[0].dimension)
    return go(datasette, _path(item, dimension, action.unit))


def compared(review: Review, request: Any, coder: Coder) -> Round:
    """The round in the address, once it is laid open; 403 before."""
    item = round_of(review, request, coder)
    if item.state == "open":
        raise Forbidden(f"The round '{item.id}' is not open for comparison yet.")
    return item


def _dimension(review: Review, request: Any, item: Round) -> Dimension:
    asked = dimensions_of(review.desk, item)
    name = request.args.get("dimension") or asked[0].id
    found = next((dimension for dimension in asked if dimension.id == name), None)
    if found is None:
        names = ", ".join(dimension.id for dimension in asked)
        raise NotFound(f"The round asks no '{name}'. It asks {names}.")
    return found


def _path(item: Round, dimension: Dimension, unit: str = "") -> str:
    place = f"/{tilde_encode(unit)}" if unit else ""
    return f"/review/{item.id}/compare{place}?dimension={dimension.id}"


def _next_open(review: Review, item: Round, dimension: Dimension, after: str) -> str | None:
    units = [
        entry.unit
        for entry in compare(review.desk, item, dimension)
        if entry.unit == after or (not entry.agree and entry.settled is None)
    ]
    place = units.index(after) if after in units else -1
    return next((unit for unit in (*units[place + 1 :], *units) if unit != after), None)


def _fields(review: Review, item: Round, unit: str) -> list[Field]:
    desk = review.desk
    settled = desk.answers(CONSENSUS, unit, item)
    return fields(desk, item, unit, desk.passages.get(unit), settled)


def _row(review: Review, item: Round, dimension: Dimension, entry: Comparison) -> dict[str, Any]:
    desk = review.desk
    passage = desk.passages.get(entry.unit)
    return {
        "unit": entry.unit,
        "study": desk.studies[study_of(entry.unit)].short,
        "text": passage.text if passage else desk.studies[entry.unit].title,
        "language": passage.language if passage else "",
        "answers": [
            (desk.coders[name].name.en, as_words(desk.scheme, line))
            for name, line in entry.answers.items()
        ],
        "settled": as_words(desk.scheme, entry.settled) if entry.settled else "",
        "path": _path(item, dimension, entry.unit),
    }


async def _settling(
    datasette: Any,
    request: Any,
    review: Review,
    coder: Coder,
    item: Round,
    dimension: Dimension,
    unit: str,
    filled: Field | None = None,
    reasons: list[str] | None = None,
    status: int = 200,
) -> Response:
    desk = review.desk
    study = study_of(unit)
    passage = desk.passages.get(unit)
    entry = comparison(desk, item, dimension, unit)
    documents = desk.documents[study]
    document = next((d for d in documents if passage in d.passages), None)
    around = desk.units_of(item, study)
    place = around.index(unit) if unit in around else 0
    left = [
        other.unit
        for other in compare(desk, item, dimension)
        if not other.agree and other.settled is None
    ]
    context = {
        "coder": coder,
        "round": item,
        "dimension": dimension,
        "unit": unit,
        "study": desk.studies[study],
        "passage": passage,
        "access": say(DEFAULT)(f"access.long.{document.access}") if document else "",
        "before": [desk.passages[u] for u in around[max(place - 2, 0) : place]],
        "after": [desk.passages[u] for u in around[place + 1 : place + 3]],
        "answers": [
            {
                "name": desk.coders[name].name.en,
                "words": as_words(desk.scheme, line),
                "line": line,
                "accept": " ".join(sorted(line.codes or ()) or [NONE]),
                "key": key,
            }
            for key, (name, line) in zip("abcdefgh", entry.answers.items(), strict=False)
        ],
        "settled": entry.settled,
        "settled_by": desk.coders[entry.settled.settled_by].name.en
        if entry.settled and entry.settled.settled_by in desk.coders
        else "",
        "settled_words": as_words(desk.scheme, entry.settled) if entry.settled else "",
        "field": filled
        or next(field for field in _fields(review, item, unit) if field.dimension is dimension),
        "seen": desk.seen(CONSENSUS, unit, item, dimension.id),
        "reasons": reasons or [],
        "left": len(left),
        "may_settle": not reasons_against_settling(desk, item, coder.id),
        "shut": shut(desk, item),
        "none_of_them": NONE,
        "offered": [
            code for code in dimension.codes if code.retired is None or code.id in entry.given
        ],
        "labels": labels(review, "en"),
        "boundaries": [
            boundary
            for boundary in desk.scheme.neighbours
            if all(
                any(code in (line.codes or ()) for line in entry.answers.values())
                for code in boundary.between
            )
        ],
        "next": _next_open(review, item, dimension, unit),
        "path": _path(item, dimension, unit),
        "list": _path(item, dimension),
    }
    return await page(datasette, request, "settle.html", context, status)
