"""How Datasette is told about our site."""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.problems import InputError, Problem
from pipeline.yamlfile import read_plain


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata file as Datasette takes it; a fresh copy, since Datasette changes it.

    Raises InputError where it is missing or cannot be read.
    """
    if not path.is_file():
        hint = "Copy it from the repository of this program, and change its titles."
        raise InputError([Problem(path.name, 0, "missing-file", "this file is missing", hint)])
    return copy.deepcopy(_read(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=8)
def _read(path: Path, _time: int) -> dict[str, Any]:
    data: dict[str, Any] = read_plain(path.read_text(encoding="utf-8"), path.name)
    return data


def register() -> None:
    """Make sure that the plugin is loaded before a site is made.

    Where the distribution is installed, Datasette finds it by its entry point.
    """
    from datasette.plugins import pm

    import pipeline.web as plugin

    if not pm.is_registered(plugin):
        pm.register(plugin, name="evidence")


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
