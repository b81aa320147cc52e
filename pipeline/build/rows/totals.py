"""Counts for each code and each cell of the map.

They are sums over studies, so what one study adds can be taken back and added anew.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.build import models
from pipeline.build.gap_reasons import Counts as Present
from pipeline.build.gap_reasons import reason
from pipeline.build.rows.table_rows import Rows, Tables, picked
from pipeline.model.joined_passages import each_sentence
from pipeline.model.records import EVIDENCE_STATUSES
from pipeline.model.scheme import Scheme

CELL = (
    "studies",
    "unread",
    "passages",
    "reviewed",
    "evidence",
    "evidence_studies",
    "checked",
    "suggested",
    "suggested_studies",
    "disputed",
)
CODE = ("decided", "decided_studies", "checked", "suggested", "disputed", "studies")
_OF_CELL = dict.fromkeys(EVIDENCE_STATUSES, "evidence")
_OF_CODE = dict.fromkeys(EVIDENCE_STATUSES, "decided")
UNDECIDED = None  # the place of what nobody has put into a sector yet
Counts = Counter[tuple[str | None, ...]]  # by (code, column) and by (role, sector, column)


def totals(rows: Rows, scheme: Scheme) -> Counts:
    """What the studies of these rows add to the counts. Additive over sets of studies."""
    counts: Counts = Counter()
    places: dict[str | None, list[str | None]] = defaultdict(list)
    for unit, sector in picked(rows, "passage_sector", "passage", "sector"):
        places[unit].append(sector)
    in_sector = _in_sector(rows, scheme)
    once: set[tuple[str | None, ...]] = set()
    for dimension, code, status, study, passage, checked in picked(
        rows, "coding", "dimension", "code", "status", "study", "passage", "checked"
    ):
        column = _OF_CODE.get(status, status)
        counts[code, column] += 1
        once.add((code, "studies", study))
        if column == "decided":
            once.add((code, "decided_studies", study))
            counts[code, "checked"] += checked == "checked"
        if dimension != scheme.evidence:
            continue
        column = _OF_CELL.get(status, status)
        for sector in places.get(passage) or in_sector.get(study, []):
            counts[code, sector, column] += 1
            if f"{column}_studies" in CELL:
                once.add((code, sector, f"{column}_studies", study))
            if column == "evidence":
                counts[code, sector, "checked"] += checked == "checked"
    counts.update(item[:-1] for item in once)
    for key, number in _present(rows, scheme, _with_passages(rows, in_sector)):
        counts[key] += number
    return counts


def total_rows(tables: Tables, scheme: Scheme) -> None:
    """Rows of the counts, also where there is nothing to count."""
    counts = totals(tables.rows, scheme)
    for dimension in scheme.dimensions:
        for code in dimension.codes:
            tables.add(
                models.CodeTotal, code=code.id, **{name: counts[code.id, name] for name in CODE}
            )
    for role in scheme.dimension(scheme.evidence).codes:
        for sector in (*(code.id for code in scheme.dimension(scheme.map).codes), UNDECIDED):
            numbers = {name: counts[role.id, sector, name] for name in CELL}
            why = reason_of(numbers, role.retired is not None)
            tables.add(
                models.Cell,
                id=cell_id(role.id, sector),
                role=role.id,
                sector=sector,
                **numbers,
                reason=why,
            )


def cell_id(role: str, sector: str | None) -> str:
    """The name of a cell; that of what is not decided yet ends in a hyphen."""
    return f"{role}-{sector or ''}"


def reason_of(numbers: dict[str, int], retired: bool) -> str:
    """Why a cell with these counts is as it is."""
    return reason(
        Present(
            evidence=numbers["evidence"],
            decided=numbers["evidence"],
            suggested=numbers["suggested"],
            disputed=numbers["disputed"],
            studies=numbers["studies"],
            unread=numbers["unread"],
            passages=numbers["passages"],
            considered=numbers["reviewed"],
            retired=retired,
        )
    )


def _in_sector(rows: Rows, scheme: Scheme) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = defaultdict(list)
    for study, sector in picked(rows, "study_sector", "study", "sector"):
        found[study].append(sector)
    for study, undecided in picked(rows, "study", "key", "undecided"):
        if scheme.map in json.loads(undecided):
            found[study].append(UNDECIDED)
    return found


def passages_read(rows: Mapping[str, list[tuple[Any, ...]]]) -> int:
    """How many passages readers may see, those that others join counted once."""
    parts: dict[str, list[str]] = defaultdict(list)
    for unit, sentence in picked(rows, "part", "unit", "sentence"):
        parts[unit].append(sentence)
    return len(each_sentence((unit for unit, _ in picked(rows, "passage", "id", "study")), parts))


def _with_passages(
    rows: Rows, in_sector: dict[str, list[str | None]]
) -> dict[str, list[str | None]]:
    """The sectors of studies, and those into which only some of their passages were put."""
    studies = dict(picked(rows, "coding", "passage", "study"))  # it was put there by a coding
    found = {study: dict.fromkeys(own) for study, own in in_sector.items()}
    for unit, sector in picked(rows, "passage_sector", "passage", "sector"):
        found.setdefault(studies[unit], {})[sector] = None
    return {study: list(own) for study, own in found.items()}


def _present(
    rows: Rows, scheme: Scheme, in_sector: dict[str, list[str | None]]
) -> Iterator[tuple[tuple[str | None, ...], int]]:
    """Studies and passages in each sector, and passages in which each role was considered."""
    considered: Counter[tuple[str, str]] = Counter()
    for study, code, number in picked(rows, "considered", "study", "code", "passages"):
        considered[study, code] = number
    roles = scheme.dimension(scheme.evidence).codes
    for study, passages in picked(rows, "study", "key", "passages"):
        for sector in in_sector.get(study, []):
            for role in roles:
                yield (role.id, sector, "studies"), 1
                yield (role.id, sector, "unread"), not passages
                yield (role.id, sector, "passages"), passages
                yield (role.id, sector, "reviewed"), considered[study, role.id]
