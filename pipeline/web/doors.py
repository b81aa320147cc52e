"""What a site lets in: which hosts, which methods, and how much of a body.

This stands before everything else that reads a request, the check of form tokens included. A form
is gathered whole before it is handed on, in one piece, up to its limit; a form with a file flows
through to the page that writes it to disk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from datasette.actor_auth_cookie import actor_from_request
from datasette.utils.asgi import Base400, Request

from pipeline.published.terms import LANGUAGES
from pipeline.web.review.review_session import RUNNING, coder_of
from pipeline.web.security_headers import BESIDE
from pipeline.web.site_address import PLACE
from pipeline.web.site_language import DEFAULT, language_of, texts

STRANGER = 64 * 1024  # bytes of a body, from anybody
READING = ("GET", "HEAD", "OPTIONS")
Room = Sequence[tuple[str, int]]


class TooLarge(Base400):  # type: ignore[misc]
    """A body grew over its limit while it came in."""

    status = 413


class Gone(Exception):
    """Whoever sent a body left before it was whole."""


class Doors:
    """The doors of a site and of its pages in other languages.

    `form`: bytes of a form from somebody signed in. `forms` and `uploads`: paths with more room,
    those that take files apart.
    """

    def __init__(self, form: int, forms: Room, uploads: Room) -> None:
        self.form = form
        self.forms = tuple((re.compile(pattern), most) for pattern, most in forms)
        self.uploads = tuple((re.compile(pattern), most) for pattern, most in uploads)

    def before(self, datasette: Any, app: Any) -> Any:
        """The application behind these doors. A second site stands behind those of the first."""
        if language_of(datasette) != DEFAULT:
            return app

        async def run(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif refused := self._refused(datasette, scope):
                await _answer(datasette, scope, send, *refused)
            elif scope["method"] in READING:
                await app(scope, receive, send)
            elif self.is_upload(datasette, scope) and _signed_in(datasette, scope):
                await app(scope, _measured(receive, self._room(datasette, scope)), send)
            else:
                room = self._room(datasette, scope)
                try:
                    body = await _gathered(_measured(receive, room))
                except TooLarge:
                    await _answer(datasette, scope, send, 413, *_too_large(room))
                except Gone:
                    return
                else:
                    await app(scope, _again(body, receive), send)

        return run

    def is_upload(self, datasette: Any, scope: Any) -> bool:
        """Whether a request brings a form with a file to a page that takes one."""
        path, _ = inside(datasette, scope)
        return _has_files(scope) and any(pattern.match(path) for pattern, _ in self.uploads)

    def _refused(self, datasette: Any, scope: Any) -> tuple[int, str, str] | None:
        """Status, key of the text, and what is put into it, for what is seen from the headers."""
        place = PLACE.of(datasette)
        if place is not None and not place.knows(_header(scope, b"host"), scope.get("server")):
            return 400, "door.host", ""
        if scope["method"] not in _methods(datasette, scope):
            return 405, "door.method", ""
        if scope["method"] == "OPTIONS":
            return 204, "", ""
        if not re.match(r"/(?!/)", str(scope["path"])):  # the address of another site
            return 400, "error.asked", ""
        room = self._room(datasette, scope)
        length = _header(scope, b"content-length")
        if length.isdigit() and int(length) > room:
            return 413, *_too_large(room)
        if _has_files(scope) and not self.is_upload(datasette, scope):
            return 415, "door.files", ""
        return None

    def _room(self, datasette: Any, scope: Any) -> int:
        """How many bytes a body may have."""
        path, _ = inside(datasette, scope)
        if scope["method"] in READING or not _signed_in(datasette, scope):
            return STRANGER
        wider = self.uploads if _has_files(scope) else self.forms
        return next((most for pattern, most in wider if pattern.match(path)), self.form)


def _methods(datasette: Any, scope: Any) -> tuple[str, ...]:
    path, _ = inside(datasette, scope)
    takes_forms = RUNNING.of(datasette) is not None and re.match(r"^/review(/|$)", path)
    beside = BESIDE.of(datasette)
    takes_others = beside is not None and path.startswith(beside.posts)
    return (*READING, "POST") if takes_forms or takes_others else READING


def _signed_in(datasette: Any, scope: Any) -> bool:
    review = RUNNING.of(datasette)
    if review is None:
        return False
    request = Request(scope, None)
    request.scope = {**scope, "actor": actor_from_request(datasette, request)}
    return coder_of(review, request) is not None


def inside(datasette: Any, scope: Any) -> tuple[str, str]:
    """The path as the site's own pages know it, and their language."""
    base = str(datasette.setting("base_url"))
    path = str(scope["path"])
    path = f"/{path.removeprefix(base)}" if path.startswith(base) else path
    for language in LANGUAGES:
        if path.startswith(f"/{language}/"):
            return path.removeprefix(f"/{language}"), language
    return path, language_of(datasette)


def _has_files(scope: Any) -> bool:
    kind = _header(scope, b"content-type").partition(";")[0]
    return kind.strip().lower() == "multipart/form-data"


def _header(scope: Any, name: bytes) -> str:
    found = next((value for key, value in scope["headers"] if key.lower() == name), b"")
    return str(found.decode("latin-1"))


async def _gathered(receive: Any) -> bytes:
    """A whole body. Raises Gone, and what reading it raises."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Any) -> Any:
    """A channel that gives the body, then whatever else comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Any:
        return waiting.pop() if waiting else await receive()

    return given


def _measured(receive: Any, room: int) -> Any:
    """The channel, until more came through it than there is room. Raises TooLarge then."""
    size = 0

    async def counted() -> Any:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > room:
            raise TooLarge(texts()["door.grew"][DEFAULT].format(most=_size(room)))
        return message

    return counted


def _too_large(room: int) -> tuple[str, str]:
    return "door.stranger" if room == STRANGER else "door.large", _size(room)


def _size(room: int) -> str:
    return f"{room // 1024:,} KB" if room < 1_000_000 else f"{room // 1_000_000} MB"


async def _answer(datasette: Any, scope: Any, send: Any, status: int, key: str, value: str) -> None:
    """A plain page; nothing more is read from whoever sent what is refused."""
    _, language = inside(datasette, scope)
    said = escape(texts()[key][language].format(most=value)) if key else ""
    page = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f"<title>{status}</title><p>{said}</p></html>\n"
    )
    body = page.encode() if said else b""
    headers = [(b"cache-control", b"no-store")]
    if status in (204, 405):
        headers.append((b"allow", ", ".join(_methods(datasette, scope)).encode()))
    if status != 204:
        headers += [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
