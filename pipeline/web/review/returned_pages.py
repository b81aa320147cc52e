"""Candidates given to other screening programs, and their decisions taken in, in the browser."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.screening.candidate_files import (
    CANDIDATE_FORMATS,
    STATES,
    candidate_records,
)
from pipeline.desk.screening.returned.returned_files import ReturnedFile, read_returned
from pipeline.desk.screening.returned.returned_preview import (
    ReturnOptions,
    ReturnPreview,
    how_words,
    in_states,
    make_return_preview,
    notices,
    read_options,
    reason_words,
    state_words,
)
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.ground.problems import Mendable
from pipeline.ground.texts import spoken
from pipeline.model.candidacy import VERDICTS
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
from pipeline.web.review.review_session import first, keep_some, show
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.uploads import read_upload

SHOWN = 200  # records of a kind on one page


@review_page
async def candidates_file(visit: Visit) -> Response:
    """Candidates of a stage or in a state, as a file with their abstracts."""
    form, desk = visit.option("format"), visit.review.screening
    if form not in CANDIDATE_FORMATS:
        raise NotFound(
            review_says("returned.there_is_no_format", formats=", ".join(CANDIDATE_FORMATS))
        )
    desk.sync(wait=False)
    media_type, write = CANDIDATE_FORMATS[form]
    states = [state for state in [visit.option("state")] if state]
    records = candidate_records(desk, visit.coder.id, visit.option("stage"), states)
    headers = {"content-disposition": f'attachment; filename="candidates.{form}"'}
    return Response(
        await asyncio.to_thread(write, records), headers=headers, content_type=media_type
    )


@review_page
async def returned_page(visit: Visit) -> Response:
    """GET asks for a file, and lists what came in so; POST reads it and goes to its preview."""
    notice, desk = NOTHING, visit.review.screening
    if visit.sends:
        try:
            form, sent = await read_upload(visit)
            upload = sent.get("file")
            if upload is None or not upload.size:
                raise Refused([review_says("screening.choose_a_file")])
            file = await asyncio.to_thread(read_returned, upload.read(), upload.name or "file")
            token = secrets.token_urlsafe(8)
            keep_some(visit.review.returned, token, file)
            options = {name: first(form, name) for name in ("stage", "as") if first(form, name)}
            return visit.go(f"/review/returned/{token}?{urlencode(options)}")
        except Mendable as error:
            notice = explained(error)
    desk.sync(wait=False)
    context = {
        "rules": desk.rules,
        "verdicts": VERDICTS,
        "states": STATES,
        "formats": [*CANDIDATE_FORMATS],
        "batches": [*desk.batches(visit.coder.id).items()][::-1],
        "saved": visit.option("saved"),
        "undone": visit.option("undone"),
    }
    return await visit.page("returned.html", context, notice)


@review_page
async def returned_preview_page(visit: Visit) -> Response:
    """GET shows which study each record is, and what stands there; POST shows it anew, or saves."""
    token = visit.request.url_vars["token"]
    file = visit.review.returned.get(token)
    if file is None:
        raise NotFound(review_says("returned.that_preview_is_not_there"))
    desk, coder = visit.review.screening, visit.coder.id
    desk.sync(wait=False)
    notice = NOTHING
    form: Form = await visit.form() if visit.sends else {}
    options = _options(visit, form, desk)
    if first(form, "save"):
        try:
            number, is_reread = await _save(visit, file, options)
            visit.review.returned.pop(token, None)
            then = f"/review/returned?saved={number}"
            return after_renewal(visit, then) if is_reread else visit.go(then)
        except Mendable as error:
            notice = explained(error)
    preview = await asyncio.to_thread(make_return_preview, file, desk, coder, options)
    return await _shown(visit, token, preview, notice)


@review_action("/review/returned")
async def undo_returned(visit: Visit) -> Response:
    """Takes back what came in at one moment."""
    when = first(await visit.form(), "when")
    number, is_reread = await _change(
        visit, lambda desk: (desk.take_back(visit.coder.id, when), "")
    )
    then = f"/review/returned?undone={number}"
    return after_renewal(visit, then) if is_reread else visit.go(then)


async def _shown(visit: Visit, token: str, preview: ReturnPreview, notice: Notice) -> Response:
    desk, options = visit.review.screening, preview.options
    context = {
        "preview": preview,
        "groups": [
            {"state": state, "items": items[:SHOWN], "more": max(len(items) - SHOWN, 0)}
            for state, items in in_states(preview.items).items()
        ],
        "notices": list(notices(preview, desk)),
        "rules": desk.rules,
        "reason_labels": {reason.id: reason.label[spoken()] for reason in desk.rules.reasons},
        "verdicts": VERDICTS,
        "said": state_words,
        "how": how_words,
        "reason_words": reason_words,
        "given": [*dict.fromkeys([*options.reasons, *preview.unclear_reasons])],
        "token": token,
    }
    return await visit.page("returned_preview.html", context, notice)


def _options(visit: Visit, form: Form, desk: ScreeningDesk) -> ReturnOptions:
    def said(name: str) -> str:
        return first(form, name) if form else visit.option(name)

    given = {name[6:]: values[0] for name, values in form.items() if name.startswith("given.")}
    reasons = {text: first(form, f"reason.{place}") for place, text in given.items()}
    chosen = {text: reason for text, reason in reasons.items() if reason}
    taken = [int(number) for number in form.get("take", []) if number.isdigit()]
    return read_options(desk, said("stage"), said("person"), said("as"), chosen, taken)


async def _save(visit: Visit, file: ReturnedFile, options: ReturnOptions) -> tuple[int, bool]:
    coder = visit.coder.id

    def save(desk: ScreeningDesk) -> tuple[int, str]:
        desk.sync()
        answers = make_return_preview(file, desk, coder, options).answers
        return len(answers), desk.save_all(coder, answers)

    return await _change(visit, save)


async def _change(
    visit: Visit, action: Callable[[ScreeningDesk], tuple[int, str]]
) -> tuple[int, bool]:
    """Of how many candidates something was saved, and whether all is read again for it.

    That is where a study came into the review, or left it; what cannot be read is taken back.
    """
    async with visit.turn():
        desk = visit.review.screening
        before = _included(desk)
        number, when = await asyncio.to_thread(action, desk)
        is_reread = _included(desk) != before
        if is_reread:
            undo = partial(desk.take_back, visit.coder.id, when) if when else lambda: 0
            visit.review.renew(undo)
        else:
            await show(visit.datasette, visit.review, screening=True)
    return number, is_reread


def _included(desk: ScreeningDesk) -> set[str]:
    return {key for key, item in desk.candidacies.items() if item.state == "included"}
