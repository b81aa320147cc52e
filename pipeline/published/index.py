"""All codings of the evidence dimension as numbers in memory, to choose from and count quickly."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipeline.published.choice import ACCESS, CHECKED, CONFIDENCE, STATUSES, Choice
from pipeline.published.reasons import Counts, reason
from pipeline.published.search import matching
from pipeline.published.terms import UNDECIDED, Terms, read_terms
from pipeline.records import EVIDENCE_STATUSES

Mask = Any  # a numpy array of bool, one for each coding
CODINGS = """
SELECT coding.rowid AS row, coding.id AS id, coding.code AS code, coding.status AS status,
       coding.study AS study, coding.passage AS passage, coding.access AS access,
       coding.year AS year, coding.confidence AS confidence, coding.checked AS checked,
       passage.rowid AS words
FROM coding
JOIN dimension ON dimension.id = coding.dimension AND dimension.is_evidence
JOIN passage ON passage.id = coding.passage
ORDER BY coding.year DESC, coding.study, passage.document, passage.position, coding.code
"""
STUDIES = "SELECT key, year, access, passages, undecided FROM study ORDER BY key"
# What people decided of units in other dimensions; a suggestion puts nothing in its place.
OTHERS = """
SELECT dimension, code, study, passage FROM coding
WHERE dimension NOT IN (SELECT id FROM dimension WHERE is_evidence)
  AND status NOT IN ('suggested', 'disputed')
"""
# Passages of which a question put to passages is answered, be it with none of its codes.
ANSWERED = """
SELECT DISTINCT decision.dimension AS dimension, decision.passage AS passage FROM decision
JOIN dimension ON dimension.id = decision.dimension
WHERE decision.standing = 'current' AND decision.passage IS NOT NULL
  AND dimension.unit = 'passage' AND NOT dimension.is_evidence
  AND NOT EXISTS (SELECT 1 FROM coding WHERE coding.passage = decision.passage
                  AND coding.dimension = decision.dimension AND coding.status = 'disputed')
"""
COUNTRIES = "SELECT country AS code, study, NULL AS passage FROM study_country"
CONSIDERED = "SELECT study, code, passages FROM considered"
REVIEWED = """
SELECT decision.unit AS unit, MAX(decision.decided_at) AS moment
FROM decision
JOIN dimension ON dimension.id = decision.dimension AND dimension.is_evidence
WHERE decision.standing = 'current' GROUP BY decision.unit
"""


@dataclass(frozen=True)
class Cell:
    """One role in one column: pieces of evidence and studies with them, and the reason for none.

    `checked` of the pieces a person has checked; `reason` is one of `reasons.REASONS`.
    """

    evidence: int
    studies: int
    checked: int
    suggested: int
    disputed: int
    reason: str

    @property
    def is_of_one(self) -> bool:
        """Whether several pieces are all from one study."""
        return self.evidence > 1 and self.studies == 1


# What is marked beside the number of a cell.
BESIDE: Mapping[str, Callable[[Cell], bool]] = {
    "one-study": lambda cell: cell.is_of_one,
    "checked": lambda cell: cell.checked > 0,
    "disputed": lambda cell: cell.disputed > 0,
    "suggested": lambda cell: cell.suggested > 0,
}


@dataclass(frozen=True)
class Grid:
    """Counts of a choice: roles down, codes of one dimension across; `total` keys are ''.

    The last column is that of what is not decided yet, where anything is.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    present: frozenset[str]


@dataclass
class Index:
    """The codings of a database in the order in which lists show them; never changed.

    `decided` counts passages that somebody decided; `moment` is when each was decided last, empty
    where nobody did; `kept` holds what pages have counted once.
    """

    terms: Terms
    row: Any
    ids: list[str]
    role: Any
    status: Any
    access: Any
    year: Any
    confidence: Any
    checked: Any
    study: Any
    words: Any
    members: dict[str, Any]
    studies: pd.DataFrame
    study_members: dict[str, Any]
    considered: Any
    decided: int
    moment: Any
    places: dict[str, int]
    kept: dict[str, Any] = field(default_factory=dict)
    _grids: dict[tuple[Choice, str], Grid] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Places of the codings in each column: counting a column looks at these alone.
        self.recent = np.argsort(self.moment, kind="stable")[::-1]
        self._inside = {
            name: [np.flatnonzero(matrix[:, place]) for place in range(matrix.shape[1])]
            for name, matrix in self.members.items()
        }

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _decided(self) -> Mask:
        return np.isin(self.status, [STATUSES.index(item) for item in EVIDENCE_STATUSES])

    @cached_property
    def answered(self) -> frozenset[str]:
        """Dimensions in which anything is coded."""
        names = (item.id for item in self.terms.columns())
        return frozenset(name for name in names if self.members[name][:, :-1].any())

    @cached_property
    def unanswered(self) -> frozenset[str]:
        """Dimensions in which anything is not decided yet."""
        names = (item.id for item in self.terms.columns())
        return frozenset(name for name in names if self.members[name][:, -1].any())

    @property
    def pieces(self) -> int:
        """How many pieces of evidence there are."""
        return int(self._decided.sum())

    @property
    def checked_pieces(self) -> int:
        """How many of them a person has checked."""
        return int(self.by_a_person.sum())

    @cached_property
    def by_a_person(self) -> Mask:
        """Which codings are evidence that a person has checked: nothing that is in dispute."""
        return self._decided & (self.checked == CHECKED.index("checked"))

    def mask(self, connection: sqlite3.Connection, choice: Choice, status: bool = True) -> Mask:
        """Which codings are chosen. Without `status`, of whatever status and confidence."""
        found = np.ones(len(self.ids), dtype=bool)
        for name, codes in choice.codes:
            if name == self.terms.evidence:
                found &= np.isin(self.role, self._numbers(name, codes))
            else:
                found &= self.members[name][:, self._numbers(name, codes)].any(axis=1)
        if choice.access:
            found &= np.isin(self.access, [ACCESS.index(item) for item in choice.access])
        if choice.country:
            chosen = [list(self.terms.countries).index(item) for item in choice.country]
            found &= self.members["country"][:, chosen].any(axis=1)
        if choice.study:
            found &= np.isin(self.study, self.studies.index.get_indexer(list(choice.study)))
        if choice.year_from is not None:
            found &= self.year >= choice.year_from
        if choice.year_to is not None:
            found &= self.year <= choice.year_to
        if choice.words:
            found &= np.isin(self.words, matching(connection, choice.words, choice.exact))
        if choice.ids:
            found &= np.isin(
                np.arange(len(self.ids)), [self.places.get(item, -1) for item in choice.ids]
            )
        if status:
            found &= np.isin(self.status, [STATUSES.index(item) for item in choice.statuses])
            if choice.confidence:
                found &= np.isin(
                    self.confidence, [CONFIDENCE.index(item) for item in choice.confidence]
                )
            if choice.checked:
                chosen = [CHECKED.index(item) for item in CHECKED if item in choice.checked]
                found &= np.isin(self.checked, chosen)
        return found

    def select(self, connection: sqlite3.Connection, choice: Choice) -> Any:
        """Positions of the chosen codings, in the order of lists."""
        return np.flatnonzero(self.mask(connection, choice))

    def study_keys(self, positions: Any) -> list[str]:
        """Keys of the studies of these codings, in order of the alphabet."""
        keys: list[str] = self.studies.index[_unlike(self.study[positions])].tolist()
        return keys

    def studies_within(self, choice: Choice) -> list[str]:
        """Keys of the studies that fit what is chosen of studies: sector, year and the like."""
        keys: list[str] = self.studies.index[self._study_mask(choice)].tolist()
        return keys

    def choose_studies(self, connection: sqlite3.Connection, choice: Choice) -> list[str]:
        """Keys of the studies of a choice: with such evidence, where evidence is chosen."""
        of_evidence = (choice.of(self.terms.evidence), choice.status, choice.confidence,
                       choice.checked, choice.words, choice.ids)  # fmt: skip
        if any(of_evidence):
            return self.study_keys(self.select(connection, choice))
        return self.studies_within(choice)

    def grid(self, connection: sqlite3.Connection, choice: Choice, across: str) -> Grid:
        """How many pieces of evidence and studies each role has in each code of a dimension."""
        key = (choice, across)
        if key not in self._grids:
            if len(self._grids) > 500:
                self._grids.clear()
            self._grids[key] = self._count(connection, choice, across)
        return self._grids[key]

    def per_year(self, positions: Any) -> list[tuple[int, int]]:
        """Years and numbers of these codings."""
        years, counts = np.unique(self.year[positions], return_counts=True)
        return [(int(year), int(count)) for year, count in zip(years, counts, strict=True)]

    def together(self, role: str) -> list[tuple[str, int]]:
        """Other codes of the evidence dimension that are evidence of the same passages."""
        codes = [code.id for code in self.terms.by_id[self.terms.evidence].codes]
        evidence = self._decided
        own = evidence & (self.role == codes.index(role))
        same = evidence & np.isin(self.words, self.words[own]) & ~own
        counts = np.bincount(self.role[same], minlength=len(codes))
        found = [(codes[place], int(counts[place])) for place in np.argsort(-counts, kind="stable")]
        return [(code, count) for code, count in found if count]

    def _numbers(self, dimension: str, codes: Sequence[str]) -> list[int]:
        known = _columns(self.terms, dimension)
        return [known.index(code) for code in codes]

    def _count(self, connection: sqlite3.Connection, choice: Choice, across: str) -> Grid:
        roles = self.terms.by_id[self.terms.evidence].codes
        shown = [
            place
            for place, code in enumerate(roles)
            if code.retired is None or (self.role == place).any()
        ]
        if choice.of(self.terms.evidence):
            wanted = self._numbers(self.terms.evidence, choice.of(self.terms.evidence))
            shown = [place for place in shown if place in wanted]
        columns = _columns(self.terms, across)
        chosen = choice.of(across)
        inside = self._inside[across]
        of_study = self.study_members[across]
        open_mask = self.mask(connection, choice, status=False)
        mask = self.mask(connection, choice)
        decided = self._decided
        masks = {
            "evidence": mask,
            "checked": mask & self.by_a_person,
            "decided": open_mask & decided,
            "suggested": open_mask & (self.status == STATUSES.index("suggested")),
            "disputed": open_mask & (self.status == STATUSES.index("disputed")),
        }
        in_studies = self._study_mask(choice)
        size = len(roles)
        cells: dict[tuple[str, str], Cell] = {}
        present = set()
        everywhere = np.arange(len(self.ids))
        all_studies = np.ones(len(self.studies), dtype=bool)
        for place in (*range(len(columns)), -1):
            if place >= 0 and chosen and columns[place] not in chosen:
                continue
            own = inside[place] if place >= 0 else everywhere
            here = in_studies & (of_study[:, place] if place >= 0 else all_studies)
            counts = {
                name: np.bincount(self.role[own[these[own]]], minlength=size)
                for name, these in masks.items()
            }
            counted = own[mask[own]]
            both = _unlike(self.study[counted] * size + self.role[counted])
            studies = np.bincount(both % size, minlength=size)
            there = self.studies["passages"].to_numpy()[here]
            considered = self.considered[here].sum(axis=0)
            column = columns[place] if place >= 0 else ""
            if place >= 0 and (here.any() or any(count.any() for count in counts.values())):
                present.add(column)
            for role in shown:
                numbers = {name: int(count[role]) for name, count in counts.items()}
                why = reason(
                    Counts(
                        numbers["evidence"],
                        numbers["decided"],
                        numbers["suggested"],
                        numbers["disputed"],
                        int(here.sum()),
                        int((there == 0).sum()),
                        int(there.sum()),
                        int(considered[role]),
                        roles[role].retired is not None,
                    )
                )
                cells[roles[role].id, column] = Cell(
                    numbers["evidence"],
                    int(studies[role]),
                    numbers["checked"],
                    numbers["suggested"],
                    numbers["disputed"],
                    why,
                )
            evidence = counted[np.isin(self.role[counted], shown)]
            cells["", column] = Cell(
                len(evidence),
                len(_unlike(self.study[evidence])),
                int(sum(counts["checked"][role] for role in shown)),
                int(sum(counts["suggested"][role] for role in shown)),
                int(sum(counts["disputed"][role] for role in shown)),
                "",
            )
        return Grid(
            tuple(roles[place].id for place in shown),
            tuple(
                code
                for code in columns
                if (code in chosen if chosen else code != UNDECIDED or code in present)
            ),
            cells,
            frozenset(present),
        )

    def _study_mask(self, choice: Choice) -> Mask:
        found = np.ones(len(self.studies), dtype=bool)
        for name, codes in choice.codes:
            if name != self.terms.evidence:
                found &= self.study_members[name][:, self._numbers(name, codes)].any(axis=1)
        if choice.access:
            found &= self.studies["access"].isin(choice.access).to_numpy()
        if choice.country:
            chosen = [list(self.terms.countries).index(item) for item in choice.country]
            found &= self.study_members["country"][:, chosen].any(axis=1)
        if choice.study:
            found &= self.studies.index.isin(choice.study)
        if choice.year_from is not None:
            found &= (self.studies["year"] >= choice.year_from).to_numpy()
        if choice.year_to is not None:
            found &= (self.studies["year"] <= choice.year_to).to_numpy()
        return found


def _unlike(numbers: Any) -> Any:
    """The different ones among numbers from 0; without sorting, which np.unique would do."""
    return np.flatnonzero(np.bincount(numbers)) if len(numbers) else np.zeros(0, dtype=np.int64)


def read_index(connection: sqlite3.Connection) -> Index:
    """The index of a database."""
    terms = read_terms(connection)
    frame = pd.DataFrame(_dicts(connection, CODINGS, "row id code status study passage access year "
                                "confidence checked words"))  # fmt: skip
    studies = pd.DataFrame(
        _dicts(connection, STUDIES, "key year access passages undecided")
    ).set_index("key")
    roles = [code.id for code in terms.by_id[terms.evidence].codes]
    study = studies.index.get_indexer(frame["study"])
    members, study_members = _memberships(connection, terms, frame, studies, study)
    ids = frame["id"].tolist()
    reviewed = pd.DataFrame(_dicts(connection, REVIEWED, "unit moment"))
    moments = dict(zip(reviewed["unit"], reviewed["moment"], strict=True))
    return Index(
        terms=terms,
        row=frame["row"].to_numpy(dtype=np.int64),
        ids=ids,
        role=_numbered(frame["code"], roles),
        status=_numbered(frame["status"], STATUSES),
        access=_numbered(frame["access"], ACCESS),
        year=frame["year"].to_numpy(dtype=np.int64),
        confidence=_numbered(frame["confidence"], CONFIDENCE),
        checked=_numbered(frame["checked"], CHECKED),
        study=study,
        words=frame["words"].to_numpy(dtype=np.int64),
        members=members,
        studies=studies,
        study_members=study_members,
        considered=_considered(connection, roles, studies),
        decided=len(reviewed),
        moment=np.array([moments.get(passage, "") for passage in frame["passage"]], dtype=str),
        places={identity: place for place, identity in enumerate(ids)},
    )


def _dicts(connection: sqlite3.Connection, sql: str, names: str) -> dict[str, list[Any]]:
    columns = names.split()
    rows = connection.execute(sql).fetchall()
    turned = zip(*rows, strict=True) if rows else [()] * len(columns)
    return {name: list(values) for name, values in zip(columns, turned, strict=True)}


def _numbered(values: pd.Series, names: Iterable[str]) -> Any:
    """Each value as its place among the names; -1 where it is none of them."""
    return pd.Index(list(names)).get_indexer(values).astype(np.int16)


def _memberships(
    connection: sqlite3.Connection,
    terms: Terms,
    frame: pd.DataFrame,
    studies: pd.DataFrame,
    study: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Codes by dimension: one column each, a row for each coding, and for each study.

    What a passage has of its own goes before what its study has.
    """
    others = pd.DataFrame(_dicts(connection, OTHERS, "dimension code study passage"))
    answered = pd.DataFrame(_dicts(connection, ANSWERED, "dimension passage"))
    columns = "code study passage"
    tables = {"country": pd.DataFrame(_dicts(connection, COUNTRIES, columns))}
    for dimension in terms.dimensions:
        if dimension.id != terms.evidence:
            tables[dimension.id] = others[others["dimension"] == dimension.id]
    members = {}
    study_members = {}
    passages = pd.Index(frame["passage"].unique())
    passage = passages.get_indexer(frame["passage"])
    for name, table in tables.items():
        codes = list(terms.countries) if name == "country" else list(_columns(terms, name))
        of_study = _matrix(table[table["passage"].isna()], "study", studies.index, codes)
        of_passage = _matrix(table[table["passage"].notna()], "passage", passages, codes)
        own = of_passage[passage]
        found = np.where(own.any(axis=1)[:, None], own, of_study[study])
        if name != "country":
            if terms.by_id[name].unit == "study":
                of_study[:, -1] = [name in json.loads(asked) for asked in studies["undecided"]]
                open_ = of_study[study, -1]
            else:
                done = answered.loc[answered["dimension"] == name, "passage"]
                open_ = ~frame["passage"].isin(done).to_numpy(dtype=bool)
            found[:, -1] = open_ & ~found[:, :-1].any(axis=1)
        members[name] = found
        # A study is also there where only some of its passages were put.
        study_members[name] = of_study | _matrix(table, "study", studies.index, codes)
    return members, study_members


def _columns(terms: Terms, dimension: str) -> tuple[str, ...]:
    """The codes of a dimension, and that of what is not decided in it where that can be."""
    codes = tuple(code.id for code in terms.by_id[dimension].codes)
    return codes if dimension == terms.evidence else (*codes, UNDECIDED)


def _matrix(table: pd.DataFrame, unit: str, units: Any, codes: list[str]) -> Any:
    found = np.zeros((len(units), len(codes)), dtype=bool)
    rows = units.get_indexer(table[unit])
    places = pd.Index(codes).get_indexer(table["code"])
    known = (rows >= 0) & (places >= 0)
    found[rows[known], places[known]] = True
    return found


def _considered(connection: sqlite3.Connection, roles: Sequence[str], studies: pd.DataFrame) -> Any:
    """Passages by study and role in which somebody says yes or no to the role."""
    found = np.zeros((len(studies), len(roles)), dtype=np.int64)
    table = pd.DataFrame(_dicts(connection, CONSIDERED, "study code passages"))
    rows = studies.index.get_indexer(table["study"])
    places = pd.Index(roles).get_indexer(table["code"])
    found[rows, places] = table["passages"].to_numpy(dtype=np.int64)
    return found
