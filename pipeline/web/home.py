"""The home page: what this is, and the map of roles by sector."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from pipeline.web.database import rows

CELLS = """
SELECT cell.role AS role, cell.sector AS sector, cell.evidence AS evidence,
       cell.evidence_studies AS evidence_studies, cell.suggested AS suggested,
       cell.suggested_studies AS suggested_studies, cell.disputed AS disputed,
       cell.studies AS studies, cell.reason AS reason
FROM cell
"""
AXES = """
SELECT code.id AS id, code.label_en AS label, code.label_nl AS label_nl,
       code.definition_en AS definition, code.position AS position, dimension.is_evidence AS is_row
FROM code JOIN dimension ON dimension.id = code.dimension
WHERE (dimension.is_evidence OR dimension.is_map) AND code.retired IS NULL
ORDER BY dimension.is_evidence DESC, code.position
"""
COUNTS = "SELECT name, value FROM meta"
BY_ROLE = """
SELECT code_total.code AS role, code_total.decided AS evidence, code_total.suggested AS suggested
FROM code_total
JOIN code ON code.id = code_total.code
JOIN dimension ON dimension.id = code.dimension AND dimension.is_evidence
"""
REASONS = {
    "no-study": "no study in this sector",
    "not-coded": "studies here, not all coded yet",
    "none-shows": "coded, none shows the role",
    "only-suggested": "only suggestions",
    "only-disputed": "only disputed",
    "evidence": "",
}


async def home_page(datasette: Any, request: Any) -> Response:
    """The home page. It stands before Datasette's own, which counts every table anew."""
    context = {"home": await home(datasette)}
    html = await datasette.render_template("home.html", context, request=request)
    return Response.html(html)


async def home(datasette: Any) -> dict[str, Any]:
    """What the home page shows. Sectors without any study are folded away."""
    axes = await rows(datasette, AXES)
    cells = {(cell["role"], cell["sector"]): cell for cell in await rows(datasette, CELLS)}
    by_role = {row["role"]: row for row in await rows(datasette, BY_ROLE)}
    roles = [axis for axis in axes if axis["is_row"]]
    sectors = [axis for axis in axes if not axis["is_row"]]
    present = {sector for (_, sector), cell in cells.items() if cell["studies"]}
    shown = [sector for sector in sectors if sector["id"] in present]
    most = max((cell["evidence"] + cell["suggested"] for cell in cells.values()), default=0)
    table = [
        {
            **role,
            "cells": [
                _cell(cells[role["id"], sector["id"]], role, sector, most) for sector in shown
            ],
            "total": by_role.get(role["id"], {"evidence": 0, "suggested": 0}),
            "link": f"/orchestration/coding?{urlencode({'code': role['id']})}",
        }
        for role in roles
    ]
    return {
        "totals": {
            **{row["name"]: row["value"] for row in await rows(datasette, COUNTS)},
            "suggested": sum(row["suggested"] for row in by_role.values()),
        },
        "sectors": shown,
        "absent": [sector for sector in sectors if sector["id"] not in present],
        "roles": table,
    }


def _cell(
    cell: dict[str, Any], role: dict[str, Any], sector: dict[str, Any], most: int
) -> dict[str, Any]:
    count = cell["evidence"] + cell["suggested"]
    page = "evidence_by_role_and_sector" if count else "gaps_and_reasons"
    choice = {"role": role["id"], "sector": sector["id"]}
    query = urlencode({**choice, "status": ""} if count else choice)
    parts = [f"{role['label']} in {sector['label']}:"]
    parts.append(f"{cell['evidence']} reviewed, {cell['suggested']} suggested by machine")
    if cell["disputed"]:
        parts.append(f", {cell['disputed']} disputed")
    if REASONS[cell["reason"]]:
        parts.append(f"({REASONS[cell['reason']]})")
    return {
        **cell,
        "link": f"/orchestration/{page}?{query}",
        "empty": not count,
        "shade": 0 if not count else 1 + round(3 * count / most),
        "why": REASONS[cell["reason"]],
        "spoken": " ".join(parts),
    }
