"""Counts for each code and each cell of the map.

They are sums over studies, so what one study adds can be taken back and added anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from pipeline.resolve import EVIDENCE_STATUSES
from pipeline.scheme import Scheme
from pipeline.tables import Rows, Tables, picked

CELL = (
    "studies",
    "passages",
    "reviewed",
    "evidence",
    "evidence_studies",
    "suggested",
    "suggested_studies",
    "disputed",
)
CODE = ("decided", "suggested", "disputed", "studies")
_OF_CELL = dict.fromkeys(EVIDENCE_STATUSES, "evidence")
_OF_CODE = dict.fromkeys(EVIDENCE_STATUSES, "decided")
Counts = Counter[tuple[str, ...]]  # by (code, column) and by (role, sector, column)


def totals(rows: Rows, scheme: Scheme) -> Counts:
    """What the studies of these rows add to the counts. Additive over sets of studies."""
    counts: Counts = Counter()
    places: dict[str | None, list[str]] = defaultdict(list)
    for unit, sector in picked(rows, "passage_sector", "passage", "sector"):
        places[unit].append(sector)
    in_sector: dict[str, list[str]] = defaultdict(list)
    for study, sector in picked(rows, "study_sector", "study", "sector"):
        in_sector[study].append(sector)
    once: set[tuple[str, ...]] = set()
    for dimension, code, status, study, passage in picked(
        rows, "coding", "dimension", "code", "status", "study", "passage"
    ):
        counts[code, _OF_CODE.get(status, status)] += 1
        once.add((code, "studies", study))
        if dimension != scheme.evidence:
            continue
        column = _OF_CELL.get(status, status)
        for sector in places.get(passage) or in_sector.get(study, []):
            counts[code, sector, column] += 1
            if f"{column}_studies" in CELL:
                once.add((code, sector, f"{column}_studies", study))
    counts.update(item[:-1] for item in once)
    for key, number in _present(rows, scheme, in_sector):
        counts[key] += number
    return counts


def total_rows(tables: Tables, scheme: Scheme) -> None:
    """Rows of the counts, also where there is nothing to count."""
    counts = totals(tables.rows, scheme)
    for dimension in scheme.dimensions:
        for code in dimension.codes:
            tables.add("code_total", code.id, *(counts[code.id, name] for name in CODE))
    for role in scheme.dimension(scheme.evidence).codes:
        for sector in scheme.dimension(scheme.map).codes:
            numbers = (counts[role.id, sector.id, name] for name in CELL)
            tables.add("cell", role.id, sector.id, *numbers, "")


def _present(
    rows: Rows, scheme: Scheme, in_sector: dict[str, list[str]]
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Studies and passages in each sector, and passages in which each role was considered."""
    newest: dict[str, dict[str, int]] = defaultdict(dict)
    for study, unit, dimension, standing, version in picked(
        rows, "decision", "study", "unit", "dimension", "standing", "scheme"
    ):
        if dimension == scheme.evidence and standing == "current":
            newest[study][unit] = max(version, newest[study].get(unit, 0))
    roles = scheme.dimension(scheme.evidence).codes
    for study, passages in picked(rows, "study", "key", "passages"):
        for sector in in_sector.get(study, []):
            for role in roles:
                # A decision under an older scheme says nothing of a role that it did not have.
                considered = sum(version >= role.since for version in newest[study].values())
                yield (role.id, sector, "studies"), 1
                yield (role.id, sector, "passages"), passages
                yield (role.id, sector, "reviewed"), considered
