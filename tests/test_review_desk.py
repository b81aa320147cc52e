"""Decisions at the desk: durable, undone, and the same in the database as after a full build."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.build.recipe import build
from pipeline.desk.review.answer_rules import Answer, Refused, Stale
from pipeline.desk.review.live_rows import refresh, rows_of, working_copy
from pipeline.desk.review.review_desk import Desk, open_desk
from pipeline.ground.formulas import guarded, unguarded
from pipeline.ground.project import Project
from pipeline.sources.decisions import read_decisions
from pipeline.sources.ledger import NotSaved
from tests.conftest import passage_id


def everything(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables, whatever their order, and what the search finds."""
    with sqlite3.connect(path) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                "AND name NOT LIKE '%fts_%'"
            )
        ]
        found = {
            name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in names
        }
        for word in ("farmers", "care", "secret"):
            found[f"search {word}"] = sorted(
                connection.execute(
                    "SELECT passage.id FROM passage_fts JOIN passage ON "
                    "passage.rowid = passage_fts.rowid WHERE passage_fts MATCH ?",
                    (word,),
                )
            )
        connection.execute("INSERT INTO passage_fts (passage_fts) VALUES ('integrity-check')")
    return found


@pytest.fixture(scope="module")
def with_fulltext(tmp_path_factory: pytest.TempPathFactory, built_small: Project) -> Project:
    folder = tmp_path_factory.mktemp("fulltext") / "small"
    shutil.copytree(built_small.root, folder)
    project = Project(folder)
    project.fulltext.mkdir(exist_ok=True)
    (project.fulltext / "berg2020.txt").write_text(
        "The secret coordinator brought farmers together in a barn.\n\n"
        "Nobody had thought of the grid before that summer.\n"
    )
    build(project)
    return project


def units(desk: Desk) -> list[str]:
    return [*desk.studies, *desk.passages]


CODES = {"role": ["weaver", "judge", "scribe"], "sector": ["energy", "care", "sport"]}
step = st.one_of(
    st.just("undo"),
    st.tuples(
        st.sampled_from(["first", "second"]),
        st.integers(0, 8),
        st.sampled_from(["role", "sector"]),
        st.lists(st.sampled_from([0, 1, 2]), unique=True, max_size=3),
    ),
)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(step, min_size=1, max_size=8))
def test_a_full_build_after_any_decisions_gives_the_same_content(
    with_fulltext: Project, steps: list[Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "p")
        shutil.copytree(with_fulltext.root, project.root)
        desk = open_desk(project)
        live = working_copy(project)
        item = desk.rounds["pilot"]
        connection = sqlite3.connect(live)
        who = "first"
        for given_step in steps:
            if given_step == "undo":
                action = desk.undo(who)
                if action is None:
                    continue
                study = desk.part(action.unit.split("-")[0])[0].references.studies[0].key
            else:
                who, index, dimension, places = given_step
                unit = units(desk)[index % len(units(desk))]
                codes = frozenset(CODES[dimension][place] for place in places)
                try:
                    desk.save(who, item, unit, [Answer(dimension, codes)])
                except Refused:
                    continue
                study = unit.split("-")[0]
            refresh(connection, desk, study, rows_of(desk, study))
        connection.close()
        build(project)
        assert everything(live) == everything(project.database)


actions = st.lists(
    st.one_of(
        st.just(None),
        st.tuples(st.integers(0, 2), st.sampled_from(["weaver", "judge", "weaver judge", ""])),
    ),
    max_size=10,
)


@pytest.mark.slow
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=actions)
def test_undo_walks_back_step_by_step_even_after_a_restart(
    built_small: Project, steps: list[tuple[int, str] | None]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "p")
        shutil.copytree(built_small.root, project.root)
        desk = open_desk(project)
        item = desk.rounds["pilot"]
        passages = list(desk.passages)[:3]
        states: list[dict[str, frozenset[str] | None]] = [{}]
        for given_step in steps:
            if given_step is None:
                assert (desk.undo("second") is None) == (len(states) == 1)
                states = states[:-1] or [{}]
            else:
                unit, codes = passages[given_step[0]], frozenset(given_step[1].split())
                if desk.save("second", item, unit, [Answer("role", codes)]):
                    states.append({**states[-1], unit: codes})
            again = open_desk(project)
            for place in (desk, again):
                now = {
                    unit: place.answers("second", unit)["role"].codes
                    for unit in passages
                    if place.answers("second", unit)
                }
                assert now == states[-1]


@pytest.fixture
def desk(small: Project) -> Desk:
    return open_desk(small)


def test_what_stands_in_the_file(desk: Desk, small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    note = '=HYPERLINK("x")\nover, "two" lines'
    answer = Answer("role", frozenset({"weaver", "judge"}), "high", note, "brought farmers")
    desk.save("second", desk.rounds["pilot"], unit, [answer])
    path = small.decisions / "second" / "berg2020.csv"
    (line,), problems = read_decisions(path, "second", "x")
    assert not problems
    assert (line.unit, line.codes, line.note, line.quote) == (
        unit,
        answer.codes,
        note,
        "brought farmers",
    )
    assert (line.shown, line.scheme, line.round) == ("hidden", 2, "pilot")
    assert line.text == desk.passages[unit].text
    assert "'=HYPERLINK" in path.read_text()


@given(st.text())
def test_no_text_is_a_formula_and_none_is_lost(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("coder", "answer", "reason"),
    [
        ("second", Answer("role", frozenset({"nobody"})), "no code 'nobody' in Role"),
        ("second", Answer("colour", frozenset()), "no dimension 'colour'"),
        ("third", Answer("role", frozenset()), "third does not code in the round"),
        ("second", Answer("role", frozenset(), "sure"), "Confidence is low, medium or high"),
        ("second", Answer("role", frozenset(), "", "x" * 20_001), "20,000 fit"),
        ("second", Answer("role", frozenset(), "", "a\x00b"), "control characters (U+0000)"),
        ("second", Answer("role", frozenset(), "", "", "not there"), "marked words do not stand"),
    ],
)
def test_what_may_not_be_said(
    desk: Desk, small: Project, coder: str, answer: Answer, reason: str
) -> None:
    unit = passage_id(small, "berg2020", 1)
    with pytest.raises(
        Refused, match=reason.replace("(", r"\(").replace(")", r"\)").replace("+", r"\+")
    ):
        desk.save(coder, desk.rounds["pilot"], unit, [answer])
    assert not (small.decisions / "second" / "berg2020.csv").exists()


def test_an_unknown_unit_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="no passage or study"):
        desk.save(
            "second", desk.rounds["pilot"], "berg2020-00000000", [Answer("role", frozenset())]
        )


def test_two_windows_do_not_overwrite_each_other(desk: Desk, small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    item = desk.rounds["pilot"]
    seen = desk.seen("second", unit, item)
    desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset({"weaver"}))], seen)
    with pytest.raises(Stale):
        desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset())], seen)
    assert desk.answers("second", unit)["role"].codes == {"weaver"}


def test_a_full_disk_loses_nothing(desk: Desk, small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    (small.decisions / "second").mkdir(parents=True, exist_ok=True)
    path = small.decisions / "second" / "berg2020.csv"
    path.symlink_to("/dev/full")
    with pytest.raises(NotSaved, match="No space left"):
        desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset())])
    assert desk.answers("second", unit) == {}
    path.unlink()
    path.mkdir()
    with pytest.raises(NotSaved, match=r"coding/decisions/second/berg2020\.csv"):
        desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset())])


def test_a_torn_line_is_told_and_not_written_after(desk: Desk, small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset())])
    path = small.decisions / "second" / "berg2020.csv"
    os.truncate(path, path.stat().st_size - 4)
    before = path.read_bytes()
    with pytest.raises((NotSaved, Refused), match="cut off"):
        desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset({"weaver"}))])
    assert path.read_bytes() == before


def test_a_file_edited_by_hand_meanwhile_is_read_again(desk: Desk, small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset({"weaver"}))])
    other = open_desk(small)
    other.save("second", other.rounds["pilot"], unit, [Answer("role", frozenset({"judge"}))])
    assert desk.sync("berg2020")
    assert desk.answers("second", unit)["role"].codes == {"judge"}


def test_a_retired_code_is_not_given_any_more(small: Project) -> None:
    text = small.scheme.read_text()
    small.scheme.write_text(
        text.replace(
            "- id: judge\n        since: 1", "- id: judge\n        since: 1\n        retired: 2"
        )
    )
    desk = open_desk(small)
    unit = passage_id(small, "berg2020", 1)
    with pytest.raises(Refused, match="Judge was retired in version 2"):
        desk.save("second", desk.rounds["pilot"], unit, [Answer("role", frozenset({"judge"}))])


def test_two_reviews_of_one_project_keep_to_their_own_copy(small: Project) -> None:
    running = small.cache / "review" / str(os.getppid())
    ended = small.cache / "review" / "99999999"
    for folder in (running, ended):
        folder.mkdir(parents=True)
        (folder / "orchestration.db").touch()
    mine = working_copy(small)
    assert mine.parent.name == str(os.getpid())
    assert (running / "orchestration.db").exists()
    assert not ended.exists()
