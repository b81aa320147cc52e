"""Decisions whose passage is gone: whose they are, what is like them, and where they may go."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rapidfuzz.fuzz import ratio

from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.orphans import orphans, reattach, withdraw
from pipeline.desk.review.review_desk import Desk, open_desk
from pipeline.ground.project import Project
from pipeline.model.records import Decision
from pipeline.sources.decisions import path_of
from tests.conftest import HEADER, decide, passage_id

GONE, TAKEN_BACK, OTHERS, SETTLED, DOUBT = (f"berg2020-{n}0000000" for n in range(5))
TEXT = "The network office brought farmers, banks and ministries to one big table."
ROUNDS = """
  - id: settling
    title: {en: "Settling", nl: "Beslechten"}
    coders: [first, second]
    blind: false
    history: [{at: "2026-11-02T00:00:00Z", by: first, state: comparing}]
"""
BARE = """
@article{bare2022,
  author = {Vos, Kim}, title = {Nobody has its text}, journal = {Journal of Tests}, year = {2022},
}
"""


def row(unit: str, codes: str, more: str = ",,", item: str = "pilot") -> str:
    return f'2026-11-03T09:00:00Z,{unit},role,{codes},{more},none,2,{item},"{TEXT}"'


@pytest.fixture(scope="module")
def prepared(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """First has two orphans and settled one, second has one and settled one."""
    folder = tmp_path_factory.mktemp("orphans") / "small"
    project = Project(shutil.copytree(built_small.root, folder))
    project.rounds.write_text(project.rounds.read_text().rstrip("\n") + ROUNDS)
    project.references.write_text(project.references.read_text() + BARE)
    digest = project.corpus / "berg2020.md"
    digest.write_text(digest.read_text() + "- [p. 9] Banks and farmers sat at one big table.\n")
    decide(
        project, "first", "berg2020",
        row(GONE, "weaver;judge", "high,A note,brought farmers"),
        row(TAKEN_BACK, "judge"), row(TAKEN_BACK, ""),
        row(DOUBT, "none", "low,,to one big"),
        row(passage_id(project, "berg2020", 2), "judge"),
    )  # fmt: skip
    decide(project, "second", "berg2020", row(OTHERS, "judge"))
    decide(project, "second", "bare2022", row("bare2022-00000000", "judge"))
    path = path_of(project, "consensus", "berg2020")
    path.parent.mkdir(exist_ok=True)
    settled = [
        f"{row(unit, 'scribe', item='settling')},{who}"
        for unit, who in ((SETTLED, "first"), (OTHERS, "second"))
    ]
    path.write_text("\n".join([f"{HEADER},settled_by", *settled, ""]))
    return project


@pytest.fixture
def desk(prepared: Project, tmp_path: Path) -> Desk:
    return open_desk(Project(shutil.copytree(prepared.root, tmp_path / "small")))


def names(desk: Desk, coder: str) -> list[str]:
    return [orphan.decision.id for orphan in orphans(desk, coder)]


def said(line: Decision) -> tuple[object, ...]:
    return (line.coder, line.unit, line.dimension, line.codes, line.confidence, line.note,
            line.quote, line.round, line.settled_by)  # fmt: skip


def lines(desk: Desk, coder: str) -> tuple[Decision, ...]:
    return open_desk(desk.project).lines("berg2020").of(coder)


def test_whose_orphans_there_are(desk: Desk) -> None:
    assert names(desk, "first") == [
        "berg2020-first-2", "berg2020-first-5", "berg2020-consensus-1"
    ]  # fmt: skip
    assert names(desk, "second") == [
        "berg2020-second-1", "berg2020-consensus-2", "bare2022-second-1"
    ]  # fmt: skip
    assert [orphan.near for orphan in orphans(desk, "second")][-1] == ()
    assert names(desk, "third") == []


def test_the_three_passages_of_the_study_that_are_most_like_it(desk: Desk) -> None:
    orphan = next(orphans(desk, "first"))
    assert [passage.locator for passage, _ in orphan.near] == ["abstract", "p. 9", "abstract"]
    places = [passage.position for passage, _ in orphan.near]
    assert places == [1, 4, 2]
    likeness = [score for _, score in orphan.near]
    assert likeness == [ratio(TEXT, passage.text) for passage, _ in orphan.near]
    assert likeness == sorted(likeness, reverse=True)
    assert 80 < likeness[0] < 100


def test_it_moves_with_all_that_was_said(desk: Desk) -> None:
    unit = passage_id(desk.project, "berg2020", 1)
    moved = reattach(desk, "first", "berg2020-first-2", unit)
    *_, withdrawn, written = lines(desk, "first")
    assert moved.id == written.id == "berg2020-first-8"
    codes = frozenset({"weaver", "judge"})
    assert said(withdrawn) == ("first", GONE, "role", None, "", "", "", "pilot", "")
    assert said(written) == (
        "first", unit, "role", codes, "high", f"A note\nMoved from {GONE}.", "brought farmers",
        "pilot", "",
    )  # fmt: skip
    assert written.text == desk.passages[unit].text
    assert names(desk, "first") == ["berg2020-first-5", "berg2020-consensus-1"]


def test_marked_words_that_the_passage_does_not_hold_stay_behind(desk: Desk) -> None:
    unit = passage_id(desk.project, "berg2020", 3)
    reattach(desk, "first", "berg2020-first-5", unit)
    written = lines(desk, "first")[-1]
    assert (written.codes, written.confidence, written.quote) == (frozenset(), "low", "")
    assert written.note == f"Moved from {DOUBT}."


def test_what_was_settled_is_moved_by_who_settled_it(desk: Desk) -> None:
    unit = passage_id(desk.project, "berg2020", 1)
    reattach(desk, "first", "berg2020-consensus-1", unit)
    *_, withdrawn, written = lines(desk, "consensus")
    assert said(withdrawn)[:4] == ("consensus", SETTLED, "role", None)
    assert said(written)[:4] == ("consensus", unit, "role", {"scribe"})
    assert {line.settled_by for line in (withdrawn, written)} == {"first"}
    assert {line.round for line in (withdrawn, written)} == {"settling"}


@pytest.mark.parametrize("name", ["berg2020-first-5", "berg2020-consensus-1"])
def test_it_can_be_taken_back(desk: Desk, name: str) -> None:
    coder = name.split("-")[1]
    before = lines(desk, coder)
    taken = withdraw(desk, "first", name)
    *kept, last = lines(desk, coder)
    assert tuple(kept) == before
    orphan = next(line for line in before if line.id == name)
    by = "first" if coder == "consensus" else ""
    assert said(last) == said(taken)
    assert said(last) == (coder, orphan.unit, "role", None, "", "", "", orphan.round, by)
    assert name not in names(desk, "first")


REFUSED: list[tuple[Callable[[Desk, str], object], str]] = [
    (lambda desk, unit: reattach(desk, "first", "berg2020-first-2", "berg2020-99999999"), "no passage 'berg2020-99999999' in berg2020"),
    (lambda desk, unit: reattach(desk, "first", "berg2020-first-2", "x" * 99), f"no passage '{'x' * 80}' in"),
    (lambda desk, unit: reattach(desk, "first", "berg2020-first-2", passage_id(desk.project, "smit2021", 1)), "There is no passage"),
    (lambda desk, unit: reattach(desk, "first", "berg2020-first-2", passage_id(desk.project, "berg2020", 2)), "has an answer already"),
    (lambda desk, unit: reattach(desk, "first", "berg2020-second-1", unit), "not there any more"),
    (lambda desk, unit: reattach(desk, "first", "berg2020-consensus-2", unit), "not there any more"),
    (lambda desk, unit: reattach(desk, "first", "berg2020-first-6", unit), "not there any more"),
    (lambda desk, unit: withdraw(desk, "second", "berg2020-first-2"), "not there any more"),
    (lambda desk, unit: withdraw(desk, "second", "berg2020-consensus-1"), "not there any more"),
]  # fmt: skip


@pytest.mark.parametrize(("attempt", "words"), REFUSED)
def test_where_it_may_not_go(
    desk: Desk, attempt: Callable[[Desk, str], object], words: str
) -> None:
    before = {coder: lines(desk, coder) for coder in ("first", "second", "consensus")}
    with pytest.raises(Refused, match=words):
        attempt(desk, passage_id(desk.project, "berg2020", 1))
    assert before == {coder: lines(desk, coder) for coder in ("first", "second", "consensus")}
