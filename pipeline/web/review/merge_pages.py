"""Entries of the bibliography that look like one study, for a coder to merge or leave apart."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.adding.accepting import NotAccepted, library
from pipeline.desk.adding.grounds import grounds
from pipeline.desk.adding.import_summary import side_by_side, why_words
from pipeline.desk.adding.look_alikes import Proposal, alike
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.ground.problems import Mendable
from pipeline.sources.merges import merge, take_back
from pipeline.sources.screening.screener_view import NOBODY
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_page import (
    NOTHING,
    Form,
    Visit,
    explained,
    review_action,
    review_page,
)
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says

SHOWN = 100  # pairs on the page


@review_page
async def merge_page(visit: Visit) -> Response:
    """GET shows what looks like one study, and what is merged; POST merges two."""
    project = visit.desk.project
    references, imports = await asyncio.to_thread(library, project)
    notice = NOTHING
    form: Form = {}
    if visit.sends:
        form = await visit.form()
        key, into = first(form, "key").strip(), first(form, "into").strip()
        known = [study.key for study in references.studies]

        def merge_them() -> None:
            _refuse_blind(visit.review.screening, (key, into))
            merge(project, key, into, known, visit.coder.id)

        try:
            await visit.change_and_reread(merge_them)
            return after_renewal(visit, "/review/merge")
        except Mendable as error:
            notice = explained(error)
            references, imports = await asyncio.to_thread(library, project)
    found = await asyncio.to_thread(alike, references.studies, imports.merges)
    context = {
        "merges": imports.merges.standing,
        "pairs": [_shown(pair) for pair in found[:SHOWN]],
        "more": max(len(found) - SHOWN, 0),
        "form": {name: values[0] for name, values in form.items()},
    }
    return await visit.page("merge.html", context, notice)


def _refuse_blind(screening: ScreeningDesk, keys: tuple[str, str]) -> None:
    """Raise NotAccepted where a merge would show who answered on one what is said of the other."""
    rules, seen = screening.rules, screening.view(NOBODY).candidacies
    waiting = [key for key in keys if key in seen and seen[key].state in ("awaiting", "unsure")]
    if rules.blind and rules.screeners > 1 and waiting:
        raise NotAccepted(
            [
                review_says(
                    "merging.still_screened_blind_and_a",
                    waiting=review_says("review.and").join(waiting),
                    keys=" ".join(keys),
                )
            ]
        )


@review_action("/review/merge")
async def undo_merge(visit: Visit) -> Response:
    """Reads a merged study as one of its own again."""
    key = first(await visit.form(), "key")
    await visit.change_and_reread(partial(take_back, visit.desk.project, key, visit.coder.id))
    return after_renewal(visit, "/review/merge")


def _shown(pair: Proposal) -> dict[str, Any]:
    study, other, match = pair
    return {
        "study": study,
        "other": other,
        "why": why_words(match.why),
        "score": match.score,
        "rows": side_by_side(study, other),
        "grounds": grounds(study, other),
    }
