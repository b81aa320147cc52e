"""The page on which a passage is read in its context and coded."""

from __future__ import annotations

from functools import partial

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.joining import around, document_of, join
from pipeline.desk.review.progress import of_round
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.texts import spoken
from pipeline.model.answers import NONE, study_of
from pipeline.model.people import Round
from pipeline.model.records import Passage
from pipeline.sources.merges import follow
from pipeline.web.review.answer_form import Field, fields, given_answers, shut
from pipeline.web.review.coding_path import CodingPath, coding_path_of
from pipeline.web.review.page_beside import page_beside
from pipeline.web.review.reach import quoting, reach_of
from pipeline.web.review.review_page import NOTHING, Notice, Visit, explained, review_page
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.saving_answers import save_answers
from pipeline.web.review.shown_suggestions import suggested
from pipeline.web.review.text_page import left_out
from pipeline.web.review.unit_view import checked, labels, saved_words
from pipeline.web.site_language import say

AROUND = 2  # passages before and after


@review_page
async def unit_page(visit: Visit) -> Response:
    """GET shows a passage, POST saves the coder's answers to it and goes to the next."""
    desk, item, unit = visit.desk, visit.round(), visit.named("unit")
    path = coding_path_of(visit.request, desk, item, visit.coder.id)
    led = unit if visit.sends else follow(unit, desk.book.kept)
    if led != unit:
        return visit.go(path.unit(led))
    notice = NOTHING if visit.sends else visit.synced(study_of(unit))
    wrong, look = "", ""
    passage = desk.passage_in(item, visit.coder.id, unit)
    if passage is None:
        wrong = review_says("coding.there_is_no_passage_any", unit=unit)
    elif not desk.asked(item, of_passage=True):
        wrong = review_says("coding.the_round_asks_nothing_of", item=item.id)
        look = review_says("coding.look_at_the_study", study=path.study(study_of(unit)))
    elif last := visit.option("to"):
        try:
            passage = join(desk, unit, last)
        except Refused as error:
            notice = explained(error)
    if visit.sends:
        form = await visit.form()
        if wrong or passage is None or notice.reasons:
            return await visit.lost(form, wrong or " ".join(notice.reasons))
        shown = partial(_show, visit, item, path, passage)
        return await save_answers(visit, item, path, passage.id, form, shown, passage)
    if wrong or passage is None:
        raise NotFound(wrong + look)
    return await _show(visit, item, path, passage, None, notice)


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
    passage: Passage,
    filled: list[Field] | None = None,
    notice: Notice = NOTHING,
) -> Response:
    desk, coder, unit = visit.desk, visit.coder, passage.id
    if not item.includes(passage.study):
        raise NotFound(
            review_says("coding.the_round_does_not_include", item=item.id, study=passage.study)
        )
    document = document_of(desk, unit) or document_of(desk, passage.sentences[0])
    standing = desk.answers(coder.id, unit, item)
    before, after, place = around(desk, passage, AROUND)
    reach = reach_of(desk, item, path, coder.id, passage)
    context = {
        "round": item,
        "path": path,
        "study": desk.studies[passage.study],
        "document": document,
        "access": say(spoken())(f"access.long.{document.read(passage) if document else 'none'}"),
        "passage": passage,
        "beside": await page_beside(visit, document, passage.page, passage),
        "place": place + 1,
        "of": len(desk.passages_of[passage.study]),
        "reach": reach,
        "stands_in": _documents(desk, passage.study).get,
        "progress": of_round(desk, item, coder.id),
        "given": given_answers(desk, standing, path.language),
        "shut": shut(desk, item),
        "before": before,
        "after": after,
        "fields": filled
        or quoting(fields(desk, item, unit, passage, standing), passage, visit.option("marked")),
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
        "left_out": left_out(visit),
        "is_marked": all(
            name in desk.passages and desk.passages[name].marked for name in passage.sentences
        ),
        "changed_texts": [desk.studies[key].short for key in desk.changed_texts(passage.study)],
        **suggested(desk, item, coder, passage, path.language),
    }
    return await visit.page("coding.html", context, notice)


def _documents(desk: Desk, study: str) -> dict[str, str]:
    """By passage of a study, the document in which it stands."""
    documents = reversed(desk.documents[study])  # of words in two, the first
    return {one.id: document.id for document in documents for one in document.passages}
