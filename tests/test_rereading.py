"""While a review runs, its files are read again: once, whole, and nothing is lost or torn by it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.build import gathering
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.project import Project
from pipeline.tagger import tagger_loading
from pipeline.web.review.review_page import Visit
from tests.conftest import Evidence, decide, passage_id
from tests.reviewing import CoderSession, Running, wait, with_rounds
from tests.test_importing_again import RIS, add, files, names, upload
from tests.test_live_scheme import is_that_of_a_fresh_build
from tests.test_review_site import working_database

OTHER = """TY  - JOUR
AU  - Blom, A.
TI  - Another study of brokers in regional energy networks
PY  - 2024
ER  -
"""


@pytest.fixture
def running(small: Project, evidence: Evidence) -> Running:
    add(evidence, small, RIS)
    return Running(with_rounds(small))


def hooked(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, first: Callable[..., Any]
) -> None:
    """Let something happen before a function does what it does, the first time it is called."""
    real = getattr(owner, name)
    waiting = [first]

    def both(*arguments: Any, **named: Any) -> Any:
        if waiting:
            waiting.pop()()
        return real(*arguments, **named)

    monkeypatch.setattr(owner, name, both)


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[str]:
    """Grows by one with each call of a function."""
    real, calls = getattr(owner, name), []

    def counting(*arguments: Any, **named: Any) -> Any:
        calls.append(name)
        return real(*arguments, **named)

    monkeypatch.setattr(owner, name, counting)
    return calls


def read_again(running: Running) -> None:
    running.review.renew()
    assert running.review.renewal is not None
    assert running.review.renewal.wait(60)


def previewed(coder: CoderSession, folder: Path) -> str:
    """The page of what a file with one new study would bring."""
    path = folder / "other.ris"
    path.write_text(OTHER)
    return str(upload(coder, path).headers["location"]).partition("?")[0]


def a_candidate(coder: CoderSession) -> str:
    found = re.search(r'href="[^"]*/review/screen/([a-z0-9]+)"', coder.get("/review/screen").text)
    assert found
    return found[1]


def screen(coder: CoderSession, key: str, decision: str, **more: str) -> Any:
    fields = {"decision": decision, "stage": "abstract", **more}
    return coder.post(f"/review/screen/{key}", fields)


def test_everything_is_read_once_for_database_and_desk(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coder = running.sign_in("first")
    page = previewed(coder, tmp_path)
    loads = counted(monkeypatch, tagger_loading, "read_training")
    gatherings = counted(monkeypatch, gathering, "read_screened")
    answer = coder.post(page, {"kind": "database", "source": "Scopus"})
    assert re.search("1 stud[a-z]+ added", wait(coder, answer))
    assert (len(loads), len(gatherings)) == (1, 1)
    is_that_of_a_fresh_build(running.project, tmp_path / "fresh")


def test_an_import_that_cannot_be_read_with_the_rest_is_taken_back(
    running: Running, small: Project, tmp_path: Path
) -> None:
    coder = running.sign_in("first")
    page = previewed(coder, tmp_path)
    unit = passage_id(small, "berg2020", 1)
    decide(
        small, "first", "berg2020", f"2026-11-02T09:00:00Z,{unit},role,nonsense,,,,none,2,pilot,x"
    )
    before, imports = files(small), names(small)
    broken = wait(coder, coder.post(page, {"kind": "database", "source": "Scopus"}))
    assert "coding/decisions/first/berg2020.csv:3" in broken
    assert (files(small), names(small)) == (before, imports)
    assert coder.get("/review/add").status_code == 200
    # Once the file is mended, the same import goes through.
    shutil.copy(
        Path(__file__).parent / "small/coding/decisions/first/berg2020.csv",
        small.decisions / "first",
    )
    page = previewed(coder, tmp_path)
    answer = coder.post(page, {"kind": "database", "source": "Scopus"})
    assert re.search("1 stud[a-z]+ added", wait(coder, answer))


def test_an_inclusion_that_cannot_be_read_with_the_rest_is_taken_back(
    running: Running, small: Project
) -> None:
    coder = running.sign_in("first")
    key = a_candidate(coder)
    screen(coder, key, "include")
    screen(coder, key, "unsure", stage="full")
    small.coders.write_text(small.coders.read_text() + "  - id: second\n")
    broken = wait(coder, screen(coder, key, "include", stage="full"))
    assert "coding/coders.yml" in broken
    assert running.review.screening.candidacies[key].state == "unsure"
    lines = (small.screening / "first.csv").read_text().splitlines()
    assert [line.split(",")[3] for line in lines[1:]] == [
        *("include", "unsure"),
        *("include", "unsure"),
    ]


def test_what_is_decided_while_a_request_waits_is_not_lost(
    running: Running, small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coder = running.sign_in("first")
    key = a_candidate(coder)
    hooked(monkeypatch, Visit, "form", lambda: read_again(running))
    answer = screen(coder, key, "exclude")
    assert answer.status_code == 303, answer.text
    assert running.review.screening.candidacies[key].state == "excluded"
    with sqlite3.connect(working_database(small)) as connection:
        states = dict(connection.execute("SELECT key, state FROM candidate"))
    assert states[key] == "excluded"
    is_that_of_a_fresh_build(small, tmp_path / "fresh")


def test_a_page_is_of_one_reading_of_the_files(
    running: Running, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    coder = running.sign_in("first")

    def change() -> None:
        small.scheme.write_text(small.scheme.read_text().replace("Weaver", "Spinner"))
        read_again(running)

    hooked(monkeypatch, Visit, "synced", change)
    path = f"/review/roles/unit/{passage_id(small, 'berg2020', 1)}"
    before, after = coder.get(path).text, coder.get(path).text
    assert ("Weaver" in before, "Spinner" in before) == (True, False)
    assert ("Weaver" in after, "Spinner" in after) == (False, True)


def test_nothing_is_read_while_somebody_saves(
    running: Running, small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coder = running.sign_in("first")
    unit = passage_id(small, "berg2020", 1)
    gatherings = counted(monkeypatch, gathering, "read_screened")

    def reread_meanwhile() -> None:
        running.review.renew()
        time.sleep(0.5)
        assert not gatherings

    hooked(monkeypatch, Desk, "save", reread_meanwhile)
    assert coder.answer(unit, "judge").status_code == 303
    assert running.review.renewal is not None
    assert running.review.renewal.wait(60)
    (line,) = (
        line for line in running.review.desk.lines("berg2020").of("first") if line.unit == unit
    )
    assert line.codes == {"judge"}
    is_that_of_a_fresh_build(small, tmp_path / "fresh")
