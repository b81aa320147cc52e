"""The page on which a passage is read in its context and coded."""

from __future__ import annotations

from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Answer, Refused, Stale
from pipeline.desk.review.progress import of_round
from pipeline.model.answers import NONE, study_of
from pipeline.model.people import Coder, Round
from pipeline.model.readings import complete
from pipeline.model.records import Document, Passage
from pipeline.sources.ledger import NotSaved
from pipeline.sources.merges import follow
from pipeline.web.marked_text import labelled
from pipeline.web.review.answer_form import (
    Field,
    Form,
    as_words,
    fields,
    given_answers,
    read_answers,
    refilled,
    shut,
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

AROUND = 2  # passages before and after


async def unit_page(datasette: Any, request: Any) -> Response:
    """GET shows a passage, POST saves the coder's answers to it and goes to the next."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = round_of(review, request, coder)
    unit = tilde_decode(request.url_vars["unit"])
    way = way_of(request, review.desk, item, coder.id)
    if request.method == "POST":
        return await _save(datasette, request, review, coder, item, way, unit)
    if (led := follow(unit, review.desk.book.kept)) != unit:
        return go(datasette, way.unit(led))
    if unit not in review.desk.passages:
        raise NotFound(f"There is no passage '{unit}' any more.")
    if not review.desk.asked(item, of_passage=True):
        raise NotFound(f"{_asks_no_passage(item)} Look at the study: {way.study(study_of(unit))}")
    reasons = synced(review, study_of(unit), coder=coder.id)
    return await _show(datasette, request, review, coder, item, way, unit, reasons=reasons)


async def next_page(datasette: Any, request: Any) -> Response:
    """Go to the next passage or study of the queue, or to the start when nothing is left."""
    review = running(datasette)
    coder = signed_in(review, request)
    item = round_of(review, request, coder)
    way = way_of(request, review.desk, item, coder.id)
    after = request.args.get("after") or ""
    unit = review.queue.next(item, coder.id, way.order, after)
    if unit is None:
        return go(datasette, f"/review?finished={item.id}")
    saved = request.args.get("saved") or ""
    return go(datasette, way.at(unit, saved=saved))


async def _save(
    datasette: Any, request: Any, review: Review, coder: Coder, item: Round, way: Way, unit: str
) -> Response:
    form = await read_form(request, coder)
    desk = review.desk
    passage = desk.passages.get(unit)
    if passage is None:
        return await lost_page(datasette, request, form, f"There is no passage '{unit}' any more.")
    if not desk.asked(item, of_passage=True):
        return await lost_page(datasette, request, form, _asks_no_passage(item))
    if refused := desk.reasons_against_any(coder.id, item):
        return await lost_page(datasette, request, form, " ".join(refused))
    asked = fields(desk, item, unit, passage, desk.answers(coder.id, unit, item))
    try:
        if first(form, "withdraw"):
            answers = [
                Answer(field.dimension.id, None) for field in asked if field.chosen is not None
            ]
        else:
            answers = read_answers(form, asked, passage, desk.scheme)
        seen = first(form, "seen")
        await keep(datasette, review, lambda desk: desk.save(coder.id, item, unit, answers, seen))
    except (Refused, Stale, NotSaved) as error:
        status, reasons = explained(error)
        return await _show(
            datasette,
            request,
            review,
            coder,
            item,
            way,
            unit,
            refilled(asked, form),
            reasons,
            status,
        )
    return after_saving(datasette, review, coder, way, unit, form)


def after_saving(
    datasette: Any, review: Review, coder: Coder, way: Way, unit: str, form: Form
) -> Response:
    """Stay where something was saved, or go on to what comes next."""
    if first(form, "then") == "stay":
        return go(datasette, way.at(unit, saved=unit))
    item = review.desk.rounds[way.round]
    following = review.queue.next(item, coder.id, way.order, unit)
    if following is None:
        return go(datasette, f"/review?finished={item.id}&saved={unit}")
    return go(datasette, way.at(following, saved=unit))


def explained(error: Refused | Stale | NotSaved) -> tuple[int, list[str]]:
    """Status and words for what could not be saved."""
    if isinstance(error, Stale):
        return 409, [
            "You answered this in another window meanwhile; that answer stands. "
            "Below is what you have here: save it to replace the other, or skip."
        ]
    if isinstance(error, NotSaved):
        return 507, [
            f"Not saved: {error}. Your answer stands below; nothing was lost. "
            "Mend the cause and save again, or copy it elsewhere."
        ]
    return 400, list(error.reasons)


def not_undone(error: Refused | NotSaved) -> tuple[int, list[str]]:
    """Status and words for what could not be taken back."""
    if isinstance(error, NotSaved):
        return 507, [f"Nothing was taken back: {error}. Mend the cause and undo again."]
    return explained(error)


async def lost_page(
    datasette: Any, request: Any, form: dict[str, list[str]], message: str
) -> Response:
    """What was typed where it cannot be saved any more, to be copied."""
    typed = [
        (name, value)
        for name, values in form.items()
        for value in values
        if value and "." in name  # what is said of a question is named by it
    ]
    return await page(
        datasette, request, "lost.html", {"message": message, "typed": typed}, status=409
    )


async def _show(
    datasette: Any,
    request: Any,
    review: Review,
    coder: Coder,
    item: Round,
    way: Way,
    unit: str,
    filled: list[Field] | None = None,
    reasons: list[str] | None = None,
    status: int = 200,
) -> Response:
    desk = review.desk
    passage = desk.passages[unit]
    if not item.includes(passage.study):
        raise NotFound(f"The round '{item.id}' does not include {passage.study}.")
    document = _document(desk.documents[passage.study], passage)
    standing = desk.answers(coder.id, unit, item)
    units = desk.units_of(item, passage.study)
    place = units.index(unit)
    context = {
        "round": item,
        "coder": coder,
        "way": way,
        "study": desk.studies[passage.study],
        "document": document,
        "access": say(DEFAULT)(f"access.long.{document.access}"),
        "passage": passage,
        "place": place + 1,
        "of": len(units),
        "progress": of_round(desk, item, coder.id),
        "given": given_answers(desk, standing, way.language),
        "shut": shut(desk, item),
        "before": [desk.passages[name] for name in units[max(place - AROUND, 0) : place]],
        "after": [desk.passages[name] for name in units[place + 1 : place + 1 + AROUND]],
        "fields": filled or fields(desk, item, unit, passage, standing),
        "reasons": reasons or [],
        "answered": bool(standing),
        "may_answer": not desk.reasons_against_any(coder.id, item),
        "seen": desk.seen(coder.id, unit, item),
        "none_of_them": NONE,
        "boundaries": desk.scheme.neighbours,
        "rules": desk.scheme.rules,
        "labels": labels(review, way.language),
        "next": way.next(after=unit),
        "hint": review.queue.hint(item, coder.id, way.order),
        "saved": saved_words(review, coder, item, request.args.get("saved") or ""),
        "checked": _checked(review, item, unit),
        **suggested(review, item, coder, passage, way.language),
    }
    return await page(datasette, request, "coding.html", context, status)


def suggested(
    review: Review, item: Round, coder: Coder, passage: Passage, language: str
) -> dict[str, Any]:
    """The suggestions that this coder may see, and the passage with their words marked."""
    shown = review.desk.shown(item, coder.id, passage.id)
    codes = {
        code.id: (place, code, dimension)
        for dimension in review.desk.scheme.dimensions
        for place, code in enumerate(dimension.codes, 1)
    }
    chips = []
    spans = []
    for entry in shown or ():
        place, code, dimension = codes[entry.code]
        if dimension.id != review.desk.scheme.evidence:
            continue
        words = [passage.text[span.start : span.end] for span in entry.spans]
        chips.append(
            {
                "code": code.id,
                "label": code.label[language],
                "score": entry.score,
                "tone": place,
                "words": list(dict.fromkeys(words)),
                "indicators": entry.indicators,
            }
        )
        spans += [
            {"start": s.start, "end": s.end, "label": code.label[language], "tone": place}
            for s in entry.spans
        ]
    return {
        "hidden": shown is None,
        "chips": chips,
        "pieces": labelled(passage.text, spans),
        "suggested": [chip["code"] for chip in chips],
    }


def labels(review: Review, language: str) -> dict[str, str]:
    """Names of all codes."""
    return {
        code.id: code.label[language]
        for dimension in review.desk.scheme.dimensions
        for code in dimension.codes
    }


def _asks_no_passage(item: Round) -> str:
    return f"The round '{item.id}' asks nothing of passages."


def saved_words(review: Review, coder: Coder, item: Round, unit: str) -> dict[str, str] | None:
    """What stands now for the unit that was saved just before."""
    desk = review.desk
    answers = desk.answers(coder.id, unit, item) if unit else {}
    decision = answers.get(desk.scheme.evidence) or next(iter(answers.values()), None)
    passage = desk.passages.get(unit)
    if decision is None or (passage is None and unit not in desk.studies):
        return None
    return {
        "unit": unit,
        "words": as_words(desk.scheme, decision),
        "left": ", ".join(
            dimension.label.en
            for dimension in desk.asked(item, passage is not None)
            if dimension.id not in answers
            or (item.state == "open" and not complete(desk.scheme, answers[dimension.id]))
        ),
        "text": passage.text if passage else desk.studies[unit].short,
    }


def _checked(review: Review, item: Round, unit: str) -> dict[str, Any] | None:
    """The answer that is to be checked, where the round is about checking."""
    if item.checks is None:
        return None
    decision = review.desk.open_answer(item.checks, unit, review.desk.scheme.evidence)
    if decision is None:
        return None
    return {
        "coder": review.desk.coders[item.checks].name.en,
        "words": as_words(review.desk.scheme, decision),
        "note": decision.note,
        "quote": decision.quote,
        "codes": sorted(decision.codes or ()) or [NONE],
    }


def _document(documents: list[Document], passage: Passage) -> Document:
    return next(item for item in documents if passage in item.passages)
