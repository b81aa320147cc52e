"""Named, parameterised queries against the published database."""

from __future__ import annotations

from typing import Any

from pipeline.ground.project import DATABASE_NAME


async def rows(datasette: Any, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    """All rows of a query as dictionaries."""
    result = await datasette.get_database(DATABASE_NAME).execute(sql, parameters)
    return [dict(row) for row in result.rows]


async def one(datasette: Any, sql: str, **parameters: Any) -> dict[str, Any] | None:
    """The first row of a query, if there is one."""
    found = await rows(datasette, sql, **parameters)
    return found[0] if found else None
