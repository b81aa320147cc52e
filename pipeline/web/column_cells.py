"""How values look in tables."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from datasette.utils import tilde_encode
from markupsafe import Markup, escape

from pipeline.ground.addresses import address_part
from pipeline.ground.project import DATABASE_NAME
from pipeline.published.choice import STATUSES
from pipeline.published.terms import LANGUAGES, with_labels
from pipeline.web.site_language import language_of, number, say
from pipeline.web.table_words import NAMED, name_of, names, value_words

Cell = Markup | None
Renderer = Callable[[Any, Any], Cell | Awaitable[Cell]]
DIGITS = 4  # of a fraction
_kept: dict[tuple[str, str], dict[str, str]] = {}


def render(
    datasette: Any, row: Any, value: Any, column: str, table: str | None
) -> Cell | Awaitable[Cell]:
    """The cell, where a column is shown in our own way; None leaves it to Datasette."""
    if isinstance(value, dict):
        return _pointing(datasette, value, column, table)
    if isinstance(value, float):
        return Markup(number(round(value, DIGITS), language_of(datasette)))
    if table == "study" and column == "label":
        return _link(datasette, f"/study/{address_part(row['key'])}", value)
    if table == "evidence" and column == "id":
        return _link(datasette, f"/evidence/{address_part(value)}", value)
    words = value_words(datasette, column, value)
    if words is not None and column in NAMED:
        return words
    renderer = COLUMNS.get(column)
    found = renderer(datasette, value) if renderer and isinstance(value, str) and value else None
    return found or words


async def _pointing(datasette: Any, value: dict[str, Any], column: str, table: str | None) -> Cell:
    """What a row points to by its name alone; one that has no other than its id is Datasette's."""
    if value["label"] in (None, "", value["value"]):
        return None
    other = (await _targets(datasette, str(table)))[column]
    path = f"{datasette.urls.table(DATABASE_NAME, other)}/{tilde_encode(str(value['value']))}"
    return Markup('<a href="{}">{}</a>').format(path, value["label"])


async def _targets(datasette: Any, table: str) -> dict[str, str]:
    """Which table each column of a table points to; asked once, for a schema stays."""
    database = datasette.get_database(DATABASE_NAME)
    if (database.path, table) not in _kept:
        keys = await database.foreign_keys_for_table(table)
        _kept[database.path, table] = {key["column"]: key["other_table"] for key in keys}
    return _kept[database.path, table]


def _link(datasette: Any, path: str, label: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(path), label)


def _items(value: str) -> list[Any] | None:
    try:
        items = json.loads(value)
    except ValueError:
        return None
    return items if isinstance(items, list) else None


def _joined(items: Iterable[Any]) -> Markup:
    return Markup(", ").join(escape(str(item)) for item in items) or Markup("–")


def _list(datasette: Any, value: str) -> Cell:
    items = _items(value)
    return None if items is None else _joined(items)


async def _named(datasette: Any, value: str) -> Cell:
    """One name, or several as JSON, each as it is called in the language of the site."""
    items = _items(value)
    if items is not None:
        return _joined([await name_of(datasette, item) for item in items])
    name = await name_of(datasette, value)
    return escape(name) if name != value else None


def _pointed(language: str) -> Renderer:
    async def renderer(datasette: Any, value: str) -> Cell:
        """A rule with names of codes in the place of their ids."""
        found = await names(datasette)
        return escape(with_labels(value, {name: said[language] for name, said in found.items()}))

    return renderer


def _status(datasette: Any, value: str) -> Cell:
    if value not in STATUSES:
        return None
    words = say(language_of(datasette))(f"status.{value}")
    return Markup('<span class="status status-{}">{}</span>').format(value, words)


def _doi(datasette: Any, value: str) -> Markup:
    return Markup('<a href="https://doi.org/{0}">{0}</a>').format(value)


def _page(datasette: Any, value: str) -> Cell:
    if not value.startswith("/study/"):
        return None
    path = f"/study/{address_part(value.removeprefix('/study/'))}"
    return _link(datasette, path, say(language_of(datasette))("studies.open"))


COLUMNS: dict[str, Renderer] = {
    **dict.fromkeys(NAMED, _named),
    **{f"exclude_{language}": _pointed(language) for language in LANGUAGES},
    "indicators": _list,
    "sources": _list,
    "unconfirmed": _list,
    "changes": _list,
    "status": _status,
    "doi": _doi,
    "page": _page,
}
