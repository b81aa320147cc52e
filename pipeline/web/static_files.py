"""Our style sheet and script, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.web.site_language import DEFAULT, say

TYPES = {
    "site.css": "text/css; charset=utf-8",
    "join.js": "text/javascript; charset=utf-8",
    "review.js": "text/javascript; charset=utf-8",
    "pages.js": "text/javascript; charset=utf-8",
    "synthesis.js": "text/javascript; charset=utf-8",
    "site.js": "text/javascript; charset=utf-8",
}
ROUTE = r"^/-/evidence/(?P<name>[a-z.]+)$"


@lru_cache(maxsize=8)
def read(name: str) -> str:
    return files("pipeline.web").joinpath("static", name).read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def address(name: str) -> str:
    """Path and version of a static file."""
    version = hashlib.blake2b(read(name).encode(), digest_size=6).hexdigest()
    return f"/-/evidence/{name}?{version}"


async def static_file(request: Any) -> Response:
    """One of our static files; 404 for any other name."""
    name = request.url_vars["name"]
    if name not in TYPES:
        raise NotFound(say(DEFAULT)("error.no_file", name=name))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(read(name), headers=headers, content_type=TYPES[name])
