"""What a colleague answers in a blind round is in no page, preview, table or command of others."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.model.people import Round
from pipeline.model.records import Decision
from pipeline.model.scheme import read_scheme
from pipeline.model.secrecy import NO_LINES, SecretLines, StillSecret, open_lines
from tests.conftest import Evidence, decide, passage_id
from tests.reviewing import CoderSession, Running, with_rounds

SECRET = "Zebra-note-that-gives-it-away"
ROUNDS = """
  - id: roles
    title: {en: "Roles", nl: "Rollen"}
    coders: [first, second]
    dimensions: [role]
    suggestions: shown
  - id: all_blind
    title: {en: "All, blind", nl: "Alles, blind"}
    coders: [first, second]
"""
GONE = "berg2020-00000000"  # no passage has these words any more
BOOK = "name,description\nWeaver,Joins\nBell ringer,Warns everybody\n"


@pytest.fixture
def without(small: Project) -> Project:
    """Two blind rounds in which the second coder has answered nothing."""
    return with_rounds(small, ROUNDS)


@pytest.fixture
def with_answers(without: Project, tmp_path: Path) -> Project:
    """The same project, in which the second coder has answered much, also under older versions."""
    project = Project(Path(shutil.copytree(without.root, tmp_path / "answered" / "small")))
    one, two, three = (passage_id(project, "berg2020", place) for place in (1, 2, 3))
    lines = [
        f"{one},role,judge,low,{SECRET},,weaver,2,roles",
        f"{two},role,scribe,,{SECRET},,none,2,roles",
        f"{three},role,weaver;judge,high,,,none,1,roles",
        f"{three},role,none,high,{SECRET},,none,1,all_blind",
        f"{one},role,scribe,high,{SECRET},,none,2,all_blind",
        f"{one},sector,sport,high,{SECRET},,none,2,all_blind",
        f"berg2020,sector,care,,{SECRET},,none,2,all_blind",
        f"{GONE},role,judge,,{SECRET},,none,2,roles",
        f"{two},role,judge,,{SECRET},,none,2,forgotten",
    ]
    stamped = [f"2026-11-02T09:00:0{n}Z,{line},{SECRET}" for n, line in enumerate(lines)]
    decide(project, "second", "berg2020", *stamped[:-1])
    decide(
        project, "second", "smit2021",
        f"2026-11-02T09:00:00Z,{passage_id(project, 'smit2021', 1)},role,judge,,,,none,2,roles,x",
    )  # fmt: skip
    build(project)
    return project


def test_lines_cannot_be_gone_through() -> None:
    line = Decision(
        "2026-11-02T09:00:00Z", "second", "berg2020", "sector", frozenset({"care"}), "", SECRET,
        "", "", 2, "roles", "", "coding/decisions/second/berg2020.csv", 2, 1,
    )  # fmt: skip
    item = Round.model_validate(
        {"id": "roles", "title": {"en": "R", "nl": "R"}, "coders": ["first", "second"]}
    )
    held = SecretLines([line], [item])
    for attempt in (list, len, tuple, lambda lines: lines[0]):
        with pytest.raises(TypeError):
            attempt(held)  # type: ignore[arg-type]
    assert SECRET not in f"{held!r} {held}"
    assert held.open == held.seen_by("first") == ()
    assert held.of("second") == held.seen_by("second") == (line,)
    with pytest.raises(StillSecret):
        held.of_round(item)


def test_who_sees_which_lines() -> None:
    """Of an open round, of a blind one, of one that was opened, of none, of one nobody knows."""
    title = {"en": "R", "nl": "R"}
    opened = {"at": "2026-11-03T00:00:00Z", "by": "first", "state": "comparing"}
    parts: list[dict[str, Any]] = [
        {"id": "open", "blind": False}, {"id": "blind"}, {"id": "opened", "history": [opened]}
    ]  # fmt: skip
    coders = ["first", "second"]
    rounds = [Round.model_validate({"title": title, "coders": coders, **part}) for part in parts]
    names = ["open", "blind", "", "forgotten", "opened"]
    lines = [
        Decision(
            f"2026-11-02T09:00:0{place}Z", coder, "berg2020", "sector", frozenset({"care"}), "", "",
            "", "", 2, name, "", f"coding/decisions/{coder}/berg2020.csv", 2, place,
        )
        for coder in ("second", "first")
        for place, name in enumerate(names, 1)
    ]  # fmt: skip
    held = SecretLines(lines, rounds)

    def told(found: Iterable[Decision]) -> list[str]:
        return [f"{line.coder} {line.round}".strip() for line in found]

    seconds = ["second open", "second", "second opened"]
    firsts = ["first open", "first", "first opened"]
    every_first = ["first open", "first blind", "first", "first forgotten", "first opened"]
    assert told(held.open) == [*seconds, *firsts]
    assert told(held.of("first")) == every_first
    assert held.of("third") == ()
    assert told(held.seen_by("first")) == [*seconds, *every_first]
    assert held.seen_by("third") == held.open
    assert held.never_shown == tuple(lines)
    for item in (rounds[0], rounds[2]):
        assert told(held.of_round(item)) == [f"second {item.id}", f"first {item.id}"]
    with pytest.raises(StillSecret, match="blind"):
        held.of_round(rounds[1])
    others, own = held.apart("first")
    assert told(others.open) == seconds
    assert told(own.open) == firsts
    assert others.never_shown == tuple(lines[:5])
    assert own.never_shown == tuple(lines[5:])
    for part in (others, own):
        with pytest.raises(StillSecret):
            part.of_round(rounds[1])
    assert open_lines(own.open, others.open) == (*own.open, *others.open)
    assert SecretLines().open == NO_LINES.open == ()
    assert told(SecretLines(lines).open) == ["second", "first"]


def rows(project: Project) -> dict[str, list[Any]]:
    with sqlite3.connect(project.database) as connection:
        return {
            name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
            for name in ("coding", "evidence", "cell", "code_total", "decision", "study", "meta")
        }


def test_a_build_publishes_nothing_of_a_blind_round(
    without: Project, with_answers: Project
) -> None:
    assert rows(with_answers) == rows(without)


def plain(html: str) -> str:
    """Without what differs from page to page anyway, and how much others have answered."""
    html = re.sub(r'name="(csrftoken|based_on)" value="[^"]*"', "", html)
    html = re.sub(r"<span>· Second coder: [^<]*</span>", "", html)
    html = re.sub(r'"(path|hash|size)": "?[^,}]*', "", html)
    return re.sub(r"Queries? took [\d.]+ms|\"query_ms\": [\d.]+", "", html)


def changes(project: Project) -> list[dict[str, Any]]:
    """A change of every kind, of every code."""
    scheme = read_scheme(project.scheme)
    found: list[dict[str, Any]] = []
    for dimension in scheme.dimensions:
        codes = [code.id for code in dimension.codes]
        for name in codes:
            parts = {
                f"into.{n}.{field}": value
                for n, part in enumerate(("one", "two"))
                for field, value in (("id", part), ("label.en", part), ("label.nl", part))
            }
            found += [
                {"do": "retire", "code": name},
                {"do": "rename", "code": name, "label.en": "Other", "label.nl": "Ander"},
                {"do": "redefine", "code": name, "definition.en": "X", "definition.nl": "X"},
                {"do": "split", "code": name, **parts},
                {"do": "split", "code": name, **parts, "old_answers": "one"},
            ]
        found += [
            {"do": "merge", "codes": one, "into": other}
            for one, other in itertools.permutations(codes, 2)
        ]
        found.append(
            {"do": "add", "dimension": dimension.id, "code.id": "new", "code.label.en": "New",
             "code.label.nl": "Nieuw"}
        )  # fmt: skip
    for path in sorted(project.indicators.glob("role/*.yml")):
        text = path.read_text().replace("weight: 0.", "weight: 0.0")
        found.append({"do": "indicators", "code": path.stem, "text": text})
    words = (project.indicators / "words.yml").read_text()
    found.append({"do": "indicators", "code": "words", "text": words + "\n"})
    return found


def pages(session: CoderSession, project: Project) -> dict[str, str]:
    """Every page and preview that a coder can ask for."""
    units = ["berg2020", "smit2021", GONE]
    units += [passage_id(project, "berg2020", place) for place in (1, 2, 3)]
    paths = ["/", "/method", "/agreement", "/review", "/review?finished=roles", "/review/orphans",
             "/review/scheme", "/review/scheme/new?dimension=role", "/review/scheme/import",
             "/review/rounds/new", "/review/add", "/review/screen", "/search?q=zebra",
             "/study/berg2020", "/study/smit2021", "/review/scheme/code/judge"]  # fmt: skip
    paths += [f"/review/history/{unit}" for unit in units]
    for item in ("roles", "all_blind", "pilot"):
        paths += [f"/review/{item}/unit/{unit}" for unit in units if unit not in units[:3]]
        paths += [
            f"/review/{item}/{page}"
            for page in (
                "next", "next?order=uncertainty", "next?order=score&code=judge", "study/berg2020",
                "study/smit2021", "compare", "compare?show=all", f"compare/{units[3]}", "agreement",
            )
        ]  # fmt: skip
    names = ("decision", "coding", "evidence", "cell", "code_total", "study", "meta", "passage")
    paths += [f"/orchestration/{name}.json?_shape=array" for name in names]
    found = {path: seen(session.get(path)) for path in paths}
    for change in changes(project):
        answer = session.post("/review/scheme/preview", change, "/review/scheme")
        assert answer.status_code == 200, (change, answer.text)
        found[json.dumps(change)] = seen(answer)
    found["import"] = seen(imported(session))
    found["take back"] = seen(session.post("/review/scheme/take-back", {}, "/review/scheme"))
    return found


def seen(answer: Any) -> str:
    return f"{answer.status_code} {answer.headers.get('location', '')} {plain(answer.text)}"


def imported(session: CoderSession) -> Any:
    """What a codebook of another program would add."""
    token = re.search(
        r'name="csrftoken" value="([^"]*)"', session.get("/review/scheme/import").text
    )
    assert token is not None
    return session.running.ask(
        "POST",
        "/review/scheme/import",
        cookies=session.cookies,
        headers={"x-csrftoken": token[1]},
        data={"csrftoken": token[1], "dimension": "role"},
        files={"file": ("other.csv", BOOK.encode())},
    )


@pytest.mark.parametrize("coder", ["first", "third"])
def test_no_page_and_no_preview_depends_on_blind_answers(
    without: Project, with_answers: Project, coder: str
) -> None:
    """A colleague within the round and somebody outside it get the same bytes, with or without."""
    empty = pages(Running(without).sign_in(coder), without)
    full = pages(Running(with_answers).sign_in(coder), with_answers)
    assert empty.keys() == full.keys()
    for name, page in empty.items():
        assert full[name] == page, name
        assert SECRET not in full[name], name


def test_no_command_tells_blind_answers(
    without: Project, with_answers: Project, evidence: Evidence
) -> None:
    commands = []
    for number, change in enumerate(
        [{"do": "retire", "code": name} for name in ("weaver", "judge", "scribe")]
    ):
        name = f"0003-try{number}"
        text = json.dumps({"id": name, "from": 2, "why": "A test.", "changes": [change]})
        for project in (without, with_answers):
            project.migrations.mkdir(exist_ok=True)
            (project.migrations / f"{name}.yml").write_text(text)
        commands.append(("scheme", "preview", name))
    commands += [("agreement",), ("train",), ("export", "--format", "csv"), ("suggest", "x", "-")]
    for command, *arguments in commands:
        told = [evidence(command, project, *arguments) for project in (without, with_answers)]
        assert told[0].stdout == told[1].stdout, command
        assert SECRET not in told[1].stdout
