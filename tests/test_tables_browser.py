"""Columns named by hand, and screening in other programs, in real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.ground.project import Project
from tests.conftest import Evidence
from tests.reviewing import with_rounds
from tests.test_returned import CASES, HADDAD, said, with_candidates
from tests.test_review_browser import Served, coder, look

FRENCH = 'Titre;Qui;Quand;Revue\nSoins;"Berg, Anna";2021;Revue des soins\n'


@pytest.fixture
def candidates(small: Project, evidence: Evidence) -> Project:
    return with_rounds(with_candidates(small, evidence))


def test_a_table_whose_columns_nobody_knows(
    browser: Browser, candidates: Project, tmp_path: Path
) -> None:
    served = Served(candidates)
    page = coder(browser, served, "first")
    page.goto(f"{served.address}/review/add")
    path = tmp_path / "soins.csv"
    path.write_text(FRENCH)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Show what is in it").click()
    page.get_by_label("Titre").select_option(label="Title")
    look(page)
    page.set_viewport_size({"width": 360, "height": 640})
    example = page.get_by_role("cell", name="Berg, Anna").bounding_box()
    assert example is not None
    assert example["width"] > 60, "one letter a line"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("Qui").select_option(label="Authors")
    page.get_by_label("Quand").select_option(label="Year")
    page.get_by_role("button", name="Read it like this").click()
    assert "soins.csv CSV and Excel" in page.inner_text("main")
    assert "Columns that are not read: Revue." in page.inner_text("main")
    look(page)
    page.get_by_role("link", name="Say what the columns hold").click()
    assert page.get_by_label("Revue").input_value() == ""
    page.context.close()
    served.server.should_exit = True


def test_out_and_in_again(browser: Browser, candidates: Project) -> None:
    served = Served(candidates)
    page = coder(browser, served, "first")
    page.goto(f"{served.address}/review/screen")
    page.get_by_role("link", name="Screening in other programs").click()
    look(page)
    with page.expect_download() as sent:
        page.get_by_role("button", name="CSV").click()
    assert sent.value.suggested_filename == "candidates.csv"
    page.get_by_label("File", exact=True).set_input_files(CASES / "asreview.ris")
    page.get_by_role("button", name="Show what is in it").click()
    page.wait_for_url("**/review/returned/**")
    look(page)
    page.get_by_label("no reason given").select_option(label="Off topic")
    page.get_by_role("button", name="Show it like this").click()
    assert "leave out Off topic" in page.inner_text("main")
    page.get_by_role("button", name="Save 3 decisions as mine").click()
    assert "3 decisions were saved" in page.inner_text("main")
    look(page)
    assert said(candidates)[HADDAD] == ("exclude", "off_topic")
    page.get_by_role("button", name="Take it back").click()
    assert "3 decisions were taken back" in page.inner_text("main")
    assert said(candidates)[HADDAD] == ("", "")
    page.context.close()
    served.server.should_exit = True
