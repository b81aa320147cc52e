"""What was found, written by keys in real Chromium, and its pages before axe-core."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from pipeline.ground.project import Project
from tests.reviewing import with_rounds
from tests.test_browser import WIDTHS, is_accessible, nothing_overflows
from tests.test_review_browser import Served, coder, press
from tests.test_synthesis import EN, NL, coded, write


@pytest.fixture
def served(small: Project) -> Iterator[Served]:
    own = coded(small)
    coded(small, place=2)
    for language, text in (("en", EN), ("nl", NL)):
        write(small, f"weaver.{language}", f"{text} [{own}]")
    served = Served(with_rounds(small))
    yield served
    served.server.should_exit = True
    served.thread.join(timeout=10)


def test_a_sentence_is_written_by_keys(browser: Browser, served: Served) -> None:
    page: Page = coder(browser, served, "first")
    page.goto(f"{served.address}/review/synthesis/weaver?lang=en")
    pieces = page.eval_on_selector_all("[data-insert]", "all => all.map(one => one.dataset.insert)")
    assert len(pieces) == 2
    press_here = page.keyboard.press
    press_here("n")
    press_here("Control+End")
    page.keyboard.type("It also settles.")
    press_here("Escape")
    press_here("2")
    press_here("Escape")
    press_here("1")
    last = f"It also settles. [{pieces[1]}, {pieces[0]}]"
    assert page.input_value("#sentences").splitlines()[-1] == last
    press(page, "Control+Enter")
    assert "Saved in weaver.en.md." in page.inner_text("[role=status]")
    text = (served.project.syntheses / "weaver.en.md").read_text()
    assert text.endswith(f"{EN} [{pieces[0]}]\n{last}\n")
    page.goto(f"{served.address}/code/weaver")
    assert "It also settles." in page.inner_text("#synthesis")
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_where_it_is_written_and_read(
    browser: Browser, served: Served, width: int
) -> None:
    page = coder(browser, served, "first")
    prefix = WIDTHS[width]
    for path in (
        "/review/synthesis",
        "/review/synthesis/weaver?lang=nl",
        f"{prefix}/code/weaver",
        f"{prefix}/code/weaver--energy",
        f"{prefix}/",
    ):
        is_accessible(page, width, served.address + path)
        nothing_overflows(page, served.address + path)
    page.context.close()
