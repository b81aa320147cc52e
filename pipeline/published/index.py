"""All codings of the evidence dimension as numbers in memory, to choose from and count quickly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.published.choice import ACCESS, CONFIDENCE, STATUSES, Choice
from pipeline.published.terms import Terms, read_terms
from pipeline.resolve import EVIDENCE_STATUSES

Mask = Any  # a numpy array of bool, one for each coding
CODINGS = """
SELECT coding.rowid AS row, coding.id AS id, coding.code AS code, coding.status AS status,
       coding.study AS study, coding.passage AS passage, coding.access AS access,
       coding.year AS year, coding.confidence AS confidence, passage.rowid AS words
FROM coding
JOIN dimension ON dimension.id = coding.dimension AND dimension.is_evidence
JOIN passage ON passage.id = coding.passage
ORDER BY coding.year DESC, coding.study, passage.document, passage.position, coding.code
"""
STUDIES = "SELECT key, year, access, passages FROM study ORDER BY key"
# What is decided of units in other dimensions; what is only suggested counts while nobody decided.
OTHERS = """
SELECT dimension, code, study, passage, status != 'suggested' AS decided FROM coding
WHERE dimension NOT IN (SELECT id FROM dimension WHERE is_evidence OR is_map)
  AND status != 'disputed'
"""
OF_MAP = """
SELECT sector AS code, study, NULL AS passage FROM study_sector
UNION ALL SELECT sector, NULL, passage FROM passage_sector
"""
COUNTRIES = "SELECT country AS code, study, NULL AS passage FROM study_country"
REVIEWED = """
SELECT decision.study AS study, decision.unit AS unit, MAX(decision.scheme) AS scheme,
       MAX(decision.decided_at) AS moment
FROM decision
JOIN dimension ON dimension.id = decision.dimension AND dimension.is_evidence
WHERE decision.standing = 'current' GROUP BY decision.unit
"""
MATCHES = "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ?"


@dataclass(frozen=True)
class Cell:
    """One role in one column: pieces of evidence and studies with them, and the reason for none.

    `reason` is evidence, hidden (there is evidence, but not of this choice), only-disputed,
    only-suggested, not-coded, none-shows or no-study.
    """

    evidence: int
    studies: int
    suggested: int
    disputed: int
    reason: str


@dataclass(frozen=True)
class Grid:
    """Counts of a choice: roles down, codes of one dimension across; `total` keys are ''."""

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
    study: Any
    words: Any
    members: dict[str, Any]
    studies: pd.DataFrame
    study_members: dict[str, Any]
    reviewed: Any
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
            found &= np.isin(self.words, matching(connection, choice.words))
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
        return found

    def select(self, connection: sqlite3.Connection, choice: Choice) -> Any:
        """Positions of the chosen codings, in the order of lists."""
        return np.flatnonzero(self.mask(connection, choice))

    def study_keys(self, positions: Any) -> list[str]:
        """Keys of the studies of these codings, in order of the alphabet."""
        keys = self.studies.index
        return [str(keys[number]) for number in np.unique(self.study[positions])]

    def studies_within(self, choice: Choice) -> list[str]:
        """Keys of the studies that fit what is chosen of studies: sector, year and the like."""
        return [str(key) for key in self.studies.index[self._study_mask(choice)]]

    def choose_studies(self, connection: sqlite3.Connection, choice: Choice) -> list[str]:
        """Keys of the studies of a choice: with such evidence, where evidence is chosen."""
        of_evidence = (choice.of(self.terms.evidence), choice.status, choice.confidence,
                       choice.words, choice.ids)  # fmt: skip
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
        evidence = np.isin(self.status, [STATUSES.index(item) for item in EVIDENCE_STATUSES])
        own = evidence & (self.role == codes.index(role))
        same = evidence & np.isin(self.words, self.words[own]) & ~own
        counts = np.bincount(self.role[same], minlength=len(codes))
        found = [(codes[place], int(counts[place])) for place in np.argsort(-counts, kind="stable")]
        return [(code, count) for code, count in found if count]

    def _numbers(self, dimension: str, codes: Sequence[str]) -> list[int]:
        known = [code.id for code in self.terms.by_id[dimension].codes]
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
        columns = self.terms.by_id[across].codes
        chosen = choice.of(across)
        inside = self._inside[across]
        of_study = self.study_members[across]
        open_mask = self.mask(connection, choice, status=False)
        mask = self.mask(connection, choice)
        decided = np.isin(self.status, [STATUSES.index(item) for item in EVIDENCE_STATUSES])
        masks = {
            "evidence": mask,
            "any": open_mask & decided,
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
            if place >= 0 and chosen and columns[place].id not in chosen:
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
            passages = int(self.studies["passages"].to_numpy()[here].sum())
            reviewed = self.reviewed[here].sum(axis=0)
            column = columns[place].id if place >= 0 else ""
            if place >= 0 and (here.any() or any(count.any() for count in counts.values())):
                present.add(column)
            for role in shown:
                numbers = {name: int(count[role]) for name, count in counts.items()}
                cells[roles[role].id, column] = Cell(
                    numbers["evidence"],
                    int(studies[role]),
                    numbers["suggested"],
                    numbers["disputed"],
                    _reason(numbers, bool(here.any()), int(reviewed[role]) < passages),
                )
            evidence = counted[np.isin(self.role[counted], shown)]
            cells["", column] = Cell(
                len(evidence),
                len(_unlike(self.study[evidence])),
                int(sum(counts["suggested"][role] for role in shown)),
                int(sum(counts["disputed"][role] for role in shown)),
                "",
            )
        return Grid(
            tuple(roles[place].id for place in shown),
            tuple(code.id for code in columns if not chosen or code.id in chosen),
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


def _reason(numbers: dict[str, int], studies: bool, open_passages: bool) -> str:
    """The first reason that holds; the same as in schema/reasons.sql where nothing is filtered."""
    reasons = (
        ("evidence", numbers["evidence"] > 0),
        ("hidden", numbers["any"] > 0),
        ("no-study", not studies and not numbers["suggested"] + numbers["disputed"]),
        ("only-disputed", numbers["disputed"] > 0),
        ("only-suggested", numbers["suggested"] > 0),
        ("not-coded", open_passages),
    )
    return next((name for name, holds in reasons if holds), "none-shows")


def matching(connection: sqlite3.Connection, words: str) -> list[int]:
    """Row numbers of the passages that hold all these words; "several words" are a phrase."""
    query = " ".join(search_terms(words))
    return [row for (row,) in connection.execute(MATCHES, [query])] if query else []


def search_terms(words: str) -> list[str]:
    """Words and phrases as SQLite's full-text search takes them, each quoted."""
    parts = words.split('"')
    found = []
    for place, part in enumerate(parts):
        # Between two quotation marks stands a phrase; a last mark without its partner is none.
        phrase = place % 2 == 1 and place < len(parts) - 1
        found += [part.strip()] if phrase else part.split()
    return [f'"{item}"' for item in found if any(char.isalnum() for char in item)]


def read_index(connection: sqlite3.Connection) -> Index:
    """The index of a database."""
    terms = read_terms(connection)
    frame = pd.DataFrame(_dicts(connection, CODINGS, "row id code status study passage access year "
                                "confidence words"))  # fmt: skip
    studies = pd.DataFrame(_dicts(connection, STUDIES, "key year access passages")).set_index("key")
    roles = [code.id for code in terms.by_id[terms.evidence].codes]
    study = studies.index.get_indexer(frame["study"])
    members, study_members = _memberships(connection, terms, frame, studies, study)
    ids = frame["id"].tolist()
    reviewed = pd.DataFrame(_dicts(connection, REVIEWED, "study unit scheme moment"))
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
        study=study,
        words=frame["words"].to_numpy(dtype=np.int64),
        members=members,
        studies=studies,
        study_members=study_members,
        reviewed=_reviewed(reviewed, terms, studies),
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
    columns = "code study passage"
    tables = {
        terms.map: pd.DataFrame(_dicts(connection, OF_MAP, columns)),
        "country": pd.DataFrame(_dicts(connection, COUNTRIES, columns)),
    }
    others = pd.DataFrame(_dicts(connection, OTHERS, "dimension code study passage decided"))
    for dimension in terms.dimensions:
        if dimension.id in (terms.evidence, terms.map):
            continue
        own = others[others["dimension"] == dimension.id]
        unit = own["passage"].fillna(own["study"])
        settled = set(unit[own["decided"] == 1])
        own = own[(own["decided"] == 1) | ~unit.isin(settled)]
        own = own.assign(study=own["study"].where(own["passage"].isna(), None))
        tables[dimension.id] = own[columns.split()]
    members = {}
    study_members = {}
    passages = pd.Index(frame["passage"].unique())
    passage = passages.get_indexer(frame["passage"])
    for name, table in tables.items():
        codes = (
            list(terms.countries)
            if name == "country"
            else [code.id for code in terms.by_id[name].codes]
        )
        of_study = _matrix(table[table["passage"].isna()], "study", studies.index, codes)
        of_passage = _matrix(table[table["passage"].notna()], "passage", passages, codes)
        own = of_passage[passage]
        members[name] = np.where(own.any(axis=1)[:, None], own, of_study[study])
        study_members[name] = of_study
    return members, study_members


def _matrix(table: pd.DataFrame, unit: str, units: Any, codes: list[str]) -> Any:
    found = np.zeros((len(units), len(codes)), dtype=bool)
    rows = units.get_indexer(table[unit])
    places = pd.Index(codes).get_indexer(table["code"])
    known = (rows >= 0) & (places >= 0)
    found[rows[known], places[known]] = True
    return found


def _reviewed(frame: pd.DataFrame, terms: Terms, studies: pd.DataFrame) -> Any:
    """Passages by study in which each role was considered by somebody."""
    roles = terms.by_id[terms.evidence].codes
    found = np.zeros((len(studies), len(roles)), dtype=np.int64)
    numbers = studies.index.get_indexer(frame["study"])
    for place, role in enumerate(roles):
        considered = (frame["scheme"] >= role.since).to_numpy(dtype=bool)
        found[:, place] = np.bincount(numbers[considered], minlength=len(studies))
    return found
