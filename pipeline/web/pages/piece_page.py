"""One piece of evidence at its permanent address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import NotFound, Response
from markupsafe import escape

from pipeline.ground.addresses import address_part
from pipeline.model.marked_words import places
from pipeline.published.evidence_index import Index
from pipeline.published.passage_gists import read_gists
from pipeline.published.pieces import read_pieces
from pipeline.published.record_rows import records
from pipeline.web.citable import citable
from pipeline.web.citing import attributions, in_styles, linked
from pipeline.web.marked_text import cut
from pipeline.web.page_request import readings, render, site_address
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say
from pipeline.web.study_metadata import schema_org_piece

CONTEXT = """
SELECT passage.id AS id, passage.text AS text, passage.locator AS locator,
       passage.language AS language, passage.position AS position
FROM passage JOIN passage AS this ON this.document = passage.document
WHERE this.id = ? AND (passage.id = this.id OR (passage.sentences = 1
  AND passage.position IN (this.position - this.sentences, this.position + 1)))
ORDER BY passage.position
"""
HISTORY = """
SELECT decision.*, coder.name_en AS coder_en, coder.name_nl AS coder_nl,
       round.title_en AS round_en, round.title_nl AS round_nl
FROM decision
LEFT JOIN coder ON coder.id = decision.coder
LEFT JOIN round ON round.id = decision.round
WHERE decision.unit = ? AND decision.dimension = ?
ORDER BY decision.decided_at, decision.consensus, decision.id
"""
OTHERS = """
SELECT id, code, status, coders, settled_by, checked FROM coding
WHERE passage = ? AND dimension = ? ORDER BY code
"""
NOTICE = "SELECT notice, notice_en, notice_nl, notice_link FROM study WHERE key = ?"
ALIAS = """
SELECT alias.alias AS alias, alias.study AS study FROM alias
WHERE substr(?, 1, length(alias.alias) + 1) = alias.alias || '-'
ORDER BY length(alias.alias) DESC
"""
LED = """
SELECT DISTINCT unit, coded_as FROM decision
WHERE coded_as != '' AND substr(?, 1, length(coded_as) + 1) = coded_as || '-'
"""
PASSAGE = """
SELECT passage.id AS id, passage.study AS study FROM passage
WHERE substr(?, 1, length(passage.id) + 1) = passage.id || '-' AND passage.study IN
  (SELECT key FROM study WHERE substr(?, 1, length(key) + 1) = key || '-')
"""


async def piece_page(datasette: Any, request: Any) -> Response:
    """A piece of evidence, or of what is only suggested; an older key leads to the newer one."""
    identities = readings(request.url_vars["id"])
    address = site_address(datasette, request)
    found = await ask(datasette, _piece, identities, language_of(datasette), address)
    if "now" in found:
        place = datasette.urls.path(f"/evidence/{address_part(found['now'])}")
        return Response.redirect(place, status=301)
    if "gone" in found:
        return await render(datasette, request, "gone.html", found, 404)
    return await render(datasette, request, "piece.html", found)


def _piece(
    connection: sqlite3.Connection,
    index: Index,
    identities: Sequence[str],
    language: str,
    address: str,
) -> dict[str, Any]:
    place = next((index.places[item] for item in identities if item in index.places), None)
    if place is None:
        return _missing(connection, index, identities, say(language))
    piece = next(read_pieces(connection, index, [place]))
    terms = index.terms
    history = records(connection, HISTORY, piece.passage, terms.evidence)
    quotes = [
        line["quote"]
        for line in history
        if line["quote"] and line["standing"] == "current" and piece.role in line["codes"]
    ]
    context = records(connection, CONTEXT, piece.passage)
    found = attributions(connection, index, language, address).of(piece)
    return {
        "piece": piece,
        "role": terms.codes[piece.role],
        "tone": terms.codes[piece.role].position,
        "terms": terms,
        "notice": records(connection, NOTICE, piece.study)[0],
        "context": context,
        "gists": read_gists(connection, (line["id"] for line in context)),
        "quotes": quotes,
        "cut": marked(piece.text, quotes),
        "history": history,
        "others": [
            (terms.codes[row["code"]], row)
            for row in records(connection, OTHERS, piece.passage, terms.evidence)
            if row["code"] != piece.role
        ],
        "styles": in_styles(connection, piece.study, language),
        "found": found,
        "instead": linked(str(escape(found.instead))),
        "schema_org": schema_org_piece(piece, found, address),
        "citable": citable([piece.study]),
        "query": f"?id={quote(piece.id)}",
        "is_evidence": piece.status not in ("suggested", "disputed"),
    }


def _missing(
    connection: sqlite3.Connection, index: Index, identities: Sequence[str], t: Any
) -> dict[str, Any]:
    """Where an address leads that names no piece: to where it is now, or to its passage."""
    newer = [now for item in dict.fromkeys(identities) for now in _newer(connection, item)]
    if now := next((item for item in newer if item in index.places), None):
        return {"now": now}
    for identity in newer:
        rows = records(connection, PASSAGE, identity, identity)
        if rows:
            return {"gone": identity, "passage": rows[0]["id"], "study": rows[0]["study"]}
    raise NotFound(t("piece.unknown", id=identities[-1]))


def _newer(connection: sqlite3.Connection, identity: str) -> Iterator[str]:
    """What may be at an address: under the key that its study has now, as its passage reads now."""
    studies = records(connection, ALIAS, identity)
    for name in (identity, *(row["study"] + identity[len(row["alias"]) :] for row in studies)):
        yield name
        for row in records(connection, LED, name):
            yield row["unit"] + name[len(row["coded_as"]) :]


def marked(text: str, quotes: list[str]) -> list[tuple[str, bool]]:
    """A text cut where a quote stands, each part with whether a quote covers it."""
    spans = [{"start": at, "end": end} for quote in quotes for at, end in places(quote, text)]
    return [(piece, bool(over)) for piece, over in cut(text, spans)]
