"""The page beside the passage in real Chromium: by keys, on a phone, and without a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page

from pipeline.ground.project import Project
from tests.reviewing import with_rounds
from tests.test_review_browser import Served, check, coder, look
from tests.texts.pdfs import Set, write_pdf

MARKED = "A second office kept the accounts of all villages along the river."
OTHER = "Nobody in the village wanted to keep the old mill for themselves."
ONE, TWO, THREE = (f"Page {n} of 3 of the file" for n in (1, 2, 3))


@pytest.fixture
def served(small: Project) -> Iterator[Served]:
    small.fulltext.mkdir()
    write_pdf(
        small.fulltext / "berg2020.pdf",
        [
            [
                Set("The brokers met every farmer before the water rose.", 72, 700),
                Set(MARKED, 72, 500),
            ],
            [Set(OTHER, 72, 700)],
            [Set("References", 72, 700, 12, True), Set("Berg, A. (1999). Made up.", 72, 670)],
        ],
    )
    served = Served(with_rounds(small))
    yield served
    served.server.should_exit = True
    served.thread.join(timeout=10)


def place(served: Served, begins: str = MARKED) -> str:
    found = (item for item in served.review.desk.passages.values() if item.text.startswith(begins))
    return f"{served.address}/review/roles/unit/{next(found).id}"


def drawn(page: Page) -> None:
    """Wait for the picture."""
    page.locator("#page-beside img").evaluate("image => image.decode()")


def box(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).bounding_box()
    assert found, selector
    return found


def test_pages_are_turned_by_keys_and_nothing_typed_is_lost(
    browser: Browser, served: Served
) -> None:
    page = coder(browser, served, "first")
    page.goto(place(served))
    look(page)
    drawn(page)
    picture, mark, passage = (
        box(page, f"#{name}") for name in ("page-beside img", "page-beside rect", "passage")
    )
    # Beside the passage; the mark is where the words are: 72 and 292 points from left and top.
    assert picture["x"] > passage["x"] + passage["width"]
    scale = picture["width"] / 612
    assert mark["x"] - picture["x"] == pytest.approx(72 * scale, abs=3)
    assert mark["y"] - picture["y"] < 284 * scale < mark["y"] + mark["height"] - picture["y"]

    page.keyboard.press("1")
    page.keyboard.press("n")
    page.keyboard.type("Half a note [1]")
    page.keyboard.press("Escape")
    address = page.url
    for key, said, marks in (("]", TWO, 0), ("]", THREE, 0), ("[", TWO, 0), ("[", ONE, 1)):
        page.keyboard.press(key)
        page.get_by_text(said).wait_for()
        assert page.locator("#page-beside rect").count() == marks
        drawn(page)
        if key == "]":
            assert page.get_by_text("The passage stands on page 1 of the file.").is_visible()
        if said == THREE:
            assert page.get_by_text("No passage is taken from this page").is_visible()
            check(page)
    page.keyboard.press("[")  # there is none before the first
    page.keyboard.press("]")
    page.get_by_text(TWO).wait_for()
    page.get_by_text("Back to the page of the passage").click()
    page.get_by_text(ONE).wait_for()
    assert page.url == address
    assert page.input_value("textarea") == "Half a note [1]"
    assert page.is_checked('input[value="weaver"]')
    # By mouse and by Tab the focus stays with what was pressed.
    page.locator("#page-beside [data-press=']']").focus()
    page.keyboard.press("Enter")
    page.get_by_text(TWO).wait_for()
    assert page.evaluate("document.activeElement.dataset.press") == "]"
    page.locator("h1 a").focus()
    page.keyboard.press("?")
    assert "the page before, the page after" in page.inner_text("dialog")
    page.emulate_media(media="print")
    assert not page.locator(".beside").is_visible()
    page.context.close()


def test_on_a_phone_the_page_is_folded_away(browser: Browser, served: Served) -> None:
    page = coder(browser, served, "first")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(place(served))
    page.wait_for_load_state("networkidle")
    assert not page.locator("#page-beside img").is_visible()
    assert not [url for url in asked if ".png" in url]
    fold = page.locator(".beside > summary")
    passage, folded = box(page, "#passage"), box(page, ".beside > summary")
    assert passage["y"] < folded["y"]
    assert folded["height"] < 60
    fold.focus()
    page.keyboard.press("Enter")
    drawn(page)
    picture = box(page, "#page-beside img")
    assert 300 < picture["width"] <= 390
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        check(page)
    page.context.close()


def test_without_a_script_the_page_is_there_and_turning_it_loses_nothing(
    browser: Browser, served: Served
) -> None:
    page = coder(browser, served, "first", java_script_enabled=False)
    page.goto(place(served))
    page.wait_for_load_state("networkidle")
    picture = box(page, "#page-beside img")
    assert picture["height"] > picture["width"] > 300
    assert page.locator("#page-beside rect").count() == 1
    page.fill("textarea", "Half a note")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Page after").click()
    other = opened.value
    assert other.get_by_text(TWO).is_visible()
    assert other.get_by_text(OTHER).is_visible()
    other.get_by_role("link", name="Page after").click()
    assert other.get_by_text(THREE).is_visible()
    other.get_by_text("Back to the page of the passage").click()
    assert other.locator("#page-beside rect").count() == 1
    assert page.input_value("textarea") == "Half a note"
    page.context.close()


def test_a_page_by_itself_and_a_candidate(browser: Browser, served: Served) -> None:
    page = coder(browser, served, "first", color_scheme="dark")
    page.goto(f"{served.address}/review/screen/berg2020")
    look(page)
    drawn(page)
    page.keyboard.press("]")
    page.get_by_text(TWO).wait_for()
    assert "/review/screen/berg2020" in page.url
    page.goto(f"{served.address}/review/page/berg2020/2")
    look(page)
    drawn(page)
    page.set_viewport_size({"width": 718, "height": 1010})  # A4 between its margins
    page.emulate_media(media="print")
    figure = box(page, ".sheet")
    assert figure["y"] + figure["height"] < 1010
    assert not page.locator(":is(button, a.button, .turn):visible").count()
    page.goto(f"{served.address}/review/text/berg2020")
    assert page.locator(".whole-text input[type=checkbox]").count()
    assert not page.locator(":is(button, main input, .to-page, .act):visible").count()
    page.goto(f"{served.address}/review")
    assert page.locator("button").count()
    assert not page.locator("button:visible").count()
    page.emulate_media(media="screen")
    page.goto(f"{served.address}/review/page/berg2020/2")
    page.keyboard.press("[")
    page.wait_for_url("**/review/page/berg2020/1")
    page.context.close()


def test_sentences_taken_together_beside_their_page(browser: Browser, served: Served) -> None:
    page = coder(browser, served, "first")
    page.goto(place(served, "The brokers met"))
    before = len(served.review.desk.passages)
    with page.expect_navigation():
        page.keyboard.press("+")
    drawn(page)
    assert page.inner_text("#words").endswith(MARKED)
    assert page.locator("#page-beside rect").count() == 2
    for key, said, marks in (("]", TWO, 0), ("[", ONE, 2)):  # also before it is saved
        page.keyboard.press(key)
        page.get_by_text(said).wait_for()
        assert page.locator("#page-beside rect").count() == marks
    page.keyboard.press("?")
    keys = page.locator("#help dt kbd").all_inner_texts()
    assert len(keys) == len({*keys})
    assert {"<", "+", "-", ">", "[", "]", "x", "u"} <= {*keys}
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("x")
    assert page.locator(".message.saved").count() == 1
    assert len(served.review.desk.passages) == before - 2
    with page.expect_navigation():
        page.keyboard.press("u")
    page.wait_for_url("**undone=1**", timeout=30_000)
    assert len(served.review.desk.passages) == before
    page.context.close()
