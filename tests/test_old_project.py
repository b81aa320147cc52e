"""A project as it was at commit 889e33b opens, checks and builds, with the same results as then.

The numbers, and `projects/889e33b.evidence.csv`, come from the code of that commit itself: run in a
worktree of it (`python -m pipeline.cli build -C` a copy of the project), and read from its database.
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.ground.project import Project
from tests.conftest import Evidence

OLD = Path(__file__).parent / "projects" / "889e33b"
COUNTS = {
    "study": 20, "passage": 192, "document": 20, "decision": 659, "coding": 154, "evidence": 69,
    "suggestion": 36, "agreement": 9, "study_sector": 24, "gap": 63, "role_sector_matrix": 105,
}  # fmt: skip
ROLES = {
    "connector": 28, "framer": 1, "integrator": 5, "learning_catalyst": 5, "mediator": 14,
    "policy_innovator": 4, "project_orchestrator": 12,
}  # fmt: skip


@pytest.fixture(scope="module")
def old(real: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The old project, with what was learned from the same example passages, which takes long."""
    folder = tmp_path_factory.mktemp("old") / "889e33b"
    shutil.copytree(OLD, folder)
    shutil.copytree(real.cache / "models", folder / ".cache" / "models")
    shutil.copy(real.cache / "words.db", folder / ".cache")
    return Project(folder)


def test_the_check_says_what_is_read_otherwise_than_then(old: Project, evidence: Evidence) -> None:
    """Coders had no `nature`: nobody can tell whether a person has checked a piece."""
    checked = evidence("check", old, "--json")
    assert checked.exit_code == 0, checked.output
    said = [(item["kind"], item["path"], item["message"]) for item in json.loads(checked.stdout)]
    assert said == [
        ("no-nature", "coding/coders.yml", f"coder '{name}' does not say whether it is a person")
        for name in ("adjudicator", "first", "second")
    ]


def test_it_builds_with_the_results_of_then(old: Project, evidence: Evidence) -> None:
    built = evidence("build", old)
    assert built.exit_code == 0, built.output
    with closing(sqlite3.connect(old.database)) as database:
        found = {
            name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTS
        }
        assert found == COUNTS
        of_role = "SELECT role, count(*) FROM evidence GROUP BY role"
        assert dict(database.execute(of_role)) == ROLES
        of_status = "SELECT status, count(*) FROM coding GROUP BY status"
        then = {"adjudicated": 6, "agreed": 63, "single": 85}
        assert dict(database.execute(of_status)) == then
        columns, *then_rows = csv.reader((OLD.parent / "889e33b.evidence.csv").open(newline=""))
        rows = database.execute(f"SELECT {', '.join(columns)} FROM evidence ORDER BY id")
        assert [list(row) for row in rows] == then_rows


def test_nothing_of_it_is_rewritten(old: Project) -> None:
    """Opening an old project changes none of its files. (The two tests above have run.)"""
    for path in OLD.rglob("*"):
        if path.is_file():
            assert (old.root / path.relative_to(OLD)).read_bytes() == path.read_bytes(), path
