"""What can be chosen for the parameters of the named queries."""

from __future__ import annotations

from typing import Any

from pipeline.web.database import rows

QUERIES = {
    "role": """
        SELECT code.id AS value, code.label_en AS label FROM code
        JOIN dimension ON dimension.id = code.dimension AND dimension.is_evidence
        ORDER BY code.position""",
    "sector": """
        SELECT code.id AS value, code.label_en AS label FROM code
        JOIN dimension ON dimension.id = code.dimension AND dimension.is_map
        ORDER BY code.position""",
    "study": "SELECT key AS value, label FROM study ORDER BY key LIMIT 1000",
}
STATUSES = ("suggested", "single", "agreed", "disputed", "adjudicated")


async def query_options(datasette: Any) -> dict[str, list[dict[str, Any]]]:
    """Choices by the name of the parameter."""
    options = {name: await rows(datasette, sql) for name, sql in QUERIES.items()}
    options["status"] = [{"value": status, "label": status} for status in STATUSES]
    return options
