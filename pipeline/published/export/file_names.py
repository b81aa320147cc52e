"""Names of downloaded files."""

from __future__ import annotations

import re

from pipeline.published.export.export_formats import Format
from pipeline.published.selection import Selection

LONGEST_NAME = 80  # characters, without the day and the suffix


def file_name(selection: Selection, chosen: Format) -> str:
    """A name that tells what is in the file: mediator-energy-2026-11-26.docx."""
    of = "evidence" if selection.studies is None else "studies"
    parts = [] if chosen.everything else [value for _, value in selection.choice.pairs()]
    plain = [part for part in map(_plain, parts) if part]
    if selection.studies is not None or not plain:
        plain.insert(0, chosen.everything or of)
    name = "-".join(plain)
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME].rpartition('-')[0] or name[:LONGEST_NAME]}-etc"
    return f"{name}-{selection.attributions.retrieved}.{chosen.suffix}"


def _plain(value: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
