"""The words of the coding scheme as the database holds them, in both languages."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pipeline.ground.texts import LANGUAGES as LANGUAGES
from pipeline.ground.texts import said

NONE = "none"  # what a rule points to where no code applies
_POINTED = re.compile(r"(?<=→ )\w+")
UNDECIDED = "undecided"  # the place of studies of which nobody has answered a question yet


class Words(NamedTuple):
    """A text in English and Dutch."""

    en: str
    nl: str

    def get(self, language: str) -> str:
        """In one language, or in the other where it is missing."""
        return (self.nl or self.en) if language == "nl" else (self.en or self.nl)


@dataclass(frozen=True)
class Term:
    """A code of the scheme; `position` counts from 1 in its dimension."""

    id: str
    dimension: str
    position: int
    parent: str | None
    since: int
    retired: int | None
    label: Words
    definition: Words
    include: Words
    exclude: Words
    example: Words

    def name(self, language: str) -> str:
        """The label, and that the code is out of use where it is."""
        label = self.label.get(language)
        return label if self.retired is None else f"{label} ({said('retired', language)})"


@dataclass(frozen=True)
class DimensionTerm:
    """A question of the scheme with its codes in order."""

    id: str
    unit: str
    many: bool
    label: Words
    definition: Words
    codes: tuple[Term, ...]


@dataclass(frozen=True)
class Terms:
    """All dimensions; `evidence` and `map` are the ids of those with these parts.

    `aliases` are keys that studies had before, or that merged records had; `natures` says of each
    coder whether it is a person or a model.
    """

    dimensions: tuple[DimensionTerm, ...]
    evidence: str
    map: str
    countries: dict[str, Words]
    aliases: dict[str, str] = field(default_factory=dict)
    natures: dict[str, str] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, DimensionTerm]:
        return {item.id: item for item in self.dimensions}

    @cached_property
    def codes(self) -> dict[str, Term]:
        """All codes, and the place of what is not decided yet, which is of no dimension."""
        found = {code.id: code for item in self.dimensions for code in item.codes}
        label = Words(*(said("undecided", language) for language in LANGUAGES))
        none = Words("", "")
        return {
            UNDECIDED: Term(UNDECIDED, "", 0, None, 0, None, label, *[none] * 4),
            **found,
        }

    def labels(self, language: str) -> dict[str, str]:
        """The label of every code, and what is said where none applies."""
        found = {code.id: code.label.get(language) for code in self.codes.values()}
        return {NONE: said(NONE, language), **found}

    @property
    def roles(self) -> tuple[Term, ...]:
        """The codes of the evidence dimension that are in use."""
        return tuple(code for code in self.by_id[self.evidence].codes if code.retired is None)

    def places(self, dimension: str) -> tuple[Term, ...]:
        """The codes of a dimension, and last that of what is not decided in it."""
        return (*self.by_id[dimension].codes, self.codes[UNDECIDED])

    def columns(self) -> tuple[DimensionTerm, ...]:
        """Dimensions that can stand across the evidence dimension, that of the map first."""
        others = [item for item in self.dimensions if item.id != self.evidence]
        return tuple(sorted(others, key=lambda item: item.id != self.map))


def with_labels(text: str, labels: Mapping[str, str]) -> str:
    """A rule with labels where it points to codes by id, as in "settling a fight → mediator"."""
    return _POINTED.sub(lambda found: labels.get(found[0], found[0]), text)


def read_terms(connection: sqlite3.Connection) -> Terms:
    """The scheme of a database."""
    codes: dict[str, list[Term]] = {}
    for row in connection.execute(
        "SELECT id, dimension, position, parent, since, retired, label_en, label_nl, "
        "definition_en, definition_nl, include_en, include_nl, exclude_en, exclude_nl, "
        "example_en, example_nl FROM code ORDER BY dimension, position"
    ):
        pairs = [Words(row[place], row[place + 1]) for place in range(6, 16, 2)]
        codes.setdefault(row[1], []).append(Term(*row[:6], *pairs))
    dimensions = []
    special = {"evidence": "", "map": ""}
    for row in connection.execute(
        "SELECT id, unit, many, label_en, label_nl, definition_en, definition_nl, is_evidence, "
        "is_map FROM dimension ORDER BY position"
    ):
        own = tuple(codes.get(row[0], ()))
        dimensions.append(
            DimensionTerm(row[0], row[1], bool(row[2]), Words(*row[3:5]), Words(*row[5:7]), own)
        )
        if row[7]:
            special["evidence"] = row[0]
        if row[8]:
            special["map"] = row[0]
    countries = {
        row[0]: Words(row[1], row[2])
        for row in connection.execute("SELECT code, name_en, name_nl FROM country ORDER BY code")
    }
    aliases = dict(connection.execute("SELECT alias, study FROM alias").fetchall())
    natures = dict(connection.execute("SELECT id, nature FROM coder").fetchall())
    special_ids = (special["evidence"], special["map"])
    return Terms(tuple(dimensions), *special_ids, countries, aliases, natures)


def columns_of(terms: Terms, dimension: str) -> tuple[str, ...]:
    """The codes of a dimension, and that of what is not decided in it where that can be."""
    codes = tuple(code.id for code in terms.by_id[dimension].codes)
    return codes if dimension == terms.evidence else (*codes, UNDECIDED)
