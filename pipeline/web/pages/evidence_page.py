"""The list of evidence under any filters."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.finding import choice_of_codes
from pipeline.published.map_grid import map_grid
from pipeline.published.pieces import read_pieces, read_studies
from pipeline.published.terms import UNDECIDED, Term
from pipeline.web.citable import citable
from pipeline.web.filter_form import filter_form, in_words
from pipeline.web.page_request import choice_of, page_of, query, render
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

SHOWN_STUDIES = 20  # studies named beside an empty list


async def evidence_page(datasette: Any, request: Any) -> Response:
    """Chosen pieces of evidence, with what to do with them; an empty list gives its reason."""
    choice = await choice_of(datasette, request)
    context = await ask(datasette, _listed, choice, request, language_of(datasette))
    return await render(datasette, request, "evidence.html", context)


def _listed(
    connection: sqlite3.Connection, index: Index, choice: Choice, request: Any, language: str
) -> dict[str, Any]:
    t = say(language)
    positions = index.select(connection, choice)
    page = page_of(request, len(positions))
    reason: str | None = None
    studies: list[Any] = []
    if not len(positions):
        reason, studies = _why(connection, index, choice)
    shown = list(read_pieces(connection, index, positions[page["start"] : page["end"]]))
    return {
        "choice": choice,
        "chosen": in_words(index, choice, language, t),
        "fields": filter_form(index, choice, language, t),
        "pieces": shown,
        "citable": citable(piece.study for piece in shown),
        "count": len(positions),
        "studies": len(index.study_keys(positions)),
        "page": page,
        "link": lambda number: f"/evidence{query(choice, page=number if number > 1 else '')}",
        "query": query(choice),
        "answer": _answered(index, choice),
        "terms": index.terms,
        "reason": reason,
        "those": studies,
        "kept": {},
    }


def _answered(index: Index, choice: Choice) -> list[Term]:
    """The role, the place, or both, where the choice is just that: it has a page of its own."""
    codes = [code for _, own in choice.codes for code in own]
    codes.sort(key=lambda code: index.terms.codes[code].dimension != index.terms.evidence)
    roles = len(choice.of(index.terms.evidence))
    just = choice_of_codes(index, codes) if UNDECIDED not in codes else None
    if choice != just or not codes or len(codes) - roles > 1 or roles > 1:
        return []
    return [index.terms.codes[code] for code in codes]


def _why(connection: sqlite3.Connection, index: Index, choice: Choice) -> tuple[str, list[Any]]:
    """Why nothing is there, for one role in one code; and the studies that the choice is about.

    What is asked of all studies is about none in particular.
    """
    roles = choice.of(index.terms.evidence)
    across = next((name for name, _ in choice.codes if name != index.terms.evidence), None)
    reason = "hidden"
    if len(roles) == 1 and not choice.words:
        grid = map_grid(index, connection, choice, across or index.terms.map)
        codes = choice.of(across) if across else ()
        column = codes[0] if len(codes) == 1 else ""
        reason = grid.cells[roles[0], column].reason
    keys = index.studies_within(choice)
    if choice.words or len(keys) == len(index.studies):
        keys = []
    return reason, list(read_studies(connection, keys[:SHOWN_STUDIES]))
