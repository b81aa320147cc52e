"""How the evidence was made, by whom, how far it can be trusted; and what this site is."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from pipeline.model.records import EVIDENCE_STATUSES
from pipeline.model.round_agreement import WHOLE
from pipeline.published import method
from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.index_tables import moments, sentences_of
from pipeline.published.record_rows import records
from pipeline.published.strength import MEASURES, levels
from pipeline.web.citing import linked
from pipeline.web.dataset_metadata import schema_org_dataset
from pipeline.web.page_request import render, site_address
from pipeline.web.pages.prisma_page import flow_in_words
from pipeline.web.served_index import ask, database_path
from pipeline.web.site_language import language_of

FLOW = """
SELECT (SELECT count(*) FROM study) AS studies,
       (SELECT count(*) FROM document WHERE kind = 'digest') AS with_digest,
       (SELECT count(*) FROM study WHERE access = 'full') AS full,
       (SELECT count(*) FROM study WHERE access = 'partial') AS partial,
       (SELECT count(*) FROM study WHERE access = 'abstract') AS abstract,
       (SELECT count(*) FROM study WHERE based_on != '') AS based_on
"""
# Coders who decided something and do not say of what nature they are.
UNSAID = """
SELECT count(*) FROM coder WHERE nature = ''
AND EXISTS (SELECT 1 FROM decision WHERE decision.coder = coder.id)
"""


async def method_page(datasette: Any, request: Any) -> Response:
    """Counts after PRISMA 2020's flow diagram, coders, rounds, agreement and limits."""
    context = await ask(datasette, _method)
    words = await ask(datasette, flow_in_words, language_of(datasette))
    rule = {"levels": levels(), "measures": MEASURES}
    context = {**context, **rule, "prisma": words, **await ask(datasette, _screening)}
    return await render(datasette, request, "method.html", context)


async def about_page(datasette: Any, request: Any) -> Response:
    """What this is, how to cite it, and everything that can be downloaded whole."""
    address = site_address(datasette, request)
    context = await ask(datasette, _about, address, language_of(datasette))
    return await render(datasette, request, "about.html", context)


def _method(connection: sqlite3.Connection, index: Index) -> dict[str, Any]:
    """Counted once for a database, since it looks at every decision."""
    if "method" not in index.kept:
        coders = method.coders(connection)
        agreement = method.agreement(connection)
        index.kept["method"] = {
            "flow": {**records(connection, FLOW)[0], **_flow(connection, index)},
            "coders": coders,
            "people": {row["id"]: row for row in coders},
            "rounds": method.rounds(connection),
            "agreement": [row for row in agreement if row["what"] == WHOLE],
            "versions": method.versions(connection),
            "terms": index.terms,
            "pieces": index.pieces,
            "checked": index.checked_pieces,
            "unsaid": connection.execute(UNSAID).fetchone()[0],
        }
    found: dict[str, Any] = index.kept["method"]
    return found


def _screening(connection: sqlite3.Connection, index: Index) -> dict[str, Any]:
    """How many studies were found and are not in the review, and how far screeners agree."""
    (candidates,) = connection.execute("SELECT count(*) FROM candidate").fetchone()
    return {"candidates": candidates, "screening": method.screening_agreement(connection)}


def _flow(connection: sqlite3.Connection, index: Index) -> dict[str, Any]:
    """What became of the passages."""
    evidence = index.select(connection, Choice())
    disputed = index.select(connection, Choice(status=("disputed",)))
    names = dict(connection.execute("SELECT rowid, id FROM passage"))
    found = {names[row] for row in index.words[evidence].tolist()}
    open_ = {names[row] for row in index.words[disputed].tolist()}
    with_evidence = sentences_of(connection, found)
    return {
        "passages": sentences_of(connection, {*names.values(), *moments(connection)}),
        "decided": index.decided,
        "with_evidence": with_evidence,
        "evidence": len(evidence),
        "studies_with_evidence": len(index.study_keys(evidence)),
        "disputed": sentences_of(connection, found | open_) - with_evidence,
        "statuses": [
            (name, len(index.select(connection, Choice(status=(name,)))))
            for name in EVIDENCE_STATUSES
        ],
    }


def _about(
    connection: sqlite3.Connection, index: Index, address: str, language: str
) -> dict[str, Any]:
    import datetime

    from pipeline.published.citation.citation_styles import STYLES

    # The reference of the database says the day, so it is formatted once a day.
    key = f"about/{language}/{datetime.date.today()}/{address}"
    if key not in index.kept:
        for old in [name for name in index.kept if name.startswith(f"about/{language}/")]:
            del index.kept[old]
        index.kept[key] = [
            {
                "style": style,
                "name": STYLES[style].name,
                **own(connection, address, style, language),
            }
            for style in STYLES
        ]
    return {
        "terms": index.terms,
        "meta": dict(connection.execute("SELECT name, value FROM meta")),
        "size": database_path(connection).stat().st_size,
        "own": index.kept[key],
        "schema_org": schema_org_dataset(connection, index, language, address),
    }


def own(connection: sqlite3.Connection, address: str, style: str, language: str) -> dict[str, Any]:
    """The citation of this database, with version and date."""
    import datetime

    from pipeline.published.citation.database_citation import database_citation

    root = database_path(connection).parent
    found = database_citation(root, datetime.date.today(), address, style, language)
    return {"text": found.text, "html": linked(found.html)}


def as_list(text: str) -> list[str]:
    """A JSON array of texts."""
    found: list[str] = json.loads(text)
    return found
