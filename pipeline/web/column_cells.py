"""How values look in tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from pipeline.ground.addresses import address_part
from pipeline.published.choice import CHECKED, STATUSES
from pipeline.web.site_language import language_of, say

Renderer = Callable[[Any, Any], Markup | None]


def render(datasette: Any, row: Any, value: Any, column: str, table: str | None) -> Markup | None:
    """The cell, where a column is shown in our own way; None leaves it to Datasette."""
    if table == "study" and column == "label":
        return _link(datasette, f"/study/{address_part(row['key'])}", value)
    if table == "evidence" and column == "id":
        return _link(datasette, f"/evidence/{address_part(value)}", value)
    renderer = COLUMNS.get(column)
    return renderer(datasette, value) if renderer and isinstance(value, str) and value else None


def _link(datasette: Any, path: str, label: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(path), label)


def _list(datasette: Any, value: str) -> Markup | None:
    try:
        items = json.loads(value)
    except ValueError:
        return None
    if not isinstance(items, list):
        return None
    return Markup(", ").join(escape(str(item)) for item in items) or Markup("–")


def _status(datasette: Any, value: str) -> Markup | None:
    if value not in STATUSES:
        return None
    words = say(language_of(datasette))(f"status.{value}")
    return Markup('<span class="status status-{}">{}</span>').format(value, words)


def _checked(datasette: Any, value: str) -> Markup | None:
    return say(language_of(datasette))(f"checked.{value}") if value in CHECKED else None


def _doi(datasette: Any, value: str) -> Markup:
    return Markup('<a href="https://doi.org/{0}">{0}</a>').format(value)


def _page(datasette: Any, value: str) -> Markup | None:
    if not value.startswith("/study/"):
        return None
    path = f"/study/{address_part(value.removeprefix('/study/'))}"
    return Markup('<a href="{}">Open</a>').format(datasette.urls.path(path))


COLUMNS: dict[str, Renderer] = {
    "sectors": _list,
    "countries": _list,
    "roles": _list,
    "coders": _list,
    "codes": _list,
    "indicators": _list,
    "sources": _list,
    "unconfirmed": _list,
    "status": _status,
    "checked": _checked,
    "undecided": _list,
    "doi": _doi,
    "page": _page,
}
