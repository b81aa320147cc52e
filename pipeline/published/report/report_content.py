"""What a report says, as data: evidence by role and sector, gaps, method, references."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ground.texts import clean
from pipeline.published.map_grid import Grid, map_grid
from pipeline.published.provenance import About, about, own_citation
from pipeline.published.report.map_figure import Map, make_map
from pipeline.published.report.method_facts import Method, date_of, read_method
from pipeline.published.report.report_sections import Section, make_sections
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection

if TYPE_CHECKING:
    from pipeline.published.citation.reference_formatter import Citations, Formatted, Instead

ACCESS = ("abstract", "partial", "full")


@dataclass(frozen=True)
class Gap:
    """A role in a sector without evidence."""

    role: str
    sector: str
    reason: str


@dataclass(frozen=True)
class Reference:
    """One cited study as the style writes it."""

    key: str
    formatted: Formatted


@dataclass(frozen=True)
class Report:
    """Everything a renderer needs; nothing is read after this."""

    language: str
    title: str
    about: About
    version: str
    date: datetime.date | None
    pieces: int
    checked: int
    studies: int
    access: dict[str, int]
    instead: tuple[tuple[str, Instead], ...]
    roles_label: str
    picture: Map
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    method: Method
    references: tuple[Reference, ...]
    own: Formatted


def make_report(selection: Selection) -> Report:
    """The report of a choice."""
    say = Wording(selection.language)
    terms = selection.terms
    citations = selection.attributions.citations
    grid = map_grid(selection.index, selection.connection, selection.choice, terms.map)
    of_evidence = selection.studies is None
    pieces = list(selection.pieces()) if of_evidence else []
    method = read_method(selection.connection, terms, grid.rows, selection.language)
    studies = list(selection.study_rows())
    access = Counter(row["access"] for row in studies)
    labels = {row["key"]: row["label"] for row in studies}
    return Report(
        language=selection.language,
        title=say("title", scheme=method.scheme),
        about=about(selection),
        version=method.version,
        date=date_of(method.last),
        pieces=len(pieces),
        checked=sum(piece.checked == "checked" for piece in pieces),
        studies=len(studies),
        access={name: access[name] for name in ACCESS},
        instead=tuple(
            (clean(labels[key]), read)
            for key, read in citations.read_instead(
                labels, selection.style, selection.language
            ).items()
        ),
        roles_label=clean(terms.by_id[terms.evidence].label.get(selection.language)),
        picture=make_map(
            grid, terms, selection.language, terms.map, status=selection.choice.status
        ),
        sections=make_sections(selection, pieces, grid.rows, say) if of_evidence else (),
        gaps=_gaps(grid, selection, say),
        method=method,
        references=make_references(selection, citations),
        own=own_citation(selection),
    )


def make_references(selection: Selection, citations: Citations) -> tuple[Reference, ...]:
    """All studies behind the choice, as the style lists them."""
    from pipeline.published.citation.reference_formatter import in_list

    found = citations.bibliography(selection.study_keys, selection.style, selection.language)
    return tuple(Reference(*item) for item in in_list(found, selection.style).items())


def _gaps(grid: Grid, selection: Selection, say: Wording) -> tuple[Gap, ...]:
    terms, language = selection.terms, selection.language
    labels = {code.id: clean(code.label.get(language)) for code in terms.places(terms.map)}
    roles = {code.id: clean(code.label.get(language)) for code in terms.by_id[terms.evidence].codes}
    return tuple(
        Gap(roles[role], labels[sector], say(f"reason.{grid.cells[role, sector].reason}"))
        for role in grid.rows
        for sector in grid.columns
        if not grid.cells[role, sector].evidence
    )
