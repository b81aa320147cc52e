"""The page on which a passage is read in its context and coded."""

from __future__ import annotations

from functools import partial

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.progress import of_round
from pipeline.model.answers import NONE, study_of
from pipeline.model.people import Round
from pipeline.model.records import Document, Passage
from pipeline.sources.merges import follow
from pipeline.web.review.answer_form import Field, fields, given_answers, shut
from pipeline.web.review.coding_path import CodingPath, coding_path_of
from pipeline.web.review.page_beside import page_beside
from pipeline.web.review.review_page import NOTHING, Notice, Visit, review_page
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.saving_answers import save_answers
from pipeline.web.review.unit_view import checked, labels, saved_words, suggested
from pipeline.web.site_language import DEFAULT, say

AROUND = 2  # passages before and after


@review_page
async def unit_page(visit: Visit) -> Response:
    """GET shows a passage, POST saves the coder's answers to it and goes to the next."""
    desk, item, unit = visit.desk, visit.round(), visit.named("unit")
    path = coding_path_of(visit.request, desk, item, visit.coder.id)
    led = unit if visit.sends else follow(unit, desk.book.kept)
    if led != unit:
        return visit.go(path.unit(led))
    wrong, look = "", ""
    if unit not in desk.passages:
        wrong = review_says("coding.there_is_no_passage_any", unit=unit)
    elif not desk.asked(item, of_passage=True):
        wrong = review_says("coding.the_round_asks_nothing_of", item=item.id)
        look = review_says("coding.look_at_the_study", study=path.study(study_of(unit)))
    if visit.sends:
        form = await visit.form()
        if wrong:
            return await visit.lost(form, wrong)
        return await save_answers(
            visit, item, path, unit, form, partial(_show, visit, item, path, unit)
        )
    if wrong:
        raise NotFound(wrong + look)
    return await _show(visit, item, path, unit, None, visit.synced(study_of(unit)))


@review_page
async def next_page(visit: Visit) -> Response:
    """Go to the next passage or study of the queue, or to the start when nothing is left."""
    item = visit.round()
    path = coding_path_of(visit.request, visit.desk, item, visit.coder.id)
    unit = visit.review.queue.next(item, visit.coder.id, path.order, visit.option("after"))
    if unit is None:
        return visit.go(f"/review?finished={item.id}")
    return visit.go(path.at(unit, saved=visit.option("saved")))


async def _show(
    visit: Visit,
    item: Round,
    path: CodingPath,
    unit: str,
    filled: list[Field] | None = None,
    notice: Notice = NOTHING,
) -> Response:
    desk, coder = visit.desk, visit.coder
    passage = desk.passages[unit]
    if not item.includes(passage.study):
        raise NotFound(
            review_says("coding.the_round_does_not_include", item=item.id, study=passage.study)
        )
    document = _document(desk.documents[passage.study], passage)
    standing = desk.answers(coder.id, unit, item)
    units = desk.units_of(item, passage.study)
    place = units.index(unit)
    context = {
        "round": item,
        "path": path,
        "study": desk.studies[passage.study],
        "document": document,
        "access": say(DEFAULT)(f"access.long.{document.access}"),
        "passage": passage,
        "beside": await page_beside(visit, document, passage.page, passage),
        "place": place + 1,
        "of": len(units),
        "progress": of_round(desk, item, coder.id),
        "given": given_answers(desk, standing, path.language),
        "shut": shut(desk, item),
        "before": [desk.passages[name] for name in units[max(place - AROUND, 0) : place]],
        "after": [desk.passages[name] for name in units[place + 1 : place + 1 + AROUND]],
        "fields": filled or fields(desk, item, unit, passage, standing),
        "answered": bool(standing),
        "may_answer": not desk.reasons_against_any(coder.id, item),
        "seen": desk.seen(coder.id, unit, item),
        "none_of_them": NONE,
        "boundaries": desk.scheme.neighbours,
        "rules": desk.scheme.rules,
        "labels": labels(desk, path.language),
        "next": path.next(after=unit),
        "hint": visit.review.queue.hint(item, coder.id, path.order),
        "saved": saved_words(desk, coder, item, visit.option("saved")),
        "checked": checked(desk, item, unit),
        **suggested(desk, item, coder, passage, path.language),
    }
    return await visit.page("coding.html", context, notice)


def _document(documents: list[Document], passage: Passage) -> Document:
    return next(item for item in documents if any(own.id == passage.id for own in item.passages))
