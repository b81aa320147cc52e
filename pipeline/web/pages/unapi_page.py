"""References one by one for reference managers that read pages: unAPI (revision 3, 2006)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import quoteattr

from datasette.utils import tilde_decode
from datasette.utils.asgi import Response

from pipeline.published.choice import Choice
from pipeline.published.export.export_formats import FORMATS, ExportFormat
from pipeline.published.selection import Selection
from pipeline.web.citable import ITSELF, STUDY
from pipeline.web.page_request import site_address
from pipeline.web.pages.downloads import Sent, own_connection
from pipeline.web.served_index import database_path, index_of
from pipeline.web.site_language import language_of

# Those that hold references and nothing else.
OFFERED = {item.name: item for item in FORMATS.values() if item.extension}


async def unapi(datasette: Any, request: Any) -> Any:
    """The formats (200; 300 for an id), or the record of an id in one of them.

    404 for an id that is not here, 406 for a format that is not offered.
    """
    identity, name = request.args.get("id") or "", request.args.get("format") or ""
    if not identity:
        return _formats(OFFERED.values())
    connection = own_connection(datasette)
    index = await asyncio.to_thread(index_of, connection)
    key = tilde_decode(identity.removeprefix(STUDY)) if identity.startswith(STUDY) else ""
    known = identity == ITSELF or key in index.studies.index
    if not known or name not in OFFERED:
        connection.close()
        if not known:
            return Response.text("", status=404)
        return Response.text("", status=406) if name else _formats(OFFERED.values(), identity)
    selection = Selection(
        connection,
        index,
        Choice(study=(key,) if key else ()),
        language_of(datasette),
        address=site_address(datasette, request),
        cache=database_path(connection).parent / ".cache" / "citations.db",
        studies=(key,) if key else (),
        itself=identity == ITSELF,
    )
    chosen = OFFERED[name]
    return Sent(chosen.write(selection), connection, chosen.media_type, f"{name}.{chosen.suffix}")


def _formats(known: Iterable[ExportFormat], identity: str = "") -> Response:
    about = f" id={quoteattr(identity)}" if identity else ""
    lines = [
        f"<format name={quoteattr(item.name)} type={quoteattr(item.media_type)}/>" for item in known
    ]
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<formats{about}>{"".join(lines)}</formats>\n'
    return Response(body, status=300 if identity else 200, content_type="application/xml")
