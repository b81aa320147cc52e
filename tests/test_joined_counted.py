"""A passage that joins sentences counts as these: on the site, live and after a build."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import Evidence
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


def test_none_of_them_decides_each_sentence(
    running: Running, first: CoderSession, project: Project
) -> None:
    desk = running.review.desk
    units = text_of(desk)
    statements = desk.passages_of[KEY][:2]
    before = counts(running)
    assert "full text" not in first.get(f"/study/{KEY}").text
    take(first, statements[0], statements[1], item="pilot")  # of the digest
    second = running.sign_in("second")
    take(second, units[0], units[2], item="pilot")
    take(second, units[2], units[3], item="pilot")  # one of them twice
    assert ">· Second coder: 4<" in first.get("/review").text
    assert ">· First coder: 3<" in second.get("/review").text  # and the study's sector
    wanted = (before[0], before[1] + 4, before[2] + 6, before[3] - 2, before[4])
    said = f"Coded in the full text: 4 of its {len(units)} passages."
    assert counts(running) == wanted
    assert said in first.get(f"/study/{KEY}").text
    build(project)
    again = Running(project)
    assert counts(again) == wanted
    assert said in again.ask("GET", f"/study/{KEY}").text
    assert rows(project, "SELECT count(*), count(DISTINCT sentence) FROM part") == [(7, 6)]


def test_on_the_map_in_citations_and_annotations(
    first: CoderSession, project: Project, evidence: Evidence
) -> None:
    desk = first.running.review.desk
    units = text_of(desk)
    cell = """SELECT passages, reviewed, evidence, evidence_studies FROM cell
        WHERE role = 'weaver' AND sector = 'energy'"""
    before = rows(project, cell)
    take(first, units[0], units[2], "weaver", item="pilot", **{"quote.role": "parties. It asked"})
    (unit,) = desk.joined[KEY]
    text = desk.passages[unit].text
    build(project)
    (passages, reviewed, pieces, studies) = before[0]
    assert rows(project, cell) == [(passages, reviewed + 3, pieces + 1, studies + 1)]
    said = evidence("export", project, "-f", "annotations")
    (note,) = json.loads(said.stdout)["items"]
    selector = note["target"]["selector"]
    marked = selector["refinedBy"]["refinedBy"]
    assert (selector["exact"], text[marked["start"] : marked["end"]]) == (text, "parties. It asked")
    page = unescape(Running(project).ask("GET", f"/evidence/{unit}-weaver").text)
    assert f"“{text}” (van der Berg & Smit, 2020, Results)" in page
    assert '<mark class="tone-1">parties. It asked</mark>' in page
