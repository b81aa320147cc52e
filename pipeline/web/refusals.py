"""What the site does not answer: pages about the server itself, and nonsense."""

from __future__ import annotations

import sqlite3
import traceback
from pathlib import Path
from typing import Any

from datasette.utils.asgi import BadRequest, NotFound

from pipeline.web.site_language import language_of, say

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
