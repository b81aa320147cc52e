"""All codings of the evidence dimension as numbers in memory, to choose from and count quickly."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipeline.model.publication_notice import WITHDRAWN
from pipeline.model.records import EVIDENCE_STATUSES
from pipeline.published.choice import ACCESS, CHECKED, CONFIDENCE, NOTICE, STATUSES, Choice
from pipeline.published.index_tables import (
    codings_frame,
    considered_passages,
    held,
    memberships,
    moments,
    numbered,
    sentences_of,
    studies_frame,
    unlike,
)
from pipeline.published.search_words import matching
from pipeline.published.terms import Terms, columns_of, read_terms

Mask = Any  # a numpy array of bool, one for each coding


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
    digest: Any
    members: dict[str, Any]
    studies: pd.DataFrame
    study_members: dict[str, Any]
    considered: Any
    decided: int
    moment: Any
    places: dict[str, int]
    kept: dict[str, Any] = field(default_factory=dict)
    grids: dict[tuple[Choice, str], Any] = field(default_factory=dict)  # counted already

    def __post_init__(self) -> None:
        # Places of the codings in each column: counting a column looks at these alone.
        self.recent = np.argsort(self.moment, kind="stable")[::-1]
        self.inside = {
            name: [np.flatnonzero(matrix[:, place]) for place in range(matrix.shape[1])]
            for name, matrix in self.members.items()
        }

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def is_decided(self) -> Mask:
        """Which codings are evidence."""
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
        return int(self.is_decided.sum())

    @property
    def checked_pieces(self) -> int:
        """How many of them a person has checked."""
        return int(self.by_a_person.sum())

    @cached_property
    def notice(self) -> Any:
        """What was said of each study since, as its place in NOTICE."""
        return numbered(self.studies["notice"].replace("", NOTICE[-1]), NOTICE)

    @cached_property
    def withdrawn(self) -> Mask:
        """Which studies bear nothing out any more."""
        return np.isin(self.notice, [NOTICE.index(name) for name in WITHDRAWN])

    @cached_property
    def case(self) -> Any:
        """The case of each study as a number; what names none is a case of its own."""
        named = self.studies["case_name"]
        own = pd.Series("/" + self.studies.index, index=self.studies.index)
        return pd.factorize(named.where(named != "", own))[0]

    @cached_property
    def is_read(self) -> Mask:
        """Of which codings more than the abstract of the study itself was read."""
        proxy = self.digest & self.studies["proxy"].to_numpy(dtype=bool)[self.study]
        return np.isin(self.access, [ACCESS.index(name) for name in ("full", "partial")]) & ~proxy

    @cached_property
    def by_a_person(self) -> Mask:
        """Which codings are evidence that a person has checked: nothing that is in dispute."""
        return self.is_decided & (self.checked == CHECKED.index("checked"))

    def mask(self, connection: sqlite3.Connection, choice: Choice, status: bool = True) -> Mask:
        """Which codings are chosen. Without `status`, of whatever status and confidence."""
        found = np.ones(len(self.ids), dtype=bool)
        for name, codes in choice.codes:
            if name == self.terms.evidence:
                found &= np.isin(self.role, self.numbers(name, codes))
            else:
                found &= self.members[name][:, self.numbers(name, codes)].any(axis=1)
        if choice.access:
            found &= np.isin(self.access, [ACCESS.index(item) for item in choice.access])
        if choice.country:
            chosen = [list(self.terms.countries).index(item) for item in choice.country]
            found &= self.members["country"][:, chosen].any(axis=1)
        if choice.study:
            found &= np.isin(self.study, self.studies.index.get_indexer(list(choice.study)))
        if choice.notice:
            chosen = [NOTICE.index(item) for item in choice.notice]
            found &= np.isin(self.notice, chosen)[self.study]
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

    def placed(self, positions: Sequence[int]) -> list[dict[str, tuple[str, ...]]]:
        """Codes of these codings by dimension, and their countries; UNDECIDED is a code too."""
        return held(self.members, self.columns, positions)

    def studies_placed(self, keys: Sequence[str]) -> list[dict[str, tuple[str, ...]]]:
        """The same of studies, with the codes of the evidence dimension they are evidence of."""
        places = self.studies.index.get_indexer(list(keys))
        return held({**self.study_members, self.terms.evidence: self.shown}, self.columns, places)

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The codes that the columns of memberships are of, by dimension."""
        names = [item.id for item in self.terms.dimensions]
        found = {name: columns_of(self.terms, name) for name in names}
        return {**found, "country": tuple(self.terms.countries)}

    @cached_property
    def shown(self) -> Any:
        """Codes of the evidence dimension that each study is evidence of: a row for each."""
        size = len(self.terms.by_id[self.terms.evidence].codes)
        found = np.zeros((len(self.studies), size), dtype=bool)
        found[self.study[self.is_decided], self.role[self.is_decided]] = True
        return found

    def study_keys(self, positions: Any) -> list[str]:
        """Keys of the studies of these codings, in order of the alphabet."""
        keys: list[str] = self.studies.index[unlike(self.study[positions])].tolist()
        return keys

    def studies_within(self, choice: Choice) -> list[str]:
        """Keys of the studies that fit what is chosen of studies: sector, year and the like."""
        keys: list[str] = self.studies.index[self.study_mask(choice)].tolist()
        return keys

    def choose_studies(self, connection: sqlite3.Connection, choice: Choice) -> list[str]:
        """Keys of the studies of a choice: with such evidence, where evidence is chosen."""
        of_evidence = (choice.of(self.terms.evidence), choice.status, choice.confidence,
                       choice.checked, choice.words, choice.ids)  # fmt: skip
        if any(of_evidence):
            return self.study_keys(self.select(connection, choice))
        return self.studies_within(choice)

    def per_year(self, positions: Any) -> list[tuple[int, int]]:
        """Years and numbers of these codings, but for those of no known year."""
        years = self.year[positions]
        years, counts = np.unique(years[~np.isnan(years)], return_counts=True)
        return [(int(year), int(count)) for year, count in zip(years, counts, strict=True)]

    def together(self, role: str) -> list[tuple[str, int]]:
        """Other codes of the evidence dimension that are evidence of the same passages."""
        codes = [code.id for code in self.terms.by_id[self.terms.evidence].codes]
        evidence = self.is_decided
        own = evidence & (self.role == codes.index(role))
        same = evidence & np.isin(self.words, self.words[own]) & ~own
        counts = np.bincount(self.role[same], minlength=len(codes))
        found = [(codes[place], int(counts[place])) for place in np.argsort(-counts, kind="stable")]
        return [(code, count) for code, count in found if count]

    def numbers(self, dimension: str, codes: Sequence[str]) -> list[int]:
        """Places of codes in their dimension."""
        known = columns_of(self.terms, dimension)
        return [known.index(code) for code in codes]

    def study_mask(self, choice: Choice) -> Mask:
        """Which studies fit what is chosen of studies."""
        found = np.ones(len(self.studies), dtype=bool)
        for name, codes in choice.codes:
            if name != self.terms.evidence:
                found &= self.study_members[name][:, self.numbers(name, codes)].any(axis=1)
        if choice.access:
            found &= self.studies["access"].isin(choice.access).to_numpy()
        if choice.country:
            chosen = [list(self.terms.countries).index(item) for item in choice.country]
            found &= self.study_members["country"][:, chosen].any(axis=1)
        if choice.study:
            found &= self.studies.index.isin(choice.study)
        if choice.notice:
            found &= np.isin(self.notice, [NOTICE.index(item) for item in choice.notice])
        if choice.year_from is not None:
            found &= (self.studies["year"] >= choice.year_from).to_numpy()
        if choice.year_to is not None:
            found &= (self.studies["year"] <= choice.year_to).to_numpy()
        return found


def read_index(connection: sqlite3.Connection) -> Index:
    """The index of a database."""
    terms = read_terms(connection)
    frame = codings_frame(connection)
    studies = studies_frame(connection)
    roles = [code.id for code in terms.by_id[terms.evidence].codes]
    study = studies.index.get_indexer(frame["study"])
    members, study_members = memberships(connection, terms, frame, studies, study)
    ids = frame["id"].tolist()
    reviewed = moments(connection)
    return Index(
        terms=terms,
        row=frame["row"].to_numpy(dtype=np.int64),
        ids=ids,
        role=numbered(frame["code"], roles),
        status=numbered(frame["status"], STATUSES),
        access=numbered(frame["access"], ACCESS),
        year=frame["year"].to_numpy(),
        confidence=numbered(frame["confidence"], CONFIDENCE),
        checked=numbered(frame["checked"], CHECKED),
        study=study,
        words=frame["words"].to_numpy(dtype=np.int64),
        digest=frame["digest"].to_numpy(dtype=bool),
        members=members,
        studies=studies,
        study_members=study_members,
        considered=considered_passages(connection, roles, studies),
        decided=sentences_of(connection, reviewed.keys()),
        moment=np.array([reviewed.get(passage, "") for passage in frame["passage"]], dtype=str),
        places={identity: place for place, identity in enumerate(ids)},
    )
