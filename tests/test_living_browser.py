"""A living review as a new user would keep it, in a browser, from a file of references to the map."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.ground.project import Project
from tests.conftest import ROOT

SAMPLES = Path(__file__).parent / "imports"
TEXT = """The agency convened residents, a grid operator and two housing corporations that had never met.

Scouts of the agency spotted new partners for the coalition at fairs and invited them.

When the grid operator and the corporations quarrelled over costs, the agency mediated and restored trust.

Interviews were held with twelve people in three districts during one winter.
"""
INDICATORS = """code: …
indicators:
  - id: spot-partners
    weight: 0.7
    phrases:
      en: ["scout|spot ... partner|party", "gather|find|invite .. partner"]
      nl: ["verkennen ... partner|partij"]
must_match:
  en: ["They spotted a new partner at the fair."]
  nl: ["Zij verkennen nieuwe partners."]
must_not_match:
  en: ["The interviews took an hour."]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The real project without example passages, so that nothing has to be learned."""
    folder = tmp_path_factory.mktemp("living")
    for name in ("references.bib", "datasette_metadata.yml", "datasette_metadata.nl.yml"):
        shutil.copy(ROOT / name, folder)
    leave = shutil.ignore_patterns("examples", "training.yml", "abstracts")
    for name in ("corpus", "coding"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    for path in (folder / "corpus" / "fulltext").glob("*"):
        if path.name != "README.md":
            path.unlink()
    # Without examples the indicators alone do not pass all of their own sentences.
    for path in (folder / "coding" / "indicators").glob("*/*.yml"):
        path.write_text(re.split(r"^must_", path.read_text(), flags=re.MULTILINE)[0])
    return Project(folder)


@pytest.fixture(scope="module")
def running(project: Project) -> Iterator[str]:
    """A review by command; the link that signs in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "evidence"), "review", "--coder", "first"]
    process = subprocess.Popen(
        [*command, "--no-open", "--port", str(port), "--project", str(project.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = []
    link = ""
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://\S+sign-in\S+", line):
            link = found[0]
            break
    assert link, "".join(said)
    reader = threading.Thread(target=process.stdout.read, daemon=True)
    reader.start()
    yield link
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def page(browser: Browser, running: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    # Reading the files again takes as long as the machine is busy.
    expect.set_options(timeout=60_000)
    page.goto(running)
    yield page
    expect.set_options(timeout=None)
    context.close()


def accessible(page: Page) -> None:
    page.wait_for_load_state()
    found = Axe().run(page)
    faults = [(item["id"], item["nodes"][0]["html"]) for item in found.response["violations"]]
    assert not faults, (page.url, faults)


def narrow(page: Page) -> None:
    """No page is wider than a small phone."""
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_add_ten_studies(page: Page, project: Project) -> None:
    before = project.references.read_bytes()
    page.get_by_role("link", name="Add studies").click()
    accessible(page)
    narrow(page)
    page.get_by_label("File").set_input_files(SAMPLES / "ten.ris")
    page.get_by_label("Where they come from").fill("Scopus")
    page.get_by_label("Keep abstracts").check()
    page.get_by_role("button", name="Show what is in it").click()
    expect(page.locator("h1")).to_contain_text("ten.ris")
    figures = page.locator("dl.figures").inner_text()
    assert re.findall(r"\d+", figures) == ["7", "2", "0", "0", "1"]
    expect(page.get_by_text("line 48: no title")).to_be_visible()
    expect(page.get_by_label("It is yan2018cross: merge")).to_be_checked()
    expect(page.locator("tr.differs").first).to_be_visible()
    accessible(page)
    narrow(page)
    assert project.references.read_bytes() == before
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_text("Added; the record of it is")).to_be_visible()
    assert project.references.read_bytes().startswith(before)
    assert project.references.read_text().count("\n@") == 27


def test_screen_them(page: Page) -> None:
    page.get_by_role("link", name="Screen", exact=True).click()
    expect(page.get_by_text("0 of 7 screened by you")).to_be_visible()
    accessible(page)
    narrow(page)
    page.get_by_role("link", name="Start screening").click()
    accessible(page)
    narrow(page)
    decided = set()
    for _ in range(7):
        page.wait_for_load_state()
        title = page.locator("h1").inner_text()
        assert title not in decided
        decided.add(title)
        if "lithium" in title or "Integrating" in title:
            # Leaving out needs a reason.
            page.keyboard.press("e")
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_contain_text("Choose why")
            page.wait_for_load_state()
            page.keyboard.press("e")
            page.keyboard.press("2")
        else:
            page.keyboard.press("i")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).not_to_have_text(title)
    expect(page.locator("h1")).to_have_text("Screening")
    expect(page.get_by_text("7 of 7 screened by you · 5 went on · 2 left out")).to_be_visible()
    # The decision that was made last is taken back, and made again.
    page.get_by_role("button", name="Undo what I screened last").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("i")
    if "lithium" in page.locator("h1").inner_text():
        page.keyboard.press("e")
        page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Screening")


def test_read_one_and_take_it_in(page: Page, project: Project) -> None:
    page.goto(page.url.split("/review")[0] + "/review/screen/vermeer2021brokering")
    page.get_by_text("Attach the full text").click()
    page.get_by_label("File (").set_input_files(
        {"name": "mine.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}
    )
    page.get_by_role("button", name="Attach").click()
    expect(page.get_by_text("The full text is here")).to_be_visible()
    assert (project.fulltext / "vermeer2021brokering.txt").read_text() == TEXT
    page.get_by_label("Yes, include").check()
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("status")).to_contain_text("Vermeer & de Wit (2021) is in the review")
    page.goto(page.url.split("/review")[0] + "/study/vermeer2021brokering")
    expect(page.locator("h1")).to_contain_text("Brokering heat")
    page.goto(page.url.split("/study")[0] + "/method")
    accessible(page)
    words = page.locator("#prisma ~ details").text_content() or ""
    assert "Records identified (n = 10): Scopus (n = 10)" in words
    assert "Duplicate records (n = 2)" in words
    assert "Total studies included in review (n = 21)" in words


def test_code_one(page: Page) -> None:
    page.goto(page.url.split("/method")[0] + "/review")
    page.get_by_role("link", name="New round").click()
    accessible(page)
    page.get_by_label("Title (English)").fill("New studies")
    page.get_by_label("Title (Dutch)").fill("Nieuwe studies")
    page.get_by_label("Role", exact=True).check()
    page.get_by_role("button", name="Begin the round").click()
    section = page.locator("section.round", has_text="New studies")
    section.get_by_text("Studies", exact=True).click()
    section.get_by_role("link", name="Vermeer").click()
    page.get_by_role("link", name="Code").first.click()
    expect(page.locator("#words")).to_contain_text("The agency convened residents")
    page.wait_for_load_state()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved: Connector")
    page.goto(page.url.split("/review")[0] + "/study/vermeer2021brokering")
    expect(page.get_by_text("The agency convened residents")).to_be_visible()


def test_add_an_eighth_role_and_take_it_back(page: Page, project: Project) -> None:
    root = page.url.split("/study")[0]
    before = project.scheme.read_bytes()
    page.goto(root + "/review/scheme")
    accessible(page)
    narrow(page)
    page.get_by_role("link", name="Add a code to Role").click()
    accessible(page)
    narrow(page)
    page.get_by_label("Id, for ever").fill("scout")
    page.get_by_label("Label (English)").fill("Scout")
    page.get_by_label("Label (Dutch)").fill("De verkenner")
    page.get_by_label("Definition (English)").fill("The scout spots partners that nobody knew of.")
    page.get_by_label("Definition (Dutch)").fill("De verkenner vindt partners die niemand kende.")
    page.get_by_label(re.compile("^Indicators")).fill(INDICATORS)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("h1")).to_have_text("What would change")
    expect(page.get_by_text("Scouts of the agency")).to_be_visible()
    expect(page.locator("mark", has_text="partners").first).to_be_visible()
    # Nobody has considered the new role yet, so no answer judges it.
    expect(page.get_by_role("table", name="Against reviewed decisions")).to_have_count(0)
    accessible(page)
    narrow(page)
    assert project.scheme.read_bytes() == before
    page.get_by_label("Why").fill("Somebody has to look around.")
    page.get_by_role("button", name="Save as version 4").click()
    expect(page.get_by_text("The scheme is at version 4")).to_be_visible()
    page.get_by_role("link", name="See the map").click()
    expect(page.get_by_role("rowheader", name=re.compile("Scout"))).to_be_visible()
    page.get_by_role("link", name="Nederlands").click()
    expect(page.get_by_role("rowheader", name=re.compile("De verkenner"))).to_be_visible()
    page.goto(root + "/code/scout")
    expect(page.get_by_text("spots partners that nobody knew of").first).to_be_visible()
    page.goto(root + "/codebook/versions")
    accessible(page)
    narrow(page)
    # The passage that was coded is asked for again, since it has not considered the new role.
    page.goto(root + "/review")
    section = page.locator("section.round", has_text="New studies")
    expect(section.locator(".progress-line b").first).to_have_text("0 of 196")
    page.goto(root + "/review/scheme")
    page.get_by_role("button", name=re.compile("^Take it back")).click()
    expect(page.get_by_text("every file is as it was")).to_be_visible()
    assert project.scheme.read_bytes() == before
    page.goto(root + "/")
    expect(page.get_by_role("rowheader", name=re.compile("Scout"))).to_have_count(0)


def test_import_a_codebook(page: Page) -> None:
    root = page.url.rstrip("/")
    page.goto(root + "/review/scheme/import")
    accessible(page)
    sample = next((Path(__file__).parent / "codebooks").glob("*nvivo*.qdc"))
    page.get_by_label("File").set_input_files(sample)
    page.get_by_role("button", name="Show what maps to what").click()
    expect(page.get_by_role("columnheader", name="In the file")).to_be_visible()
    accessible(page)
    narrow(page)
