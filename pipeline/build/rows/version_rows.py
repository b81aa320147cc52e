"""Rows of the versions of the scheme that are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pipeline.build import models
from pipeline.build.rows.table_rows import Tables
from pipeline.sources.migrations.kept_versions import KeptVersion


def version_rows(tables: Tables, versions: Iterable[KeptVersion]) -> None:
    """Every version of which the whole scheme is known, and how each came about."""
    for kept in versions:
        made = kept.made_by
        tables.add(
            models.SchemeVersion,
            version=kept.scheme.version,
            migration=made.id if made else "",
            at=made.at if made else "",
            by=made.by if made else "",
            why=made.why if made else "",
            changes=json.dumps(made.said if made else [], ensure_ascii=False),
            scheme=kept.scheme.model_dump_json(exclude_none=True),
        )
