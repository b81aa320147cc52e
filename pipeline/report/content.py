"""What a report says, as data: evidence by role and sector, gaps, method, references."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.export.selection import Selection
from pipeline.published.index import Grid
from pipeline.report.figure import Map, make_map
from pipeline.report.method import Method, date_of, read_method
from pipeline.report.sections import Section, make_sections
from pipeline.report.wording import Wording, clean

if TYPE_CHECKING:
    from pipeline.citation.formatter import Citations, Formatted

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
    version: str
    date: datetime.date | None
    chosen: str
    pieces: int
    checked: int
    studies: int
    access: dict[str, int]
    based_on: tuple[tuple[str, str], ...]
    roles_label: str
    picture: Map
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    method: Method
    references: tuple[Reference, ...]
    own: Formatted


def make_report(selection: Selection) -> Report:
    """The report of a choice."""
    from pipeline.citation.formatter import Citations

    say = Wording(selection.language)
    terms = selection.terms
    citations = Citations(selection.connection, selection.cache)
    grid = selection.index.grid(selection.connection, selection.choice, terms.map)
    pieces = list(selection.pieces())
    method = read_method(selection.connection, terms, grid.rows, selection.language)
    studies = list(selection.study_rows())
    access = Counter(row["access"] for row in studies)
    return Report(
        language=selection.language,
        title=say("title", scheme=method.scheme),
        version=method.version,
        date=date_of(method.last),
        chosen=chosen_words(selection, say),
        pieces=len(pieces),
        checked=sum(piece.checked == "checked" for piece in pieces),
        studies=len(studies),
        access={name: access[name] for name in ACCESS},
        based_on=tuple(
            (clean(row["label"]), clean(row["based_on"]).rstrip("."))
            for row in studies
            if row["based_on"]
        ),
        roles_label=clean(terms.by_id[terms.evidence].label.get(selection.language)),
        picture=make_map(
            grid, terms, selection.language, terms.map, status=selection.choice.status
        ),
        sections=make_sections(selection, pieces, grid.rows, say, citations),
        gaps=_gaps(grid, selection, say),
        method=method,
        references=make_references(selection, citations),
        own=own_citation(selection),
    )


def make_references(selection: Selection, citations: Citations) -> tuple[Reference, ...]:
    """All studies behind the choice, in the order of the alphabet."""
    keys = selection.study_keys
    formatted = citations.bibliography(keys, selection.style, selection.language)
    found = [Reference(key, formatted[key]) for key in keys]
    return tuple(sorted(found, key=lambda item: (item.formatted.text.casefold(), item.key)))


def own_citation(selection: Selection) -> Formatted:
    """How to cite the database itself, with its version, used today."""
    from pipeline.citation.own import database_citation

    database = Path(selection.connection.execute("PRAGMA database_list").fetchone()[2])
    today = datetime.date.today()
    style, language = selection.style, selection.language
    return database_citation(database.parent, today, selection.address, style, language)


def chosen_words(selection: Selection, say: Wording) -> str:
    """What is chosen, for readers; empty where all is."""
    terms, language, choice = selection.terms, selection.language, selection.choice
    said = []
    for name, codes in choice.codes:
        labels = {code.id: code.label.get(language) for code in terms.places(name)}
        said.append((terms.by_id[name].label.get(language), [labels[code] for code in codes]))
    for name, key in (("status", "as"), *((n, n) for n in ("access", "confidence", "checked"))):
        values = getattr(choice, name)
        said.append((say(f"filter.{name}"), [say(f"{key}.{value}") for value in values]))
    countries = [terms.countries[code].get(language) for code in choice.country]
    said += [(say("filter.country"), countries), (say("filter.study"), list(choice.study))]
    for name in ("year_from", "year_to"):
        year = getattr(choice, name)
        said.append((say(f"filter.{name}"), [str(year)] if year is not None else []))
    words = say("words.exactly", words=choice.words) if choice.exact else choice.words
    said.append((say("filter.q"), [words] if words else []))
    said.append((say("filter.id"), list(choice.ids)))
    return clean("; ".join(f"{name}: {', '.join(values)}" for name, values in said if values))


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
