"""What one coder joined, in a round in which another checks it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.build.recipe import build
from pipeline.desk.review.progress import by_study
from pipeline.desk.review.queue import Order
from pipeline.desk.review.rounds import change_state
from pipeline.desk.review.settling import compare
from pipeline.desk.review.spreadsheet import export, import_rows, read_sheet
from pipeline.ground.project import Project
from tests.reviewing import CoderSession, Running
from tests.test_joined import KEY, prepared, project, rows, take, text_of, words

__all__ = ["prepared", "project"]

CHECK = """
  - id: check
    title: {en: "Checking", nl: "Nakijken"}
    coders: [second]
    dimensions: [role]
    blind: false
    checks: first
"""


@pytest.fixture
def running(project: Project) -> Running:
    project.rounds.write_text(project.rounds.read_text() + CHECK)
    build(project)
    return Running(project)


@pytest.fixture
def first(running: Running) -> CoderSession:
    return running.sign_in("first")


@pytest.fixture
def second(running: Running) -> CoderSession:
    return running.sign_in("second")


def test_what_was_joined_is_asked_of_who_checks(first: CoderSession, second: CoderSession) -> None:
    desk, queue = first.running.review.desk, first.running.review.queue
    units = text_of(desk)
    item = desk.rounds["check"]
    take(first, units[1], units[3], "weaver", item="pilot")
    (unit,) = desk.joined[KEY]
    assert queue.next(item, "second", Order(), units[0]) == unit
    page = second.get(f"/review/check/unit/{unit}").text
    assert words(page).startswith("It asked each of them what was missing.")
    assert 'data-accept="weaver"' in page
    assert unit in second.get(f"/review/check/study/{KEY}").text
    assert "Answered as part" not in second.get(f"/review/check/study/{KEY}").text
    assert not by_study(desk, item, "second")[KEY].passages
    saved = second.answer(unit, "judge", item="check")
    assert saved.status_code == 303
    assert f"/unit/{units[4]}?" in saved.headers["location"]
    assert by_study(desk, item, "second")[KEY].passages == 3
    *_, line = csv.DictReader((desk.project.joined / f"{KEY}.csv").open())
    assert (line["unit"], line["coder"], line["round"]) == (unit, "second", "check")
    change_state(desk, item, "second", "comparing")
    (found,) = compare(desk, desk.rounds["check"], desk.scheme.dimension("role"))
    assert {who: set(said.codes or ()) for who, said in found.answers.items()} == {
        "first": {"weaver"},
        "second": {"judge"},
    }


def test_a_withdrawn_answer_is_not_checked_any_more(
    first: CoderSession, second: CoderSession
) -> None:
    desk, queue = first.running.review.desk, first.running.review.queue
    units = text_of(desk)
    item = desk.rounds["check"]
    take(first, units[1], units[3], "weaver", item="pilot")
    (unit,) = desk.joined[KEY]
    assert queue.next(item, "second", Order(), units[0]) == unit
    first.post(f"/review/pilot/unit/{unit}", {"withdraw": "1"})
    assert queue.next(item, "second", Order(), units[0]) == units[1]
    assert second.get(f"/review/check/unit/{unit}").status_code == 404


def test_what_was_joined_blind_is_not_checked_before_it_is_laid_open(
    first: CoderSession, second: CoderSession
) -> None:
    desk, queue = first.running.review.desk, first.running.review.queue
    units = text_of(desk)
    item = desk.rounds["check"]
    take(first, units[1], units[3], "weaver")
    (unit,) = desk.joined[KEY]
    assert queue.next(item, "second", Order(), units[0]) == units[1]
    assert second.get(f"/review/check/unit/{unit}").status_code == 404
    assert unit not in second.get(f"/review/check/study/{KEY}").text
    assert unit not in export(desk, item, "second")
    change_state(desk, desk.rounds["roles"], "first", "comparing")
    assert queue.next(item, "second", Order(), units[0]) == unit


def test_a_spreadsheet_checks_it_too_where_the_text_is_not_here(
    first: CoderSession, project: Project
) -> None:
    units = text_of(first.running.review.desk)
    take(first, units[1], units[3], "weaver", item="pilot")
    Path(project.fulltext / f"{KEY}.md").unlink()
    build(project)
    desk = Running(project).review.desk
    item = desk.rounds["check"]
    (unit,) = desk.joined[KEY]
    sheet = export(desk, item, "second")
    changed = sheet.replace(f"{unit},role,,", f"{unit},role,weaver,")
    assert changed != sheet
    read = read_sheet(desk, item, "second", changed.encode(), "sheet.csv")
    assert import_rows(desk, item, "second", read) == 1
    assert desk.answers("second", unit, item)["role"].codes == {"weaver"}
    assert ("second", "check") in desk.joined[KEY][unit].makers
    build(project)
    status = f"SELECT status, coders FROM coding WHERE passage = '{unit}'"
    assert rows(project, status) == [("agreed", '["first", "second"]')]
