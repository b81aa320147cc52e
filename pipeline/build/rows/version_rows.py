"""Rows of the versions of the scheme that are kept."""

from __future__ import annotations

import json
from typing import Any

from pipeline.ground.project import Project
from pipeline.model.scheme import Scheme
from pipeline.sources.migrations.migration_files import Migrations, version_of


def version_rows(
    project: Project, migrations: Migrations, scheme: Scheme
) -> tuple[tuple[Any, ...], ...]:
    """Every version of which the whole scheme is known, and how each came about."""
    rows = []
    made = {item.to: item for item in migrations.applied}
    for version in range(1, scheme.version + 1):
        found = (
            scheme
            if version == scheme.version
            else version_of(project, migrations.applied, version)
        )
        if found is None:
            continue
        item = made.get(version)
        rows.append(
            (
                version,
                item.id if item else "",
                item.at if item else "",
                item.by if item else "",
                item.why if item else "",
                json.dumps(item.said if item else [], ensure_ascii=False),
                found.model_dump_json(exclude_none=True),
            )
        )
    return tuple(rows)
