"""Evidence as reports quote it: by role and sector, each piece once."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ground.texts import clean
from pipeline.published.pieces import Piece
from pipeline.published.report.map_figure import TOTAL
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection
from pipeline.published.terms import Term, with_labels


@dataclass(frozen=True)
class Quotation:
    """A piece of evidence. `number` is its place in the report; `said` is how it came to be.

    It is `verbatim` where it is an excerpt: only then its words are those of the authors. `gist`
    are its words in the language of the report, and what they are, where there are such.
    """

    number: int
    id: str
    text: str
    verbatim: bool
    language: str
    citation: str
    said: tuple[str, ...]
    link: str
    study_link: str
    gist: str
    gist_said: str


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
    retired: bool
    definition: str
    include: str
    exclude: str
    pieces: int
    studies: int
    abstract: int
    groups: tuple[Group, ...]


def make_sections(
    selection: Selection,
    pieces: list[Piece],
    roles: tuple[str, ...],
    say: Wording,
) -> tuple[Section, ...]:
    """Sections by role. Every piece is quoted once, and referred to in its other sectors."""
    of_role: dict[str, list[Piece]] = {role: [] for role in roles}
    for piece in pieces:
        of_role[piece.role].append(piece)
    sections = []
    number = 0
    for role, own in of_role.items():
        quoted = []
        for piece in _by_sector(selection, own):
            number += 1
            quoted.append((piece, _quotation(selection, piece, number, say)))
        term = next(
            code for code in selection.terms.by_id[selection.terms.evidence].codes
            if code.id == role
        )  # fmt: skip
        sections.append(_section(selection, term, quoted, say))
    return tuple(sections)


def _by_sector(selection: Selection, pieces: list[Piece]) -> list[Piece]:
    """In the order in which they are quoted: by first sector, without one last."""
    places = selection.terms.places(selection.terms.map)
    order = {code.id: place for place, code in enumerate(places)}

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
        for code in selection.terms.places(selection.terms.map)
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
        label=clean(term.name(language)),
        retired=term.retired is not None,
        definition=clean(term.definition.get(language)),
        include=clean(term.include.get(language)),
        exclude=clean(with_labels(term.exclude.get(language), selection.terms.labels(language))),
        pieces=len(quoted),
        studies=len({piece.study for piece, _ in quoted}),
        abstract=sum(piece.access == "abstract" for piece, _ in quoted),
        groups=tuple(groups),
    )


def _quotation(selection: Selection, piece: Piece, number: int, say: Wording) -> Quotation:
    found = selection.attributions.of(piece)
    read = f"{found.read}: {found.instead}" if found.instead else found.read
    said = [found.words, read, found.notice, found.decided_by]
    gist = piece.gists.get(selection.language)
    if piece.confidence:
        said.append(say(f"confidence.{piece.confidence}"))
    return Quotation(
        number=number,
        id=piece.id,
        text=clean(found.text),
        verbatim=found.quotation,
        language=piece.language,
        citation=clean(found.cited),
        said=tuple(clean(words) for words in said if words),
        link=found.address if selection.address else "",
        study_link=f"https://doi.org/{clean(piece.doi)}" if piece.doi else "",
        gist=clean(gist.text) if gist else "",
        gist_said=clean(gist.said(selection.language)) if gist else "",
    )
