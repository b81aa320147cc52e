"""Sentences taken as one passage in real Chromium: by keys, and by a selection with the mouse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.sources.decisions import read_decisions
from tests.test_joined import KEY, TEXT, text_of
from tests.test_review_browser import Served, coder

SELECT = """([from, start, to, end]) => {
  const text = (place) => {
    const walker = document.createTreeWalker(document.querySelector(place), NodeFilter.SHOW_TEXT);
    return walker.nextNode();
  };
  const range = document.createRange();
  range.setStart(text(from), start);
  range.setEnd(text(to), end);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.fixture(scope="module")
def served(built_review: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("joined") / "small"
    project = Project(Path(shutil.copytree(built_review.root, folder)))
    project.fulltext.mkdir(parents=True, exist_ok=True)
    (project.fulltext / f"{KEY}.md").write_text(TEXT)
    build(project)
    served = Served(project)
    yield served
    served.server.should_exit = True
    served.thread.join(timeout=10)


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    page = coder(browser, served, "first")
    yield page
    page.context.close()


def open_unit(page: Page, served: Served, place: int) -> list[str]:
    units = text_of(served.review.desk)
    page.goto(f"{served.address}/review/roles/unit/{units[place]}")
    return units


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state()


def of(unit: str) -> str:
    return f'[data-first="{unit}"]'


def test_by_keys(page: Page, served: Served) -> None:
    open_unit(page, served, 1)
    press(page, "+")
    press(page, "<")
    assert page.inner_text("#words") == (
        "The office set the table for three parties. It asked each of them what was missing. "
        "Nobody had asked that before."
    )
    page.keyboard.press("<")  # of the document there is none before
    assert "there is none in this document" in page.inner_text("#join")
    press(page, ">")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("1")
    press(page, "Enter")
    lines, _ = read_decisions(served.project.decisions / "first" / f"{KEY}.csv", "first", "x")
    assert lines[-1].text == "It asked each of them what was missing. Nobody had asked that before."
    assert lines[-1].codes == {"weaver"}


def test_by_a_selection_across_sentences(page: Page, served: Served) -> None:
    units = open_unit(page, served, 6)
    page.evaluate(SELECT, ["#words", 8, of(units[7]), 15])
    link = page.locator("#join a")
    assert link.inner_text() == "Code these 2 sentences as one passage"
    with page.expect_navigation():
        link.click()
    assert page.inner_text("#words") == "A table is no network yet. The office knew that well."
    assert page.input_value("#quote") == "is no network yet. The office knew"
    # From a passage of two, over into the sentence before it.
    page.evaluate(SELECT, [of(units[5]), 5, "#words", 7])
    assert link.inner_text() == "Code these 3 sentences as one passage"
    with page.expect_navigation():
        link.click()
    assert page.input_value("#quote") == "wrote the plan down together. A table"


def test_a_drag_of_the_mouse(page: Page, served: Served) -> None:
    units = open_unit(page, served, 8)
    start, end = page.locator("#words").bounding_box(), page.locator(of(units[9])).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()
    assert page.inner_text("#join a") == "Code these 2 sentences as one passage"


def test_one_sentence_beside_the_passage(page: Page, served: Served) -> None:
    units = open_unit(page, served, 6)
    page.evaluate(SELECT, [of(units[7]), 4, of(units[7]), 10])
    assert page.inner_text("#join a") == "Code this sentence"
    with page.expect_navigation():
        page.click("#join a")
    assert page.inner_text("#words") == "The office knew that well."
    assert page.input_value("#quote") == "office"


def test_what_cannot_be_coded_says_so(page: Page, served: Served) -> None:
    units = open_unit(page, served, 0)
    statement = served.review.desk.passages_of[KEY][2]
    page.evaluate(SELECT, [of(statement), 0, "#words", 5])
    assert "goes over into another document" in page.inner_text("#join")
    page.evaluate(SELECT, ["blockquote .locator", 0, "blockquote .locator", 4])
    assert "Nothing in the selection can be coded" in page.inner_text("#join")
    page.goto(f"{served.address}/review/roles/unit/{units[1]}?to={units[8]}")
    page.evaluate(SELECT, ["#words", 0, of(units[9]), 5])
    assert page.inner_text("#join").startswith("A passage joins 8 sentences at most.")
    # A selection that begins in the locator still carries its words of the passage.
    page.evaluate(SELECT, ["blockquote .locator", 0, "#words", 8])
    assert page.input_value("#quote") == "It asked"
    assert page.locator("#join").is_hidden()
