"""Decisions on a full text that reads otherwise now: led to the same words, or left to a person."""

from __future__ import annotations

import csv
import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build.recipe import build
from pipeline.desk.review.answer_rules import Answer
from pipeline.desk.review.orphans import orphans
from pipeline.desk.review.review_desk import open_desk
from pipeline.ground.project import Project
from pipeline.model.passages import digest_of
from pipeline.model.same_words import words_alone
from tests.conftest import Evidence, decide
from tests.reviewing import Running
from tests.test_review_site import everything, working_database

STUDY = "smit2021"
NOW = (
    "The heat company called (for the third time) all neighbours to its table.",
    "Costs rose by 3.5 per cent, and half of the partners left.",
    "Nobody knew who paid, and who had asked for it.",
    "“Nobody knew who paid, and who had asked for it.”",
    "As Adams et al. (2019) found, brokers open a neutral place in the city.",
)
LOST = "Theheatcompany called (for the third time) all neigh- bours to its table"
TWICE = "Nobody knew who paid and who had asked for it"
HALF = "brokers open a neutral place in the city."
CHANGED = "Costs rose by 35 per cent, and half of the partners left."


def unit(text: str) -> str:
    return f"{STUDY}-{digest_of(text)[:8]}"


def row(
    text: str,
    codes: str,
    item: str = "pilot",
    day: int = 3,
    words: str | None = None,
    quote: str = "",
) -> str:
    told = text if words is None else words
    return (
        f'2026-11-{day:02}T09:00:00Z,{unit(text)},role,{codes},,,"{quote}",none,2,{item},"{told}"'
    )


def ask(project: Project, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(project.database) as connection:
        return connection.execute(sql, values).fetchall()


def shelved(project: Project) -> Project:
    """A full text as it reads now."""
    project.fulltext.mkdir(exist_ok=True)
    (project.fulltext / f"{STUDY}.txt").write_text("\n\n".join(NOW) + "\n")
    return project


@pytest.fixture
def project(small: Project) -> Project:
    """Coded as it read before: one passage as now, one twice, half of one, one really changed."""
    shelved(small)
    decide(
        small, "first", STUDY,
        row(LOST, "weaver", quote="heatcompany called (for the third"),
        row(TWICE, "judge"), row(HALF, "judge"), row(CHANGED, "judge"),
    )  # fmt: skip
    return small


def standings(project: Project) -> dict[str, str]:
    """Of the answers that nobody took back."""
    told = (
        "SELECT unit, standing FROM decision WHERE study = ? AND standing IN ('current', 'orphan')"
    )
    return dict(ask(project, told, STUDY))


def test_it_stands_at_the_passage_with_the_same_words(project: Project, evidence: Evidence) -> None:
    build(project)
    assert ask(project, "SELECT text, role FROM evidence WHERE study = ?", STUDY) == [
        (NOW[0], "weaver")
    ]
    marked = ask(project, "SELECT quote FROM decision WHERE unit = ?", unit(NOW[0]))
    assert marked == [("heat company called (for the third",)]
    said = evidence("check", project).output
    assert "Decisions found again at passages that read otherwise now: 1." in said
    assert said.count("[orphan]") == 3


def test_its_address_leads_to_where_it_is_now(project: Project) -> None:
    build(project)
    site = Running(project)
    for language in ("", "/nl"):
        found = site.ask("GET", f"{language}/evidence/{unit(LOST)}-weaver")
        assert found.status_code == 301
        assert found.headers["location"] == f"{language}/evidence/{unit(NOW[0])}-weaver"
    # Nobody gave it this code: what there is of the passage is shown.
    gone = site.ask("GET", f"/evidence/{unit(LOST)}-judge")
    assert gone.status_code == 404
    assert f"/study/{STUDY}#{unit(NOW[0])}" in gone.text
    assert site.ask("GET", f"/evidence/{unit(CHANGED)}-judge").status_code == 404


def test_no_guess_is_made(project: Project) -> None:
    build(project)
    assert standings(project) == {
        unit(NOW[0]): "current",
        unit(TWICE): "orphan",
        unit(HALF): "orphan",
        unit(CHANGED): "orphan",
    }


def test_the_review_says_the_same(project: Project) -> None:
    desk = open_desk(project)
    assert [entry.decision.text for entry in orphans(desk, "first")] == [TWICE, HALF, CHANGED]
    (line,) = desk.answers("first", unit(NOW[0])).values()
    assert (line.codes, line.coded_as) == ({"weaver"}, unit(LOST))


def test_half_a_sentence_is_shown_the_whole_first(project: Project) -> None:
    text = project.fulltext / f"{STUDY}.txt"
    text.write_text(text.read_text() + "\nBrokers open a neutral place in this city.\n")
    halved = list(orphans(open_desk(project), "first"))[1]
    assert halved.decision.text == HALF
    assert halved.near[0][0].text == NOW[4]
    assert halved.near[0][1] < halved.near[1][1]


def test_lines_that_come_in_while_the_review_runs_are_led_too(project: Project) -> None:
    desk = open_desk(project)
    decide(project, "second", STUDY, row(LOST, "judge", day=4))
    desk.sync(STUDY)
    (line,) = desk.answers("second", unit(NOW[0])).values()
    assert line.codes == {"judge"}


def test_a_line_without_words_is_led_by_those_of_others(project: Project) -> None:
    desk = open_desk(project)
    decide(project, "second", STUDY, row(LOST, "judge", day=4, words=""))
    desk.sync(STUDY)
    assert [line.codes for line in desk.answers("second", unit(NOW[0])).values()] == [{"judge"}]


def test_what_was_taken_back_as_an_orphan_stays_so(project: Project) -> None:
    """The line that takes an orphan back has no words: those of the answer say what it is about."""
    decide(project, "first", STUDY, row(LOST, "", day=4, words=""))
    build(project)
    assert ask(project, "SELECT 1 FROM evidence WHERE study = ?", STUDY) == []
    desk = open_desk(project)
    assert desk.answers("first", unit(NOW[0])) == {}
    decide(project, "second", STUDY, row(LOST, "judge"), row(LOST, "", day=4, words=""))
    desk.sync(STUDY)
    assert desk.answers("second", unit(NOW[0])) == {}


def test_the_later_line_holds_whatever_it_was_written_about(project: Project) -> None:
    decide(project, "first", STUDY, row(NOW[0], "judge", day=5))
    build(project)
    assert ask(project, "SELECT role FROM evidence WHERE study = ?", STUDY) == [("judge",)]
    decide(project, "first", STUDY, row(LOST, "weaver", day=6))
    build(project)
    assert ask(project, "SELECT role FROM evidence WHERE study = ?", STUDY) == [("weaver",)]


def test_words_that_do_not_agree_lead_nowhere(small: Project) -> None:
    shelved(small)
    decide(small, "first", STUDY, row(LOST, "weaver"))
    decide(small, "second", STUDY, row(LOST, "weaver", words=NOW[1]))
    build(small)
    assert standings(small) == {unit(LOST): "orphan"}


def test_blind_answers_stay_secret(small: Project) -> None:
    decide(shelved(small), "second", STUDY, row(LOST, "weaver", item="hidden"))
    build(small)
    assert ask(small, "SELECT 1 FROM decision WHERE unit = ?", unit(NOW[0])) == []
    lines = open_desk(small).lines(STUDY)
    assert unit(NOW[0]) not in {line.unit for line in (*lines.open, *lines.seen_by("first"))}
    assert unit(NOW[0]) in {line.unit for line in lines.of("second")}


def test_a_running_review_shows_what_a_build_does(project: Project) -> None:
    build(project)
    coder = Running(project).sign_in("second")
    assert coder.answer(unit(NOW[4]), "judge", item="pilot").status_code == 303
    page = coder.get(f"/review/history/{unit(LOST)}").text
    assert NOW[0] in page
    assert "Weaver" in page
    live = everything(working_database(project))
    build(project)
    assert everything(project.database) == live


def places(project: Project) -> list[tuple[str, str]]:
    with (project.places / f"{STUDY}.csv").open(encoding="utf-8", newline="") as file:
        return [(line["unit"], line["position"]) for line in csv.DictReader(file)]


def test_where_the_text_is_not_the_old_words_stand_until_the_new_are_coded(
    small: Project,
) -> None:
    small.fulltext.mkdir(exist_ok=True)
    text = small.fulltext / f"{STUDY}.txt"
    text.write_text(f"{LOST}.\n\n{NOW[4]}\n")
    decide(small, "first", STUDY, row(f"{LOST}.", "weaver"))
    build(small)
    text.write_text("\n\n".join(NOW) + "\n")
    build(small)
    assert places(small) == [(unit(f"{LOST}."), "1")]
    evidence_ = "SELECT text, role FROM evidence WHERE study = ?"
    assert ask(small, evidence_, STUDY) == [(NOW[0], "weaver")]
    text.unlink()
    build(small)
    assert ask(small, evidence_, STUDY) == [(f"{LOST}.", "weaver")]
    # Another passage is coded where the text is, then this one.
    text.write_text("\n\n".join(NOW) + "\n")
    for words, codes in ((NOW[4], "none"), (NOW[0], "judge")):
        desk = open_desk(small)
        desk.write(
            "first",
            desk.rounds["pilot"],
            [(unit(words), Answer("role", frozenset({codes} - {"none"})))],
        )
        text.unlink()
        build(small)
        assert ask(small, evidence_, STUDY) == [
            (NOW[0], "judge") if words == NOW[0] else (f"{LOST}.", "weaver")
        ]
        text.write_text("\n\n".join(NOW) + "\n")
    build(small)
    assert ask(small, evidence_, STUDY) == [(NOW[0], "judge")]


@given(st.text(max_size=40))
def test_words_alone_know_no_spaces_and_no_edges(text: str) -> None:
    alone = words_alone(text)
    assert words_alone(alone) == alone
    assert words_alone(f"({text.replace(' ', '')}). ") == words_alone(f" {text} ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It rose by 3.5.", "It rose by 35."),
        ("It rose by 3,5.", "It rose by 35."),
        ("p < 5 held", "p > 5 held"),
        ("It was 5%", "It was 5"),
        ("the Office", "the office"),
        ("naïve", "naive"),
    ],
)
def test_what_counts_as_other_words(one: str, other: str) -> None:
    assert words_alone(one) != words_alone(other)


def test_numbers_in_a_row_are_the_same_with_lost_spaces() -> None:
    assert words_alone("in 2010, 12 of them") == words_alone("in2010,12 ofthem")
