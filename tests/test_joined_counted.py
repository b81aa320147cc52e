"""A passage that joins sentences counts as these: on the site, live and after a build."""

from __future__ import annotations

import re

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.reviewing import CoderSession, Running
from tests.test_joined import KEY, prepared, project, rows, take, text_of

__all__ = ["prepared", "project"]


@pytest.fixture
def running(project: Project) -> Running:
    return Running(project)


@pytest.fixture
def first(running: Running) -> CoderSession:
    return running.sign_in("first")


def counts(running: Running) -> tuple[int, ...]:
    """Passages: on the home page, and on the method page all, decided, open, with evidence."""
    (all_,) = re.findall(r'href="/orchestration/passage">(\d+)<', running.ask("GET", "/").text)
    page = running.ask("GET", "/method").text
    said = (
        r"Passages: (\d+)",
        r"Decided by coders: (\d+)",
        r"Not reviewed yet: (\d+)",
        r"from (\d+) passages",
    )
    return tuple(int(number) for number in (all_, *(re.findall(one, page)[0] for one in said)))


def test_of_all_passages(running: Running, first: CoderSession, project: Project) -> None:
    desk = running.review.desk
    units = text_of(desk)
    first.answer(desk.passages_of[KEY][0], "judge", item="pilot")
    assert counts(running) == (5, 5, 1, 4, 1)
    take(first, units[0], units[2], "weaver", item="pilot")
    second = running.sign_in("second")
    take(second, units[2], units[3], "weaver", item="pilot")  # one of them twice
    second.answer(units[0], "judge", item="pilot")
    assert counts(running) == (9, 9, 5, 4, 5)
    build(project)
    assert counts(Running(project)) == (9, 9, 5, 4, 5)
    assert rows(project, "SELECT value FROM meta WHERE name = 'rows/passage'") == [("8",)]
    # Taken back, all is as before.
    first.post("/review/undo", {}, "/review")
    assert counts(running)[0] == 8
