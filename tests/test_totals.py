"""Counts of codes and cells where a study stands in no place of the map, or a passage in another."""

from __future__ import annotations

import sqlite3

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import decide, passage_id


def row(unit: str, dimension: str, codes: str) -> str:
    return f"2026-11-02T10:00:00Z,{unit},{dimension},{codes},,,,none,2,pilot,x"


def test_a_study_of_no_sector_counts_in_no_cell(small: Project) -> None:
    one, two = (passage_id(small, "smit2021", place) for place in (1, 2))
    decide(
        small, "first", "smit2021",
        row("smit2021", "sector", "none"), row(one, "role", "judge"),
        row(two, "role", "judge"), row(two, "sector", "sport"),
    )  # fmt: skip
    build(small)
    with sqlite3.connect(small.database) as connection:
        cells = connection.execute(
            "SELECT sector, studies, passages, evidence, evidence_studies FROM cell "
            "WHERE role = 'judge' AND studies"
        ).fetchall()
        (total,) = connection.execute(
            "SELECT decided, decided_studies, studies FROM code_total WHERE code = 'judge'"
        )
    # The study is where the one passage is that was put into a sector, with all its passages.
    assert cells == [("energy", 1, 3, 0, 0), ("sport", 1, 2, 1, 1)]
    assert total[:2] == (2, 1)


def test_a_study_of_no_sector_is_in_no_place_of_the_map(small: Project) -> None:
    decide(small, "first", "smit2021", row("smit2021", "sector", "none"))
    build(small)
    with sqlite3.connect(small.database) as connection:
        cells = connection.execute(
            "SELECT sector, studies FROM cell WHERE role = 'judge'"
        ).fetchall()
    assert dict(cells) == {"energy": 1, "care": 0, "sport": 0, None: 0}
