"""The map as numbers: how much evidence each role has in each code of another dimension."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.build.gap_reasons import Counts, reason
from pipeline.published.choice import STATUSES, Choice
from pipeline.published.evidence_index import Index
from pipeline.published.index_tables import unlike
from pipeline.published.terms import UNDECIDED, columns_of


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


def map_grid(index: Index, connection: sqlite3.Connection, choice: Choice, across: str) -> Grid:
    """How many pieces of evidence and studies each role has in each code of a dimension."""
    key = (choice, across)
    if key not in index.grids:
        if len(index.grids) > 500:
            index.grids.clear()
        index.grids[key] = _count(index, connection, choice, across)
    found: Grid = index.grids[key]
    return found


def _count(index: Index, connection: sqlite3.Connection, choice: Choice, across: str) -> Grid:
    roles = index.terms.by_id[index.terms.evidence].codes
    shown = [
        place
        for place, code in enumerate(roles)
        if code.retired is None or (index.role == place).any()
    ]
    if choice.of(index.terms.evidence):
        wanted = index.numbers(index.terms.evidence, choice.of(index.terms.evidence))
        shown = [place for place in shown if place in wanted]
    columns = columns_of(index.terms, across)
    chosen = choice.of(across)
    inside = index.inside[across]
    of_study = index.study_members[across]
    open_mask = index.mask(connection, choice, status=False)
    mask = index.mask(connection, choice)
    decided = index.is_decided
    masks = {
        "evidence": mask,
        "checked": mask & index.by_a_person,
        "decided": open_mask & decided,
        "suggested": open_mask & (index.status == STATUSES.index("suggested")),
        "disputed": open_mask & (index.status == STATUSES.index("disputed")),
    }
    in_studies = index.study_mask(choice)
    size = len(roles)
    cells: dict[tuple[str, str], Cell] = {}
    present = set()
    everywhere = np.arange(len(index.ids))
    all_studies = np.ones(len(index.studies), dtype=bool)
    for place in (*range(len(columns)), -1):
        if place >= 0 and chosen and columns[place] not in chosen:
            continue
        own = inside[place] if place >= 0 else everywhere
        here = in_studies & (of_study[:, place] if place >= 0 else all_studies)
        counts = {
            name: np.bincount(index.role[own[these[own]]], minlength=size)
            for name, these in masks.items()
        }
        counted = own[mask[own]]
        both = unlike(index.study[counted] * size + index.role[counted])
        studies = np.bincount(both % size, minlength=size)
        there = index.studies["passages"].to_numpy()[here]
        considered = index.considered[here].sum(axis=0)
        column = columns[place] if place >= 0 else ""
        if place >= 0 and (here.any() or any(count.any() for count in counts.values())):
            present.add(column)
        for role in shown:
            numbers = {name: int(count[role]) for name, count in counts.items()}
            why = reason(
                Counts(
                    evidence=numbers["evidence"],
                    decided=numbers["decided"],
                    suggested=numbers["suggested"],
                    disputed=numbers["disputed"],
                    studies=int(here.sum()),
                    unread=int((there == 0).sum()),
                    passages=int(there.sum()),
                    considered=int(considered[role]),
                    retired=roles[role].retired is not None,
                )
            )
            cells[roles[role].id, column] = Cell(
                evidence=numbers["evidence"],
                studies=int(studies[role]),
                checked=numbers["checked"],
                suggested=numbers["suggested"],
                disputed=numbers["disputed"],
                reason=why,
            )
        evidence = counted[np.isin(index.role[counted], shown)]
        cells["", column] = Cell(
            evidence=len(evidence),
            studies=len(unlike(index.study[evidence])),
            checked=int(sum(counts["checked"][role] for role in shown)),
            suggested=int(sum(counts["suggested"][role] for role in shown)),
            disputed=int(sum(counts["disputed"][role] for role in shown)),
            reason="",
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
