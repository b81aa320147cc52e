"""How to cite this database itself, from CITATION.cff (Citation File Format 1.2)."""

from __future__ import annotations

import datetime
import html as markup
from pathlib import Path
from typing import Any

from pipeline.ground.text import own_text
from pipeline.ground.yamlfile import read_plain
from pipeline.published.citation.citation_styles import style_path
from pipeline.published.citation.csl_rendering import reference
from pipeline.published.citation.reference_formatter import Formatted

FILE = "CITATION.cff"
TITLE = "Orchestration Evidence"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"  # of our words and codings


def citation_file(root: Path) -> dict[str, Any]:
    """What the project's own file says; nothing where there is none. Raises InputError."""
    file = root / FILE
    found: dict[str, Any] = {}
    if file.is_file():
        found = read_plain(own_text(file, FILE), FILE) or {}
    return found


def own_item(root: Path, day: datetime.date, address: str = "") -> dict[str, Any]:
    """The database as a CSL-JSON item: with its version, and the day on which it was used."""
    said = citation_file(root)
    version = str(said.get("version", ""))
    released = str(said.get("date-released", "")) or day.isoformat()
    title = str(said.get("title", TITLE))
    item = {
        "id": "database",
        "type": "dataset",
        "title": title,
        "author": [_person(person) for person in said.get("authors", [])],
        "issued": {"date-parts": [[int(part) for part in released.split("-")]]},
        "accessed": {"date-parts": [[day.year, day.month, day.day]]},
        "version": version,
        "DOI": str(said.get("doi", "")),
        "URL": address or str(said.get("url", "")),
    }
    return {name: value for name, value in item.items() if value}


def database_citation(
    root: Path, day: datetime.date, address: str, style: str, language: str = "en"
) -> Formatted:
    """The reference of the database in a style. Raises UnknownStyle."""
    item = own_item(root, day, address)
    found = reference(item, style_path(style), language)
    version = item.get("version", "")
    if version and version not in found:  # many styles have no place for it
        titled = {**item, "title": f"{item['title']} (version {version})"}
        found = reference(titled, style_path(style), language)
    place = markup.escape(item.get("URL", ""), quote=False)
    return Formatted(found if place in found else f"{found} {place}")


def _person(person: dict[str, str]) -> dict[str, str]:
    if "name" in person:
        return {"literal": person["name"]}
    parts = {"family": person.get("family-names", ""), "given": person.get("given-names", "")}
    return {name: value for name, value in parts.items() if value}
