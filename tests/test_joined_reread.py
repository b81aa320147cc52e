"""Joined passages where their text reads otherwise, is left out, or answers are taken back."""

from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from pipeline.build.check import check_project
from pipeline.build.recipe import build
from pipeline.desk.review.progress import by_study
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.project import Project
from pipeline.model.joined_passages import DIGITS
from pipeline.model.passages import digest_of
from pipeline.model.people import stamp
from pipeline.model.records import Passage
from pipeline.model.same_words import row_of_words
from tests.reviewing import CoderSession, Running
from tests.test_joined import KEY, prepared, project, rows, take, text_of
from tests.test_live_scheme import is_that_of_a_fresh_build

__all__ = ["prepared", "project"]


@pytest.fixture
def running(project: Project) -> Running:
    return Running(project)


@pytest.fixture
def first(running: Running) -> CoderSession:
    return running.sign_in("first")


def reads(project: Project, before: str, after: str) -> None:
    path = project.fulltext / f"{KEY}.md"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def public(running: Running) -> str:
    """The study's page, without how many pieces there are in all, which may lag behind."""
    page = running.ask("GET", f"/study/{KEY}").text
    return re.sub(r"checked \d+ of the \d+ pieces", "", page)


def test_where_only_spaces_differ_it_is_found_again(first: CoderSession, project: Project) -> None:
    units = text_of(first.running.review.desk)
    take(first, units[1], units[2], "weaver", item="pilot", **{"quote.role": "missing. Nobody had"})
    (old,) = first.running.review.desk.joined[KEY]
    reads(project, "missing. Nobody had asked", "missing. Nobodyhad asked")
    build(project)
    text = "It asked each of them what was missing. Nobodyhad asked that before."
    unit = f"{KEY}-{digest_of(text)[:DIGITS]}"
    assert unit != old
    assert rows(project, "SELECT passage, text FROM evidence WHERE role = 'weaver'") == [
        (unit, text)
    ]
    assert not [item for item in check_project(project).problems if item.kind == "orphan"]
    other = Running(project).sign_in("second")  # its copy of the database gives way to the next
    running = Running(project)
    desk = running.review.desk
    (item,) = desk.joined[KEY].values()
    assert (item.id, item.known_as, item.makers) == (unit, old, (("first", "pilot"),))
    assert by_study(desk, desk.rounds["pilot"], "first")[KEY].passages == 2
    coder = running.sign_in("first")
    assert 'value="missing. Nobodyhad"' in coder.get(f"/review/pilot/unit/{unit}").text
    # It is as it was for who codes on, and once files were read again.
    assert coder.answer(unit, "judge", item="pilot").status_code == 303
    take(other, item.parts[0], item.parts[1], "judge", item="pilot")
    assert coder.get(f"/review/pilot/study/{KEY}").status_code == 200
    assert set(desk.joined[KEY][unit].makers) == {("first", "pilot"), ("second", "pilot")}
    assert coder.answer(units[5], "weaver", item="pilot").status_code == 303
    live = public(running)
    build(project)
    assert public(Running(project)) == live
    assert rows(project, f"SELECT role, coders FROM evidence WHERE passage = '{unit}'") == [
        ("judge", '["first", "second"]')
    ]


def test_where_two_rows_have_its_words_none_is_taken() -> None:
    def row(*texts: str) -> list[Passage]:
        return [Passage(f"k-{n}", "k", n, text, "", "en") for n, text in enumerate(texts)]

    text = "One came. Two went."
    assert [item.text for item in row_of_words(text, row("x", "Onecame.", "Two went.", "y"))] == [
        "Onecame.",
        "Two went.",
    ]
    assert row_of_words(text, row("One came.", "Two went.", "One came", "Twowent.")) == []
    assert row_of_words(text, row("One came.", "x", "Two went.")) == []
    assert row_of_words(text, row("One came. Two went.")) == []  # a passage of its own
    assert row_of_words("", row("", "")) == []


def test_x_leaves_out_all_its_sentences(running: Running, first: CoderSession) -> None:
    desk, project = running.review.desk, running.project
    units = text_of(desk)
    second = running.sign_in("second")
    take(second, units[1], units[2], "weaver", item="pilot")
    (unit,) = desk.joined[KEY]
    page = f"/review/pilot/unit/{unit}"
    assert second.post(f"{page}/leave-out", {}, page).status_code == 303
    # It stays while it is answered; its neighbours may go.
    assert desk.joined[KEY].keys() == {unit}
    assert set(units) <= set(desk.passages_of[KEY])
    live = running.ask("GET", f"/study/{KEY}").text
    build(project)
    again = Running(project)
    assert again.review.desk.joined[KEY].keys() == {unit}
    assert again.ask("GET", f"/study/{KEY}").text == live
    assert set(units) <= set(again.review.desk.passages_of[KEY])
    # Without the answer nothing of it is left, here and after a build.
    assert second.post(page, {"withdraw": "1"}).status_code == 303
    left = [one for one in units if one not in units[1:3]]
    assert text_of(desk) == left
    assert desk.joined[KEY] == {}
    build(project)
    assert text_of(Running(project).review.desk) == left


def test_a_joined_passage_not_saved_yet_is_left_out_whole(
    running: Running, first: CoderSession
) -> None:
    desk = running.review.desk
    units = text_of(desk)
    page = f"/review/roles/unit/{units[1]}?to={units[3]}"
    html = first.get(page).text
    (action,) = [
        part.split('"')[0] for part in html.split('action="') if "leave-out" in part.split('"')[0]
    ]
    assert first.post(unescape(action), {}, page).status_code == 303
    assert text_of(desk) == [units[0], *units[4:]]


def lines(desk: Desk) -> list[tuple[str, ...]]:
    return [
        (unit, *sorted(line.codes or ()))
        for unit in (*desk.passages_of[KEY], *desk.joined[KEY])
        for line in desk.answers("first", unit, desk.rounds["pilot"]).values()
    ]


def test_undoing_and_moving_do_not_count_words_twice(first: CoderSession, project: Project) -> None:
    desk = first.running.review.desk
    units = text_of(desk)
    first.answer(units[1], "weaver", item="pilot")
    first.answer(units[1], item="pilot")  # none of them
    path = project.decisions / "first" / f"{KEY}.csv"
    head, *told = csv.reader(path.open())
    row = dict(zip(head, told[-2], strict=True))
    text = " ".join(desk.passages[unit].text for unit in units[1:3])
    unit = f"{KEY}-{digest_of(text)[:DIGITS]}"
    at = stamp(datetime.fromisoformat(row["decided_at"]) + timedelta(microseconds=1))
    # From another computer: taken together with the next while it still said nothing.
    row |= {"unit": unit, "text": text, "decided_at": at}
    with path.open("a") as file:
        csv.writer(file, lineterminator="\n").writerow(row.values())
    project.joined.mkdir(exist_ok=True)
    (project.joined / f"{KEY}.csv").write_text(
        f"joined_at,unit,parts,coder,round\n{at},{unit},{units[1]} {units[2]},first,pilot\n"
    )
    running = Running(project)
    coder, desk = running.sign_in("first"), running.review.desk
    assert lines(desk) == [(units[1],), (unit, "weaver")]
    refused = coder.post("/review/undo", {}, "/review")
    assert refused.status_code == 400
    assert "do not count twice" in refused.text
    assert lines(desk) == [(units[1],), (unit, "weaver")]
    # An orphan does not go where its words are coded already.
    coder.answer(units[4], "judge", item="pilot")
    reads(project, desk.passages[units[4]].text, "Something else altogether stands here now.")
    running = Running(project)
    coder, desk = running.sign_in("first"), running.review.desk
    page = coder.get("/review/orphans").text
    (name,) = [part.split('"')[0] for part in page.split('name="orphan" value="')[1:]]
    moved = coder.post("/review/orphans", {"orphan": name, "unit": units[2]})
    assert moved.status_code == 400
    assert "do not count twice" in moved.text
    assert coder.post("/review/orphans", {"orphan": name, "unit": units[3]}).status_code == 303


def test_undo_takes_a_mark_back_that_was_made_last(
    running: Running, first: CoderSession, tmp_path: Path
) -> None:
    units = text_of(running.review.desk)
    first.answer(units[0], "weaver", item="pilot")
    page = f"/review/pilot/unit/{units[1]}?to={units[2]}"
    action = f"/review/pilot/unit/{units[1]}/leave-out?to={units[2]}"
    assert first.post(action, {}, page).status_code == 303
    assert text_of(running.review.desk) == [units[0], *units[3:]]
    # Nobody waits: this text alone is read again.
    answer = first.post("/review/undo", {}, "/review")
    assert answer.headers["location"].endswith("?undone=1")  # back to what was taken back
    assert running.review.renewal is None
    assert "Taken back" in first.get(answer.headers["location"]).text
    assert text_of(running.review.desk) == units
    is_that_of_a_fresh_build(running.project, tmp_path / "fresh")
    assert lines(running.review.desk) == [(units[0], "weaver")]
    # Once more takes back what was answered before it.
    assert first.post("/review/undo", {}, "/review").status_code == 303
    assert lines(running.review.desk) == []
    marks = running.project.running_text / f"{KEY}.csv"
    assert [row["verdict"] for row in csv.DictReader(marks.open())] == [
        "not",
        "not",
        "text",
        "text",
    ]


def test_staying_at_a_passage_that_goes_leads_on(running: Running, first: CoderSession) -> None:
    units = text_of(running.review.desk)
    first.answer(units[1], "weaver", item="pilot")
    page = f"/review/pilot/unit/{units[1]}"
    first.post(f"{page}/leave-out", {}, page)
    answer = first.post(page, {"withdraw": "1", "then": "stay"})
    assert answer.status_code == 303
    assert units[1] not in text_of(running.review.desk)
    assert first.get(answer.headers["location"]).status_code == 200
