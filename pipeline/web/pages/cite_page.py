"""The page that cites what is shown: references in any style, the list itself, downloads."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from pipeline.published.choice import Choice, Unknown, UnknownChoice
from pipeline.published.evidence_index import Index
from pipeline.published.pieces import read_pieces
from pipeline.web.citable import citable
from pipeline.web.citing import attributions, citations, linked
from pipeline.web.filter_form import in_words
from pipeline.web.page_request import choice_of, page_of, query, render, site_address
from pipeline.web.pages.method_page import own
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

PER_PAGE = 50


async def cite_page(datasette: Any, request: Any) -> Response:
    """References of the studies behind a choice of evidence, or of a choice of studies."""
    choice = await choice_of(datasette, request, "style", "of")
    style = request.args.get("style") or "apa"
    of_studies = request.args.get("of") == "studies"
    address = site_address(datasette, request)
    context = await ask(
        datasette, _cite, choice, style, of_studies, request, address, language_of(datasette)
    )
    return await render(datasette, request, "cite.html", context)


def _cite(
    connection: sqlite3.Connection,
    index: Index,
    choice: Choice,
    style: str,
    of_studies: bool,
    request: Any,
    address: str,
    language: str,
) -> dict[str, Any]:
    from pipeline.published.citation.citation_styles import (
        STYLES,
        UnknownStyle,
        style_names,
        style_path,
    )
    from pipeline.published.citation.reference_formatter import in_list

    try:
        style_path(style)
    except UnknownStyle as error:
        raise UnknownChoice([Unknown("style", style, (*STYLES, *error.near))]) from None
    if of_studies:
        keys = index.choose_studies(connection, choice)
        positions = []
    else:
        positions = index.select(connection, choice)
        keys = index.study_keys(positions)
    page = page_of(request, len(keys), PER_PAGE)
    shown = keys[page["start"] : page["end"]]
    formatted = citations(connection).bibliography(shown, style, language)
    references = in_list(formatted, style, page["start"] + 1)
    single = len(positions) == 1
    more = {"of": "studies" if of_studies else "", "style": style if style != "apa" else ""}
    t = say(language)
    said_with = attributions(connection, index, language, address, style)
    return {
        "choice": choice,
        "chosen": in_words(index, choice, language, t),
        "style": style,
        "styles": [(name, item.name) for name, item in STYLES.items()],
        "all_styles": style_names(),
        "references": [
            (key, linked(one.html)) for key, one in references.items()
        ],
        "citable": citable([*references]),
        "count": len(keys),
        "pieces": len(positions),
        "found": said_with.of(next(read_pieces(connection, index, positions[:1])))
        if single
        else None,
        "page": page,
        "link": lambda number: f"/cite{query(choice, page=number if number > 1 else '', **more)}",
        "query": query(choice, of=more["of"]),
        "of": more["of"],
        "own": own(
            connection, f"{address}{'/studies' if of_studies else '/evidence'}{query(choice)}",
            style, language,
        ),
        "terms": index.terms,
    }  # fmt: skip
