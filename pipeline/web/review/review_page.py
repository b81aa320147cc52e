"""What every page of a review does first, and how it says why something was not done.

A page is a function from a `Visit`. `open_page` is for anybody, `review_page` for who is signed
in, `review_action` for forms alone; what such a function raises as `Mendable` is shown.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from datasette.utils import tilde_decode
from datasette.utils.asgi import Forbidden, NotFound, Response

from pipeline.desk.review.answer_rules import Refused, Stale
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.catalogue import said
from pipeline.ground.changeset import Collision, taken_back
from pipeline.ground.problems import Mendable
from pipeline.ground.texts import speaking
from pipeline.model.people import Coder, Round
from pipeline.sources.ledger import NotSaved
from pipeline.web.review.review_session import (
    Review,
    coder_of,
    go,
    keep,
    page,
    read_form,
    running,
    synced,
)
from pipeline.web.review.review_texts import review_says
from pipeline.web.site_language import language_of

Saved = TypeVar("Saved")
Given = ParamSpec("Given")
Form = dict[str, list[str]]
STATUS: dict[type[Mendable], int] = {Stale: 409, Collision: 409, NotSaved: 507}  # 400 otherwise
Keys = Mapping[type[Mendable], str]  # of texts that are said instead of what an error says
NOT_SAVED: Keys = {Stale: "refused.stale", NotSaved: "refused.not_saved"}
NOT_UNDONE: Keys = {NotSaved: "refused.not_undone"}


@dataclass(frozen=True)
class Notice:
    """What a page says above all else, and its HTTP status."""

    reasons: tuple[str, ...] = ()
    status: int = 200

    def also(self, reasons: Iterable[str]) -> Notice:
        return replace(self, reasons=(*self.reasons, *reasons))


NOTHING = Notice()


def explained(error: Mendable, keys: Keys = NOT_SAVED) -> Notice:
    """Why something was not done."""
    reasons = error.reasons
    if key := keys.get(type(error)):
        names = ", ".join(getattr(error, "names", ()))
        reasons = (review_says(key, said=said(str(error)), names=names),)
    return Notice(tuple(map(said, reasons)), STATUS.get(type(error), 400))


@dataclass(frozen=True)
class Visit:
    """One request to a running review; `visitor` is the coder who is signed in."""

    datasette: Any
    request: Any
    review: Review
    visitor: Coder | None

    @property
    def coder(self) -> Coder:
        """Who is signed in; 403 for anybody else."""
        if self.visitor is None:
            raise Forbidden(review_says("refused.sign_in_as_a_coder"))
        return self.visitor

    @property
    def desk(self) -> Desk:
        return self.review.desk

    @property
    def sends(self) -> bool:
        """Whether a form was sent, rather than a page asked for."""
        return bool(self.request.method == "POST")

    def named(self, name: str) -> str:
        """A part of the address's path."""
        return str(tilde_decode(self.request.url_vars[name]))

    def option(self, name: str) -> str:
        """A value of the address's query, or nothing."""
        return self.request.args.get(name) or ""

    def round(self) -> Round:
        """The round in the address; 404 if there is none or the coder does not take part in it."""
        name = self.request.url_vars["round"]
        item = self.desk.rounds.get(name)
        if item is None or self.coder.id not in item.people:
            raise NotFound(review_says("refused.you_have_no_round_your", name=name))
        return item

    def laid_open(self) -> Round:
        """The round in the address, once it is open for comparison; 403 before."""
        item = self.round()
        if item.state == "open":
            raise Forbidden(review_says("refused.the_round_is_not_open", item=item.id))
        return item

    async def form(self) -> Form:
        """The fields that were sent. 403 when they name another coder."""
        return await read_form(self.request, self.coder)

    def synced(self, *studies: str, own: bool = True) -> Notice:
        """Read decision files again that changed; why those of the coder could not be read."""
        return NOTHING.also(synced(self.review, *studies, coder=self.coder.id if own else ""))

    async def keep(self, action: Callable[[Desk], Saved], rounds: bool = False) -> Saved:
        """Write decisions or rounds, and show them; see `review_session.keep`."""
        return await keep(self.datasette, self.review, action, rounds)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """To change other files of the project, one change after another. Raises Mendable."""
        async with self.review.turn():
            try:
                yield
            except OSError as error:
                raise Refused([str(error)]) from None

    async def change(
        self, action: Callable[Given, Saved], *given: Given.args, **named: Given.kwargs
    ) -> Saved:
        """A change after which nothing is read again. Raises Mendable."""
        async with self.turn():
            return await asyncio.to_thread(action, *given, **named)

    async def change_and_reread(
        self, action: Callable[[], Saved], undo: Callable[[Saved], object] | None = None
    ) -> Saved:
        """A change after which everything is read again. Raises Mendable.

        What cannot be read is undone: by `undo`, or every changed file is given back as it was.
        """
        async with self.turn():
            with taken_back() as give_back:
                saved = await asyncio.to_thread(action)
            self.review.renew(give_back if undo is None else lambda: undo(saved))
            return saved

    def go(self, path: str) -> Response:
        """See another page."""
        return go(self.datasette, path)

    async def page(
        self, template: str, context: dict[str, Any], notice: Notice = NOTHING
    ) -> Response:
        """A page for this visitor."""
        context = {"coder": self.visitor, "reasons": notice.reasons, **context}
        return await page(self.datasette, self.request, template, context, notice.status)

    async def refused(self, notice: Notice, back: str = "/review") -> Response:
        """Why something was not done, and the way back."""
        return await self.page("refused.html", {"back": back}, notice)

    async def lost(self, form: Form, message: str) -> Response:
        """What was typed where it cannot be saved any more, to be copied."""
        typed = [
            (name, value)
            for name, values in form.items()
            for value in values
            if value and "." in name  # what is said of a question is named by it
        ]
        return await self.page(
            "lost.html", {"message": message, "typed": typed}, Notice(status=409)
        )


View = Callable[[Visit], Awaitable[Response]]
Answer = Callable[[Any, Any], Awaitable[Response]]


def open_page(view: View) -> Answer:
    """A page for anybody; 404 where no review is running."""

    async def answered(datasette: Any, request: Any) -> Response:
        with speaking(language_of(datasette)):
            review = running(datasette)
            with review.seeing():
                return await view(Visit(datasette, request, review, coder_of(review, request)))

    return answered


def review_page(view: View) -> Answer:
    """A page for who is signed in."""

    async def shown(visit: Visit) -> Response:
        visit.coder  # noqa: B018  (403 for anybody else)
        try:
            return await view(visit)
        except Mendable as error:
            return await visit.refused(explained(error))

    return open_page(shown)


def review_action(back: str, keys: Keys = NOT_SAVED) -> Callable[[View], Answer]:
    """What only a sent form does; who asks for its address, or is refused, may go to `back`."""

    def decorated(view: View) -> Answer:
        async def done(visit: Visit) -> Response:
            page = back.format(**visit.request.url_vars)
            if not visit.sends:
                return visit.go(page)
            try:
                return await view(visit)
            except Mendable as error:
                return await visit.refused(explained(error, keys), page)

        return review_page(done)

    return decorated
