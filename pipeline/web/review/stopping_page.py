"""When to stop screening, in the browser: each way with what it promises, and what it would do."""

from __future__ import annotations

import asyncio
import re
from math import ceil
from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.desk.screening.simulation import RULES, RUN, Trial, simulate
from pipeline.ground.problems import Mendable
from pipeline.ground.texts import spoken
from pipeline.model.screening_texts import Wording
from pipeline.model.stopping import Aim, enough, hint, missed
from pipeline.sources.screening.screener_view import NOBODY
from pipeline.web.review.review_page import NOTHING, Visit, explained, review_page
from pipeline.web.review.review_session import first

CHOICES = (80, 90, 95, 99)  # per cent
TARGETS = (90, 95)  # that are simulated, besides the chosen one
_NUMBER = re.compile(r"[0-9]{1,9}")


@review_page
async def stopping_page(visit: Visit) -> Response:
    """GET shows where each way stands; POST draws a sample."""
    coder, desk = visit.coder, visit.review.screening
    desk.sync(wait=False)
    asked = visit.option("stage")
    stage = next((item for item in desk.rules.stages if item == asked), desk.rules.stages[0])
    notice = NOTHING
    if visit.sends:
        size = first(await visit.form(), "size")
        number = int(size) if _NUMBER.fullmatch(size) else 0
        try:
            await visit.change(lambda: visit.review.screening.draw(coder.id, stage, number))
            return visit.go(f"/review/stopping?stage={stage}")
        except Mendable as error:
            notice = explained(error)
    say = Wording(spoken())
    aim = Aim(
        _per_cent(visit, "target", desk.aim.target),
        _per_cent(visit, "confidence", desk.aim.confidence),
    )
    found = await asyncio.to_thread(_found, desk, coder.id, stage, aim, say)
    context = {
        "say": say,
        "stage": stage,
        "rules": desk.rules,
        "aim": aim,
        "own_aim": desk.aim,
        "choices": {
            name: sorted({*CHOICES, getattr(aim, name), getattr(desk.aim, name)})
            for name in ("target", "confidence")
        },
        **found,
    }
    return await visit.page("stopping.html", context, notice)


def _found(desk: ScreeningDesk, coder: str, stage: str, aim: Aim, say: Wording) -> dict[str, Any]:
    view = desk.view(coder)
    order = tuple(view.decided(stage).values())
    left = len(view.left(stage))
    return {
        "where": say("stop.where", decided=len(order), found=sum(order), left=left),
        "ways": [
            _way(say, aim, "tails", _by_tails(say, order, left, aim)),
            _way(say, aim, "bound", _by_run(say, order, left, aim)),
            _way(say, aim, "sample", _by_sample(desk, coder, stage, aim, say)),
        ],
        "sample": _to_draw(desk, coder, stage, aim, say),
        "trials": _trials(order, left, aim, say) if order else [],
    }


def _way(say: Wording, aim: Aim, name: str, said: tuple[str, ...]) -> dict[str, Any]:
    values = {"target": aim.target, "confidence": aim.confidence}
    return {
        "id": name,
        "name": say(f"way.{name}"),
        "says": said,
        "promises": say(f"way.{name}.promises", **values),
        "denies": say(f"way.{name}.denies", **values),
    }


def _by_tails(say: Wording, order: tuple[bool, ...], left: int, aim: Aim) -> tuple[str, ...]:
    if not left:
        return (say("stop.nothing_left"),)
    chance = missed(order, left, aim.target)
    # Rounded up, so that it never looks better than it is.
    shown = ceil(1000 * chance - 1e-6) / 10
    said = say("stop.tails", target=aim.target, chance=shown, risk=100 - aim.confidence)
    return said, say("stop.yes" if chance <= aim.risk else "stop.no")


def _by_run(say: Wording, order: tuple[bool, ...], left: int, aim: Aim) -> tuple[str, ...]:
    if not left:
        return (say("stop.nothing_left"),)
    found = hint(order, left, aim)
    if found is None:
        return (say("stop.no_run"),)
    reached = found.most < aim.fewest(found.found)
    return found.words(say.language)[0], say("stop.yes" if reached else "stop.no")


def _by_sample(
    desk: ScreeningDesk, coder: str, stage: str, aim: Aim, say: Wording
) -> tuple[str, ...]:
    found = desk.outcome(coder, stage, aim)
    return found.words(say.language) if found else (say("sample.none"),)


def _to_draw(
    desk: ScreeningDesk, coder: str, stage: str, aim: Aim, say: Wording
) -> dict[str, Any] | None:
    """What a draw would be, worked out from what everybody may see: its size is seen by all."""
    public = desk.view(NOBODY)
    rest = len(public.left(stage))
    if not rest or desk.to_sample(coder, stage):
        return None
    size = max(enough(sum(public.decided(stage).values()), rest, aim), 1)
    number = len(desk.of_stage(stage)) + 1
    left = max(100 - number * (100 - aim.confidence), 0)
    return {
        "size": size,
        "rest": rest,
        "said": say("sample.enough", rest=rest, size=size),
        "again": say("sample.again", number=number, confidence=left) if number > 1 else "",
    }


def _trials(order: tuple[bool, ...], left: int, aim: Aim, say: Wording) -> list[dict[str, Any]]:
    tried = [
        trial
        for target in sorted({*TARGETS, aim.target})
        for trial in simulate(order, left, Aim(target, aim.confidence))
        if RULES[trial.rule].promises or target == aim.target
    ]
    tried.sort(key=lambda trial: list(RULES).index(trial.rule))
    return [_row(trial, say) for trial in tried]


def _row(trial: Trial, say: Wording) -> dict[str, Any]:
    rule = RULES[trial.rule]
    found = say("trial.of", found=trial.found, known=trial.known)
    at = say("trial.after", at=trial.at) if trial.at else say("trial.never")
    return {
        "way": say(f"way.{trial.rule}", run=RUN),
        "note": say("trial.sampled") if rule.sampled else "",
        "naive": not rule.promises,
        "target": f"{trial.aim.target} %" if rule.promises else "",
        "at": at if trial.told else say("trial.untold"),
        "found": found if trial.at else "",
        "short": trial.at is not None and not trial.reached,
        "saved": f"{int(100 * trial.saved)} %" if trial.at else "",
    }


def _per_cent(visit: Visit, name: str, usual: int) -> int:
    """A choice of the address, where it is one that a project could make."""
    text = visit.option(name)
    return int(text) if text in {str(number) for number in range(50, 100)} else usual
