"""How Datasette is told about our site."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from pipeline.ground.metadata import read_metadata


def translated(datasette: Any, language: str) -> dict[str, Any]:
    """The metadata of a site in a language: with what the file of that language says.

    The file is `datasette_metadata.<language>.yml` beside the database.
    """
    metadata: dict[str, Any] = copy.deepcopy(datasette._metadata_local)
    for database in datasette.databases.values():
        if database.path:
            path = Path(database.path).parent / f"datasette_metadata.{language}.yml"
            if path.is_file():
                _merge(metadata, read_metadata(path))
    return metadata


def _merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value
