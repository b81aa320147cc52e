"""The metadata file of the site, which says what its tables and columns mean."""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.text import own_text
from pipeline.ground.yamlfile import read_plain

FILE = "datasette_metadata.yml"


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata file as Datasette takes it; a fresh copy, since Datasette changes it.

    Raises InputError where it is missing or cannot be read.
    """
    if not path.is_file():
        hint = "Copy it from the repository of this program, and change its titles."
        raise InputError([Problem(path.name, 0, "missing-file", "this file is missing", hint)])
    return copy.deepcopy(_read(path, path.stat().st_mtime_ns))


def metadata_in(folder: Path, language: str) -> dict[str, Any]:
    """The metadata of a site in a language; nothing where its file is missing."""
    path = folder / FILE
    return in_language(read_metadata(path), folder, language) if path.is_file() else {}


def in_language(metadata: dict[str, Any], folder: Path, language: str) -> dict[str, Any]:
    """The metadata with what the file of a language says laid over it, if there is one."""
    path = folder / FILE.replace(".", f".{language}.")
    if path.is_file():
        _lay(metadata, read_metadata(path))
    return metadata


def _lay(over: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        if isinstance(value, dict) and isinstance(over.get(name), dict):
            _lay(over[name], value)
        else:
            over[name] = value


@lru_cache(maxsize=8)
def _read(path: Path, _time: int) -> dict[str, Any]:
    data: dict[str, Any] = read_plain(own_text(path, path.name), path.name)
    return data
