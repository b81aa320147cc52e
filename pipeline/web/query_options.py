"""What can be chosen for the parameters of the named queries."""

from __future__ import annotations

from typing import Any

from pipeline.published.choice import STATUSES
from pipeline.published.terms import UNDECIDED
from pipeline.web.named_queries import rows
from pipeline.web.site_language import language_of, say

QUERIES = {
    "role": """
        SELECT code.id AS value, code.label_en AS label_en, code.label_nl AS label_nl FROM code
        JOIN dimension ON dimension.id = code.dimension AND dimension.is_evidence
        ORDER BY code.position""",
    "sector": """
        SELECT code.id AS value, code.label_en AS label_en, code.label_nl AS label_nl FROM code
        JOIN dimension ON dimension.id = code.dimension AND dimension.is_map
        ORDER BY code.position""",
    "study": "SELECT key AS value, label FROM study ORDER BY key LIMIT 1000",
}


async def query_options(datasette: Any) -> dict[str, list[dict[str, Any]]]:
    """Choices by the name of the parameter."""
    language = language_of(datasette)
    options = {name: await rows(datasette, sql) for name, sql in QUERIES.items()}
    for choices in options.values():
        for item in choices:
            item.setdefault("label", item.get(f"label_{language}"))
    t = say(language)
    options["sector"].append({"value": UNDECIDED, "label": t("undecided")})
    options["status"] = [{"value": name, "label": t(f"status.{name}")} for name in STATUSES]
    return options
