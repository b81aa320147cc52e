"""The coding scheme in the browser: what it is, and the forms that change it."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.ground.text import own_text
from pipeline.model.indicators import WORDS_FILE
from pipeline.sources.migrations.migration_files import digest, read_migrations
from pipeline.sources.migrations.scheme_changes import WORDS
from pipeline.web.review.review_page import Visit, review_page
from pipeline.web.review.review_session import Review
from pipeline.web.review.review_texts import review_says

TEXTS = ("definition", "include", "exclude", "example")
EMPTY = """code: {code}
indicators:
  - id: first-reason
    weight: 0.6
    phrases:
      en: []
      nl: []
must_match:
  en: []
  nl: []
"""


@review_page
async def scheme_page(visit: Visit) -> Response:
    """All codes, and the migrations so far."""
    migrations = read_migrations(visit.desk.project)
    context = {
        "scheme": visit.desk.scheme,
        "trees": {item.id: _tree(item.codes) for item in visit.desk.scheme.dimensions},
        "migrations": migrations.items[::-1],
        "last": migrations.applied[-1].id if migrations.applied else "",
        "saved": visit.option("saved"),
        "back": visit.option("back"),
    }
    return await visit.page("scheme.html", context)


@review_page
async def code_form(visit: Visit) -> Response:
    """Everything that can be changed of one code, dimension, or the word classes."""
    name = visit.request.url_vars["code"]
    scheme = visit.desk.scheme
    code = scheme.codes.get(name)
    dimension = scheme.by_id.get(name) or next(
        (item for item in scheme.dimensions if code in item.codes), None
    )
    if dimension is None and name != WORDS:
        raise NotFound(review_says("scheme_change.there_is_no_code", name=name))
    context = {
        "scheme": scheme,
        "code": code,
        "name": name,
        "dimension": dimension,
        "texts": TEXTS if code else ("definition",),
        "indicators": _indicators(visit.review, dimension.id if dimension else "", name),
        "based_on": scheme_digest(visit.review),
    }
    # The words of all passages are looked up meanwhile, for the preview that comes next.
    asyncio.get_running_loop().run_in_executor(None, visit.review.bench.prepare)
    return await visit.page("code_form.html", context)


@review_page
async def new_form(visit: Visit) -> Response:
    """A form for a new code of a dimension, or for a new dimension."""
    scheme = visit.desk.scheme
    context = {
        "scheme": scheme,
        "dimension": scheme.by_id.get(visit.option("dimension")),
        "texts": TEXTS,
        "empty": EMPTY.format(code="…"),
        "based_on": scheme_digest(visit.review),
    }
    return await visit.page("code_new.html", context)


def scheme_digest(review: Review) -> str:
    """What tells the scheme that a form was made from, from one that was changed since."""
    return digest(review.desk.project.scheme.read_bytes())


def _indicators(review: Review, dimension: str, name: str) -> str:
    folder = review.desk.project.indicators
    path = folder / WORDS_FILE if name == WORDS else folder / dimension / f"{name}.yml"
    if path.is_file():
        return own_text(path, review.desk.project.name(path))
    return EMPTY.format(code=name) if name in review.desk.scheme.codes else ""


def _tree(codes: Any) -> list[tuple[int, Any]]:
    """Codes with their depth, children behind their parent."""
    found: list[tuple[int, Any]] = []

    def add(parent: str | None, depth: int) -> None:
        for code in codes:
            if code.parent == parent:
                found.append((depth, code))
                add(code.id, depth + 1)

    add(None, 0)
    return found
