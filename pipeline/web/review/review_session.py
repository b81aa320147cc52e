"""A running review as the pages know it: who is signed in, and saving one after another."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

from datasette.utils import baseconv
from datasette.utils.asgi import BadRequest, Forbidden, NotFound, Response

from pipeline.desk.adding.import_preview import Preview
from pipeline.desk.codebooks.uploaded_book import UploadedBook
from pipeline.desk.opened_project import OpenedProject
from pipeline.desk.review.accounts import Accounts
from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.live_rows import refresh_changed, refresh_rounds
from pipeline.desk.review.queue import Queue
from pipeline.desk.review.renewal import Renewal
from pipeline.desk.review.review_desk import Desk
from pipeline.desk.review.synthesis_desk import refresh_syntheses
from pipeline.desk.review.text_marks import leave_out_marked
from pipeline.desk.scheme.passage_bench import PassageBench
from pipeline.desk.screening.live_totals import refresh_screening
from pipeline.desk.screening.returned.returned_files import ReturnedFile
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.ground.project import DATABASE_NAME
from pipeline.model.people import Coder
from pipeline.sources.fulltexts.kept_pages import KeptPages
from pipeline.web.kept_with_site import Kept
from pipeline.web.page_request import site_address
from pipeline.web.review.review_texts import review_says

Saved = TypeVar("Saved")
Thing = TypeVar("Thing")
KEPT = 20  # previews of a kind in memory
SESSION = 12 * 3600  # seconds
FIELDS = 2000  # of one form
PAUSE = 0.002  # seconds between two looks whether it is one's turn
_SEEN: ContextVar[OpenedProject | None] = ContextVar("seen", default=None)


def keep_some(kept: dict[str, Thing], token: str, thing: Thing) -> None:
    """Keep a thing in memory; the oldest of KEPT goes."""
    while len(kept) >= KEPT:
        kept.pop(next(iter(kept)))
    kept[token] = thing


class Review:
    """A running review, and what its pages share.

    Each request goes by one reading of the files (`seeing`), however often they are read again
    meanwhile, but for what it writes (`turn`). `late`: the database could not be brought up to
    date with what is saved.
    """

    def __init__(
        self, desk: Desk, accounts: Accounts, say: Callable[[str], None] = lambda message: None
    ) -> None:
        self.opened = OpenedProject(desk)
        self.accounts = accounts
        self.say = say
        self.lock = threading.Lock()
        self.copy: Path | None = None
        self.renewal: Renewal | None = None
        self.late = self.owes_rounds = self.owes_screening = self.owes_syntheses = False
        self.previews: dict[str, Preview] = {}
        self.tables: dict[str, tuple[bytes, str]] = {}  # files whose columns may be named by hand
        self.returned: dict[str, ReturnedFile] = {}
        self.books: dict[str, UploadedBook] = {}
        self.pages = KeptPages(desk.project.cache / "pages")

    @property
    def seen(self) -> OpenedProject:
        """The reading of the files that the present request goes by."""
        return _SEEN.get() or self.opened

    @property
    def desk(self) -> Desk:
        return self.seen.desk

    @property
    def queue(self) -> Queue:
        return self.seen.queue

    @property
    def screening(self) -> ScreeningDesk:
        return self.seen.screening

    @property
    def bench(self) -> PassageBench:
        return self.seen.bench

    @contextlib.contextmanager
    def seeing(self) -> Iterator[None]:
        """A request, from its first moment to its last."""
        token = _SEEN.set(self.opened)
        try:
            yield
        finally:
            _SEEN.reset(token)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One write after another, on the files as they were read last.

        Raises Refused while they are read again: what is saved then could be missed.
        """
        while True:
            if self.renewal is not None and self.renewal.is_running:
                raise Refused([review_says("refused.the_files_are_being_read")])
            if self.lock.acquire(blocking=False):
                break
            await asyncio.sleep(PAUSE)
        try:
            _SEEN.set(self.opened)
            yield
        finally:
            self.lock.release()

    def take(self, desk: Desk) -> None:
        """Go on with files that were read again."""
        self.opened = OpenedProject(desk)

    def renew(self, undo: Callable[[], object] = lambda: None) -> None:
        """Read the files again, meanwhile pages say so. `undo` is done where they have errors."""
        assert self.copy is not None
        self.renewal = Renewal(self.desk.project, self.copy, self.lock, self.take, undo)
        self.renewal.start()


RUNNING: Kept[Review] = Kept("review")


def running(datasette: Any) -> Review:
    """The review of a site; 404 where it is off."""
    review = RUNNING.of(datasette)
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
    async with review.turn():
        result = await asyncio.to_thread(action, review.desk)
        leave_out_marked(review.desk)
        await show(datasette, review, rounds)
    return result


async def show(
    datasette: Any,
    review: Review,
    rounds: bool = False,
    screening: bool = False,
    syntheses: bool = False,
) -> None:
    """Bring the database up to date for all that has changed."""
    seen = review.seen
    review.owes_rounds |= rounds
    review.owes_screening |= screening
    review.owes_syntheses |= syntheses

    def write(connection: Any) -> None:
        if review.owes_rounds:
            refresh_rounds(connection, seen.desk)
            review.owes_rounds = False
        if review.owes_screening:
            refresh_screening(connection, seen.screening)
            review.owes_screening = False
        if review.owes_syntheses:
            refresh_syntheses(connection, seen.desk.project, seen.desk.book.kept)
            review.owes_syntheses = False
        refresh_changed(connection, seen.desk)

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
    review = RUNNING.of(datasette)
    context = {"ours": True, "crumbs": (), "late": review is not None and review.late, **context}
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
