"""The page of a code: a role with its evidence by sector, a sector with its evidence by role."""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.map_grid import map_grid
from pipeline.published.pieces import read_pieces
from pipeline.web.citable import citable
from pipeline.web.page_request import query, render
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

PER_GROUP = 4
BAR = 240  # units of width of the longest bar


async def code_page(datasette: Any, request: Any) -> Response:
    """What a code means, and its evidence; 404 for an unknown one."""
    identity = tilde_decode(request.url_vars["code"])
    context = await ask(datasette, _code, identity, language_of(datasette))
    return await render(datasette, request, "code.html", context)


async def codebook_page(datasette: Any, request: Any) -> Response:
    """All dimensions and codes with their definitions and counts."""
    context = await ask(datasette, _codebook)
    return await render(datasette, request, "codebook.html", context)


def _code(
    connection: sqlite3.Connection, index: Index, identity: str, language: str
) -> dict[str, Any]:
    terms = index.terms
    code = terms.codes.get(identity)
    if code is None or not code.dimension:
        t = say(language)
        known = ", ".join(item.id for item in terms.codes.values() if item.dimension)
        raise NotFound(t("code.unknown", code=identity, known=known))
    is_role = code.dimension == terms.evidence
    across = terms.map if is_role else terms.evidence
    choice = Choice().with_code(code.dimension, code.id)
    positions = index.select(connection, choice)
    groups = _groups(connection, index, choice, positions, across)
    grid = map_grid(index, connection, Choice(), terms.map if is_role else code.dimension)
    gaps = []
    for other in terms.places(across) if is_role else terms.roles:
        pair = (code.id, other.id) if is_role else (other.id, code.id)
        cell = grid.cells.get(pair)
        if cell is not None and cell.reason != "evidence":
            gaps.append(
                (other, cell.reason, f"/evidence{query(choice.with_code(across, other.id))}")
            )
    years = index.per_year(positions)
    most = max((count for _, count in years), default=1)
    return {
        "code": code,
        "dimension": terms.by_id[code.dimension],
        "is_role": is_role,
        "tone": code.position if is_role else 0,
        "terms": terms,
        "groups": groups,
        "gaps": gaps,
        "years": [(year, count, round(BAR * count / most)) for year, count in years],
        "together": [(terms.codes[other], count) for other, count in index.together(code.id)]
        if is_role
        else [],
        "count": len(positions),
        "studies": len(index.study_keys(positions)),
        "query": query(choice),
        "citable": citable(index.study_keys(positions)),
        "neighbours": [
            (name, terms.codes[item])
            for name, item in _neighbours(
                code.id, [one.id for one in terms.by_id[code.dimension].codes]
            )
        ],
        "children": [item for item in terms.by_id[code.dimension].codes if item.parent == code.id],
    }


def _groups(
    connection: sqlite3.Connection, index: Index, choice: Choice, positions: Any, across: str
) -> list[dict[str, Any]]:
    terms = index.terms
    if across == terms.evidence:
        members = index.role[positions][:, None] == np.arange(len(terms.by_id[across].codes) + 1)
    else:
        members = index.members[across][positions]
    groups = []
    for place, other in enumerate(terms.places(across)):
        own = positions[members[:, place]]
        if len(own):
            groups.append(
                {
                    "code": other,
                    "count": len(own),
                    "studies": len(index.study_keys(own)),
                    "pieces": list(read_pieces(connection, index, own[:PER_GROUP])),
                    "href": f"/evidence{query(choice.with_code(across, other.id))}",
                }
            )
    return groups


def _neighbours(own: str, codes: list[str]) -> list[tuple[str, str]]:
    place = codes.index(own)
    found = []
    if place:
        found.append(("before", codes[place - 1]))
    if place + 1 < len(codes):
        found.append(("after", codes[place + 1]))
    return found


def _codebook(connection: sqlite3.Connection, index: Index) -> dict[str, Any]:
    totals = {
        row[0]: row[1:]
        for row in connection.execute("SELECT code, decided, suggested, disputed FROM code_total")
    }
    meta = dict(connection.execute("SELECT name, value FROM meta WHERE name LIKE 'scheme%'"))
    return {"terms": index.terms, "totals": totals, "meta": meta}
