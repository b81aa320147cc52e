"""A coder's start page, undo, and the history of a unit."""

from __future__ import annotations

from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.progress import answered_by, by_study, of_round, total
from pipeline.desk.review.queue import ORDERS
from pipeline.model.answers import CONSENSUS, latest, study_of
from pipeline.model.people import Coder, Round
from pipeline.sources.ledger import NotSaved
from pipeline.sources.merges import follow
from pipeline.web.review.answer_form import as_words
from pipeline.web.review.coding_page import not_undone, saved_words
from pipeline.web.review.coding_path import Way, may_order, way_of
from pipeline.web.review.review_session import (
    Review,
    coder_of,
    go,
    keep,
    page,
    read_form,
    running,
    show,
    signed_in,
    synced,
)

STUDIES = 50  # shown at first


async def start_page(datasette: Any, request: Any) -> Response:
    """What the coder who is signed in may do next."""
    review = running(datasette)
    coder = coder_of(review, request)
    if coder is None:
        return go(datasette, "/review/sign-in")
    if review.late:
        await show(datasette, review)
    return await _start(datasette, request, review, coder)


async def undo(datasette: Any, request: Any) -> Response:
    """POST takes the coder's last action back and shows what it was about."""
    review = running(datasette)
    coder = signed_in(review, request)
    if request.method != "POST":
        return go(datasette, "/review")
    await read_form(request, coder)
    try:
        action = await keep(datasette, review, lambda desk: desk.undo(coder.id))
    except (Refused, NotSaved) as error:
        status, reasons = not_undone(error)
        return await _start(datasette, request, review, coder, reasons, status)
    if action is None:
        return await _start(datasette, request, review, coder, ["There is nothing to undo."])
    item = review.desk.rounds.get(action.decisions[0].round)
    if item is None or coder.id not in item.coders:
        return go(datasette, "/review?undone=1")
    way = way_of(request, review.desk, item, coder.id)
    if action.unit in review.desk.passages and review.desk.asked(item, of_passage=True):
        return go(datasette, way.unit(action.unit, undone="1"))
    return go(datasette, way.study(study_of(action.unit), undone="1"))


async def history_page(datasette: Any, request: Any) -> Response:
    """Every line about a unit that the coder may see, oldest first."""
    review = running(datasette)
    coder = signed_in(review, request)
    desk = review.desk
    unit = follow(tilde_decode(request.url_vars["unit"]), desk.book.kept)
    study = study_of(unit)
    reasons = synced(review, study, coder=coder.id)
    lines = [line for line in desk.lines(study).seen_by(coder.id) if line.unit == unit]
    passage = desk.passages.get(unit)
    if passage is None and unit not in desk.studies and not lines:
        raise NotFound(f"There is no passage or study '{unit}'.")
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
        "coder": coder,
        "unit": unit,
        "reasons": reasons,
        "study": desk.studies.get(study),
        "text": passage.text if passage else (lines[-1].text if lines else ""),
        "gone": passage is None and unit not in desk.studies,
        "language": passage.language if passage else "",
        "lines": [
            {
                "line": line,
                "who": "Consensus" if line.coder == CONSENSUS else line.coder,
                "nature": _nature(desk.coders.get(line.settled_by or line.coder)),
                "words": "withdrawn"
                if line.codes is None
                else as_words(desk.scheme, line)
                if line.dimension in desk.scheme.by_id
                else ", ".join(sorted(line.codes)),
                "dimension": desk.scheme.by_id[line.dimension].label.en
                if line.dimension in desk.scheme.by_id
                else line.dimension,
                "stands": line.id in standing,
            }
            for line in lines
        ],
    }
    return await page(datasette, request, "history.html", context)


async def _start(
    datasette: Any,
    request: Any,
    review: Review,
    coder: Coder,
    reasons: list[str] | None = None,
    status: int = 200,
) -> Response:
    desk = review.desk
    rounds = [
        _round(review, request, coder, item)
        for item in desk.rounds.values()
        if coder.id in item.people
    ]
    rounds.sort(
        key=lambda entry: (entry["round"].state != "open", not entry["progress"].of_passages)
    )
    saved = None
    finished = desk.rounds.get(request.args.get("finished") or "")
    if finished is not None and coder.id not in finished.people:
        finished = None
    if finished is not None:
        saved = saved_words(review, coder, finished, request.args.get("saved") or "")
    context = {
        "coder": coder,
        "rounds": rounds,
        "reasons": reasons or [],
        "finished": finished,
        "finished_progress": of_round(desk, finished, coder.id) if finished else None,
        "undone": bool(request.args.get("undone")),
        "saved": saved,
        "orders": list(ORDERS),
        "codes": desk.scheme.dimension(desk.scheme.evidence).codes,
    }
    return await page(datasette, request, "start.html", context, status)


def _nature(coder: Coder | None) -> str:
    return {"person": "a person", "model": "a language model"}.get(
        (coder and coder.nature) or "", "person or model: not said"
    )


def _round(review: Review, request: Any, coder: Coder, item: Round) -> dict[str, Any]:
    desk = review.desk
    found = by_study(desk, item, coder.id)
    studies = [(desk.studies[key], progress) for key, progress in found.items()]
    everything = request.args.get("studies") == "all"
    ordered = sorted(studies, key=lambda entry: not entry[1].left)
    way = Way(item.id, way_of(request, desk, item, coder.id).order)
    return {
        "round": item,
        "way": way,
        "progress": total(found.values()),
        "versions": desk.book.versions(item.id) if item.state != "open" else [],
        "studies": ordered if everything else ordered[:STUDIES],
        "more": 0 if everything else max(len(ordered) - STUDIES, 0),
        "codes": coder.id in item.coders,
        "absent": [study.short for study, _ in studies if desk.unknown(study.key)],
        "may_order": may_order(item, coder.id),
        "others": [
            (desk.coders[name].name.en, answered_by(desk, item, name))
            for name in item.coders
            if name != coder.id and name in desk.coders
        ],
    }
