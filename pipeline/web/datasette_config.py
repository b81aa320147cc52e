"""How Datasette is told about our site."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from pipeline.ground.metadata import in_language


def translated(datasette: Any, language: str) -> dict[str, Any]:
    """The metadata of a site in a language, with what the file of it beside each database says."""
    metadata: dict[str, Any] = copy.deepcopy(datasette._metadata_local)
    for database in datasette.databases.values():
        if database.path:
            metadata = in_language(metadata, Path(database.path).parent, language)
    return metadata
