"""All tables as a Frictionless Data Package (Data Package 1, Table Schema 1) in a ZIP file."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlmodel import SQLModel

from pipeline.build import models  # noqa: F401  (declares the tables)
from pipeline.ground.metadata import metadata_in
from pipeline.ground.project import DATABASE_NAME
from pipeline.ground.steady_zip import member
from pipeline.ground.texts import LANGUAGES
from pipeline.published.choice import Choice
from pipeline.published.citation.database_citation import LICENCE
from pipeline.published.provenance import about
from pipeline.published.selection import Selection

BLOCK = 64 * 1024
ROWS = 500
TYPES = {
    "AutoString": "string",
    "Boolean": "boolean",
    "Float": "number",
    "Integer": "integer",
    "JSON": "array",
}
# No text of ours is this, so an empty text and a missing value stay different.
MISSING = "\\N"
LICENCES = [
    {
        "name": "CC-BY-4.0",
        "title": "Creative Commons Attribution 4.0",
        "path": LICENCE,
    }
]


def write(selection: Selection) -> Iterator[bytes]:
    """datapackage.json and one CSV for each table; cells are not changed for spreadsheets."""
    file = about(replace(selection, choice=Choice(), studies=None))
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            described = _described(selection)
            resources = [_resource(name, described.get(name, {})) for name in _tables()]
            package = {
                "profile": "data-package",
                "name": "orchestration-evidence",
                "title": "Orchestration Evidence",
                "description": "All tables of the database. Cells are written as they are, for "
                "programs; the format csv is the one that is safe in spreadsheets. "
                + " ".join((file.words, file.method, file.limits)),
                "version": file.scheme_version,
                "created": f"{file.retrieved}T00:00:00Z",
                **({"homepage": selection.address} if selection.address else {}),
                "licenses": LICENCES,
                "resources": resources,
            }
            data = json.dumps(package, ensure_ascii=False, indent=2).encode()
            archive.writestr(member("datapackage.json"), data)
            for resource in resources:
                with archive.open(member(resource["path"]), "w", force_zip64=True) as table:
                    _table(selection, resource["name"], table)
        target.seek(0)
        while block := target.read(BLOCK):
            yield block


def _tables() -> list[str]:
    return [table.name for table in SQLModel.metadata.sorted_tables]


def _table(selection: Selection, name: str, target: Any) -> None:
    columns = SQLModel.metadata.tables[name].columns
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    names = ", ".join(f'"{column.name}"' for column in columns)
    # Names of tables and columns are those of our own models.
    rows = selection.connection.execute(f'SELECT {names} FROM "{name}" ORDER BY rowid')
    kinds = [_type(column) for column in columns]
    while some := rows.fetchmany(ROWS):
        writer.writerows([_cells(row, kinds) for row in some])
    text.detach()


def _cells(row: tuple[Any, ...], kinds: list[str]) -> list[str]:
    return [
        MISSING
        if value is None
        else ("true" if value else "false")
        if kind == "boolean"
        else str(value)
        for value, kind in zip(row, kinds, strict=True)
    ]


def _resource(name: str, described: dict[str, Any]) -> dict[str, Any]:
    table = SQLModel.metadata.tables[name]
    said = described.get("columns", {})
    fields = []
    for column in table.columns:
        field: dict[str, Any] = {"name": column.name, "type": _type(column)}
        if column.name in said:
            field["description"] = said[column.name]
        if not column.nullable:
            field["constraints"] = {"required": True}
        fields.append(field)
    schema: dict[str, Any] = {
        "fields": fields,
        "missingValues": [MISSING],
        "primaryKey": [column.name for column in table.primary_key],
    }
    keys = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if key.column.table is table else key.column.table.name,
                "fields": [key.column.name],
            },
        }
        for column in table.columns
        for key in sorted(column.foreign_keys, key=lambda key: str(key.target_fullname))
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "title": described.get("title", name),
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _type(column: Any) -> str:
    return TYPES[type(column.type).__name__]


def _described(selection: Selection) -> dict[str, Any]:
    """Titles and texts of the tables, where the file with them lies beside the database."""
    found = metadata_in(selection.root, LANGUAGES[0])
    tables: dict[str, Any] = found["databases"][DATABASE_NAME]["tables"] if found else {}
    return tables
