"""Settling what the coders of a round answered differently."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Answer, Refused, tidy, tidy_quote
from pipeline.desk.review.joining import around, document_of
from pipeline.desk.review.review_desk import Desk
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
from pipeline.ground.addresses import address_part
from pipeline.ground.problems import Mendable
from pipeline.ground.texts import spoken
from pipeline.model.answers import CONSENSUS, NONE, study_of
from pipeline.model.people import Round
from pipeline.model.scheme import Dimension
from pipeline.web.review.answer_form import Field, as_words, fields, refilled, shut
from pipeline.web.review.review_page import (
    NOT_UNDONE,
    NOTHING,
    Notice,
    Visit,
    explained,
    review_action,
    review_page,
)
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.unit_view import labels
from pipeline.web.site_language import say


@review_page
async def compare_page(visit: Visit) -> Response:
    """GET lists what was answered alike and unlike; POST accepts all that is alike."""
    item, coder = visit.laid_open(), visit.coder
    dimension = _dimension(visit, item)
    notice = NOTHING
    if visit.sends:
        await visit.form()
        try:
            number = await visit.keep(
                lambda desk: accept_agreements(desk, item, dimension, coder.id)
            )
            return visit.go(f"{_path(item, dimension)}&accepted={number}")
        except Mendable as error:
            notice = explained(error)
    desk = visit.desk
    notice = notice.also(visit.synced(*desk.studies, own=False).reasons)
    found = list(compare(desk, item, dimension))
    everything = visit.option("show") == "all"
    context = {
        "round": item,
        "dimension": dimension,
        "dimensions": dimensions_of(desk, item),
        "unsettled": sum(
            entry.settled is None
            for other in dimensions_of(desk, item)
            for entry in compare(desk, item, other)
        ),
        "may_settle": not reasons_against_settling(desk, item, coder.id),
        "shut": shut(desk, item),
        "accepted": visit.option("accepted"),
        "units": len(found),
        "alike": sum(entry.agree for entry in found),
        "alike_open": sum(entry.agree and entry.settled is None for entry in found),
        "unlike": [_row(desk, item, dimension, entry) for entry in found if not entry.agree],
        "alike_rows": [
            _row(desk, item, dimension, entry) for entry in found if entry.agree and everything
        ],
    }
    return await visit.page("compare.html", context, notice)


@review_page
async def settle_page(visit: Visit) -> Response:
    """GET shows the answers to a unit side by side, POST writes what stands in the end."""
    item, coder, desk = visit.laid_open(), visit.coder, visit.desk
    dimension = _dimension(visit, item)
    unit = visit.named("unit")
    if desk.passage_for(coder.id, unit) is None and unit not in desk.studies:
        if visit.sends:
            return await visit.lost(
                await visit.form(), review_says("settling.there_is_no_any_more", unit=unit)
            )
        raise NotFound(review_says("settling.there_is_no_passage_or", unit=unit))
    if not visit.sends:
        notice = visit.synced(study_of(unit), own=False)
        return await _settling(visit, item, dimension, unit, None, notice)
    form = await visit.form()
    if refused := reasons_against_settling(desk, item, coder.id):
        return await visit.lost(form, " ".join(refused))
    given = [value for value in form.get(f"codes.{dimension.id}", []) if value]
    passage = desk.passages.get(unit)
    asked = [field for field in _fields(desk, item, unit) if field.dimension is dimension]
    try:
        if NONE in given and len(given) > 1:
            raise Refused([review_says("settling.none_of_them_or_some")])
        answer = Answer(
            dimension.id,
            frozenset(code for code in given if code != NONE) if given else None,
            first(form, f"confidence.{dimension.id}"),
            tidy(first(form, f"note.{dimension.id}")),
            tidy_quote(first(form, f"quote.{dimension.id}"), passage),
        )
        seen = first(form, "seen")
        await visit.keep(lambda desk: settle(desk, item, unit, answer, coder.id, seen))
    except Mendable as error:
        filled = refilled(asked, form)[0]
        return await _settling(visit, item, dimension, unit, filled, explained(error))
    following = _next_open(visit.desk, item, dimension, unit)
    return visit.go(_path(item, dimension, following or ""))


@review_action("/review/{round}/compare", NOT_UNDONE)
async def unsettle(visit: Visit) -> Response:
    """Takes the last thing back that the coder settled."""
    item, coder = visit.laid_open(), visit.coder
    await visit.form()
    action = await visit.keep(lambda desk: undo_settling(desk, item, coder.id))
    if action is None:
        return visit.go(f"/review/{item.id}/compare")
    dimension = visit.desk.scheme.dimension(action.decisions[0].dimension)
    return visit.go(_path(item, dimension, action.unit))


def _dimension(visit: Visit, item: Round) -> Dimension:
    asked = dimensions_of(visit.desk, item)
    name = visit.option("dimension") or asked[0].id
    found = next((dimension for dimension in asked if dimension.id == name), None)
    if found is None:
        names = ", ".join(dimension.id for dimension in asked)
        raise NotFound(review_says("settling.the_round_asks_no_it", name=name, names=names))
    return found


def _path(item: Round, dimension: Dimension, unit: str = "") -> str:
    place = f"/{address_part(unit)}" if unit else ""
    return f"/review/{item.id}/compare{place}?dimension={dimension.id}"


def _next_open(desk: Desk, item: Round, dimension: Dimension, after: str) -> str | None:
    units = [
        entry.unit
        for entry in compare(desk, item, dimension)
        if entry.unit == after or (not entry.agree and entry.settled is None)
    ]
    place = units.index(after) if after in units else -1
    return next((unit for unit in (*units[place + 1 :], *units) if unit != after), None)


def _fields(desk: Desk, item: Round, unit: str) -> list[Field]:
    settled = desk.answers(CONSENSUS, unit, item)
    return fields(desk, item, unit, desk.passages.get(unit), settled)


def _row(desk: Desk, item: Round, dimension: Dimension, entry: Comparison) -> dict[str, Any]:
    passage = desk.passages.get(entry.unit)
    return {
        "unit": entry.unit,
        "study": desk.studies[study_of(entry.unit)].short,
        "text": passage.text if passage else desk.studies[entry.unit].title,
        "language": passage.language if passage else "",
        "answers": [
            (desk.coders[name].name[spoken()], as_words(desk.scheme, line))
            for name, line in entry.answers.items()
        ],
        "settled": as_words(desk.scheme, entry.settled) if entry.settled else "",
        "path": _path(item, dimension, entry.unit),
    }


async def _settling(
    visit: Visit,
    item: Round,
    dimension: Dimension,
    unit: str,
    filled: Field | None,
    notice: Notice,
) -> Response:
    desk = visit.desk
    study = study_of(unit)
    passage = desk.passages.get(unit)
    entry = comparison(desk, item, dimension, unit)
    document = document_of(desk, unit)
    before, after, _ = around(desk, passage, 2) if passage else ([], [], 0)
    left = [
        other.unit
        for other in compare(desk, item, dimension)
        if not other.agree and other.settled is None
    ]
    context = {
        "round": item,
        "dimension": dimension,
        "unit": unit,
        "study": desk.studies[study],
        "passage": passage,
        "access": say(spoken())(f"access.long.{document.read(passage)}")
        if document and passage
        else "",
        "before": before,
        "after": after,
        "answers": [
            {
                "name": desk.coders[name].name[spoken()],
                "words": as_words(desk.scheme, line),
                "line": line,
                "accept": " ".join(sorted(line.codes or ()) or [NONE]),
                "key": key,
            }
            for key, (name, line) in zip("abcdefgh", entry.answers.items(), strict=False)
        ],
        "settled": entry.settled,
        "settled_by": desk.coders[entry.settled.settled_by].name[spoken()]
        if entry.settled and entry.settled.settled_by in desk.coders
        else "",
        "settled_words": as_words(desk.scheme, entry.settled) if entry.settled else "",
        "field": filled
        or next(field for field in _fields(desk, item, unit) if field.dimension is dimension),
        "seen": desk.seen(CONSENSUS, unit, item, dimension.id),
        "left": len(left),
        "may_settle": not reasons_against_settling(desk, item, visit.coder.id),
        "shut": shut(desk, item),
        "none_of_them": NONE,
        "offered": [
            code for code in dimension.codes if code.retired is None or code.id in entry.given
        ],
        "labels": labels(desk, spoken()),
        "boundaries": [
            boundary
            for boundary in desk.scheme.neighbours
            if all(
                any(code in (line.codes or ()) for line in entry.answers.values())
                for code in boundary.between
            )
        ],
        "next": _next_open(desk, item, dimension, unit),
        "path": _path(item, dimension, unit),
        "list": _path(item, dimension),
    }
    return await visit.page("settle.html", context, notice)
