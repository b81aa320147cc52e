"""Who is signed in to a review, and what of it is theirs."""

from __future__ import annotations

from typing import Any

import pytest
from datasette.utils.asgi import BadRequest, Forbidden, NotFound, Request

from pipeline.desk.review.accounts import Accounts
from pipeline.desk.review.review_desk import open_desk
from pipeline.ground.project import Project
from pipeline.model.people import Coder
from pipeline.web.review.review_page import Visit
from pipeline.web.review.review_session import FIELDS, Review, coder_of, read_form
from tests.conftest import run_apart
from tests.reviewing import with_rounds

ROUNDS = """
  - id: alone
    title: {en: "Alone", nl: "Alleen"}
    coders: [first]
    adjudicators: [third]
  - id: compared
    title: {en: "Compared", nl: "Vergeleken"}
    coders: [first]
    history: [{at: "2026-11-03T00:00:00Z", by: first, state: comparing}]
  - id: closed
    title: {en: "Closed", nl: "Gesloten"}
    coders: [first]
    history: [{at: "2026-11-03T00:00:00Z", by: first, state: closed}]
"""


@pytest.fixture
def review(small: Project) -> Review:
    found = Review(open_desk(with_rounds(small, ROUNDS)), Accounts())
    gone = found.desk.coders["second"].model_copy(update={"active": False, "id": "gone"})
    found.desk.coders["gone"] = gone
    return found


def request(actor: dict[str, str] | None = None, name: str = "alone", body: bytes = b"") -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    route = {"kwargs": {"round": name}}
    scope = {"type": "http", "method": "POST", "path": "/", "actor": actor, "url_route": route}
    return Request(scope, receive)


def visit(review: Review, coder: str, name: str = "alone") -> Visit:
    asked = request({"id": coder}, name)
    return Visit(None, asked, review, coder_of(review, asked))


def test_who_is_signed_in(review: Review) -> None:
    def name(actor: dict[str, str] | None) -> str | None:
        coder = coder_of(review, request(actor))
        return coder.id if coder else None

    assert name({"id": "first", "session": "one"}) == "first"
    assert name({"id": "first"}) == "first"
    assert name({"id": "second", "session": "two"}) == "second"
    assert [name(actor) for actor in (None, {}, {"id": "nobody"}, {"id": "gone"})] == [None] * 4
    review.accounts.ended.add("one", 1000)
    assert name({"id": "first", "session": "one"}) is None
    assert name({"id": "first", "session": "two"}) == "first"


def test_what_of_a_review_is_whose(review: Review) -> None:
    assert visit(review, "first").coder.id == "first"
    with pytest.raises(Forbidden):
        visit(review, "nobody").coder  # noqa: B018
    for coder in ("first", "third"):
        assert visit(review, coder).round().id == "alone"
    for coder, name in (("second", "alone"), ("first", "no"), ("third", "compared")):
        with pytest.raises(NotFound, match=name):
            visit(review, coder, name).round()
    with pytest.raises(Forbidden):
        visit(review, "nobody").round()
    for name in ("compared", "closed"):
        assert visit(review, "first", name).laid_open().id == name
        with pytest.raises(NotFound):
            visit(review, "second", name).laid_open()
    with pytest.raises(Forbidden, match="alone"):
        visit(review, "first").laid_open()


def read(body: bytes, coder: Coder | None) -> dict[str, list[str]]:
    return run_apart(read_form(request(body=body), coder))


def test_nobody_answers_for_somebody_else(review: Review) -> None:
    first = review.desk.coders["first"]
    assert read(b"a=1&a=2&b=", first) == {"a": ["1", "2"], "b": [""]}
    assert read(b"coder=first&coder=first&a=1", first)["a"] == ["1"]
    assert read(b"coder=second", None) == {"coder": ["second"]}
    for body in (b"coder=second", b"coder=first&coder=second", b"coder="):
        with pytest.raises(Forbidden, match="first"):
            read(body, first)
    assert read(b"a=\xff", first) == {"a": ["\ufffd"]}
    assert len(read(b"&".join(b"a%d=1" % n for n in range(FIELDS)), first)) == FIELDS == 2000
    with pytest.raises(BadRequest, match="2,000"):
        read(b"&".join(b"a%d=1" % n for n in range(FIELDS + 1)), first)
