"""A full text that changes while a review runs is told, and read again when somebody asks."""

from __future__ import annotations

from html import unescape

import pytest

from pipeline.build.check import check_project
from pipeline.ground.project import Project
from tests.reviewing import CoderSession, Running, wait, with_rounds

FIRST = "The harbour office asked the two towns to meet again."
SECOND = "Both mayors came to the second meeting with their plans."
SAID = "A full text was replaced, put here or taken away since it was read, of {}."
BERG, SMIT = "van der Berg & Smit (2020)", "Smit (2021)"


@pytest.fixture
def project(small: Project) -> Project:
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").write_text(f"{FIRST}\n")
    return with_rounds(small)


@pytest.fixture
def first(project: Project) -> CoderSession:
    return Running(project).sign_in("first")


def test_a_text_that_was_replaced_is_told_and_read_again(first: CoderSession) -> None:
    desk = first.running.review.desk
    unit = desk.passages_of["berg2020"][-1]
    coding = f"/review/roles/unit/{unit}"
    other = f"/review/roles/unit/{desk.passages_of['smit2021'][0]}"
    for page in ("/review", coding, other):
        assert "since it was read" not in first.get(page).text
    folder = first.running.project.fulltext
    (folder / "berg2020.txt").write_text(f"{FIRST} {SECOND}\n")
    (folder / "smit2021.txt").write_text(f"{SECOND}\n")
    assert SAID.format(f"{BERG}; {SMIT}") in unescape(first.get("/review").text)
    assert SAID.format(BERG) in unescape(first.get(coding).text)
    assert SAID.format(SMIT) in unescape(first.get(other).text)
    page = wait(first, first.post("/review/read-again", {}, coding))
    assert "since it was read" not in page
    desk = first.running.review.desk
    for study in ("berg2020", "smit2021"):
        assert desk.passages[desk.passages_of[study][-1]].text == SECOND
    (folder / "smit2021.txt").unlink()
    (folder / "berg2020.yml").write_text("skip: [Results]\n")
    assert SAID.format(f"{BERG}; {SMIT}") in unescape(first.get("/review").text)


def test_what_cannot_be_read_is_told_and_what_was_read_stays(first: CoderSession) -> None:
    path = first.running.project.fulltext / "berg2020.txt"
    unit = first.running.review.desk.passages_of["berg2020"][-1]
    assert first.answer(unit, "judge").status_code == 303
    wait(first, first.post("/review/read-again", {}, "/review"))  # its place is known from now on
    path.rename(path.with_suffix(".pdf"))
    page = unescape(wait(first, first.post("/review/read-again", {}, "/review")))
    assert "really plain text" in page
    assert "warning" not in page
    found = [item.kind for item in check_project(first.running.project).problems]
    assert "wrong-kind" in found
    assert "text-absent" not in found
    desk = first.running.review.desk
    assert desk.passages[desk.passages_of["berg2020"][-1]].text == FIRST
    assert SAID.format(BERG) in unescape(first.get("/review").text)


def test_undo_reads_everything_again_where_the_text_changed_meanwhile(first: CoderSession) -> None:
    unit = first.running.review.desk.passages_of["berg2020"][-1]
    place = f"/review/roles/unit/{unit}"
    assert first.post(f"{place}/leave-out", {}, place).status_code == 303
    (first.running.project.fulltext / "berg2020.txt").write_text(f"{FIRST} {SECOND}\n")
    wait(first, first.post("/review/undo", {}, "/review"))
    desk = first.running.review.desk
    assert [desk.passages[name].text for name in desk.passages_of["berg2020"][-2:]] == [
        FIRST,
        SECOND,
    ]
