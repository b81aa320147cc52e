"""A whole study: its passages in order with the coder's answers, and its own dimensions."""

from __future__ import annotations

from functools import partial

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.progress import of_round
from pipeline.ground.texts import spoken
from pipeline.model.answers import NONE
from pipeline.model.people import Round
from pipeline.model.records import Document
from pipeline.web.review.answer_form import Field, as_words, fields, given_answers, shut
from pipeline.web.review.coding_path import CodingPath, coding_path_of
from pipeline.web.review.review_page import NOTHING, Notice, Visit, review_page
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.saving_answers import save_answers
from pipeline.web.review.shown_suggestions import marked_text
from pipeline.web.review.text_page import has_text, left_out
from pipeline.web.review.unit_view import labels, saved_words
from pipeline.web.site_language import say


@review_page
async def reading_page(visit: Visit) -> Response:
    """GET shows a study with all its passages, POST saves answers about the study itself."""
    desk, item, key = visit.desk, visit.round(), visit.named("study")
    path = coding_path_of(visit.request, desk, item, visit.coder.id)
    if key in desk.book.kept and not visit.sends:
        return visit.go(path.study(desk.book.kept[key]))
    here = key in desk.studies and item.includes(key)
    if visit.sends:
        form = await visit.form()
        if not here:
            return await visit.lost(form, review_says("coding.there_is_no_study_here", key=key))
        return await save_answers(
            visit, item, path, key, form, partial(_show, visit, item, path, key)
        )
    if not here:
        raise NotFound(review_says("coding.there_is_no_study_in", key=key, item=item.id))
    return await _show(visit, item, path, key, None, visit.synced(key))


async def _show(
    visit: Visit,
    item: Round,
    path: CodingPath,
    key: str,
    filled: list[Field] | None = None,
    notice: Notice = NOTHING,
) -> Response:
    desk, coder = visit.desk, visit.coder
    keys = [name for name in desk.studies if item.includes(name)]
    place = keys.index(key)
    passages = []
    units = desk.units_joined(item, key, [coder.id])
    within = {part for unit in units
              if unit in desk.joined[key] and desk.answers(coder.id, unit, item)
              for part in desk.passages[unit].sentences}  # fmt: skip
    for unit in units:
        passage = desk.passages[unit]
        decision = desk.answers(coder.id, unit, item).get(desk.scheme.evidence)
        passages.append(
            {
                "passage": passage,
                "joins": len(passage.sentences),
                "within": unit in within,
                "answer": as_words(desk.scheme, decision, path.language) if decision else "",
                "note": decision.note if decision else "",
                "marked_text": marked_text(desk, item, coder, passage, path.language),
            }
        )
    documents = desk.documents[key]
    standing = desk.answers(coder.id, key, item)
    context = {
        "round": item,
        "path": path,
        "study": desk.studies[key],
        "digest": next((d for d in documents if d.kind == "digest"), None),
        "access": _access(documents),
        "passages": passages,
        "has_text": has_text(documents),
        "left_out": left_out(visit),
        "asked": desk.asks_study(item, key),
        "progress": of_round(desk, item, coder.id),
        "given": given_answers(desk, standing, path.language),
        "shut": shut(desk, item),
        "answered": desk.is_done(item, coder.id, key),
        "next": path.next(after=key),
        "fields": filled or fields(desk, item, key, None, standing),
        "may_answer": not desk.reasons_against_any(coder.id, item),
        "seen": desk.seen(coder.id, key, item),
        "none_of_them": NONE,
        "labels": labels(desk, path.language),
        "saved": saved_words(desk, coder, item, visit.option("saved")),
        "previous": desk.studies[keys[place - 1]] if place else None,
        "following": desk.studies[keys[place + 1]] if place + 1 < len(keys) else None,
    }
    return await visit.page("reading.html", context, notice)


def _access(documents: list[Document]) -> str:
    """What the digest rests on, and that the full text is there; not what others coded in it."""
    t = say(spoken())
    digest = next((item for item in documents if item.kind == "digest"), None)
    text = next((item for item in documents if item.kind == "fulltext"), None)
    if text is None:
        return t(f"access.long.{digest.access if digest else 'none'}")
    rests = [] if digest is None or digest.access == "none" else [digest.access]
    found = [t(f"digest.long.{access}") for access in rests]
    return " ".join([*found, review_says("reading.full_text_is_here", passages=text.length)])
