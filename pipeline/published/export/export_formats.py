"""The registry of formats: a name, and the module that holds it."""

from __future__ import annotations

from importlib import import_module

from pipeline.published.export.selection import Format

FORMATS = {
    "bibtex": "bibtex_writer",
    "biblatex": "biblatex_writer",
    "ris": "ris_writer",
    "csl-json": "csljson_writer",
    "csv": "csv_writer",
    "json": "json_writer",
    "markdown": "markdown_writer",
    "word": "word_writer",
    "datapackage": "datapackage_writer",
    "qdc": "qdc_writer",
    "skos": "skos_writer",
    "annotations": "annotations_writer",
}


def get_format(name: str) -> Format:
    """A format by its name; its module is imported only now. Raises KeyError."""
    module = import_module(f"pipeline.published.export.{FORMATS[name]}")
    found: Format = module.FORMAT
    return found
