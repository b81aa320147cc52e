"""The home page: what this is, and the evidence map."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from datasette.utils.asgi import Response

from pipeline.build.gap_reasons import REASONS
from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.finding import Finding, choice_of_codes, read_finding
from pipeline.published.map_grid import BESIDE, Grid, GridCell, map_grid
from pipeline.published.strength import Strength, strength
from pipeline.published.terms import Term
from pipeline.web.citable import citable
from pipeline.web.dataset_metadata import schema_org_dataset
from pipeline.web.filter_form import filter_form, in_words
from pipeline.web.named_queries import rows
from pipeline.web.page_request import choice_of, one_of, query, render, site_address
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

COUNTS = "SELECT name, value FROM meta"
COUNTED = ("evidence", "studies")


async def home_page(datasette: Any, request: Any) -> Response:
    """The map. It stands before Datasette's own home page, which counts every table anew."""
    choice = await choice_of(datasette, request, "by", "count")
    count = one_of(request, "count", COUNTED, COUNTED[0])
    by = request.args.get("by") or ""
    address = site_address(datasette, request)
    context = await ask(datasette, _home, choice, by, count, language_of(datasette), address)
    context["totals"] = {row["name"]: row["value"] for row in await rows(datasette, COUNTS)}
    return await render(datasette, request, "home.html", context)


def _home(
    connection: sqlite3.Connection,
    index: Index,
    choice: Choice,
    by: str,
    count: str,
    language: str,
    address: str,
) -> dict[str, Any]:
    t = say(language)
    terms = index.terms
    columns = terms.columns()
    across = by or terms.map
    if across not in [item.id for item in columns]:
        from pipeline.published.choice import Unknown, UnknownChoice

        raise UnknownChoice([Unknown("by", by, tuple(item.id for item in columns))])
    grid = map_grid(index, connection, choice, across)
    return {
        "map": table(index, grid, choice, across, count, language),
        "choice": choice,
        "chosen": in_words(index, choice, language, t),
        "by": across,
        "by_label": terms.by_id[across].label.get(language),
        "dimensions": [(item.id, item.label.get(language)) for item in columns],
        "count": count,
        "fields": filter_form(index, choice, language, t),
        "query": query(choice, by=by, count=count if count != COUNTED[0] else ""),
        "roles": terms.roles,
        "findings": _findings(connection, index, language),
        "schema_org": schema_org_dataset(connection, index, language, address),
        "citable": citable(index.choose_studies(connection, choice)),
        "read": int((index.studies["passages"] > 0).sum()),
        "kept": {"by": by, "count": count if count != COUNTED[0] else ""},
    }


def _findings(
    connection: sqlite3.Connection, index: Index, language: str
) -> list[tuple[Term, Finding | None, Strength]]:
    """For each role what was found on it, and how strong that is; counted once for all visitors."""
    key = f"findings.{language}"
    if key not in index.kept:
        index.kept[key] = [
            (
                role,
                read_finding(connection, index, [role.id], language),
                strength(index, index.select(connection, choice_of_codes(index, [role.id]))),
            )
            for role in index.terms.roles
        ]
    found: list[tuple[Term, Finding | None, Strength]] = index.kept[key]
    return found


def table(
    index: Index, grid: Grid, choice: Choice, across: str, count: str, language: str
) -> dict[str, Any]:
    """The map as rows of cells. Columns without any study are named apart."""
    terms = index.terms
    evidence = terms.evidence
    columns = [terms.codes[code] for code in grid.columns]
    shown = [code for code in columns if code.id in grid.present]
    roles = [terms.codes[code] for code in grid.rows]
    most = max(
        (_number(grid.cells[role.id, code.id], count) for role in roles for code in shown),
        default=0,
    )

    def cell(role: Term | None, column: Term | None) -> dict[str, Any]:
        counts = grid.cells[role.id if role else "", column.id if column else ""]
        chosen = choice.with_code(evidence, role.id) if role else choice
        chosen = chosen.with_code(across, column.id) if column else chosen
        number = _number(counts, count)
        others = [name for name in ("suggested", "disputed") if getattr(counts, name)]
        # An empty cell with nothing but suggestions leads to these, so that there is something.
        if not number and others and not choice.status:
            chosen = replace(chosen, status=tuple(others))
        return {
            "number": number,
            "evidence": counts.evidence,
            "studies": counts.studies,
            "suggested": counts.suggested,
            "disputed": counts.disputed,
            "checked": counts.checked,
            "reason": counts.reason if role else "",
            "mark": say(language)(f"mark.{counts.reason or 'none-shows'}") if not number else "",
            "beside": [
                name for name, holds in BESIDE.items()
                if holds(counts) and counts.reason != f"only-{name}"
                and (name != "one-study" or count == COUNTED[0])
            ],
            "shade": 1 + round(3 * number / most) if number and role and column else 0,
            "role": role.label.get(language) if role else "",
            "column": column.label.get(language) if column else "",
            "href": f"/evidence{query(chosen)}",
        }  # fmt: skip

    rows: list[dict[str, Any]] = [
        {"role": role, "cells": [cell(role, code) for code in shown], "total": cell(role, None)}
        for role in roles
    ]
    inside = [one for row in rows for one in row["cells"]]
    return {
        "columns": shown,
        "absent": [code for code in columns if code.id not in grid.present],
        "rows": rows,
        "totals": [cell(None, code) for code in shown],
        "all": cell(None, None),
        "reasons": [
            name for name in REASONS if any(one["mark"] and one["reason"] == name for one in inside)
        ],
        "beside": [name for name in BESIDE if any(name in one["beside"] for one in inside)],
    }


def _number(cell: GridCell, count: str) -> int:
    return cell.evidence if count == COUNTED[0] else cell.studies
