"""The registry of formats: a name, and the module that holds it."""

from __future__ import annotations

from importlib import import_module

from pipeline.export.selection import Format

FORMATS = {
    "bibtex": "bibtex",
    "biblatex": "biblatex",
    "ris": "ris",
    "csl-json": "csljson",
    "csv": "csvfile",
    "json": "jsonfile",
    "markdown": "markdown",
    "word": "word",
    "datapackage": "datapackage",
    "qdc": "qdc",
    "skos": "skos",
    "annotations": "annotations",
}


def get_format(name: str) -> Format:
    """A format by its name; its module is imported only now. Raises KeyError."""
    module = import_module(f"pipeline.export.{FORMATS[name]}")
    found: Format = module.FORMAT
    return found
