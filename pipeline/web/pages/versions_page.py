"""Two versions of the coding scheme side by side."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.scheme.version_differences import compare
from pipeline.model.scheme import Scheme
from pipeline.published.choice import Unknown, UnknownChoice
from pipeline.published.evidence_index import Index
from pipeline.web.page_request import render
from pipeline.web.served_index import ask

VERSIONS = """
SELECT version, migration, at, by, why, changes FROM scheme_version ORDER BY version
"""
SCHEME = "SELECT scheme FROM scheme_version WHERE version = ?"


async def versions_page(datasette: Any, request: Any) -> Response:
    """What differs from one version to another; by default the last two."""
    wanted = [request.args.get(name) or "" for name in ("from", "to")]
    context = await ask(datasette, _versions, wanted)
    return await render(datasette, request, "versions.html", context)


def _versions(connection: sqlite3.Connection, index: Index, wanted: list[str]) -> dict[str, Any]:
    names = ("version", "migration", "at", "by", "why", "changes")
    rows = [dict(zip(names, row, strict=True)) for row in connection.execute(VERSIONS).fetchall()]
    for row in rows:
        row["changes"] = json.loads(row["changes"])
    known = [str(row["version"]) for row in rows]
    usual = (known[-2] if len(known) > 1 else known[-1], known[-1])
    chosen = [value or default for value, default in zip(wanted, usual, strict=True)]
    for name, value in zip(("from", "to"), chosen, strict=True):
        if value not in known:
            raise UnknownChoice([Unknown(name, value, tuple(known))])
    schemes = [_scheme(connection, int(value)) for value in chosen]
    return {
        "rows": rows,
        "known": known,
        "chosen": chosen,
        "differences": compare(schemes[0], schemes[1]),
        "terms": index.terms,
    }


def _scheme(connection: sqlite3.Connection, version: int) -> Scheme:
    (text,) = connection.execute(SCHEME, (version,)).fetchone()
    return Scheme.model_validate_json(text)
