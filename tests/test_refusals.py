"""What a user can mend has one base, so that no page or command can forget to show it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import pipeline
from pipeline.ground.changeset import Changeset, Collision
from pipeline.ground.problems import Mendable
from pipeline.ground.project import Project
from tests.conftest import Evidence, passage_id
from tests.reviewing import Running, with_rounds

# Signals between two places of our own code: none of them reaches whoever uses it.
INTERNAL = {
    "Gone",  # who sent a body has left
    "Lost",  # becomes a Problem of the PDF, or words in the place of a picture
    "LatexFault",  # becomes a Problem of the bibliography
    "_NotSimple",  # a formula that is left as it is written
    "IntegrityError",  # a build that would be wrong: a fault of ours
    "NotAnswered",  # a passage that a model did not read, told with the others
    "PatternError",  # becomes a Problem of the file of indicators
    "StillSecret",  # a page that asks too early: a fault of ours
    "TooLarge",  # Datasette's own kind of answer, 413
    "TooMany",  # becomes a Problem of the file of references
    "Undrawable",  # words in the place of a picture
    "Unusable",  # becomes a Broken record
    "ValueFault",  # becomes a Problem of the bibliography
}


def exceptions() -> set[type[BaseException]]:
    """Every exception class of ours."""
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        importlib.import_module(module.name)

    def below(kind: type[BaseException]) -> set[type[BaseException]]:
        return {found for sub in kind.__subclasses__() for found in {sub, *below(sub)}}

    return {kind for kind in below(BaseException) if kind.__module__.startswith("pipeline.")}


def test_every_exception_can_be_mended_by_its_reader_or_never_leaves_the_house() -> None:
    others = {kind.__name__ for kind in exceptions() if not issubclass(kind, Mendable)}
    assert others == INTERNAL


def test_no_page_of_the_review_lists_by_hand_what_can_be_refused() -> None:
    folder = Path(pipeline.__path__[0]) / "web"
    lists = [
        (path.name, line)
        for path in folder.rglob("*.py")
        for line in re.findall(r"except \([^)]*\)", path.read_text())
    ]
    assert lists == []


def test_a_file_that_changes_meanwhile_is_told_by_pages_and_commands(
    small: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a page does to files, what speaks against it is shown beside what was typed."""
    session = Running(with_rounds(small)).sign_in("first")

    def collides(self: Changeset) -> None:
        raise Collision(["coding/merges.yml"])

    def is_full(self: Changeset) -> None:
        raise OSError(28, "No space left on device")

    for commit, status, said in ((collides, 409, "changed meanwhile"), (is_full, 400, "No space")):
        monkeypatch.setattr(Changeset, "commit", commit)
        fields = {"key": "berg2020", "into": "smit2021"}
        answer = session.post("/review/merge", fields)
        assert answer.status_code == status, answer.text
        assert said in answer.text
        assert 'value="berg2020"' in answer.text  # what was typed is kept
    monkeypatch.setattr(Changeset, "commit", collides)
    told = evidence("merge", small, "berg2020", "smit2021", "--yes")
    assert told.exit_code == 1
    assert "changed meanwhile: coding/merges.yml\nNothing was changed.\n" in told.output


def test_only_who_is_signed_in_gets_an_answer_and_only_a_sent_form_does_something(
    small: Project,
) -> None:
    """The register of pages, as a whole: no view can leave the door open."""
    from pipeline.web.review import REVIEW_PAGES

    with_rounds(small)
    running = Running(small)
    visitor = running.visitor()
    unit = passage_id(small, "berg2020", 1)
    values = {"round": "roles", "unit": unit, "study": "berg2020", "code": "judge", "token": "x", "codes": "judge",
              "digest": "0" * 16, "number": "1"}  # fmt: skip
    open_to_all = {"/review", "/review/sign-in", "/review/new-link", "/review/sign-out"}
    for page in REVIEW_PAGES:
        path = re.sub(
            r"\(\?P<(\w+)>(?:[^()\[]|\[[^\]]*\])*\)", lambda m: values[m[1]], page.path
        ).replace("\\.", ".")
        answer = visitor.get(path)
        if path in open_to_all:
            assert answer.status_code in (200, 303), path
            continue
        assert answer.status_code == 403, path
        assert "Sign in as a coder first: /review" in answer.text, path
