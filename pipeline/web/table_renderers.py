"""Datasette output renderers: tables and queries with a study key as references, all rows."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils import PrefixedUrlString
from datasette.utils.asgi import Response

from pipeline.published.choice import Choice
from pipeline.published.export.export_formats import FORMATS, Format
from pipeline.published.selection import Selection
from pipeline.web.page_request import site_address
from pipeline.web.pages.downloads import Sent, own_connection
from pipeline.web.served_index import database_path, index_of
from pipeline.web.site_language import language_of, say

COLUMNS = ("page", "study")  # the first holds addresses: /study/<key>
TABLE = "study"  # whose own key is a study's


def renderers() -> list[dict[str, Any]]:
    """One for each format of downloads that tables are offered in."""
    return [
        {"extension": item.extension, "render": _renderer(item), "can_render": can_render}
        for item in FORMATS.values()
        if item.extension
    ]


def can_render(columns: list[str], table: str | None) -> bool:
    """Whether the rows name studies."""
    return key_column(columns, table) is not None


def key_column(columns: list[str], table: str | None) -> str | None:
    """The column that holds keys of studies, if there is one."""
    if table == TABLE:
        return "key" if "key" in columns else None
    return next((name for name in COLUMNS if name in columns), None)


def _renderer(chosen: Format) -> Any:
    async def render(
        datasette: Any, request: Any, columns: list[str], rows: list[Any], table: str | None
    ) -> Response:
        from pipeline.published.export.file_names import file_name

        column = key_column(columns, table)
        if column is None:
            return Response.text(say(language_of(datasette))("download.no_study"), status=400)
        found = await _all_keys(datasette, request, column, rows, table)
        connection = own_connection(datasette)
        index = await asyncio.to_thread(index_of, connection)
        known = set(index.studies.index)
        keys = tuple(key for key in dict.fromkeys(found) if key in known)
        selection = Selection(
            connection,
            index,
            Choice(),
            language_of(datasette),
            address=site_address(datasette, request),
            cache=database_path(connection).parent / ".cache" / "citations.db",
            studies=keys,
            place="?".join(part for part in _list(datasette, request) if part),
        )
        return Sent(
            chosen.write(selection), connection, chosen.media_type, file_name(selection, chosen)
        )

    return render


async def _all_keys(
    datasette: Any, request: Any, column: str, rows: list[Any], table: str | None
) -> list[str]:
    """Keys of every row: Datasette hands over one page, the others are asked for in turn."""
    if table is None:
        return [_value(row[column]) for row in rows]
    path = request.path.rpartition(".")[0]
    keep = "&".join(
        part
        for part in request.query_string.split("&")
        if part and part.split("=")[0] not in ("_next", "_size", "_shape", "_facet")
    )
    found: list[str] = []
    following: str | None = f"{path}.json?{keep}&_size=max&_shape=objects&_nofacet=1&_col={column}"
    while following:
        answer = await datasette.client.get(PrefixedUrlString(following), cookies=request.cookies)
        page = answer.json()
        found += [_value(row[column]) for row in page["rows"]]
        following = page.get("next_url")
        if following:
            following = "/" + following.split("/", 3)[3]
    return found


def _list(datasette: Any, request: Any) -> tuple[str, str]:
    """The path of the rows as a page, from the root of the site, and what is chosen of them."""
    base = str(datasette.setting("base_url"))
    path = str(request.path.rpartition(".")[0])
    path = "/" + path[len(base) :] if base != "/" and path.startswith(base) else path
    keep = "&".join(
        part
        for part in request.query_string.split("&")
        if part and part.split("=")[0] not in ("_next", "_size", "_shape", "_facet")
    )
    return path, keep


def _value(value: Any) -> str:
    """A key; one with a label comes as an object, one of a question as an address."""
    return str(value["value"] if isinstance(value, dict) else value).removeprefix("/study/")
