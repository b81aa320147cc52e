"""The site in real Chromium: layout at two widths, the keyboard, and an axe-core run."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.web.serve import listen, make_site
from tests.conftest import decide, passage_id

PIECE = "eitan2023architecture-92e0e1fc-mediator"
# By template, in the state that shows most of it first: that one is put to axe-core.
TEMPLATES = {
    "home": ["/", "/?by=phase&count=studies"],
    "evidence": ["/evidence?role=connector&sector=energy&sector=cities&year_from=2019"],
    "evidence, none": ["/evidence?role=framer&sector=energy"],
    "piece": [f"/evidence/{PIECE}"],
    "code": ["/code/connector"],
    "code of studies": ["/code/energy"],
    "role in a place": ["/code/mediator--energy"],
    "codebook": ["/codebook"],
    "studies": ["/studies"],
    "method": ["/method"],
    "agreement": ["/agreement"],
    "about": ["/about"],
    "search": ["/search?q=trust"],
    "cite": ["/cite?role=mediator&style=ieee"],
    "error": ["/evidence?role=nobody", "/study/nobody"],
    "study": ["/study/reypens2021hybrid"],
    "questions": ["/questions"],
    "database": ["/orchestration"],
    "table": [
        "/orchestration/evidence",
        "/orchestration/study",
        "/orchestration/coding?code=connector",
    ],
    "row": ["/orchestration/study/yan2018cross"],
    "query": [
        "/orchestration/evidence_by_role_and_sector?role=connector&sector=&status=",
        "/orchestration/search_passages?words=trust",
    ],
}
PAGES = [path for paths in TEMPLATES.values() for path in paths]
WIDTHS = {1280: "", 320: "/nl"}  # and the language that axe-core sees in it


@pytest.fixture(scope="session")
def address(real: Project) -> Iterator[str]:
    yield from served(real)


def served(project: Project) -> Iterator[str]:
    """A server in a thread, on a free port of this machine."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_site(project).app(), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    yield page
    context.close()


def is_accessible(page: Page, width: int, address: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()


def nothing_overflows(page: Page, address: str) -> None:
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert window == width
        assert wide <= window, width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_axe_finds_nothing(page: Page, address: str, template: str, width: int) -> None:
    is_accessible(page, width, address + WIDTHS[width] + TEMPLATES[template][0])


@pytest.mark.parametrize("language", WIDTHS.values())
@pytest.mark.parametrize("path", PAGES)
def test_nothing_overflows_and_nothing_is_stopped(
    page: Page, address: str, language: str, path: str
) -> None:
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", hear)
    nothing_overflows(page, address + language + path)
    page.remove_listener("console", hear)
    assert not [text for text in said if "Content Security Policy" in text]


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
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('td') !== null"):
            break
    number = page.evaluate("document.activeElement.querySelector('b').textContent")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert f"{number} pieces of evidence" in page.inner_text("main")
    piece = page.locator("article.piece").first
    words = piece.locator(".words").inner_text()
    piece.locator("a.permalink").press("Enter")
    page.wait_for_load_state()
    assert page.locator("#quote").inner_text() == words
    page.locator("article .source a").press("Enter")
    page.wait_for_load_state()
    assert page.locator("ol.passages li:target").inner_text().startswith(words)
    page.close()


FORMATTED = """
navigator.clipboard.read().then(async ([item]) => (await item.getType("text/html")).text())
"""


def test_copying_a_reference(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/evidence/{PIECE}")
    page.locator("button[data-copy=style-apa]").press("Enter")
    page.wait_for_selector("button.copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.inner_text("#style-apa").strip()
    assert "Eitan" in copied
    assert "<i>Policy Studies</i>" in page.evaluate(FORMATTED)
    context.close()


def test_copying_all_references(browser: Browser, address: str) -> None:
    """Each is a paragraph, with its number and its italics; keys said to readers alone stay."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/cite?of=studies&style=ieee")
    page.click("button[data-copy=all-references]")
    page.wait_for_selector("button.copied")
    plain = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert [line.split()[0] for line in plain] == [f"[{number}]" for number in range(1, 21)]
    html = page.evaluate(FORMATTED)
    assert html.count("<p") == 20
    assert html.count("<i>") >= 20
    assert "eitan2023architecture" not in html
    context.close()


def test_twice_the_letters_and_the_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 640, "height": 800}, device_scale_factor=2)
    page = context.new_page()
    for path in ("/", "/evidence", f"/evidence/{PIECE}", "/nl/code/connector"):
        page.goto(address + path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window, path
    context.close()


def test_dark_and_print_styles(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address + "/study/reypens2021hybrid")
    assert Axe().run(page).violations_count == 0
    page.emulate_media(media="print")
    assert not page.is_visible("header.site nav")
    context.close()


def test_paper_holds_the_whole_map_and_no_buttons(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 718, "height": 1010})  # A4 between its margins
    page.emulate_media(media="print")
    page.goto(address + "/nl/")
    edge = page.locator("table.map").evaluate("map => map.getBoundingClientRect().right")
    assert edge <= 718
    page.goto(address + "/study/assan2019bridging")
    assert page.locator("button.copy").count() > 0
    assert not page.locator("button:visible").count()
    sources = page.locator("details", has_text="Pages read").locator("li").first
    assert sources.evaluate("item => item.checkVisibility({contentVisibilityAuto: true})")
    page.close()


def test_it_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/evidence")
    page.select_option("#f-role", "mediator")
    page.click("form.filters button.primary")
    assert "role=mediator" in page.url
    assert page.locator("article.piece").count() > 0
    page.goto(address + "/")
    page.select_option("#by", "phase")
    page.click(".map-switch button")
    assert "by=" in page.url
    context.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, built_small: Project) -> Iterator[str]:
    """The small project with twelve roles, sixty sectors and a title of 400 characters."""
    folder = tmp_path_factory.mktemp("large") / "small"
    shutil.copytree(built_small.root, folder)
    project = Project(folder)
    scheme = yaml.safe_load(project.scheme.read_text(encoding="utf-8"))
    for dimension, count in zip(scheme["dimensions"], (12, 60), strict=False):
        for number in range(len(dimension["codes"]), count):
            name = f"A rather long name of {dimension['id']} number {number}"
            text = {"en": name, "nl": f"{name} samenwerkingsverbandsovereenkomst"}
            code = {
                "id": f"{dimension['id']}_{number}",
                "since": 1,
                "label": text,
                "definition": text,
            }
            dimension["codes"].append(code)
    project.scheme.write_text(json.dumps(scheme, ensure_ascii=False), encoding="utf-8")
    title = "Samenwerkingsverbandsovereenkomsten " * 11
    bib = project.references.read_text(encoding="utf-8")
    project.references.write_text(bib.replace("Weaving energy networks", title + "ABCD"), "utf-8")
    places = [code["id"] for code in scheme["dimensions"][1]["codes"]]
    line = "2026-11-02T09:00:00Z,berg2020,sector," + ";".join(places) + ",,,,hidden,2,pilot,"
    decide(project, "first", "berg2020", line)
    roles = ";".join(code["id"] for code in scheme["dimensions"][0]["codes"])
    unit = passage_id(project, "berg2020", 1)
    decide(
        project, "first", "berg2020", f"2026-11-02T09:00:00Z,{unit},role,{roles},,,,hidden,2,pilot,"
    )
    build(project)
    yield from served(project)


LARGE = ["/", "/study/berg2020", "/code/weaver", "/evidence", "/codebook", "/cite"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", LARGE)
def test_axe_finds_nothing_in_much_of_everything(
    page: Page, large: str, path: str, width: int
) -> None:
    is_accessible(page, width, large + WIDTHS[width] + path)


@pytest.mark.parametrize("language", WIDTHS.values())
@pytest.mark.parametrize("path", LARGE)
def test_twelve_roles_sixty_sectors_and_a_long_title(
    page: Page, large: str, language: str, path: str
) -> None:
    nothing_overflows(page, large + language + path)
