"""Screening in the browser: what is left, one candidate at a time, and disagreements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.ground.addresses import address_part
from pipeline.ground.changeset import Changeset
from pipeline.ground.problems import Mendable
from pipeline.ground.project import file_name, key_of
from pipeline.ground.texts import spoken
from pipeline.model.candidacy import Candidacy
from pipeline.model.records import Document
from pipeline.model.screening_texts import Wording
from pipeline.published.agreement.screener_agreement_output import cells, heads
from pipeline.sources.fulltexts.fulltext_readers import READERS
from pipeline.web.review.marked_passage import marked
from pipeline.web.review.page_beside import page_beside
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_page import (
    NOTHING,
    Form,
    Notice,
    Visit,
    explained,
    review_action,
    review_page,
)
from pipeline.web.review.review_session import Review, first, show
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.uploads import read_upload

SHOWN = 50  # of those left
DECIDED = 200  # of those decided, at first


@review_page
async def screen_page(visit: Visit) -> Response:
    """How far screening is, by stage, with what comes first."""
    coder, desk = visit.coder, visit.review.screening
    desk.sync(wait=False)
    view = desk.view(coder.id)
    agreed = desk.agreement()
    language = spoken()
    stages = []
    for stage in desk.rules.stages:
        order = await asyncio.to_thread(desk.order, coder.id, stage)
        hint = view.hint(stage, desk.aim)
        drawn = desk.outcome(coder.id, stage, desk.aim)
        stages.append(
            {
                "id": stage,
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
    ended = everything if visit.option("decided") == "all" else everything[:DECIDED]
    context = {
        "stages": stages,
        "heads": heads(),
        "say": Wording(language),
        "rules": desk.rules,
        "ended": [
            {"study": desk.studies[item.study], "candidacy": item, "why": _label(desk, item.reason)}
            for item in ended
        ],
        "more": len(everything) - len(ended),
        "waiting": len(candidates) > len(everything),
        "undone": visit.option("undone"),
    }
    return await visit.page("screen.html", context)


@review_page
async def candidate_page(visit: Visit) -> Response:
    """GET shows one candidate; POST saves what the screener says of it."""
    coder, desk, key = visit.coder, visit.review.screening, visit.named("study")
    if kept := desk.inputs.screened.imports.merges.kept.get(key):
        if not visit.sends:
            return visit.go(f"/review/screen/{address_part(kept)}")
        wrong = review_says("screening.not_saved_is_read_as", key=key, kept=kept)
        return await _candidate(visit, kept, await visit.form(), Notice((wrong,), 409))
    if key not in desk.studies:
        raise NotFound(review_says("screening.there_is_no_study", key=key))
    desk.sync(wait=False)
    if not visit.sends:
        return await _candidate(visit, key)
    form = await visit.form()

    def decide(desk: ScreeningDesk) -> Candidacy:
        before, seen = desk.candidacies[key], first(form, "stage")
        if seen != before.stage and not first(form, "again"):
            raise Refused([review_says("screening.it_has_come_further_meanwhile")])
        decision, reason, note = (first(form, name) for name in ("decision", "reason", "note"))
        settles = bool(first(form, "settles"))
        return desk.save(coder.id, key, decision, reason, note, seen, settles)

    try:
        before, is_reread = await _keep(visit, key, first(form, "stage"), decide)
    except Mendable as error:
        return await _candidate(visit, key, form, explained(error))
    order = await asyncio.to_thread(visit.review.screening.order, coder.id, before.stage)
    then = "/review/screen"
    if order:
        then = f"{then}/{address_part(order[0])}?saved={quote(key)}"
    return after_renewal(visit, then) if is_reread else visit.go(then)


@review_action("/review/screen")
async def undo_screening(visit: Visit) -> Response:
    """Takes the screener's last decision back."""
    await visit.form()
    coder, desk = visit.coder, visit.review.screening
    line = desk.last(coder.id)
    if line is None or line.study not in desk.studies:
        return visit.go("/review/screen")

    def take_back(desk: ScreeningDesk) -> Candidacy:
        return desk.save(coder.id, line.study, "", stage=line.stage)

    _, is_reread = await _keep(visit, line.study, line.stage, take_back)
    then = f"/review/screen/{address_part(line.study)}?undone=1"
    return after_renewal(visit, then) if is_reread else visit.go(then)


@review_action("/review/screen/{study}")
async def attach_page(visit: Visit) -> Response:
    """Takes in a full text of a study; it stays on this machine."""
    key = visit.named("study")
    if key not in visit.review.screening.studies:
        raise NotFound(review_says("screening.there_is_no_study", key=key))
    try:
        _, files = await read_upload(visit)
        upload = files.get("file")
        if upload is None or not upload.size:
            raise Refused([review_says("screening.choose_a_file")])
        suffix = f".{upload.name.rpartition('.')[2].lower()}"
        if suffix not in READERS:
            raise Refused(
                [review_says("screening.full_texts_are_files", sorted=", ".join(sorted(READERS)))]
            )
        project = visit.desk.project
        others = [
            path.name
            for path in project.fulltext.glob("*")
            if path.suffix in READERS and key_of(path) == key
        ]
        if others:
            raise Refused(
                [review_says("screening.there_is_one_already_take", others=", ".join(others))]
            )
        path = project.fulltext / f"{file_name(key)}{suffix}"
        changes = Changeset(project)
        changes.write(path, upload.read())
        await visit.change_and_reread(changes.commit)
    except Mendable as error:
        return await _candidate(visit, key, {}, explained(error))
    return after_renewal(visit, f"/review/screen/{address_part(key)}?attached=1")


async def _keep(
    visit: Visit, key: str, stage: str, action: Callable[[ScreeningDesk], Candidacy]
) -> tuple[Candidacy, bool]:
    """Save what a screener says, and show it; where the candidate stood before.

    All is read again where a study came into the review, or left it; whether it is.
    """
    async with visit.turn():
        desk, coder = visit.review.screening, visit.coder.id
        before = desk.candidacies[key]
        place = stage or before.stage
        said = desk.given.get((key, place), {}).get(coder)
        after = await asyncio.to_thread(action, desk)
        is_reread = (after.state == "included") != (before.state == "included")
        if is_reread:
            visit.review.renew(partial(desk.say_again, coder, key, place, said))
        else:
            await show(visit.datasette, visit.review, screening=True)
    return before, is_reread


async def _candidate(
    visit: Visit, key: str, form: Form | None = None, notice: Notice = NOTHING
) -> Response:
    coder, desk = visit.coder, visit.review.screening
    form = form or {}
    view = desk.view(coder.id)
    found = view.candidacies[key]
    stage = visit.option("stage") or found.stage
    stage = stage if stage in desk.rules.stages else found.stage
    visible = view.visible(key, stage)
    mine = visible.get(coder.id)
    others = [line for name, line in visible.items() if name != coder.id]
    order = await asyncio.to_thread(desk.order, coder.id, stage)
    place = order.index(key) if key in order else -1
    after = order[(place + 1) % len(order)] if order and order != [key] else ""
    abstract = desk.abstracts.get(key)
    saved = view.candidacies.get(visit.option("saved"))
    context = {
        "study": desk.studies[key],
        "candidacy": found,
        "stage": stage,
        "rules": desk.rules,
        "mine": mine,
        "said": visible.values() if found.state == "conflict" else others,
        "labels": {item.id: item.label for item in desk.rules.reasons},
        "decision": first(form, "decision") or (mine.verdict if mine else ""),
        "reason": first(form, "reason") or (mine.reason if mine else ""),
        "note": first(form, "note") or (mine.note if mine else ""),
        "abstract": abstract,
        "sentences": _sentences(visit.review, abstract),
        "words": desk.words_for(coder.id, key),
        "progress": view.progress(stage),
        "sampled": key in desk.to_sample(coder.id, stage),
        "say": Wording(spoken()),
        "after": after,
        "fulltext": [
            item.path
            for item in desk.inputs.corpus.documents
            if item.study == key and item.kind == "fulltext"
        ],
        "beside": await page_beside(visit, visit.review.seen.fulltexts.get(key), 1),
        "kinds": ", ".join(sorted(READERS)),
        "saved": saved,
        "saved_study": desk.studies.get(saved.study) if saved else None,
    }
    return await visit.page("candidate.html", context, notice)


def _sentences(review: Review, abstract: Document | None) -> list[dict[str, Any]]:
    """The sentences of an abstract with what the machine found in them."""
    if abstract is None:
        return []
    suggestions = review.desk.suggestions
    return [
        {
            "passage": item,
            "marked_text": marked(review.desk.scheme, item, suggestions.get(item.id, ())),
        }
        for item in abstract.passages
    ]


def _label(desk: ScreeningDesk, reason: str) -> str:
    return next((item.label[spoken()] for item in desk.rules.reasons if item.id == reason), "")
