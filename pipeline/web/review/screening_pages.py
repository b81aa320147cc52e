"""Screening in the browser: what is left, one candidate at a time, and disagreements."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.model.people import Coder
from pipeline.model.records import Document
from pipeline.model.screening_texts import Wording
from pipeline.published.agreement.screener_agreement_output import HEADS, cells
from pipeline.sources.fulltexts.fulltext_readers import READERS
from pipeline.sources.ledger import NotSaved
from pipeline.web.review.coding_page import explained
from pipeline.web.review.marked_passage import marked
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_session import (
    Review,
    first,
    go,
    not_while_reading,
    page,
    read_form,
    running,
    show,
    signed_in,
)
from pipeline.web.review.uploads import read_upload
from pipeline.web.site_language import language_of

STAGES = {"abstract": "Title and abstract", "full": "Full text"}
SHOWN = 50  # of those left
DECIDED = 200  # of those decided, at first


async def screen_page(datasette: Any, request: Any) -> Response:
    """How far screening is, by stage, with what comes first."""
    review = running(datasette)
    coder = signed_in(review, request)
    desk = review.screening
    desk.sync(wait=False)
    view = desk.view(coder.id)
    agreed = desk.agreement()
    language = language_of(datasette)
    stages = []
    for stage in desk.rules.stages:
        order = await asyncio.to_thread(desk.order, coder.id, stage)
        hint = view.hint(stage, desk.aim)
        drawn = desk.outcome(coder.id, stage, desk.aim)
        stages.append(
            {
                "id": stage,
                "title": STAGES[stage],
                "progress": view.progress(stage),
                "next": [desk.studies[key] for key in order[:SHOWN]],
                "more": max(len(order) - SHOWN, 0),
                "conflicts": [desk.studies[key] for key in view.conflicts(stage)],
                "hint": hint.words(language) if hint else None,
                "drawn": drawn.words(language) if drawn else None,
                "agreement": [cells(line) for line in agreed if line.stage == stage],
            }
        )
    candidates = [item for item in view.candidacies.values() if item.screened]
    everything = [item for item in candidates if not item.is_open]
    ended = everything if request.args.get("decided") == "all" else everything[:DECIDED]
    context = {
        "coder": coder,
        "reasons": [],
        "stages": stages,
        "heads": HEADS,
        "say": Wording(language),
        "rules": desk.rules,
        "ended": [
            {"study": desk.studies[item.study], "candidacy": item, "why": _label(desk, item.reason)}
            for item in ended
        ],
        "more": len(everything) - len(ended),
        "waiting": len(candidates) > len(everything),
        "undone": request.args.get("undone"),
    }
    return await page(datasette, request, "screen.html", context)


async def candidate_page(datasette: Any, request: Any) -> Response:
    """GET shows one candidate; POST saves what the screener says of it."""
    review = running(datasette)
    coder = signed_in(review, request)
    desk = review.screening
    key = tilde_decode(request.url_vars["study"])
    reasons: list[str] = []
    status = 200
    form: dict[str, list[str]] = {}
    if kept := desk.inputs.screened.imports.merges.kept.get(key):
        if request.method != "POST":
            return go(datasette, f"/review/screen/{kept}")
        form = await read_form(request, coder)
        reasons = [f"Not saved: {key} is read as {kept}, the study shown here. Look again first."]
        return await _candidate(datasette, request, review, coder, kept, form, reasons, 409)
    if key not in desk.studies:
        raise NotFound(f"There is no study '{key}'.")
    desk.sync(wait=False)
    if request.method == "POST":
        form = await read_form(request, coder)
        try:
            async with review.lock:
                not_while_reading(review)
                before = desk.candidacies[key]
                if first(form, "stage") != before.stage and not first(form, "again"):
                    raise Refused(["It has come further meanwhile; look again before you decide."])
                found = await asyncio.to_thread(
                    desk.save,
                    coder.id,
                    key,
                    first(form, "decision"),
                    first(form, "reason"),
                    first(form, "note"),
                    first(form, "stage"),
                    bool(first(form, "settles")),
                )
            stage = before.stage
            order = await asyncio.to_thread(desk.order, coder.id, stage)
            then = f"/review/screen/{order[0]}?saved={key}" if order else "/review/screen"
            if (found.state == "included") != (before.state == "included"):
                return await _renewed(datasette, review, then)
            await show(datasette, review, screening=True)
            return go(datasette, then)
        except (Refused, NotSaved) as error:
            status, reasons = explained(error)
    return await _candidate(datasette, request, review, coder, key, form, reasons, status)


async def undo_screening(datasette: Any, request: Any) -> Response:
    """POST takes the screener's last decision back."""
    review = running(datasette)
    coder = signed_in(review, request)
    if request.method != "POST":
        return go(datasette, "/review/screen")
    await read_form(request, coder)
    desk = review.screening
    line = desk.last(coder.id)
    if line is None or line.study not in desk.studies:
        return go(datasette, "/review/screen")
    before = desk.candidacies[line.study]
    try:
        async with review.lock:
            not_while_reading(review)
            found = await asyncio.to_thread(desk.save, coder.id, line.study, "", stage=line.stage)
    except (Refused, NotSaved) as error:
        status, reasons = explained(error)
        context = {"coder": coder, "reasons": reasons, "back": "/review/screen"}
        return await page(datasette, request, "refused.html", context, status)
    then = f"/review/screen/{line.study}?undone=1"
    if (found.state == "included") != (before.state == "included"):
        return await _renewed(datasette, review, then)
    await show(datasette, review, screening=True)
    return go(datasette, then)


async def attach_page(datasette: Any, request: Any) -> Response:
    """POST takes in a full text of a study; it stays on this machine."""
    review = running(datasette)
    coder = signed_in(review, request)
    key = tilde_decode(request.url_vars["study"])
    desk = review.screening
    if key not in desk.studies:
        raise NotFound(f"There is no study '{key}'.")
    if request.method != "POST":
        return go(datasette, f"/review/screen/{key}")
    try:
        _, files = await read_upload(review, request, coder)
        upload = files.get("file")
        if upload is None or not upload.size:
            raise Refused(["Choose a file."])
        suffix = f".{upload.name.rpartition('.')[2].lower()}"
        if suffix not in READERS:
            raise Refused([f"Full texts are {', '.join(sorted(READERS))} files."])
        project = review.desk.project
        others = [path.name for path in project.fulltext.glob(f"{key}.*") if path.suffix in READERS]
        if others:
            raise Refused([f"There is one already: {', '.join(others)}. Take it out first."])
        from pipeline.ground.changeset import Changeset

        path = project.fulltext / f"{key}{suffix}"
        changes = Changeset(project)
        changes.write(path, upload.read())
        async with review.lock:
            await asyncio.to_thread(changes.commit)
    except (Refused, OSError) as error:
        reasons = list(getattr(error, "reasons", (str(error),)))
        return await _candidate(datasette, request, review, coder, key, {}, reasons, 400)
    review.renew(lambda: path.unlink(missing_ok=True))
    return await after_renewal(datasette, f"/review/screen/{key}?attached=1")


async def _candidate(
    datasette: Any,
    request: Any,
    review: Review,
    coder: Coder,
    key: str,
    form: dict[str, list[str]],
    reasons: list[str],
    status: int,
) -> Response:
    desk = review.screening
    view = desk.view(coder.id)
    found = view.candidacies[key]
    stage = request.args.get("stage") or found.stage
    stage = stage if stage in desk.rules.stages else found.stage
    visible = view.visible(key, stage)
    mine = visible.get(coder.id)
    others = [line for name, line in visible.items() if name != coder.id]
    order = await asyncio.to_thread(desk.order, coder.id, stage)
    place = order.index(key) if key in order else -1
    after = order[(place + 1) % len(order)] if order and order != [key] else ""
    abstract = desk.abstracts.get(key)
    saved = view.candidacies.get(request.args.get("saved") or "")
    context = {
        "coder": coder,
        "reasons": reasons,
        "study": desk.studies[key],
        "candidacy": found,
        "stage": stage,
        "stages": STAGES,
        "rules": desk.rules,
        "mine": mine,
        "said": visible.values() if found.state == "conflict" else others,
        "labels": {item.id: item.label for item in desk.rules.reasons},
        "decision": first(form, "decision") or (mine.verdict if mine else ""),
        "reason": first(form, "reason") or (mine.reason if mine else ""),
        "note": first(form, "note") or (mine.note if mine else ""),
        "abstract": abstract,
        "pieces": _pieces(review, abstract),
        "words": desk.words_for(coder.id, key),
        "progress": view.progress(stage),
        "sampled": key in desk.to_sample(coder.id, stage),
        "say": Wording(language_of(datasette)),
        "after": after,
        "fulltext": [
            item.path
            for item in desk.inputs.corpus.documents
            if item.study == key and item.kind == "fulltext"
        ],
        "kinds": ", ".join(sorted(READERS)),
        "saved": saved,
        "saved_study": desk.studies.get(saved.study) if saved else None,
    }
    return await page(datasette, request, "candidate.html", context, status)


def _pieces(review: Review, abstract: Document | None) -> list[dict[str, Any]]:
    """The sentences of an abstract with what the machine found in them."""
    if abstract is None:
        return []
    suggestions = review.desk.suggestions
    return [
        {"passage": item, "pieces": marked(review.desk.scheme, item, suggestions.get(item.id, ()))}
        for item in abstract.passages
    ]


async def _renewed(datasette: Any, review: Review, then: str) -> Response:
    review.renew()
    return await after_renewal(datasette, then)


def _label(desk: ScreeningDesk, reason: str) -> str:
    return next((item.label.en for item in desk.rules.reasons if item.id == reason), "")
