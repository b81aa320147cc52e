"""What `evidence cite` prints."""

from __future__ import annotations

import datetime
import difflib
import sqlite3
from collections.abc import Sequence

from pipeline.ground.project import Project
from pipeline.published.citation.attribution import Attributions
from pipeline.published.citation.citation_styles import style_path
from pipeline.published.citation.csl_rendering import number_form
from pipeline.published.citation.database_citation import database_citation
from pipeline.published.evidence_index import Index
from pipeline.published.pieces import read_pieces


def cited(
    project: Project,
    connection: sqlite3.Connection,
    index: Index,
    names: Sequence[str],
    style: str,
    language: str,
    address: str = "",
) -> tuple[list[str], list[str]]:
    """A paragraph for each name, and what is wrong with names that do not exist."""
    cache = project.cache / "citations.db"
    site = address.rstrip("/")
    attributions = Attributions(connection, index.terms, language, style, site, cache)
    citations = attributions.citations
    form = number_form(style_path(style)) if len(names) > 1 else ""  # one alone needs no number
    lines: list[str] = []
    unknown = []
    for given in names:
        name = index.terms.aliases.get(given, given)
        if name in index.studies.index:
            text = citations.bibliography([name], style, language)[name].text
            lines.append(f"{form.format(len(lines) + 1)} {text}" if form else text)
        elif name in index.places:
            piece = next(read_pieces(connection, index, [index.places[name]]))
            full = citations.bibliography([piece.study], style, language)[piece.study].text
            lines.append(f"{attributions.of(piece).copied}\n{full}")
        else:
            near = difflib.get_close_matches(name, [*index.studies.index, *index.ids], 3, 0.6)
            hint = f" Like it: {', '.join(near)}." if near else ""
            unknown.append(f"No study or piece of evidence '{name}'.{hint}")
    return lines, unknown


def cited_database(project: Project, style: str, language: str, address: str = "") -> str:
    """The reference of the database, used today."""
    day = datetime.date.today()
    return database_citation(project.root, day, address, style, language).text
