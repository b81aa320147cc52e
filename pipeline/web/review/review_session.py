"""A running review as the pages know it: who is signed in, and saving one after another."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

from datasette.utils import baseconv
from datasette.utils.asgi import BadRequest, Forbidden, NotFound, Response

from pipeline.desk.adding.import_preview import Preview
from pipeline.desk.review.accounts import Accounts
from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.live_rows import refresh_changed, refresh_rounds
from pipeline.desk.review.queue import Queue
from pipeline.desk.review.renewal import Renewal
from pipeline.desk.review.review_desk import Desk
from pipeline.desk.scheme.indicator_trial import Bench
from pipeline.desk.scheme.plan_indicators import bench_of
from pipeline.desk.screening.live_totals import refresh_screening
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.ground.project import DATABASE_NAME
from pipeline.model.people import Coder
from pipeline.web.page_request import site_address
from pipeline.web.review.review_texts import review_says

Saved = TypeVar("Saved")
SESSION = 12 * 3600  # seconds
FIELDS = 2000  # of one form
_ATTRIBUTE = "evidence_review"


@dataclass
class Review:
    """The desk of a running review, and what its pages share.

    `late`: the database could not be brought up to date with what is saved.
    """

    desk: Desk
    accounts: Accounts
    say: Callable[[str], None] = lambda message: None
    queue: Queue = field(init=False)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    copy: Path | None = None
    renewal: Renewal | None = None
    late: bool = False
    owes_rounds: bool = False
    owes_screening: bool = False
    previews: dict[str, Preview] = field(default_factory=dict)
    _screening: ScreeningDesk | None = None
    _bench: Bench | None = None

    def __post_init__(self) -> None:
        self.queue = Queue(self.desk)

    @property
    def screening(self) -> ScreeningDesk:
        """The screening of the same files."""
        if self._screening is None:
            self._screening = ScreeningDesk(self.desk.project, self.desk.everything)
        return self._screening

    @property
    def bench(self) -> Bench:
        """The passages, ready for trials of indicators."""
        if self._bench is None:
            self._bench = bench_of(self.desk)
        return self._bench

    def take(self, desk: Desk) -> None:
        """Go on with files that were read again."""
        self.desk = desk
        self.queue = Queue(desk)
        self._screening = None
        self._bench = None

    def renew(self, undo: Callable[[], None] = lambda: None) -> None:
        """Read the files again, meanwhile pages say so. `undo` is done where they have errors."""
        assert self.copy is not None
        self.renewal = Renewal(self.desk.project, self.copy, self.take, undo)
        self.renewal.start()


def attach(datasette: Any, review: Review) -> None:
    """Turn review on for a site."""
    setattr(datasette, _ATTRIBUTE, review)


def review_of(datasette: Any) -> Review | None:
    """The review of a site, if it is on."""
    found: Review | None = getattr(datasette, _ATTRIBUTE, None)
    return found


def running(datasette: Any) -> Review:
    """The review of a site; 404 where it is off."""
    review = review_of(datasette)
    if review is None:
        raise NotFound(review_says("refused.review_is_off_here_start"))
    return review


def coder_of(review: Review, request: Any) -> Coder | None:
    """The coder who is signed in, has not signed out of that session, and may code."""
    actor = request.actor or {}
    if actor.get("session") in review.accounts.ended:
        return None
    coder = review.desk.coders.get(actor.get("id", ""))
    return coder if coder is not None and coder.active else None


async def read_form(request: Any, coder: Coder | None = None) -> dict[str, list[str]]:
    """The fields of a form, repeated ones too. 403 when it names another coder."""
    body = (await request.post_body()).decode("utf-8", "replace")
    try:
        form = parse_qs(body, keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise BadRequest(review_says("refused.a_form_has_fields_at", fields=FIELDS)) from None
    if coder is not None and any(name != coder.id for name in form.get("coder", [])):
        raise Forbidden(review_says("refused.you_are_signed_in_as", coder=coder.id))
    return form


def first(form: dict[str, list[str]], name: str) -> str:
    """The first value of a field, or nothing."""
    return form.get(name, [""])[0]


def synced(review: Review, *studies: str, coder: str = "") -> list[str]:
    """Read decision files again that changed on disk; why the coder's own could not be read."""
    reasons: list[str] = []
    for study in studies:
        try:
            review.desk.sync(study, coder, wait=False)
        except Refused as error:
            reasons += error.reasons
    return reasons


async def keep(
    datasette: Any, review: Review, action: Callable[[Desk], Saved], rounds: bool = False
) -> Saved:
    """Do something that writes files of decisions, or rounds; then bring the database up to date.

    Raises Refused while the files are read again, and what the action raises. Once the action is
    through, what it wrote is on disk: if the database fails then, that is shown later.
    """
    async with review.lock:
        not_while_reading(review)
        result = await asyncio.to_thread(action, review.desk)
        await show(datasette, review, rounds)
    return result


def not_while_reading(review: Review) -> None:
    """Raises Refused while the files are read again: what is saved now could be missed."""
    if review.renewal is not None and review.renewal.is_running:
        raise Refused([review_says("refused.the_files_are_being_read")])


async def show(
    datasette: Any, review: Review, rounds: bool = False, screening: bool = False
) -> None:
    """Bring the database up to date for all that has changed."""
    desk = review.desk
    review.owes_rounds |= rounds
    review.owes_screening |= screening

    def write(connection: Any) -> None:
        if review.owes_rounds:
            refresh_rounds(connection, desk)
            review.owes_rounds = False
        if review.owes_screening:
            refresh_screening(connection, review.screening)
            review.owes_screening = False
        refresh_changed(connection, desk)

    try:
        await datasette.get_database(DATABASE_NAME).execute_write_fn(write)
        review.late = False
    except sqlite3.Error as error:
        review.late = True
        review.say(review_says("refused.everything_is_saved_but_the", error=error))


async def page(
    datasette: Any, request: Any, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """A page of the review. It is nobody else's, so nothing in between may keep it."""
    review = review_of(datasette)
    context = {"crumbs": (), "late": review is not None and review.late, **context}
    html = await datasette.render_template(
        f"review/{template}", context, request=request, view_name="review"
    )
    headers = {"Cache-Control": "private, no-store"}
    return Response.html(html, status=status, headers=headers)


def go(datasette: Any, path: str) -> Response:
    """See another page."""
    return Response.redirect(datasette.urls.path(path), status=303)


def sign(datasette: Any, request: Any, response: Response, coder: str, now: float) -> None:
    """Give the visitor a signed session as this coder."""
    actor = {"id": coder, "session": secrets.token_urlsafe(16)}
    value = {"a": actor, "e": baseconv.base62.encode(int(now) + SESSION)}
    response.set_cookie(
        "ds_actor",
        datasette.sign(value, "actor"),
        max_age=SESSION,
        secure=site_address(datasette, request).startswith("https:"),
        httponly=True,
        samesite="lax",
    )
