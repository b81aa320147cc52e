"""Changes of the scheme in the browser: what they would do, saving them, taking them back."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.scheme.migration_plan import effects, make_plan
from pipeline.desk.scheme.migration_steps import save, take_back
from pipeline.desk.scheme.plan_indicators import reviewed, trials_of
from pipeline.ground.changeset import Collision
from pipeline.model.scheme import Scheme
from pipeline.sources.migrations.scheme_changes import Change
from pipeline.web.review.marked_passage import marked
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_page import Keys, Visit, review_action
from pipeline.web.review.review_session import Review, first
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.scheme_form import as_json, changes_of, whole_changes
from pipeline.web.review.scheme_pages import scheme_digest

LISTED = 50  # passages of a preview on its page
BACK = "/review/scheme"
CHANGED: Keys = {Collision: "refused.scheme_changed"}


@review_action(BACK, CHANGED)
async def preview_change(visit: Visit) -> Response:
    """Shows what changes would do, before anything is saved."""
    form = await visit.form()
    based_on = first(form, "based_on") or scheme_digest(visit.review)
    return await change_page(visit, changes_of(form), first(form, "why"), based_on)


async def change_page(visit: Visit, changes: list[Change], why: str, based_on: str) -> Response:
    """What changes would do to the scheme that they are based on."""
    context = await asyncio.to_thread(_preview, visit.review, changes)
    return await visit.page("change.html", {**context, "why": why, "based_on": based_on})


@review_action(BACK, CHANGED)
async def save_change(visit: Visit) -> Response:
    """Saves changes that were previewed."""
    form = await visit.form()
    project, coder = visit.desk.project, visit.coder.id
    given = (whole_changes(form), first(form, "why"), coder, first(form, "based_on"))
    migration = await visit.change_and_reread(
        partial(save, project, *given), lambda saved: take_back(project, saved.id, coder)
    )
    return after_renewal(visit, f"{BACK}?saved={migration.id}")


@review_action(BACK, CHANGED)
async def take_change_back(visit: Visit) -> Response:
    """Takes the last migration back."""
    name = first(await visit.form(), "migration")
    await visit.change_and_reread(partial(take_back, visit.desk.project, name, visit.coder.id))
    return after_renewal(visit, f"{BACK}?back={name}")


def _preview(review: Review, changes: list[Change]) -> dict[str, Any]:
    desk = review.desk
    plan = make_plan(desk.project, changes)
    lines = desk.open_lines
    found = list(trials_of(review.bench, plan, reviewed(desk.held, plan.before.evidence)))
    return {
        "plan": plan,
        "files": [(desk.project.name(path), text is None) for path, text in plan.files.items()],
        "effects": effects(plan, lines),
        "changes": [(item, as_json(item)) for item in changes],
        "trials": [
            {
                "trial": trial,
                "of_studies": _unit(plan.after, trial.code) == "study",
                "groups": [
                    {
                        "title": title,
                        "count": len(shifts),
                        "more": max(len(shifts) - LISTED, 0),
                        "items": [
                            {
                                "passage": shift.passage,
                                "study": desk.studies[shift.passage.study],
                                "score": (shift.after or shift.before).score,  # type: ignore[union-attr]
                                "marked_text": marked(
                                    plan.after,
                                    shift.passage,
                                    [item for item in (shift.after or shift.before,) if item],
                                ),
                            }
                            for shift in shifts[:LISTED]
                        ],
                    }
                    for title, shifts in (
                        (review_says("scheme_change.newly_suggested"), trial.gained),
                        (review_says("scheme_change.no_longer_suggested"), trial.lost),
                    )
                    if shifts
                ],
                "learned": trial.code
                in {code for model in desk.tagger.models.values() for code in model.codes},
            }
            for trial in found
        ],
    }


def _unit(scheme: Scheme, code: str) -> str:
    return next((item.unit for item in scheme.dimensions if code in item.code_ids), "")
