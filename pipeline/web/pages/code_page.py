"""The page of a code: what was found, a role's evidence by sector, a sector's evidence by role.

A role in a place has a page of its own, at `/code/<role>--<code>`.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.model.synthesis import JOIN
from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.finding import choice_of_codes, read_finding
from pipeline.published.known_gaps import known_gaps
from pipeline.published.map_grid import map_grid
from pipeline.published.pieces import read_pieces
from pipeline.published.strength import strength
from pipeline.published.terms import Term, Terms
from pipeline.web.citable import citable
from pipeline.web.page_request import PER_PAGE, query, render
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

PER_GROUP = 4
BAR = 240  # units of width of the longest bar


async def code_page(datasette: Any, request: Any) -> Response:
    """What a code means, and its evidence; 404 for an unknown one."""
    identity = tilde_decode(request.url_vars["code"])
    question = _role_in_place if JOIN in identity else _code
    context = await ask(datasette, question, identity, language_of(datasette))
    template = "role_in_place.html" if JOIN in identity else "code.html"
    return await render(datasette, request, template, context)


async def codebook_page(datasette: Any, request: Any) -> Response:
    """All dimensions and codes with their definitions and counts."""
    context = await ask(datasette, _codebook)
    return await render(datasette, request, "codebook.html", context)


def _code(
    connection: sqlite3.Connection, index: Index, identity: str, language: str
) -> dict[str, Any]:
    terms = index.terms
    code = _known(index, identity, identity, language)
    is_role = code.dimension == terms.evidence
    across = terms.map if is_role else terms.evidence
    choice = choice_of_codes(index, [code.id])
    positions = index.select(connection, choice)
    groups = _groups(connection, index, choice, positions, across)
    years = index.per_year(positions)
    most = max((count for _, count in years), default=1)
    return {
        "code": code,
        "dimension": terms.by_id[code.dimension],
        "is_role": is_role,
        "tone": code.position if is_role else 0,
        "terms": terms,
        "groups": groups,
        **_found(connection, index, (code.id,), positions, language),
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


def _role_in_place(
    connection: sqlite3.Connection, index: Index, identity: str, language: str
) -> dict[str, Any]:
    terms = index.terms
    role, place = (_known(index, name, identity, language) for name in identity.split(JOIN, 1))
    if role.dimension != terms.evidence or place.dimension == terms.evidence:
        raise NotFound(_unknown(index, identity, language))
    choice = choice_of_codes(index, [role.id, place.id])
    positions = index.select(connection, choice)
    cell = map_grid(index, connection, Choice(), place.dimension).cells.get((role.id, place.id))
    studies = index.study_keys(positions)
    return {
        "role": role,
        "place": place,
        "terms": terms,
        **_found(connection, index, (role.id, place.id), positions, language),
        "pieces": list(read_pieces(connection, index, positions[:PER_PAGE])),
        "count": len(positions),
        "studies": len(studies),
        "reason": cell.reason if cell else "retired",
        "query": query(choice),
        "citable": citable(studies),
    }


def _found(
    connection: sqlite3.Connection,
    index: Index,
    codes: tuple[str, ...],
    positions: Any,
    language: str,
) -> dict[str, Any]:
    """What the page of codes begins with: what was found, how strong it is, what is not known."""
    return {
        "finding": read_finding(connection, index, codes, language),
        "strength": strength(index, positions),
        "gaps": known_gaps(connection, index, codes),
    }


def _known(index: Index, code: str, asked: str, language: str) -> Term:
    """A code of the scheme; 404 for another."""
    term = index.terms.codes.get(code)
    if term is None or not term.dimension:
        raise NotFound(_unknown(index, asked, language))
    return term


def _unknown(index: Index, asked: str, language: str) -> str:
    known = ", ".join(item.id for item in index.terms.codes.values() if item.dimension)
    return say(language)("code.unknown", code=asked, known=known)


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
                    "answer": _answer(terms, choice, across, other),
                }
            )
    return groups


def _answer(terms: Terms, choice: Choice, across: str, other: Term) -> str:
    """The page of a role in a place, which what is not decided yet has none of."""
    own = choice.codes[0][1][0]
    pair = (other.id, own) if across == terms.evidence else (own, other.id)
    return f"/code/{JOIN.join(pair)}" if other.dimension and choice.codes[0][0] in (
        terms.evidence, terms.map) else ""  # fmt: skip


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
