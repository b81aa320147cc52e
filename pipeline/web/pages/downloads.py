"""Downloads of just what is shown, in every format, and the feed; sent as they are written."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.ground.project import DATABASE_NAME
from pipeline.ground.texts import in_xml
from pipeline.published.choice import EXACT, Unknown, UnknownChoice
from pipeline.published.selection import Selection
from pipeline.web.page_request import choice_of, one_of, own_address, render, site_address
from pipeline.web.served_index import database_path, index_of
from pipeline.web.site_language import language_of, say

BLOCK = 64 * 1024


async def download(datasette: Any, request: Any) -> Any:
    """The chosen evidence (or studies, with of=studies) as a file. 404 for an unknown format.

    bom=1 begins CSV with a byte order mark.
    """
    from pipeline.published.citation.citation_styles import STYLES, UnknownStyle, style_path
    from pipeline.published.export.export_formats import EVIDENCE, FORMATS, STUDIES
    from pipeline.published.export.file_names import file_name

    name = request.url_vars["format"]
    if name not in FORMATS:
        raise NotFound(say(language_of(datasette))("download.unknown", format=name,
                                                   known=", ".join(FORMATS)))  # fmt: skip
    chosen = FORMATS[name]
    choice = await choice_of(datasette, request, "style", "of", "bom")
    of = one_of(request, "of", chosen.kinds, EVIDENCE)
    mark = bool(request.args.get("bom")) and bool(one_of(request, "bom", (EXACT,), EXACT))
    style = request.args.get("style") or "apa"
    try:
        style_path(style)
    except UnknownStyle as error:
        raise UnknownChoice([Unknown("style", style, (*STYLES, *error.near))]) from None
    connection = own_connection(datasette)
    index = await asyncio.to_thread(index_of, connection)
    studies = None
    if of == STUDIES:
        studies = tuple(index.choose_studies(connection, choice))
    selection = Selection(
        connection,
        index,
        choice,
        language_of(datasette),
        style,
        site_address(datasette, request),
        database_path(connection).parent / ".cache" / "citations.db",
        studies,
        mark=mark,
    )
    name = file_name(selection, chosen)
    return Sent(chosen.write(selection), connection, chosen.media_type, name)


def own_connection(datasette: Any) -> sqlite3.Connection:
    """A connection for one download, which may take longer than a page may."""
    path = datasette.get_database(DATABASE_NAME).path
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)


class Sent(Response):  # type: ignore[misc]
    """An answer that sends a file while it is being written."""

    def __init__(
        self, blocks: Iterator[bytes], connection: sqlite3.Connection, media_type: str, name: str
    ) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        super().__init__(b"", headers=headers, content_type=media_type)
        self._blocks = blocks
        self._connection = connection

    async def asgi_send(self, send: Any) -> None:
        headers = [
            (name.lower().encode(), value.encode())
            for name, value in {**self.headers, "content-type": self.content_type}.items()
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        try:
            async for block in _gathered(self._blocks):
                await send({"type": "http.response.body", "body": block, "more_body": True})
        finally:
            self._connection.close()
        await send({"type": "http.response.body", "body": b""})


async def _gathered(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Blocks of some size, each made outside the server's thread."""

    def some() -> bytes:
        found = bytearray()
        for block in blocks:
            found += block
            if len(found) >= BLOCK:
                break
        return bytes(found)

    while block := await asyncio.to_thread(some):
        yield block


async def feed(datasette: Any, request: Any) -> Response:
    """An Atom feed of the chosen evidence, what was decided last first (RFC 4287)."""
    from pipeline.web.pages.feed import entries
    from pipeline.web.served_index import ask

    choice = await choice_of(datasette, request)
    language = language_of(datasette)
    site, address = site_address(datasette, request), own_address(datasette, request)
    context = await ask(datasette, entries, choice, request, language, site, address)
    response = await render(datasette, request, "feed.atom", context)
    return Response(in_xml(response.body), content_type="application/atom+xml; charset=utf-8")
