"""What is not known: places in which a role, or what is asked, has no evidence, and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.finding import choice_of_codes
from pipeline.published.map_grid import map_grid
from pipeline.published.terms import DimensionTerm, Term


@dataclass(frozen=True, slots=True)
class Gap:
    """Codes of a dimension without evidence for one reason, each with the choice that says so."""

    dimension: DimensionTerm
    reason: str
    codes: tuple[tuple[Term, Choice], ...]


def known_gaps(connection: sqlite3.Connection, index: Index, codes: Sequence[str]) -> list[Gap]:
    """For a role, or a role in a place: every other place that studies have; for a place: roles."""
    terms = index.terms
    choice = choice_of_codes(index, codes)
    roles = choice.of(terms.evidence)
    asked = {name for name, _ in choice.codes}
    across = [item for item in terms.columns() if item.id not in asked]
    found: list[Gap] = []
    for dimension in across if roles else [terms.by_id[terms.evidence]]:
        if roles and (dimension.unit != "study" or dimension.id not in index.answered):
            continue  # no place that a study has, or nothing is coded in it at all
        reasons: dict[str, list[tuple[Term, Choice]]] = {}
        for code, reason in _empty(connection, index, choice, dimension, roles):
            reasons.setdefault(reason, []).append((code, choice.with_code(dimension.id, code.id)))
        found += [Gap(dimension, why, tuple(own)) for why, own in reasons.items()]
    return found


def _empty(
    connection: sqlite3.Connection,
    index: Index,
    choice: Choice,
    dimension: DimensionTerm,
    roles: Sequence[str],
) -> Iterator[tuple[Term, str]]:
    """The codes of a dimension that have no evidence in a choice, and why."""
    place = next((name for name, _ in choice.codes if name != index.terms.evidence), "")
    grid = map_grid(index, connection, choice, dimension.id if roles else place)
    for code in dimension.codes:
        pair = (roles[0], code.id) if roles else (code.id, choice.of(place)[0])
        cell = grid.cells.get(pair)
        if code.retired is None and cell is not None and cell.reason != "evidence":
            yield code, cell.reason
