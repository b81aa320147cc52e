"""Entries of the bibliography that look like one study, for a coder to merge or leave apart."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.adding.accepting import NotAccepted, library
from pipeline.desk.adding.grounds import grounds
from pipeline.desk.adding.import_summary import WHY, side_by_side
from pipeline.desk.adding.look_alikes import Proposal, alike
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.ground.changeset import Collision
from pipeline.ground.problems import InputError
from pipeline.sources.merges import merge, take_back
from pipeline.sources.screening.screener_view import NOBODY
from pipeline.web.review.import_pages import reasons_of
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_session import first, go, page, read_form, running, signed_in

SHOWN = 100  # pairs on the page


async def merge_page(datasette: Any, request: Any) -> Response:
    """GET shows what looks like one study, and what is merged; POST merges two."""
    review = running(datasette)
    coder = signed_in(review, request)
    project = review.desk.project
    reasons: list[str] = []
    form: dict[str, list[str]] = {}
    try:
        references, imports = await asyncio.to_thread(library, project)
        if request.method == "POST":
            form = await read_form(request, coder)
            key, into = first(form, "key").strip(), first(form, "into").strip()
            known = [study.key for study in references.studies]
            async with review.lock:
                _refuse_blind(review.screening, (key, into))
                await asyncio.to_thread(merge, project, key, into, known, coder.id)
            review.renew()
            return await after_renewal(datasette, "/review/merge")
    except (NotAccepted, InputError, Collision, OSError) as error:
        reasons = reasons_of(error)
        references, imports = await asyncio.to_thread(library, project)
    found = await asyncio.to_thread(alike, references.studies, imports.merges)
    context = {
        "coder": coder,
        "reasons": reasons,
        "merges": imports.merges.standing,
        "pairs": [_shown(pair) for pair in found[:SHOWN]],
        "more": max(len(found) - SHOWN, 0),
        "form": {name: values[0] for name, values in form.items()},
    }
    return await page(datasette, request, "merge.html", context, 400 if reasons else 200)


def _refuse_blind(screening: ScreeningDesk, keys: tuple[str, str]) -> None:
    """Raise NotAccepted where a merge would show who answered on one what is said of the other."""
    rules, seen = screening.rules, screening.view(NOBODY).candidacies
    waiting = [key for key in keys if key in seen and seen[key].state in ("awaiting", "unsure")]
    if rules.blind and rules.screeners > 1 and waiting:
        why = "still screened blind, and a merge would show what others answered. Merge when that"
        hint = f"has ended, or let whoever keeps the files run: evidence merge {' '.join(keys)}"
        raise NotAccepted([f"{' and '.join(waiting)}: {why} {hint}"])


async def undo_merge(datasette: Any, request: Any) -> Response:
    """POST reads a merged study as one of its own again."""
    review = running(datasette)
    coder = signed_in(review, request)
    if request.method != "POST":
        return go(datasette, "/review/merge")
    form = await read_form(request, coder)
    try:
        async with review.lock:
            await asyncio.to_thread(take_back, review.desk.project, first(form, "key"), coder.id)
    except (InputError, Collision, OSError) as error:
        context = {"coder": coder, "reasons": reasons_of(error), "back": "/review/merge"}
        return await page(datasette, request, "refused.html", context, 400)
    review.renew()
    return await after_renewal(datasette, "/review/merge")


def _shown(pair: Proposal) -> dict[str, Any]:
    study, other, match = pair
    return {
        "study": study,
        "other": other,
        "why": WHY[match.why],
        "score": match.score,
        "rows": side_by_side(study, other),
        "grounds": grounds(study, other),
    }
