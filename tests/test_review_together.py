"""Many coders at once, slow and full disks, two programs over the same files."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from pipeline.build.gathering import gather
from pipeline.build.inputs import of_review
from pipeline.build.recipe import build
from pipeline.desk.review.answer_rules import Answer, Stale
from pipeline.desk.review.review_desk import Desk, open_desk
from pipeline.ground.project import Project
from pipeline.model.scheme import read_scheme
from pipeline.sources.decisions import read_codings
from pipeline.tagger.tagger_loading import load_tagger
from tests.conftest import decide, passage_id, run_apart
from tests.reviewing import CoderSession, Running, with_rounds
from tests.test_review_desk import everything
from tests.test_review_site import lines, working_database

CODERS = [f"coder{n}" for n in range(8)]
EACH = 8  # saves of every coder
SYNC = 0.015  # seconds that the disk takes
WORDS = {"weaver": frozenset({"weaver"}), "judge": frozenset({"judge"}), "none": frozenset()}


@pytest.fixture
def team(small: Project) -> Project:
    """Eight coders in a round that is not blind."""
    small.coders.write_text(
        small.coders.read_text()
        + "".join(f"  - {{id: {n}, name: {{en: {n}, nl: {n}}}, kind: test}}\n" for n in CODERS)
    )
    return with_rounds(
        small,
        "  - id: team\n    title: {en: Team, nl: Team}\n    dimensions: [role]\n    blind: false\n"
        f"    coders: [{', '.join(CODERS)}]\n",
    )


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real disk, but as slow as many are."""
    sync = os.fsync

    def slow(file: int) -> None:
        time.sleep(SYNC)
        sync(file)

    monkeypatch.setattr(os, "fsync", slow)


@pytest.mark.slow
@pytest.mark.usefixtures("slow_disk")
def test_coders_who_save_at_once_while_others_read(team: Project) -> None:
    running = Running(team)
    sessions = [running.sign_in(name) for name in CODERS]
    units = [passage_id(team, "berg2020", place) for place in (1, 2, 3)]
    saving = len(CODERS)

    async def code(number: int, session: CoderSession) -> list[int]:
        nonlocal saving
        found = []
        for turn in range(EACH):
            unit = units[(number + turn) % len(units)]
            page = await ask(session, "GET", f"/review/team/unit/{unit}")
            session.cookies.update(dict(page.cookies))
            hidden = re.findall(r'type="hidden" name="(csrftoken|seen)" value="([^"]*)"', page.text)
            note = f"Turn {turn}"
            body = {**dict(hidden), "codes.role": list(WORDS)[turn % 3], "note.role": note}
            answer = await ask(session, "POST", f"/review/team/unit/{unit}", body)
            found.append(answer.status_code)
        saving -= 1
        return found

    async def read(session: CoderSession) -> list[int]:
        found = []
        while saving:
            for path in ("/review/team/study/berg2020", f"/review/team/unit/{units[0]}"):
                found.append((await ask(session, "GET", path)).status_code)
                await asyncio.sleep(0.001)  # nothing else here gives way to the others
        return found

    async def together() -> list[list[int]]:
        tasks = [code(number, session) for number, session in enumerate(sessions)]
        return list(await asyncio.gather(*tasks, *(read(session) for session in sessions[:3])))

    async def ask(
        session: CoderSession, method: str, path: str, body: dict[str, str] | None = None
    ) -> Any:
        return await running.site.client.request(
            method,
            path,
            content=urlencode(body or {}),
            cookies=session.cookies,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )

    answers = run_apart(together())
    assert [set(found) for found in answers[: len(CODERS)]] == [{303}] * len(CODERS)
    assert [set(found) for found in answers[len(CODERS) :]] == [{200}] * 3
    for name in CODERS:
        written = list(read_codings(team).decisions.of(name))
        assert [line.note for line in written] == [f"Turn {turn}" for turn in range(EACH)]
        assert [line.number for line in written] == list(range(1, EACH + 1))
    shown = everything(working_database(team))
    build(team)
    assert shown == everything(team.database)


@pytest.mark.slow
def test_what_is_saved_while_the_database_is_busy_follows(team: Project) -> None:
    running = Running(team)
    coder = running.sign_in(CODERS[0])
    unit, other = (passage_id(team, "berg2020", place) for place in (1, 2))
    copy = working_database(team)
    busy = sqlite3.connect(copy, isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    answer = coder.answer(unit, "weaver", item="team")
    assert answer.status_code == 303
    assert [line.codes for line in lines(team, CODERS[0])] == [{"weaver"}]
    html = coder.get(answer.headers["location"]).text
    assert "Saved: Weaver" in html
    assert "The public pages will follow" in html
    busy.execute("ROLLBACK")
    assert coder.answer(other, "judge", item="team").status_code == 303
    assert "will follow" not in coder.get("/review").text
    build(team)
    assert everything(copy) == everything(team.database)


@contextmanager
def full_disk(more: int) -> Iterator[None]:
    """No file of this process gets larger than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_undo_on_a_full_disk_takes_nothing_back(team: Project) -> None:
    coder = Running(team).sign_in(CODERS[0])
    unit = passage_id(team, "berg2020", 1)
    coder.answer(unit, "judge", item="team", note_role="Before.")
    coder.answer(unit, "weaver", item="team", note_role="Precious.")
    path = team.decisions / CODERS[0] / "berg2020.csv"
    before = path.read_bytes()
    coder.get("/review")
    with full_disk(len(before) + 10):
        answer = coder.post("/review/undo", {}, "/review")
    assert answer.status_code == 507
    assert "File too large" in answer.text
    assert "Nothing was taken back" in answer.text
    assert path.read_bytes() == before
    assert coder.post("/review/undo", {}, "/review").status_code == 303
    assert [line.codes for line in lines(team, CODERS[0])][2:] == [None, {"judge"}]


def test_a_first_answer_on_a_full_disk_leaves_nothing_half_written(team: Project) -> None:
    running = Running(team)
    coder = running.sign_in(CODERS[0])
    unit = passage_id(team, "berg2020", 1)
    coder.get(f"/review/team/unit/{unit}")
    with full_disk(10):
        assert coder.answer(unit, "weaver", item="team").status_code == 507
    assert coder.answer(unit, "judge", item="team").status_code == 303
    assert [line.codes for line in lines(team, CODERS[0])] == [{"judge"}]
    with full_disk(10):
        assert coder.answer(passage_id(team, "smit2021", 1), item="team").status_code == 507
    # What is left of it is no fault of the files.
    build(team)


def test_two_programs_append_to_the_same_file(team: Project) -> None:
    unit, other = (passage_id(team, "berg2020", place) for place in (1, 2))
    one, two = open_desk(team), open_desk(team)
    item = one.rounds["team"]
    two.save(CODERS[0], item, other, [Answer("role", WORDS["judge"])])
    one.write(CODERS[0], item, [(unit, Answer("role", WORDS["weaver"]))])
    assert one.answers(CODERS[0], other, item)["role"].codes == {"judge"}
    assert one.answers(CODERS[0], unit, item)["role"].codes == {"weaver"}
    kept = one.lines("berg2020").of(CODERS[0])
    assert [(line.unit, line.number) for line in kept] == [(other, 1), (unit, 2)]


def test_a_line_written_while_the_files_are_read_is_not_missed(team: Project) -> None:
    unit = passage_id(team, "berg2020", 1)
    tagger = load_tagger(team, read_scheme(team.scheme))
    inputs, texts = gather(team, tagger)
    decide(team, CODERS[0], "berg2020", f"2026-11-02T09:00:00Z,{unit},role,judge,,,,none,2,team,x")
    desk = Desk(team, of_review(inputs), texts.said, tagger, inputs)
    assert desk.sync("berg2020")
    assert desk.answers(CODERS[0], unit)["role"].codes == {"judge"}


def test_a_window_is_behind_when_it_shows_other_words(team: Project) -> None:
    running = Running(team)
    window, other = running.sign_in(CODERS[0]), running.sign_in(CODERS[0])
    unit = passage_id(team, "berg2020", 1)
    path = f"/review/team/unit/{unit}"

    def seen() -> str:
        found = re.search(r'name="seen" value="([^"]*)"', window.get(path).text)
        assert found is not None
        return found[1]

    window.answer(unit, "weaver", item="team", note_role="Mine.")
    shown = seen()
    # Undone, and answered with the same words: what the first window shows still stands.
    other.answer(unit, "judge", item="team")
    other.post("/review/undo", {}, "/review")
    assert seen() == shown
    given = {"codes.role": "judge", "seen": shown}
    assert window.post(path, {**given, "note.role": "From here."}).status_code == 303
    # Another note with the same code is not what it showed.
    shown = seen()
    other.answer(unit, "judge", item="team", note_role="Another text.")
    answer = window.post(path, {**given, "seen": shown, "note.role": "From here again."})
    assert answer.status_code == 409
    assert lines(team, CODERS[0])[-1].note == "Another text."


def test_settling_one_question_is_not_behind_in_another(small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    for coder, codes in (("first", "weaver"), ("second", "judge")):
        for dimension, given in (("role", codes), ("sector", "care")):
            decide(
                small, coder, "berg2020",
                f"2026-11-02T09:00:00Z,{unit},{dimension},{given},,,,none,2,pilot,x",
            )  # fmt: skip
    build(small)
    running = Running(small)
    first = running.sign_in("first")
    first.post("/review/pilot/state", {"state": "comparing", "sure": "1"}, "/review")
    path = f"/review/pilot/compare/{unit}?dimension=role"
    window = re.search(r'name="seen" value="([^"]*)"', first.get(path).text)
    assert window is not None
    from pipeline.desk.review.settling import settle

    desk = running.review.desk
    item = desk.rounds["pilot"]
    settle(desk, item, "berg2020", Answer("sector", frozenset({"care"})), "second", "")
    assert first.post(path, {"codes.role": "weaver", "seen": window[1]}).status_code == 303
    with pytest.raises(Stale):
        settle(desk, item, unit, Answer("role", WORDS["judge"]), "second", "")


def test_a_colleagues_broken_line_is_not_read_out(team: Project) -> None:
    """When the files are read again, others' words stand in no page, only where the fault is."""
    team.rounds.write_text(
        team.rounds.read_text()
        + "  - id: blind\n    title: {en: B, nl: B}\n    coders: [first, second]\n"
    )
    build(team)
    running = Running(team)
    third = running.sign_in("third")
    unit = passage_id(team, "smit2021", 1)
    decide(
        team, "second", "smit2021",
        f"2026-11-02T09:00:00Z,{unit},role,zebra_code,,Secret,,none,2,blind,Secret words",
        f"2026-11-02T09:00:00Z,{unit},role,none,low,Secret",
    )  # fmt: skip
    running.review.renew()
    assert running.review.renewal is not None
    running.review.renewal.wait(60)
    answer = third.get("/review/working")
    assert answer.status_code == 400
    assert "coding/decisions/second/smit2021.csv:4" in answer.text
    assert "zebra" not in answer.text
    assert "Secret" not in answer.text
