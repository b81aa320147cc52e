"""The whole path of a review in real Chromium: two coders, keys only, compare, settle, agreement."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from pipeline.desk.review.accounts import Accounts
from pipeline.desk.review.review_desk import open_desk
from pipeline.ground.project import Project
from pipeline.sources.decisions import read_decisions
from pipeline.web.review.review_session import Review
from pipeline.web.serve import listen, make_review
from tests.conftest import passage_id
from tests.reviewing import with_rounds


class Served:
    """A review in a thread, on a free port of this machine."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.review = Review(open_desk(project), Accounts())
        self.listener = listen("127.0.0.1", 0)
        site = make_review(project, self.review)
        self.server = uvicorn.Server(uvicorn.Config(site.app(), log_level="error"))
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True
        )
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def link(self, coder: str) -> str:
        return f"{self.address}/review/sign-in?token={self.review.accounts.links.make(coder)}"


@pytest.fixture
def served(small: Project) -> Iterator[Served]:
    served = Served(with_rounds(small))
    yield served
    served.server.should_exit = True
    served.thread.join(timeout=10)


def coder(browser: Browser, served: Served, name: str, **options: object) -> Page:
    context: BrowserContext = browser.new_context(
        viewport={"width": 1280, "height": 800}, **options
    )
    page = context.new_page()
    page.goto(served.link(name))
    return page


def start(page: Page) -> None:
    """Begin coding the round that the tests are about."""
    with page.expect_navigation():
        page.click("section[aria-labelledby=round-roles] button.primary")


def press(page: Page, *keys: str) -> None:
    """Press keys; the last one leads to another page."""
    page.wait_for_load_state()
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def codes(project: Project, name: str, study: str = "berg2020") -> list[set[str] | None]:
    found, _ = read_decisions(project.decisions / name / f"{study}.csv", name, "x")
    return [
        None if line.codes is None else set(line.codes) for line in found if line.round == "roles"
    ]


def check(page: Page) -> None:
    page.wait_for_load_state()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1] + 1, page.url


def look(page: Page) -> None:
    """axe-core finds nothing and nothing runs out of the page, wide and narrow."""
    for size in ({"width": 1280, "height": 800}, {"width": 320, "height": 640}):
        page.set_viewport_size(size)
        check(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_whole_path(browser: Browser, served: Served) -> None:
    project = served.project
    first = coder(browser, served, "first")
    look(first)
    first.locator("section[aria-labelledby=round-roles] button.primary").focus()
    press(first, "Enter")
    look(first)

    # The machine's suggestion, taken over; marked words; a note; save by key.
    first.keyboard.press("a")
    assert first.is_checked('input[value="weaver"]')
    first.evaluate(
        """() => { const range = document.createRange(); const text = document.getElementById("words").firstChild;
        const node = text.nodeType === 3 ? text : text.firstChild; range.setStart(node, 0); range.setEnd(node, 11);
        const s = document.getSelection(); s.removeAllRanges(); s.addRange(range); }"""
    )
    first.wait_for_function("document.getElementById('quote').value === 'The network'")
    first.keyboard.press("n")
    first.keyboard.type("Plain: 1 and 2 are text here.")
    first.keyboard.press("Escape")
    press(first, "Enter")
    assert "Saved: Weaver." in first.inner_text("main")
    # Digits, and none.
    press(first, "2", "Enter")
    press(first, "1", "0", "Enter")
    assert codes(project, "first") == [{"weaver"}, {"judge"}, set()]
    line = read_decisions(project.decisions / "first" / "berg2020.csv", "first", "x")[0][-3]
    assert (line.quote, line.note) == ("The network", "Plain: 1 and 2 are text here.")
    # Undo, after a reload, twice; then again.
    first.reload()
    press(first, "u")
    press(first, "u")
    assert codes(project, "first")[3:] == [None, None]
    assert "passage 2 of 3" in first.inner_text("h1")
    press(first, "2", "Enter")
    press(first, "0", "Enter")
    # Skip, help, and the other study.
    press(first, "s")
    first.keyboard.press("?")
    assert first.locator("dialog").is_visible()
    check(first)
    first.keyboard.press("Escape")
    press(first, "0", "Enter")
    press(first, "1", "Enter")
    assert "Every passage" in first.inner_text("main")

    # The second coder sees nothing of it, and no suggestions.
    second = coder(browser, served, "second")
    start(second)
    assert "hidden for this passage" in second.inner_text("main")
    assert second.locator("#words mark").count() == 0
    for key in "1", "0", "0", "1", "0":
        press(second, key, "Enter")
    for page in first, second:
        page.goto(f"{served.address}/review/history/{passage_id(project, 'berg2020', 2)}")
        assert page.locator("ol.history li").count() == (3 if page is first else 1)
        look(page)

    # Open, accept what is alike, settle the rest.
    second.goto(f"{served.address}/review")
    section = second.locator("section[aria-labelledby=round-roles]")
    section.get_by_text("Open this round").click()
    section.get_by_label("All coders are done").check()
    section.get_by_role("button", name="Open for comparison").click()
    second.wait_for_url("**/compare")
    look(second)
    assert "Accept the 4 agreements" in second.inner_text("main")
    second.click("button:has-text('Accept the 4 agreements')")
    second.click("text=Settle the differences")
    look(second)
    second.keyboard.press("a")
    assert second.is_checked('input[value="judge"]')
    press(second, "Enter")
    assert "of these settled\n1" in second.inner_text("main")
    press_undo = second.get_by_role("button", name="Undo what I settled last")
    press_undo.click()
    press(second, "b", "Enter")
    second.click("text=Agreement in numbers")
    assert "Krippendorff" in second.inner_text("main")
    look(second)
    second.go_back()
    second.click("summary:has-text('Close this round')")
    second.check("details.compare input[type=checkbox]")
    second.click("details.compare button")
    # From then on the same pages are only read: no key does anything.
    said = {path: path.read_text() for path in served.project.coding.rglob("*.csv")}
    unit = passage_id(served.project, "berg2020", 2)
    for place in (f"unit/{unit}", "study/berg2020", "compare", f"compare/{unit}"):
        second.goto(f"{served.address}/review/roles/{place}")
        address = second.url
        look(second)
        for key in ("1", "0", "a", "b", "c", "s", "u", "n", "Enter", "Control+Enter"):
            second.keyboard.press(key)
        assert "Closed on" in second.inner_text("main")
        assert second.url == address
    assert said == {path: path.read_text() for path in served.project.coding.rglob("*.csv")}
    visitor = browser.new_context().new_page()
    visitor.goto(f"{served.address}/agreement")
    assert "Cohen’s kappa" in visitor.inner_text("main")
    look(visitor)
    visitor.goto(f"{served.address}/review")
    assert "Sign in" in visitor.inner_text("h1")
    look(visitor)
    for context in (first.context, second.context, visitor.context):
        context.close()


def test_without_a_script(browser: Browser, served: Served) -> None:
    page = coder(browser, served, "first", java_script_enabled=False)
    start(page)
    page.check('input[value="judge"]')
    page.fill("#quote", "farmers, banks")
    page.fill("textarea", "By mouse.")
    page.click("text=Save and next")
    assert "Saved: Judge." in page.inner_text("main")
    page.check('input[value="none"]')
    page.click("text=Save and stay")
    assert "passage 2 of 3" in page.inner_text("h1")
    page.click("button:has-text('Undo')")
    assert codes(served.project, "first") == [{"judge"}, set(), None]
    page.context.close()


def test_leaving_with_an_unsaved_change_asks(browser: Browser, served: Served) -> None:
    page = coder(browser, served, "first")
    start(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click("#skip")
    assert asked == []
    page.check('input[value="weaver"]')
    page.click("#skip")
    assert asked == ["beforeunload"]
    page.context.close()


def test_single_keys_can_be_turned_off(browser: Browser, served: Served) -> None:
    page = coder(browser, served, "first")
    start(page)
    page.click("#show-help")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert not page.is_checked('input[value="weaver"]')
    page.context.close()


def test_a_whole_study_and_the_dutch_codebook(browser: Browser, served: Served) -> None:
    page = coder(browser, served, "first")
    page.goto(f"{served.address}/review/whole/study/smit2021")
    look(page)
    page.check('input[value="sport"]')
    page.get_by_role("button", name="Save and stay").click()
    assert "Saved: Sport" in page.inner_text("main")
    page.goto(f"{served.address}/review/roles/unit/{passage_id(served.project, 'smit2021', 1)}")
    page.click("text=Codeboek in het Nederlands")
    assert "Wever" in page.inner_text("form.answer")
    assert page.locator("legend[lang=nl], .name[lang=nl]").count()
    look(page)
    page.context.close()


def test_orphans_by_key(browser: Browser, served: Served, tmp_path: Path) -> None:
    page = coder(browser, served, "first")
    start(page)
    press(page, "1", "Enter")
    project = Project(tmp_path / "changed")
    shutil.copytree(served.project.root, project.root)
    digest = project.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("farmers, banks", "farmers and banks"))
    from pipeline.build.recipe import build

    build(project)
    again = Served(project)
    other = coder(browser, again, "first")
    other.goto(f"{again.address}/review/orphans")
    look(other)
    press(other, "1")
    assert "None." in other.inner_text("main")
    assert codes(project, "first") == [{"weaver"}, None, {"weaver"}]
    again.server.should_exit = True
    page.context.close()
    other.context.close()


def test_what_is_left_out_by_keys_and_taken_back(browser: Browser, small: Project) -> None:
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").write_text(
        "The harbour office asked the two towns to meet.\n\n"
        "Table cells such as these came in as a sentence.\n\n"
        "In the end the towns shared one crane and one crew. Too short.\n"
    )
    served = Served(with_rounds(small))
    try:
        page = coder(browser, served, "first")
        cells = served.review.desk.passages_of["berg2020"][-2]
        page.goto(f"{served.address}/review/roles/unit/{cells}")
        press(page, "x")
        message = page.locator(".message.saved")
        assert message.inner_text().startswith("Left out, as no running text.")
        assert cells not in served.review.desk.passages
        check(page)
        press(page, "u")
        assert f"/unit/{cells}?undone=1" in page.url
        press(page, "x")
        page.click(".message.saved a")
        look(page)
        page.goto(f"{served.address}/review/text/berg2020?round=roles")
        page.click("details.left-out summary")
        look(page)
        page.check("details.left-out li input")
        with page.expect_navigation():
            page.click("text=It is running text")
        page.wait_for_selector("text=Running text from now on: 1.")
        assert cells in served.review.desk.passages
        look(page)
        press(page, "u")
        assert "Taken back: 1." in page.inner_text("main")
        assert cells not in served.review.desk.passages
    finally:
        served.server.should_exit = True
        served.thread.join(timeout=10)


def test_what_is_not_saved_goes_along_to_the_other_language(
    browser: Browser, served: Served
) -> None:
    unit = passage_id(served.project, "berg2020", 1)
    page = coder(browser, served, "first")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{served.address}/review/roles/unit/{unit}")
    page.check("input[value=judge]")
    page.check("input[name='confidence.role'][value=low]")
    page.fill("textarea[name='note.role']", "Nog eens nakijken.")
    with page.expect_navigation():
        page.click("nav.switch a")
    assert page.url == f"{served.address}/nl/review/roles/unit/{unit}"
    assert page.inner_text("button.primary").startswith("Opslaan en volgende")
    assert page.is_checked("input[value=judge]")
    assert page.is_checked("input[name='confidence.role'][value=low]")
    assert page.input_value("textarea[name='note.role']") == "Nog eens nakijken."
    assert asked == []
    assert not Axe().run(page).response["violations"]
    page.context.close()
