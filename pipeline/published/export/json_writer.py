"""JSON: one object for each piece of evidence or each study, with labels in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.published.export.csljson_writer import array
from pipeline.published.export.record_tables import (
    COUNTRY,
    StudyFacts,
    of_study,
    study_facts,
    words_of,
)
from pipeline.published.pieces import Piece
from pipeline.published.provenance import about
from pipeline.published.selection import Selection
from pipeline.published.terms import LANGUAGES, Terms
from pipeline.published.voices import says

OTHERWISE = ("instead", "placed", "container", "gists", "notice")  # what is said in another form


def write(selection: Selection) -> Iterator[bytes]:
    """An array in the order of lists; with each object stands what the file says of itself."""
    file = about(selection).fields()
    if selection.studies is None:
        objects = (_of_piece(selection, piece) for piece in selection.pieces())
    else:
        objects = (_of_study(selection, facts) for facts in study_facts(selection))
    yield from array({**item, "file": file} for item in objects)


def _of_piece(selection: Selection, piece: Piece) -> dict[str, Any]:
    terms = selection.terms
    found = selection.attributions.of(piece, cited=False)
    return {
        **{name: value for name, value in vars(piece).items() if name not in OTHERWISE},
        **{f"text_{name}": piece.in_languages[name] for name in LANGUAGES},
        "role": _named(terms, terms.evidence, (piece.role,))[0],
        "sectors": _named(terms, terms.map, piece.sectors),
        **_places(terms, piece.placed),
        "journal": piece.container,
        "decided_by": {language: says(piece, terms.natures, language) for language in LANGUAGES},
        "link": found.address,
        **found.fields(),
    }


def _of_study(selection: Selection, facts: StudyFacts) -> dict[str, Any]:
    terms = selection.terms
    return {
        **of_study(selection, facts),
        "roles": _named(terms, terms.evidence, facts.placed[terms.evidence]),
        "sectors": _named(terms, terms.map, facts.placed[terms.map]),
        **_places(terms, facts.placed),
    }


def _places(terms: Terms, placed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Where it stands in the other dimensions, and its countries."""
    known = (terms.evidence, terms.map)
    others = [item.id for item in terms.dimensions if item.id not in known]
    return {
        "dimensions": {name: _named(terms, name, placed[name]) for name in others},
        "countries": _named(terms, COUNTRY, placed[COUNTRY]),
    }


def _named(terms: Terms, dimension: str, codes: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": code, **words_of(terms, dimension, code)._asdict()} for code in codes]
