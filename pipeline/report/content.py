"""What a report says, as data: evidence by role and sector, gaps, method, references."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.export.selection import Selection
from pipeline.published.index import Grid
from pipeline.published.pieces import Piece
from pipeline.published.terms import Term
from pipeline.report.figure import TOTAL, Map, make_map
from pipeline.report.method import Method, date_of, read_method
from pipeline.report.wording import Wording, clean

if TYPE_CHECKING:
    from pipeline.citation.formatter import Citations, Formatted

ACCESS = ("abstract", "partial", "full")


@dataclass(frozen=True)
class Quotation:
    """A piece of evidence. `number` is its place in the report; `said` is how it came to be."""

    number: int
    id: str
    text: str
    language: str
    citation: str
    said: tuple[str, ...]
    link: str
    study_link: str


@dataclass(frozen=True)
class Referred:
    """A piece that stands under another sector before."""

    number: int
    citation: str
    sector: str


@dataclass(frozen=True)
class Group:
    """Evidence of one role in one sector."""

    label: str
    quotations: tuple[Quotation, ...]
    referred: tuple[Referred, ...] = ()


@dataclass(frozen=True)
class Section:
    """One role: its place in the codebook, and its evidence by sector."""

    label: str
    definition: str
    include: str
    exclude: str
    pieces: int
    studies: int
    abstract: int
    groups: tuple[Group, ...]


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
        studies=len(studies),
        access={name: access[name] for name in ACCESS},
        based_on=tuple(
            (clean(row["label"]), clean(row["based_on"]).rstrip("."))
            for row in studies
            if row["based_on"]
        ),
        roles_label=clean(terms.by_id[terms.evidence].label.get(selection.language)),
        picture=make_map(grid, terms, selection.language, terms.map),
        sections=make_sections(selection, pieces, grid.rows, say, citations),
        gaps=_gaps(grid, selection, say),
        method=method,
        references=make_references(selection, citations),
        own=own_citation(selection, date_of(method.last)),
    )


def make_sections(
    selection: Selection,
    pieces: list[Piece],
    roles: tuple[str, ...],
    say: Wording,
    citations: Citations,
) -> tuple[Section, ...]:
    """Sections by role. Every piece is quoted once, and referred to in its other sectors."""
    of_role: dict[str, list[Piece]] = {role: [] for role in roles}
    for piece in pieces:
        of_role[piece.role].append(piece)
    cited: dict[tuple[str, str], str] = {}
    sections = []
    number = 0
    for role, own in of_role.items():
        quoted = []
        for piece in _by_sector(selection, own):
            number += 1
            key = (piece.study, piece.locator)
            if key not in cited:
                cited[key] = clean(citations.in_text([key], selection.style, selection.language))
            quoted.append((piece, _quotation(selection, piece, number, cited[key], say)))
        term = next(
            code for code in selection.terms.by_id[selection.terms.evidence].codes
            if code.id == role
        )  # fmt: skip
        sections.append(_section(selection, term, quoted, say))
    return tuple(sections)


def make_references(selection: Selection, citations: Citations) -> tuple[Reference, ...]:
    """All studies behind the choice, in the order of the alphabet."""
    keys = selection.study_keys
    formatted = citations.bibliography(keys, selection.style, selection.language)
    found = [Reference(key, formatted[key]) for key in keys]
    return tuple(sorted(found, key=lambda item: (item.formatted.text.casefold(), item.key)))


def own_citation(selection: Selection, date: datetime.date | None) -> Formatted:
    """How to cite the database itself, with its version and the day of its last decision."""
    from pipeline.citation.formatter import database_citation

    path = selection.connection.execute("PRAGMA database_list").fetchone()[2]
    return database_citation(
        Path(path).parent,
        date or datetime.date.today(),
        selection.address,
        selection.style,
        selection.language,
    )


def chosen_words(selection: Selection, say: Wording) -> str:
    """What is chosen, for readers; empty where all is."""
    terms, language, choice = selection.terms, selection.language, selection.choice
    said = []
    for name, codes in choice.codes:
        labels = {code.id: code.label.get(language) for code in terms.by_id[name].codes}
        said.append((terms.by_id[name].label.get(language), [labels[code] for code in codes]))
    for name in ("status", "access", "confidence"):
        values = getattr(choice, name)
        said.append((say(f"filter.{name}"), [say(f"{name}.{value}") for value in values]))
    countries = [terms.countries[code].get(language) for code in choice.country]
    said += [(say("filter.country"), countries), (say("filter.study"), list(choice.study))]
    for name in ("year_from", "year_to"):
        year = getattr(choice, name)
        said.append((say(f"filter.{name}"), [str(year)] if year is not None else []))
    said.append((say("filter.q"), [choice.words] if choice.words else []))
    said.append((say("filter.id"), list(choice.ids)))
    return clean("; ".join(f"{name}: {', '.join(values)}" for name, values in said if values))


def _by_sector(selection: Selection, pieces: list[Piece]) -> list[Piece]:
    """In the order in which they are quoted: by first sector, without one last."""
    order = {code.id: code.position for code in selection.terms.by_id[selection.terms.map].codes}

    def place(piece: Piece) -> int:
        return min((order[code] for code in _sectors(selection, piece)), default=len(order) + 1)

    return sorted(pieces, key=place)


def _sectors(selection: Selection, piece: Piece) -> tuple[str, ...]:
    """The sectors under which a piece stands: of those chosen, where some are."""
    chosen = selection.choice.of(selection.terms.map)
    return tuple(code for code in piece.sectors if not chosen or code in chosen)


def _section(
    selection: Selection, term: Term, quoted: list[tuple[Piece, Quotation]], say: Wording
) -> Section:
    language = selection.language
    groups = []
    labels = {
        code.id: clean(code.label.get(language))
        for code in selection.terms.by_id[selection.terms.map].codes
    }
    for code, label in (*labels.items(), (TOTAL, say("section.without"))):
        here, elsewhere = [], []
        for piece, quotation in quoted:
            sectors = _sectors(selection, piece) or (TOTAL,)
            if sectors[0] == code:
                here.append(quotation)
            elif code in sectors:
                first = labels[sectors[0]]
                elsewhere.append(Referred(quotation.number, quotation.citation, first))
        if here or elsewhere:
            groups.append(Group(label, tuple(here), tuple(elsewhere)))
    return Section(
        label=clean(term.label.get(language)),
        definition=clean(term.definition.get(language)),
        include=clean(term.include.get(language)),
        exclude=_named(term.exclude.get(language), selection),
        pieces=len(quoted),
        studies=len({piece.study for piece, _ in quoted}),
        abstract=sum(piece.access == "abstract" for piece, _ in quoted),
        groups=tuple(groups),
    )


def _quotation(
    selection: Selection, piece: Piece, number: int, citation: str, say: Wording
) -> Quotation:
    said = [say(f"status.{piece.status}")]
    if piece.confidence:
        said.append(say(f"confidence.{piece.confidence}"))
    if piece.access:
        said.append(say(f"access.{piece.access}"))
    return Quotation(
        number=number,
        id=piece.id,
        text=clean(piece.text),
        language=piece.language,
        citation=citation,
        said=tuple(said),
        link=selection.link(f"/evidence/{piece.id}") if selection.address else "",
        study_link=f"https://doi.org/{clean(piece.doi)}" if piece.doi else "",
    )


def _named(text: str, selection: Selection) -> str:
    """With labels where a rule points to a code by its id."""
    own = selection.terms.by_id[selection.terms.evidence].codes
    labels = {code.id: code.label.get(selection.language) for code in own}
    return clean(re.sub(r"(?<=→ )\w+", lambda found: labels.get(found[0], found[0]), text))


def _gaps(grid: Grid, selection: Selection, say: Wording) -> tuple[Gap, ...]:
    terms, language = selection.terms, selection.language
    labels = {code.id: clean(code.label.get(language)) for code in terms.by_id[terms.map].codes}
    roles = {code.id: clean(code.label.get(language)) for code in terms.by_id[terms.evidence].codes}
    return tuple(
        Gap(roles[role], labels[sector], say(f"reason.{grid.cells[role, sector].reason}"))
        for role in grid.rows
        for sector in grid.columns
        if not grid.cells[role, sector].evidence
    )
