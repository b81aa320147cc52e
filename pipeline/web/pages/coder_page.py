"""The page of a coder: a person or a language model, and what a model was told."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.published.evidence_index import Index
from pipeline.published.record_rows import records
from pipeline.web.page_request import render
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

CODER = """
SELECT coder.*, (SELECT count(*) FROM decision WHERE decision.coder = coder.id) AS lines
FROM coder WHERE id = ?
"""
ROUNDS = """
SELECT title_en, title_nl FROM round
WHERE EXISTS (SELECT 1 FROM json_each(round.coders) WHERE value = ?1)
   OR EXISTS (SELECT 1 FROM decision WHERE decision.round = round.id AND decision.coder = ?1)
ORDER BY id
"""
INSTRUCTIONS = "SELECT text FROM instruction WHERE name = ?"


async def coder_page(datasette: Any, request: Any) -> Response:
    """Who a coder is; 404 for an unknown one."""
    identity = tilde_decode(request.url_vars["coder"])
    context = await ask(datasette, _coder, identity, language_of(datasette))
    return await render(datasette, request, "coder.html", context)


def _coder(
    connection: sqlite3.Connection, index: Index, identity: str, language: str
) -> dict[str, Any]:
    coder = next(iter(records(connection, CODER, identity)), None)
    if coder is None:
        known = ", ".join(index.terms.natures)
        raise NotFound(say(language)("coder.unknown", coder=identity, known=known))
    text = connection.execute(INSTRUCTIONS, [coder["instructions"]]).fetchone()
    return {
        "coder": coder,
        "rounds": records(connection, ROUNDS, identity),
        "instructions": text[0] if text else "",
    }
