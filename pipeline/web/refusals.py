"""What the site does not answer: other methods, pages about the server itself, nonsense."""

from __future__ import annotations

import sqlite3
import traceback
from pathlib import Path
from typing import Any

from datasette.utils.asgi import BadRequest, NotFound

from pipeline.web.language import language_of, say

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
# Datasette's own pages are about its files, threads, plugins and permissions. Only styles are for
# everybody.
SERVER = r"^/-/(?!static/|static-plugins/)"
_HERE = str(Path(__file__).parent.parent)
_MISREAD = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    sqlite3.Error,
)


def known_methods(app: Any) -> Any:
    """The application; any method but those of METHODS is answered with 405."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] in METHODS:
            await app(scope, receive, send)
            return
        headers = [(b"allow", ", ".join(METHODS).encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 405, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return run


async def not_public(datasette: Any, request: Any) -> Any:
    """Nothing, as if it were not there."""
    raise NotFound(f"{request.path}")


def misread(datasette: Any, request: Any, exception: Exception) -> BadRequest | None:
    """The error as one of the address, where Datasette failed over what the address asks for."""
    from datasette.views.base import DatasetteError

    said = request.query_string or request.method == "POST"
    asked = isinstance(exception, _MISREAD) and said and not _ours(exception)
    refused = isinstance(exception, DatasetteError) and exception.status == 500
    return BadRequest(say(language_of(datasette))("error.asked")) if asked or refused else None


def _ours(exception: Exception) -> bool:
    """Whether it went through code of ours, so that the address may be right."""
    frames = traceback.walk_tb(exception.__traceback__)
    return any(frame.f_code.co_filename.startswith(_HERE) for frame, _ in frames)
