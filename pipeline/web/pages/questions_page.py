"""The page of tables and questions: where each leads, and how much there is."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from pipeline.ground.project import DATABASE_NAME
from pipeline.web.named_queries import rows
from pipeline.web.page_request import render

COUNTS = "SELECT substr(name, 6) AS name, value FROM meta WHERE name LIKE 'rows/%'"


async def questions_page(datasette: Any, request: Any) -> Response:
    """The questions of the metadata file, and all tables and views with their number of rows."""
    described = datasette.metadata(database=DATABASE_NAME)
    counts = {row["name"]: int(row["value"]) for row in await rows(datasette, COUNTS)}
    context = {
        "described": described,
        "questions": [
            {"name": name, **query} for name, query in described.get("queries", {}).items()
        ],
        "tables": [
            {"name": name, "count": counts.get(name), **table}
            for name, table in described.get("tables", {}).items()
        ],
        "size": datasette.get_database(DATABASE_NAME).size,
    }
    return await render(datasette, request, "questions.html", context)
