"""The site in real Chromium: layout at two widths, the keyboard, and an axe-core run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pipeline.project import Project
from pipeline.serve import listen, make_site

PAGES = [
    "/",
    "/study/reypens2021hybrid",
    "/questions",
    "/orchestration",
    "/orchestration/coding?code=connector",
    "/orchestration/study",
    "/orchestration/study/yan2018cross",
    "/orchestration/evidence",
    "/orchestration/evidence_by_role_and_sector?role=connector&sector=&status=",
    "/orchestration/search_passages?words=trust",
    "/study/nobody",
]
WIDTHS = [1280, 320]


@pytest.fixture(scope="session")
def address(real: Project) -> Iterator[str]:
    """A server in a thread, on a free port of this machine."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_site(real).app(), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(params=WIDTHS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_overflows(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window


def test_no_page_asks_another_host(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(address + path)
    page.close()
    assert asked
    assert all(url.startswith(address) for url in asked)


def test_from_the_map_to_the_words_by_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        if "suggested by machine" in label:
            break
    role = label.split(" in ")[0]
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "What do the studies say" in page.inner_text("h1")
    assert page.input_value("#qp-role")
    assert role in page.inner_text("table.rows-and-columns tbody tr:first-child")
    page.click("td.col-page a >> nth=0")
    assert page.locator("ol.passages mark").count() > 0
    page.close()


def test_dark_and_print_styles(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address + "/study/reypens2021hybrid")
    assert Axe().run(page).violations_count == 0
    page.emulate_media(media="print")
    assert not page.is_visible("header.site nav")
    context.close()


def test_it_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/orchestration/evidence_by_role_and_sector")
    page.select_option("#qp-role", "mediator")
    page.click("input[type=submit]")
    assert "role=mediator" in page.url
    assert page.locator("table.rows-and-columns tbody tr").count() > 0
    context.close()
