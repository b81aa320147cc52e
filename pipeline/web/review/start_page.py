"""A coder's start page, undo, and the history of a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.orphans import number_of_orphans
from pipeline.desk.review.progress import answered_by, by_study, of_round, total
from pipeline.desk.review.queue import ORDERS
from pipeline.desk.review.text_marks import last_left_out, passages_of_marks
from pipeline.ground.problems import Mendable
from pipeline.ground.texts import spoken
from pipeline.model.answers import CONSENSUS, latest, study_of
from pipeline.model.people import Coder, Round
from pipeline.sources.merges import follow
from pipeline.web.review.answer_form import as_words
from pipeline.web.review.coding_path import CodingPath, coding_path_of, may_order
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_page import (
    NOT_UNDONE,
    NOTHING,
    Notice,
    Visit,
    explained,
    open_page,
    review_action,
    review_page,
)
from pipeline.web.review.review_session import first, show
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.text_page import left_out, take_marks_back
from pipeline.web.review.unit_view import saved_words

STUDIES = 50  # shown at first


@open_page
async def start_page(visit: Visit) -> Response:
    """What the coder who is signed in may do next."""
    if visit.visitor is None:
        return visit.go("/review/sign-in")
    if visit.review.late:
        await show(visit.datasette, visit.review)
    return await _start(visit)


@review_action("/review")
async def undo(visit: Visit) -> Response:
    """Takes the coder's last action back and shows what it was about."""
    form = await visit.form()
    coder = visit.coder
    try:
        key, marks = last_left_out(visit.desk, coder.id)
        if marks:
            if await take_marks_back(visit, key, marks):
                return after_renewal(visit, "/review?undone=1")
            units = passages_of_marks(visit.desk, key, marks)
            return visit.go(_brought_back(visit, first(form, "round"), units))
        action = await visit.keep(lambda desk: desk.undo(coder.id))
    except Mendable as error:
        return await _start(visit, explained(error, NOT_UNDONE))
    if action is None:
        return await _start(visit, Notice((review_says("start.there_is_nothing_to_undo"),)))
    desk = visit.desk
    item = desk.rounds.get(action.decisions[0].round)
    if item is None or coder.id not in item.coders:
        return visit.go("/review?undone=1")
    path = coding_path_of(visit.request, desk, item, coder.id)
    if action.unit in desk.passages and desk.asked(item, of_passage=True):
        return visit.go(path.unit(action.unit, undone="1"))
    return visit.go(path.study(study_of(action.unit), undone="1"))


@review_page
async def history_page(visit: Visit) -> Response:
    """Every line about a unit that the coder may see, oldest first."""
    desk, coder = visit.desk, visit.coder
    unit = follow(visit.named("unit"), desk.book.kept)
    study = study_of(unit)
    notice = visit.synced(study)
    seen = desk.lines(study).seen_by(coder.id)
    unit = next((line.unit for line in seen if line.coded_as == unit), unit)
    lines = [line for line in seen if line.unit == unit]
    passage = desk.passage_for(coder.id, unit)
    if passage is None and unit not in desk.studies and not lines:
        raise NotFound(review_says("settling.there_is_no_passage_or", unit=unit))
    held = desk.held_of(study)
    standing = {name for key in held if key[0] == unit for name in held.counting(key)}
    # What stands of the coder's own answers that nobody else may see yet.
    shown = set(map(id, desk.lines(study).open))
    standing |= {
        line.id
        for line in latest(line for line in lines if id(line) not in shown).values()
        if line.codes is not None
    }
    context = {
        "unit": unit,
        "study": desk.studies.get(study),
        "text": passage.text if passage else (lines[-1].text if lines else ""),
        "gone": passage is None and unit not in desk.studies,
        "language_of_text": passage.language if passage else "",
        "lines": [
            {
                "line": line,
                "who": review_says("start.consensus") if line.coder == CONSENSUS else line.coder,
                "nature": _nature(desk.coders.get(line.settled_by or line.coder)),
                "words": review_says("start.withdrawn")
                if line.codes is None
                else as_words(desk.scheme, line)
                if line.dimension in desk.scheme.by_id
                else ", ".join(sorted(line.codes)),
                "dimension": desk.scheme.by_id[line.dimension].label[spoken()]
                if line.dimension in desk.scheme.by_id
                else line.dimension,
                "stands": line.id in standing,
            }
            for line in lines
        ],
    }
    return await visit.page("history.html", context, notice)


def _brought_back(visit: Visit, wanted: str, units: Sequence[str]) -> str:
    """Where the first of these passages is coded, in the wanted round if it can be."""
    desk, coder = visit.desk, visit.coder.id
    for item in sorted(
        desk.rounds.values(), key=lambda item: (item.id != wanted, item.state != "open")
    ):
        unit = next((unit for unit in units if desk.passage_in(item, coder, unit)), None)
        if unit and coder in item.people and desk.asked(item, of_passage=True):
            return coding_path_of(visit.request, desk, item, coder).unit(unit, undone="1")
    return "/review?undone=1"


async def _start(visit: Visit, notice: Notice = NOTHING) -> Response:
    desk, coder = visit.desk, visit.coder
    rounds = [_round(visit, item) for item in desk.rounds.values() if coder.id in item.people]
    rounds.sort(
        key=lambda entry: (entry["round"].state != "open", not entry["progress"].of_passages)
    )
    saved = None
    finished = desk.rounds.get(visit.option("finished"))
    if finished is not None and coder.id not in finished.people:
        finished = None
    if finished is not None:
        saved = saved_words(desk, coder, finished, visit.option("saved"))
    context = {
        "rounds": rounds,
        "finished": finished,
        "finished_progress": of_round(desk, finished, coder.id) if finished else None,
        "changed_texts": [desk.studies[key].short for key in desk.changed_texts()],
        "undone": bool(visit.option("undone")),
        "saved": saved,
        "left_out": left_out(visit),
        "orphans": number_of_orphans(desk, coder.id),
        "orders": list(ORDERS),
        "codes": desk.scheme.dimension(desk.scheme.evidence).codes,
    }
    return await visit.page("start.html", context, notice)


def _nature(coder: Coder | None) -> str:
    return review_says(f"nature.{(coder and coder.nature) or 'unsaid'}")


def _round(visit: Visit, item: Round) -> dict[str, Any]:
    desk, coder = visit.desk, visit.coder
    found = by_study(desk, item, coder.id)
    studies = [(desk.studies[key], progress) for key, progress in found.items()]
    everything = visit.option("studies") == "all"
    ordered = sorted(studies, key=lambda entry: not entry[1].left)
    path = CodingPath(item.id, coding_path_of(visit.request, desk, item, coder.id).order)
    return {
        "round": item,
        "path": path,
        "progress": total(found.values()),
        "versions": desk.book.versions(item.id) if item.state != "open" else [],
        "studies": ordered if everything else ordered[:STUDIES],
        "more": 0 if everything else max(len(ordered) - STUDIES, 0),
        "codes": coder.id in item.coders,
        "absent": [study.short for study, _ in studies if desk.unknown(study.key)],
        "may_order": may_order(item, coder.id),
        "others": [
            (desk.coders[name].name[spoken()], answered_by(desk, item, name))
            for name in item.coders
            if name != coder.id and name in desk.coders
        ],
    }
