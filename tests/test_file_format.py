"""A project whose files a newer version wrote is refused at every door, before anything is read."""

from __future__ import annotations

import json

import pytest

from pipeline.ground.project import Project
from tests.conftest import Evidence
from tests.reviewing import Running, wait, with_rounds

REFUSED = (
    "coding/format.yml:2: error: file format 2; this version reads formats up to 1 [newer-format]\n"
    "    → The project was written by a newer version of this software; update it.\n"
)
COMMANDS = (
    ("build",), ("agreement",), ("train",), ("imports",), ("merge",), ("cite", "berg2020"),
    ("export", "-f", "csv"), ("report", "-o", "report.md"), ("map", "-o", "map.svg"),
    ("prisma", "-o", "flow.csv"), ("serve", "--no-open"), ("review", "--coder", "first"),
    ("evaluate",), ("suggest", "-"),
)  # fmt: skip


def newer(project: Project) -> None:
    """What a later version may leave: another number, more keys, and a scheme of other words."""
    project.format.write_text("# Written by version 9.\nformat: 2\nsince: 2027-01-01\n")
    project.scheme.write_text(project.scheme.read_text() + "colours: [red]\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_newer_project_is_refused_by_every_command(
    small: Project, evidence: Evidence, command: tuple[str, ...]
) -> None:
    newer(small)
    before = small.database.read_bytes()
    done = evidence(command[0], small, *command[1:], given="A text.\n")
    assert done.exit_code == 1, done.output
    assert done.stderr == f"{REFUSED}1 error(s); nothing was changed.\n"
    assert done.stdout == ""
    assert small.database.read_bytes() == before


def test_the_check_says_so_and_nothing_else(small: Project, evidence: Evidence) -> None:
    """The unknown key of the scheme is no fault of the project, but of the version that reads."""
    newer(small)
    checked = evidence("check", small)
    assert checked.exit_code == 1
    assert checked.stdout == f"{REFUSED}1 error(s), 0 warning(s).\n"


def test_a_project_without_a_number_and_one_of_today_are_read(
    small: Project, evidence: Evidence
) -> None:
    assert not small.format.exists()
    assert evidence("check", small, "--json").stdout == "[]\n"
    small.format.write_text("format: 1\n")
    assert evidence("check", small, "--json").stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [("\n# ?\nformat: two\n", 3), ("format: 0\n", 1), ("format: true\n", 1), ("- 1\n", 1), ("", 1)],
)
def test_a_number_that_is_none_is_told(
    small: Project, evidence: Evidence, text: str, line: int
) -> None:
    small.format.write_text(text)
    [told] = json.loads(evidence("check", small, "--json").stdout)
    assert (told["path"], told["line"], told["kind"]) == ("coding/format.yml", line, "bad-value")


def test_a_running_review_does_not_read_again_what_a_newer_version_wrote(small: Project) -> None:
    """A colleague's pull brings another format: the page says so, and shows what was read before."""
    person = Running(with_rounds(small)).sign_in("first")
    newer(small)
    both = {"key": "smit2021", "into": "berg2020"}
    page = wait(person, person.post("/review/merge", both, "/review/merge"))
    assert "coding/format.yml:2" in page
    assert person.get("/study/smit2021").status_code == 200  # not merged
