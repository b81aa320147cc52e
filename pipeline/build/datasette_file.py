"""The metadata of the site as Datasette 1.0 takes it, which has its questions in another file."""

from __future__ import annotations

import contextlib
from typing import Any

from pipeline.ground.metadata import read_metadata
from pipeline.ground.problems import InputError
from pipeline.ground.project import DATABASE_NAME, Project
from pipeline.ground.writing import write_whole
from pipeline.ground.yamlfile import dump_yaml

HEAD = "# Made by evidence build from datasette_metadata.yml, for Datasette 1.0. Change that.\n"
# What 0.65 takes over from the whole for every database and table, and 1.0 does not.
INHERITED = ("license", "license_url", "source", "source_url", "about", "about_url")
SETTINGS = {"default_allow_sql": False, "suggest_facets": False}


def write_datasette_file(project: Project) -> None:
    """Write datasette.yml where it is missing or older; a file of somebody's own stays.

    Datasette 1.0 reads it twice: datasette orchestration.db -m datasette.yml -c datasette.yml
    """
    path, source = project.datasette, project.metadata
    if not source.is_file():
        return
    if path.is_file():
        newer = path.stat().st_mtime_ns > source.stat().st_mtime_ns
        if newer or not path.read_bytes().startswith(HEAD.encode()):
            return
    with contextlib.suppress(InputError):  # what is wrong in it is told with all else
        write_whole(path, (HEAD.encode(), dump_yaml(spelled_out(read_metadata(source)))))


def spelled_out(metadata: dict[str, Any]) -> dict[str, Any]:
    """The metadata with licence and source at each database and table, and our settings."""
    whole = {name: metadata[name] for name in INHERITED if name in metadata}
    database = metadata.get("databases", {}).get(DATABASE_NAME, {})
    for part in (database, *database.get("tables", {}).values()):
        part |= {name: value for name, value in whole.items() if name not in part}
    return {**metadata, "settings": SETTINGS}
