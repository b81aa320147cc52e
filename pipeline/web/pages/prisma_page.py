"""The flow diagram of the review: as a picture, as numbers, and in words."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.build.prisma_flow import FlowPart, flow_from
from pipeline.model.prisma import Flow, in_words
from pipeline.published.evidence_index import Index
from pipeline.published.prisma.prisma_diagram import DRAWN
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

FLOW = "SELECT field, label_en, label_nl, number FROM flow ORDER BY position"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # of the picture by itself


async def prisma_file(datasette: Any, request: Any) -> Response:
    """The diagram in one of its forms."""
    form = request.url_vars["form"]
    if form not in DRAWN:
        t = say(language_of(datasette))
        raise NotFound(t("download.unknown", format=form, known=", ".join(DRAWN)))
    language = language_of(datasette)
    data = await ask(datasette, _drawn, form, language)
    headers = {"Content-Disposition": f'inline; filename="prisma-{language}.{form}"'}
    return Response(data, headers=headers, content_type=DRAWN[form].media_type)


def read_flow(connection: sqlite3.Connection, language: str) -> Flow:
    """The flow as the database holds it."""
    return flow_from((FlowPart(*row) for row in connection.execute(FLOW).fetchall()), language)


def flow_in_words(connection: sqlite3.Connection, index: Index, language: str) -> str:
    """For those who do not see the picture."""
    return in_words(read_flow(connection, language), language)


def _drawn(connection: sqlite3.Connection, index: Index, form: str, language: str) -> bytes:
    key = f"prisma.{form}.{language}"
    if key not in index.kept:
        index.kept[key] = DRAWN[form].draw(read_flow(connection, language), language)
    found: bytes = index.kept[key]
    return found
