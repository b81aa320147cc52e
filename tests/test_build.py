"""The build: complete, the same each time, and never harmful."""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.build import checked_project, database_file
from pipeline.build.recipe import build
from pipeline.build.rows import all_rows
from pipeline.build.store import Store
from pipeline.commands.evidence import app
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from tests.conftest import ROOT, Evidence, decide, passage_id

TIME = "2026-11-02T09:00:00Z"


def rows(project: Project, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(project.database) as connection:
        return connection.execute(sql, parameters).fetchall()


def test_what_is_in_the_database(small: Project) -> None:
    decide(
        small,
        "first",
        "berg2020",
        f"{TIME},{passage_id(small, 'berg2020', 1)},role,weaver,high,,,hidden,2,pilot,",
    )
    decide(
        small,
        "second",
        "berg2020",
        f"{TIME},{passage_id(small, 'berg2020', 1)},role,weaver;judge,,,,hidden,2,pilot,",
        f"{TIME},{passage_id(small, 'berg2020', 2)},role,none,,,,hidden,2,pilot,",
        f"{TIME},{passage_id(small, 'berg2020', 3)},role,none,,,,hidden,2,pilot,",
    )
    build(small)
    assert rows(small, "SELECT key, label, authors, sectors, countries, passages FROM study") == [
        (
            "berg2020",
            "van der Berg & Smit (2020)",
            "Anna van der Berg and Jo Smit",
            '["Energy"]',
            '["Netherlands", "Belgium"]',
            3,
        ),
        # Care is only suggested, and a suggestion puts nothing in its place.
        ("smit2021", "Smit (2021)", "Jo Smit", "[]", "[]", 2),
    ]
    assert rows(small, "SELECT code, status FROM coding WHERE dimension = 'role' ORDER BY id") == [
        ("judge", "disputed"),
        ("weaver", "agreed"),
        ("weaver", "suggested"),
    ]
    assert rows(small, "SELECT role, status, coders FROM evidence") == [
        ("weaver", "agreed", '["first", "second"]')
    ]
    assert rows(
        small,
        "SELECT words FROM suggestion_span JOIN suggestion ON suggestion.id = "
        "suggestion WHERE study = 'berg2020' AND code = 'weaver'",
    ) == [("brought farmers",), ("together",)]
    left = "studies there, not all read and coded yet"
    assert rows(small, "SELECT role_id, sector_id, reason FROM gap ORDER BY 1, 2") == [
        ("judge", None, left),
        ("judge", "care", "no study placed there"),
        ("judge", "energy", "only disputed"),
        ("judge", "sport", "no study placed there"),
        ("scribe", None, left),
        ("scribe", "care", "no study placed there"),
        ("scribe", "energy", "coded, none shows the role"),
        ("scribe", "sport", "no study placed there"),
        ("weaver", None, "only suggested by machine"),
        ("weaver", "care", "no study placed there"),
        ("weaver", "sport", "no study placed there"),
    ]
    assert rows(small, "SELECT study, reviewed, suggested, evidence FROM coverage") == [
        ("berg2020", 3, 0, 1),
        ("smit2021", 0, 1, 0),
    ]
    found = "SELECT passage.id FROM passage_fts "
    found += "JOIN passage ON passage.rowid = passage_fts.rowid WHERE passage_fts MATCH ?"
    assert rows(small, found, "coordinator") == [(passage_id(small, "smit2021", 1),)]
    assert rows(small, "PRAGMA foreign_key_check") == []
    assert rows(small, "PRAGMA integrity_check") == [("ok",)]


ENTRY = """@article{berg2020,
  author = {van der Berg, Anna and Smit, Jo},
  title = {Weaving energy networks},
  journal = {Journal of Networks},
  year = {2020},
  volume = {12},
  number = {3},
  pages = {45--67},
  publisher = {Net Press},
  doi = {10.1234/weave},
  url = {https://example.org/weave},
  note = {Reprinted.},
}
"""


def test_each_fact_of_a_study_stands_in_its_own_column(small: Project) -> None:
    small.references.write_text(ENTRY + small.references.read_text().partition("\n\n")[2])
    build(small)
    with sqlite3.connect(small.database) as connection:
        connection.row_factory = sqlite3.Row
        found = dict(connection.execute("SELECT * FROM study WHERE key = 'berg2020'").fetchone())
    assert found == {
        "key": "berg2020",
        "label": "van der Berg & Smit (2020)",
        "title": "Weaving energy networks",
        "authors": "Anna van der Berg and Jo Smit",
        "year": 2020,
        "container": "Journal of Networks",
        "type": "article",
        "volume": "12",
        "number": "3",
        "pages": "45–67",
        "publisher": "Net Press",
        "doi": "10.1234/weave",
        "url": "https://example.org/weave",
        "access": "abstract",
        "based_on": "",
        "case_name": "",
        "notice": "",
        "notice_en": "",
        "notice_nl": "",
        "notice_link": "",
        "setting": "energy networks",
        "method": "case study",
        "orchestrator": "a network office",
        "summary": "A summary of a study on an energy network and its office.",
        "sectors": '["Energy"]',
        "undecided": "[]",
        "countries": '["Netherlands", "Belgium"]',
        "roles": "[]",
        "passages": 3,
        "evidence": 0,
        "suggested": 2,
        "note": "Reprinted.",
        "sources": '["https://example.org/berg (abstract)"]',
        "unconfirmed": '["volume"]',
    }


def test_a_cell_that_is_disputed_and_suggested_is_disputed(small: Project) -> None:
    disputed, suggested = (passage_id(small, "berg2020", place) for place in (1, 2))
    for coder, codes in (("first", "judge"), ("second", "none")):
        line = f"{TIME},{disputed},role,{codes},,,,hidden,2,pilot,"
        decide(small, coder, "berg2020", line)
    build(small)
    found = "SELECT passage, status FROM coding WHERE code = 'judge' ORDER BY status"
    assert rows(small, found) == [
        (disputed, "disputed"),
        (suggested, "suggested"),
    ]
    reasons = "SELECT reason FROM cell WHERE role = 'judge' AND sector = 'energy'"
    assert rows(small, reasons) == [("only-disputed",)]


def test_a_passage_can_have_a_sector_of_its_own(small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    decide(small, "first", "berg2020", f"{TIME},{unit},sector,sport,,,,hidden,2,pilot,")
    build(small)
    counts = dict(rows(small, "SELECT sector, suggested FROM cell WHERE role = 'weaver'"))
    assert counts == {"energy": 0, "care": 0, "sport": 1, None: 1}


def test_same_input_same_bytes(golden_project: Project, tmp_path: Path) -> None:
    build(golden_project)
    first = golden_project.database.read_bytes()
    subprocess.run(["rm", "-rf", str(golden_project.cache)], check=True)
    build(golden_project, tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == first


def test_only_what_changed_is_tagged_again(small: Project) -> None:
    build(small)
    assert not build(small).fresh
    digest = small.corpus / "smit2021.md"
    digest.write_text(digest.read_text() + "- [p. 9] Nog een bewering over zorg.\n")
    built = build(small)
    assert (built.fresh, built.tagged, built.passages) == (True, 3, 6)
    untouched = small.database.read_bytes()
    subprocess.run(["rm", "-rf", str(small.cache)], check=True)
    assert build(small).tagged == 6
    assert small.database.read_bytes() == untouched


@pytest.mark.slow
def test_a_build_without_full_texts_loads_nothing_that_reads_them(small: Project) -> None:
    digest = small.corpus / "smit2021.md"
    digest.write_text(digest.read_text() + "- [p. 9] Nog een bewering over zorg.\n")
    command = [sys.executable, "-X", "importtime", "-m", "pipeline.cli", "build"]
    built = subprocess.run(
        [*command, "--project", str(small.root)], cwd=ROOT, capture_output=True, text=True
    )
    assert built.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in built.stderr.splitlines()}
    assert "pipeline.sources.corpus" in loaded
    assert not loaded & {"bs4", "pypdfium2", "markdown_it"}


def test_the_garbage_collector_is_on_after_a_build(small: Project) -> None:
    """`serve` builds first, and then runs for long."""
    build(small)
    assert gc.isenabled()
    small.references.write_text("@article{broken,\n")
    with pytest.raises(InputError):
        build(small)
    assert gc.isenabled()


def test_errors_leave_the_old_database(small: Project, evidence: Evidence) -> None:
    before = small.database.read_bytes()
    small.references.write_text("@article{broken,\n")
    with pytest.raises(InputError):
        build(small)
    assert small.database.read_bytes() == before
    result = evidence("build", small)
    assert result.exit_code == 1
    assert "references.bib:1" in result.stderr
    assert "Traceback" not in result.output


def changed(project: Project) -> str:
    """A query whose answer is 2 once a change of a digest is in the database."""
    digest = project.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("farmers", "growers and farmers"))
    return "SELECT COUNT(*) FROM passage WHERE text LIKE '%growers and%'"


def is_old_or_new(project: Project, before: bytes, new: str) -> None:
    """The database is whole, and the next build leaves nothing of one that was cut off."""
    assert rows(project, "PRAGMA integrity_check") == [("ok",)]
    assert project.database.read_bytes() == before or rows(project, new) == [(2,)]
    build(project)
    assert rows(project, new) == [(2,)]
    assert [path.name for path in project.root.glob("*.part")] == []


STEPS: dict[str, tuple[Any, str]] = {
    "tagger loaded": (checked_project, "load_tagger"),
    "texts kept": (Store, "put"),
    "all read": (checked_project, "gather"),
    "rows made": (all_rows, "make_rows"),
    "database filled": (database_file, "_fill"),
    "database on disk": (os, "fsync"),
    "database in place": (os, "replace"),
}


def build_until(project: Project, step: str, how: signal.Signals, said: Path) -> None:
    """The command, in a process that gets a signal as soon as a step is done."""
    place, name = STEPS[step]
    whole = getattr(place, name)

    def last(*given: Any, **named: Any) -> Any:
        result = whole(*given, **named)
        os.kill(os.getpid(), how)
        return result

    setattr(place, name, last)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with said.open("w") as sys.stderr:
        app(["build", "--project", str(project.root)])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_after_any_step_the_old_database_stays(
    small: Project, tmp_path: Path, step: str, how: signal.Signals
) -> None:
    before = small.database.read_bytes()
    new = changed(small)
    said = tmp_path / "said"
    process = get_context("fork").Process(target=build_until, args=(small, step, how, said))
    process.start()
    process.join(60)
    assert process.exitcode == (-how if how == signal.SIGKILL else 130)
    assert "Traceback" not in said.read_text()
    assert (small.database.read_bytes() == before) == (step != "database in place")
    is_old_or_new(small, before, new)


@pytest.mark.slow
def test_killed_at_any_moment_the_old_database_stays(small: Project) -> None:
    before = small.database.read_bytes()
    new = changed(small)
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "build", "--project", str(small.root)], cwd=ROOT
    )
    time.sleep(1.4)
    process.kill()
    process.wait()
    is_old_or_new(small, before, new)


def test_full_texts_are_not_published(small: Project) -> None:
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").write_text(
        "The secret office brought all the banks together. Nobody else may read this sentence."
    )
    build(small)
    assert b"secret office" not in small.database.read_bytes()
    assert rows(small, "SELECT id, passages FROM document WHERE kind = 'fulltext'") == [
        ("berg2020-fulltext", 2)
    ]
    from pipeline.sources.corpus import read_fulltext

    document, _ = read_fulltext(small.fulltext / "berg2020.txt", "x")
    assert document is not None
    unit = document.passages[0].id
    decide(small, "first", "berg2020", f"{TIME},{unit},role,weaver,,,,hidden,2,pilot,")
    build(small)
    assert rows(small, "SELECT text FROM evidence") == [
        ("The secret office brought all the banks together.",)
    ]
    assert b"Nobody else" not in small.database.read_bytes()


def test_every_table_and_column_is_described(real: Project) -> None:
    metadata = yaml.safe_load((ROOT / "datasette_metadata.yml").read_text())
    described = {
        name: set(table.get("columns", {}))
        for name, table in metadata["databases"]["orchestration"]["tables"].items()
    }
    actual = {
        name: {row[1] for row in rows(real, f'PRAGMA table_info("{name}")')}
        for (name,) in rows(
            real,
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE '%_fts%' AND name NOT LIKE 'sqlite_%'",
        )
    }
    assert described == actual
    for table in metadata["databases"]["orchestration"]["tables"].values():
        assert table["title"]
        assert table.get("description") or table.get("description_html")


def test_the_twenty_studies(real: Project) -> None:
    assert rows(real, "SELECT COUNT(*), SUM(passages) FROM study") == [(20, 192)]
    coded = rows(
        real,
        "SELECT dimension, COUNT(DISTINCT study) FROM decision WHERE standing = 'current' "
        "GROUP BY 1 ORDER BY 1",
    )
    assert dict(coded) == {
        "barrier": 20,
        "orchestrator_kind": 20,
        "orchestrator_position": 20,
        "phase": 20,
        "role": 20,
        "sector": 20,
    }


def test_the_twenty_studies_are_coded_twice_and_settled(real: Project) -> None:
    by_coder = "SELECT coder, consensus, COUNT(DISTINCT unit) FROM decision WHERE round = 'roles' "
    by_coder += "GROUP BY 1, 2 ORDER BY 1"
    assert rows(real, by_coder) == [("adjudicator", 1, 192), ("first", 0, 192), ("second", 0, 192)]
    assert rows(
        real,
        "SELECT COUNT(*) FROM coding WHERE status IN ('suggested', 'disputed') AND dimension = 'role'",
    ) == [(0,)]
    assert rows(real, "SELECT DISTINCT shown FROM decision WHERE coder = 'second'") == [("hidden",)]
    assert rows(real, "SELECT state FROM round WHERE id = 'roles'") == [("closed",)]
    frozen = "SELECT round, units FROM agreement WHERE what = 'whole answer' AND dimension = 'role'"
    assert rows(real, f"{frozen} ORDER BY 1") == [("reread", 192), ("roles", 192)]
    # Whoever decided, noted why wherever the coders had differed.
    noted = "SELECT COUNT(*) FROM decision WHERE consensus AND standing = 'current' AND note != ''"
    assert rows(real, noted)[0][0] >= 7


def test_the_second_reading_stands_and_was_made_without_sight(real: Project) -> None:
    by_coder = "SELECT coder, consensus, COUNT(*) FROM decision WHERE round = 'reread' "
    assert rows(real, f"{by_coder} GROUP BY 1, 2 ORDER BY 1") == [
        ("doubting", 0, 464),
        ("finding", 0, 464),
        ("settler", 1, 464),
    ]
    pieces = dict(rows(real, "SELECT role, COUNT(*) FROM evidence GROUP BY 1"))
    assert sum(pieces.values()) == 109
    assert pieces["framer"] == 5  # one in the first reading
    # Settled by the rules of the second reading alone, also where the first had said otherwise.
    fell = "SELECT COUNT(*) FROM evidence WHERE id = 'reypens2021hybrid-19fdee53-connector'"
    assert rows(real, fell) == [(0,)]
    barriers = "SELECT COUNT(DISTINCT passage) FROM coding WHERE dimension = 'barrier'"
    assert rows(real, barriers) == [(31,)]


def test_check_as_json_is_machine_readable(small: Project, evidence: Evidence) -> None:
    (small.corpus / "berg2020.md").write_text("nothing")
    (problem,) = [
        item
        for item in json.loads(evidence("check", small, "--json").stdout)
        if item["path"] == "corpus/berg2020.md"
    ]
    assert set(problem) == {"path", "line", "kind", "message", "hint", "raw", "severity"}


def test_outside_a_project(tmp_path: Path, evidence: Evidence) -> None:
    result = evidence("build", Project(tmp_path))
    assert result.exit_code == 2
    assert "coding/scheme.yml" in result.stderr
    assert os.listdir(tmp_path) == []
