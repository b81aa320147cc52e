"""Words to cite with: the reference of a study in several styles, and of the database itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.published.evidence_index import Index
from pipeline.web.served_index import database_path


def citations(connection: sqlite3.Connection) -> Any:
    """The formatter over this database; what it formats is kept beside the project."""
    from pipeline.published.citation.reference_formatter import Citations

    return Citations(connection, _cache(connection))


def attributions(
    connection: sqlite3.Connection, index: Index, language: str, address: str, style: str = "apa"
) -> Any:
    """What is to be said with pieces, wherever a page lets them be copied."""
    from pipeline.published.citation.attribution import Attributions

    cited = index.kept.setdefault("cited", {})
    cache = _cache(connection)
    return Attributions(connection, index.terms, language, style, address, cache, cited=cited)


def _cache(connection: sqlite3.Connection) -> Path:
    return database_path(connection).parent / ".cache" / "citations.db"


def linked(html: str) -> Markup:
    """A formatted reference, in which all is escaped, with its addresses as links."""
    from pipeline.published.citation import reference_links

    return Markup(reference_links.linked(html))


def in_styles(connection: sqlite3.Connection, key: str, language: str) -> list[dict[str, Any]]:
    """The reference of one study in the main styles."""
    from pipeline.published.citation.citation_styles import STYLES

    formatter = citations(connection)
    found = []
    for style, known in STYLES.items():
        formatted = formatter.bibliography([key], style, language)[key]
        found.append({"style": style, "name": known.name, "html": linked(formatted.html)})
    return found
