"""What stands in a feed, a page of it at a time (RFC 4287, RFC 5005)."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.pieces import read_pieces
from pipeline.web.citing import attributions
from pipeline.web.filter_form import in_words
from pipeline.web.page_request import page_of, query
from pipeline.web.served_index import database_path
from pipeline.web.site_language import say

SIZE = 50


def entries(
    connection: sqlite3.Connection,
    index: Index,
    choice: Choice,
    request: Any,
    language: str,
    site: str,
    address: str,
) -> dict[str, Any]:
    """Chosen pieces, those decided last first, each with the moment.

    `site` is the address in no language, which permanent ones begin with; `address` in this one.

    All pages of a feed have its one id and moment; an empty feed has that of the build.
    """
    mask = index.mask(connection, choice) & (index.moment != "")
    newest = index.recent[mask[index.recent]]
    page = page_of(request, len(newest), SIZE)
    shown = newest[page["start"] : page["end"]]
    said_with = replace(attributions(connection, index, language, site), retrieved="")

    def link(number: int | None) -> str:
        return f"{address}/feed.atom{query(choice, page=number if number != 1 else None)}"

    return {
        "entries": [
            {"piece": piece, "moment": str(index.moment[place]), "found": said_with.of(piece)}
            for place, piece in zip(shown, read_pieces(connection, index, shown), strict=True)
        ],
        "updated": str(index.moment[newest[0]]) if len(newest) else _built(connection),
        "chosen": in_words(index, choice, language, say(language)),
        "identity": link(1),
        "list": f"{address}/evidence{query(choice)}",
        "links": {
            "self": link(page["page"]),
            **{
                name: link(page[place])
                for name, place in (("previous", "before"), ("next", "after"))
                if page[place]
            },
        },
    }


def _built(connection: sqlite3.Connection) -> str:
    """When the database was written."""
    moment = datetime.fromtimestamp(database_path(connection).stat().st_mtime, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
