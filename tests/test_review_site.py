"""The pages of review over HTTP: signing in, coding, blindness, comparing, bad input."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from typer.testing import CliRunner

from pipeline.build.recipe import build
from pipeline.commands.evidence import app
from pipeline.desk.review.accounts import Accounts, Attempts, Links, Passwords, hash_password
from pipeline.ground.project import Project
from pipeline.sources.decisions import read_decisions
from tests.conftest import ROOT, Evidence, passage_id
from tests.reviewing import CoderSession, Running
from tests.test_review_desk import everything


@pytest.fixture
def project(reviewed: Project) -> Project:
    return reviewed


@pytest.fixture
def running(project: Project) -> Running:
    return Running(project)


@pytest.fixture
def first(running: Running) -> CoderSession:
    return running.sign_in("first")


@pytest.fixture
def second(running: Running) -> CoderSession:
    return running.sign_in("second")


def lines(project: Project, coder: str, study: str = "berg2020") -> list[Any]:
    folder = project.consensus if coder == "consensus" else project.decisions / coder
    found, problems = read_decisions(folder / f"{study}.csv", coder, "x")
    assert not problems
    return found


def working_database(project: Project) -> Path:
    """The copy that the review of this process keeps up to date."""
    return project.cache / "review" / str(os.getpid()) / "orchestration.db"


# Signing in


def test_a_link_signs_in_once(running: Running) -> None:
    token = running.review.accounts.links.make("first")
    assert running.ask("GET", f"/review/sign-in?token={token}").status_code == 303
    again = running.ask("GET", f"/review/sign-in?token={token}")
    assert again.status_code == 403
    assert "used already" in again.text
    assert running.ask("GET", "/review/sign-in?token=forged").status_code == 403


def test_a_link_gets_too_old() -> None:
    now = [0.0]
    links = Links(clock=lambda: now[0])
    token = links.make("first")
    now[0] = 16 * 60
    assert links.use(token) is None


def test_a_tampered_session_is_nobody(running: Running, first: CoderSession) -> None:
    assert first.get("/review").status_code == 200
    first.cookies["ds_actor"] = first.cookies["ds_actor"][:-3] + "xyz"
    assert first.get("/review").headers["location"] == "/review/sign-in"


def test_the_session_cookie_is_kept_from_scripts(running: Running) -> None:
    token = running.review.accounts.links.make("first")
    cookie = running.ask("GET", f"/review/sign-in?token={token}").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_new_link_is_printed_where_the_server_runs(running: Running) -> None:
    running.visitor().post("/review/new-link", {"coder_name": "second"}, "/review/sign-in")
    (said,) = running.said
    assert said.startswith("second: http://localhost/review/sign-in?token=")
    path = said.split("localhost")[1]
    assert running.ask("GET", path).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/review/roles/next",
        "/review/roles/unit/UNIT",
        "/review/roles/study/berg2020",
        "/review/history/berg2020",
        "/review/orphans",
        "/review/roles/compare",
        "/review/roles/compare/UNIT",
        "/review/roles/agreement",
    ],
)
def test_only_coders_get_in(running: Running, project: Project, path: str) -> None:
    path = path.replace("UNIT", passage_id(project, "berg2020", 1))
    assert running.visitor().get(path).status_code == 403
    running.review.desk.coders["third"] = running.review.desk.coders["third"].model_copy(
        update={"active": False}
    )
    third = running.visitor()
    third.cookies["ds_actor"] = running.site.sign({"a": {"id": "third"}}, "actor")
    assert third.get(path).status_code == 403


def test_a_coder_outside_the_round_does_not_see_it(running: Running) -> None:
    third = running.sign_in("third")
    assert third.get("/review/roles/next").status_code == 404
    assert "You take part in no round" in third.get("/review").text


def test_forms_need_their_token(running: Running, first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    for path in (
        f"/review/roles/unit/{unit}",
        "/review/undo",
        "/review/roles/state",
        "/review/orphans",
    ):
        answer = running.ask("POST", path, content="codes.role=weaver", cookies=first.cookies,
                             headers={"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
        assert answer.status_code == 403
    assert not (project.decisions / "first" / "smit2021.csv").exists()


def test_review_is_off_on_the_public_site(small: Project) -> None:
    from tests.conftest import Site

    assert Site(small).get("/review").status_code == 404
    assert Site(small).get("/review/sign-in").status_code == 404


def test_passwords(running: Running) -> None:
    now = [0.0]
    running.review.accounts = Accounts(
        attempts=Attempts(clock=lambda: now[0]),
        passwords=Passwords({"first": hash_password("correct horse"), "gone": hash_password("x")}),
    )
    visitor = running.visitor()

    def attempt(name: str, word: str) -> int:
        return visitor.post("/review/sign-in", {"name": name, "password": word}).status_code

    assert attempt("first", "wrong") == 403
    assert attempt("gone", "x") == 403
    assert attempt("nobody", "x") == 403
    assert attempt("first", "correct horse") == 303
    for _ in range(5):
        attempt("first", "guess")
    assert attempt("first", "correct horse") == 429
    now[0] = 16 * 60
    assert attempt("first", "correct horse") == 303


def test_password_files(
    evidence: Evidence, project: Project, tmp_path: Any, monkeypatch: Any
) -> None:
    given = "secret word\nsecret word\n"
    made = CliRunner().invoke(app, ["review", "password", "first"], input=given)
    line = made.stdout.strip().splitlines()[-1]
    assert line.startswith("first:$argon2id$")
    inside = project.root / "passwords"
    inside.write_text(line)
    found = evidence("review", project, "--team", "--passwords", str(inside), "--no-open")
    assert found.exit_code == 1
    assert "inside the project" in found.output
    broken = tmp_path / "passwords"
    broken.write_text("first:plain\n")
    found = evidence("review", project, "--team", "--passwords", str(broken), "--no-open")
    assert "not coder:hash" in found.output
    found = evidence("review", project, "--team", "--no-open")
    assert "no passwords given" in found.output
    assert "Say who codes" in evidence("review", project).output
    assert (
        "No active coder 'me'" in evidence("review", project, "--coder", "me", "--no-open").output
    )
    found = evidence("review", project, "--coder", "first", "--host", "0.0.0.0", "--no-open")
    assert "shared host" in found.output


# Coding


def test_a_passage_in_its_context(first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 2)
    html = first.get(f"/review/roles/unit/{unit}").text
    for text in ("passage 2 of 3", "Passages before", "Passages after", "How to decide"):
        assert text in html
    assert 'data-key="1"' in html
    shown = first.get(f"/review/roles/unit/{passage_id(project, 'berg2020', 1)}").text
    assert "<mark" in shown
    assert "Take suggestions over" in shown


def test_an_answer_is_saved_and_shown(first: CoderSession, project: Project) -> None:
    unit, after = passage_id(project, "berg2020", 1), passage_id(project, "berg2020", 2)
    answer = first.answer(
        unit, "weaver", "judge", note_role="Hard & <b>bold</b>", confidence_role="high"
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/review/roles/unit/{after}?saved={unit}"
    assert "Saved: Weaver, Judge." in first.get(answer.headers["location"]).text
    line = lines(project, "first")[-1]
    assert (line.codes, line.confidence, line.round) == ({"weaver", "judge"}, "high", "roles")
    assert (line.shown, line.note) == ("weaver", "Hard & <b>bold</b>")
    again = first.get(f"/review/roles/unit/{unit}").text
    assert "Hard &amp; &lt;b&gt;bold&lt;/b&gt;" in again
    history = first.get(f"/review/history/{unit}").text
    assert "Weaver, Judge" in history
    assert "<b>bold" not in history


def test_suggestions_are_hidden_from_the_second(second: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    html = second.get(f"/review/roles/unit/{unit}").text
    assert "Suggestions are hidden" in html
    assert "<mark" not in html
    assert "suggested</small>" not in html
    assert "<mark" not in second.get("/review/roles/study/berg2020").text
    assert "likeliest first" not in second.get("/review").text
    second.answer(unit, "weaver")
    assert lines(project, "second")[-1].shown == "hidden"
    # An order by score would give them away.
    going = second.get("/review/roles/next?order=score&code=weaver").headers["location"]
    assert "order" not in going


def test_a_share_of_suggestions_can_be_hidden(first: CoderSession, running: Running) -> None:
    item = running.review.desk.rounds["roles"].model_copy(update={"hidden_share": 0.5})
    units = [f"berg2020-{number:08x}" for number in range(2000)]
    shown = [item.shows_suggestions("first", unit) for unit in units]
    assert 900 < sum(shown) < 1100
    assert shown == [item.shows_suggestions("first", unit) for unit in units]


def test_orders_of_the_queue(first: CoderSession, project: Project) -> None:
    def going(query: str) -> str:
        return first.get(f"/review/roles/next?{query}").headers["location"]

    likeliest = passage_id(project, "smit2021", 1)
    first_one = passage_id(project, "berg2020", 1)
    assert going("") == f"/review/roles/unit/{first_one}"
    assert "/unit/" in going("order=uncertainty")
    found = going("order=score&code=weaver")
    assert found.split("?")[0].rsplit("/", 1)[1] in (likeliest, first_one)
    assert going("order=nonsense") == going("")
    first.answer(first_one, "weaver")
    assert first_one not in going("")
    assert first_one in going("all=1")


def test_a_hint_when_little_is_left(
    first: CoderSession, project: Project, running: Running
) -> None:
    for position in (1, 2, 3):
        first.answer(passage_id(project, "berg2020", position))
    path = f"/review/roles/unit/{passage_id(project, 'smit2021', 2)}?order=score&code=judge"
    assert "at most 2 of them have it (95 %)" in first.get(path).text


def test_a_passage_can_be_given_another_sector(first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    path = f"/review/roles/unit/{unit}"
    first.post(path, {"codes.role": "weaver", "codes.sector": ["sport"]})
    assert {(line.dimension, line.codes) for line in lines(project, "first")[-2:]} == {
        ("role", frozenset({"weaver"})), ("sector", frozenset({"sport"})),
    }  # fmt: skip
    first.post(path, {"codes.role": "weaver"})
    assert lines(project, "first")[-1].codes is None


def test_a_whole_study(first: CoderSession, project: Project) -> None:
    answer = first.post(
        "/review/whole/study/smit2021", {"codes.sector": ["care", "sport"], "note.sector": "Both."}
    )
    assert answer.status_code == 303
    line = lines(project, "first", "smit2021")[-1]
    assert (line.unit, line.codes, line.note) == ("smit2021", {"care", "sport"}, "Both.")
    assert "Passages" in first.get("/review/roles/study/smit2021").text


def test_undo_over_http(first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    before = len(lines(project, "first"))
    first.answer(unit, "weaver")
    first.answer(unit, "judge")
    answer = first.post("/review/undo", {}, "/review")
    assert unit in answer.headers["location"]
    assert [line.codes for line in lines(project, "first")[before:]] == [
        {"weaver"}, {"judge"}, None, {"weaver"},
    ]  # fmt: skip
    first.post("/review/undo", {}, "/review")
    assert lines(project, "first")[-1].codes is None
    assert first.get("/review/undo").status_code == 303
    assert "withdrawn" in first.get(f"/review/history/{unit}").text


# Blindness


SECRET = "Zebra-note-that-gives-it-away"


def test_nobody_sees_a_blind_answer(
    running: Running, first: CoderSession, second: CoderSession, project: Project
) -> None:
    unit = passage_id(project, "berg2020", 2)
    with sqlite3.connect(working_database(project)) as connection:
        before = {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in ("coding", "decision", "cell", "meta")
        }
    assert first.answer(unit, "judge", note_role=SECRET).status_code == 303
    with sqlite3.connect(working_database(project)) as connection:
        for name, rows in before.items():
            assert connection.execute(f'SELECT * FROM "{name}"').fetchall() == rows
    doors = [
        "/", "/study/berg2020", "/agreement", "/questions", "/review", "/review/orphans",
        f"/review/roles/unit/{unit}", "/review/roles/study/berg2020", f"/review/history/{unit}",
        "/orchestration", "/-/databases.json", "/-/metadata.json",
        "/orchestration/search_passages?words=zebra", "/orchestration/coverage",
        "/orchestration/evidence_by_role_and_sector?role=judge&sector=&status=",
        "/orchestration/gaps_and_reasons?role=judge&sector=energy",
    ]  # fmt: skip
    tables = ["decision", "coding", "evidence", "cell", "code_total", "study", "role_sector_matrix", "gap",
              "passage", "meta", "round", "coder", "agreement", "machine_agreement"]  # fmt: skip
    doors += [
        f"/orchestration/{name}{end}"
        for name in tables
        for end in ("", ".json?_shape=array", ".csv")
    ]
    public = Running(with_unsigned(project))
    for visitor in (second, running.visitor()):
        for door in doors:
            seen = visitor.get(door)
            assert SECRET not in seen.text, door
            if visitor is not second or door.startswith("/review"):
                continue
            # Not a count, not a status: the same as in a project where nothing was answered.
            assert plain(seen.text) == plain(public.sign_in("second").get(door).text), door
    assert SECRET in first.get(f"/review/history/{unit}").text


def with_unsigned(project: Project) -> Project:
    """The same project before the first coder answered."""
    import shutil

    folder = project.root.parent / "unsigned"
    shutil.copytree(project.root, folder)
    path = folder / "coding" / "decisions" / "first" / "berg2020.csv"
    path.write_text(
        "".join(line for line in path.read_text().splitlines(True) if SECRET not in line)
    )
    return Project(folder)


def plain(html: str) -> str:
    """Without what differs from page to page anyway."""
    html = re.sub(r'name="csrftoken" value="[^"]*"', "", html)
    html = re.sub(r'"(path|hash|size)": "?[^,}]*', "", html)
    return re.sub(r"Queries? took [\d.]+ms|\"query_ms\": [\d.]+", "", html)


def test_a_build_does_not_publish_blind_answers(first: CoderSession, project: Project) -> None:
    first.answer(passage_id(project, "berg2020", 2), "judge", note_role=SECRET)
    build(project)
    assert SECRET.encode() not in project.database.read_bytes()


def test_comparing_is_closed_until_it_is_opened(
    first: CoderSession, second: CoderSession, project: Project
) -> None:
    unit = passage_id(project, "berg2020", 1)
    for path in (
        "/review/roles/compare",
        f"/review/roles/compare/{unit}",
        "/review/roles/agreement",
    ):
        assert first.get(path).status_code == 403


# Comparing, settling, closing


def both_answer(first: CoderSession, second: CoderSession, project: Project) -> list[str]:
    units = [passage_id(project, "berg2020", position) for position in (1, 2, 3)]
    first.answer(units[0], "weaver")
    second.answer(units[0], "weaver", note_role=SECRET)
    first.answer(units[1], "judge")
    second.answer(units[1])
    first.answer(units[2])
    second.answer(units[2])
    return units


def test_open_compare_settle_close(
    running: Running, first: CoderSession, second: CoderSession, project: Project
) -> None:
    units = both_answer(first, second, project)
    unsure = first.post("/review/roles/state", {"state": "comparing"}, "/review")
    assert unsure.status_code == 400
    opened = first.post("/review/roles/state", {"state": "comparing", "sure": "1"}, "/review")
    assert opened.headers["location"] == "/review/roles/compare"
    assert "# " in (ROOT / "coding" / "rounds.yml").read_text()
    text = project.rounds.read_text()
    assert "state: comparing" in text
    assert "by: first" in text
    assert SECRET in first.get(f"/review/history/{units[0]}").text
    statuses = first.get(
        "/orchestration/coding.json?_shape=array&dimension=role&study=berg2020"
    ).json()
    assert {(row["code"], row["status"]) for row in statuses} == {
        ("weaver", "agreed"),
        ("judge", "disputed"),
    }
    late = first.answer(units[1], "weaver")
    assert late.status_code == 409
    assert "is comparing; it takes no more answers" in late.text

    page = first.get("/review/roles/compare").text
    assert "Accept the 2 agreements" in page
    accepted = first.post("/review/roles/compare?dimension=role", {}, "/review/roles/compare")
    assert accepted.headers["location"].endswith("accepted=2")
    unit = units[1]
    path = f"/review/roles/compare/{unit}?dimension=role"
    html = first.get(path).text
    assert "First coder" in html
    assert "Second coder" in html
    settled = first.post(path, {"codes.role": ["judge"], "note.role": "It says who decides."})
    assert settled.status_code == 303
    (line,) = [item for item in lines(project, "consensus") if item.unit == unit]
    assert (line.codes, line.settled_by, line.note) == ({"judge"}, "first", "It says who decides.")
    evidence_rows = first.get("/orchestration/evidence.json?_shape=array").json()
    assert {(row["role"], row["status"]) for row in evidence_rows} == {
        ("weaver", "agreed"),
        ("judge", "adjudicated"),
    }

    undone = first.post("/review/roles/compare/undo", {}, "/review/roles/compare")
    assert unit in undone.headers["location"]
    assert lines(project, "consensus")[-1].codes is None
    first.post(path, {"codes.role": ["judge"]})

    numbers = second.get("/review/roles/agreement").text
    assert "Krippendorff" in numbers
    closed = second.post(
        "/review/roles/state", {"state": "closed", "sure": "1"}, "/review/roles/compare"
    )
    assert closed.status_code == 303
    assert (project.agreement / "roles.json").is_file()
    public = running.visitor().get("/agreement").text
    assert "Cohen’s kappa" in public
    assert "no variation" in public
    assert "NaN" not in public
    assert (
        first.post(
            "/review/roles/state", {"state": "comparing", "sure": "1"}, "/review"
        ).status_code
        == 400
    )
    live = everything(working_database(project))
    build(project)
    assert everything(project.database) == live


def test_settling_notices_another_window(
    first: CoderSession, second: CoderSession, project: Project
) -> None:
    units = both_answer(first, second, project)
    first.post("/review/roles/state", {"state": "comparing", "sure": "1"}, "/review")
    path = f"/review/roles/compare/{units[1]}?dimension=role"
    assert first.post(path, {"codes.role": ["judge"]}).status_code == 303
    stale = second.post(path, {"codes.role": ["none"], "seen": ""})
    assert stale.status_code == 409
    assert [line.codes for line in lines(project, "consensus")] == [{"judge"}]


def test_checking_another_coders_answers(project: Project) -> None:
    project.rounds.write_text(project.rounds.read_text() + """
  - id: checking
    title: {en: "Check", nl: "Controle"}
    coders: [second]
    dimensions: [role]
    blind: false
    checks: first
""")  # fmt: skip
    build(project)
    running = Running(project)
    unit = passage_id(project, "berg2020", 1)
    desk = running.review.desk
    from pipeline.desk.review.answer_rules import Answer

    desk.save(
        "first", desk.rounds["pilot"], unit, [Answer("role", frozenset({"weaver"}), note="Clear.")]
    )
    html = running.sign_in("second").get(f"/review/checking/unit/{unit}").text
    assert "First coder said Weaver" in html
    assert "Clear." in html
    assert 'data-accept="weaver"' in html


# Bad input


def test_bad_forms(first: CoderSession, project: Project, running: Running) -> None:
    unit = passage_id(project, "berg2020", 1)
    path = f"/review/roles/unit/{unit}"
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({}, 400, "Choose a role, or none of them (0)."),
        ({"codes.role": ["weaver", "none"]}, 400, "none of them, or some of them, not both"),
        ({"codes.role": ["nobody"]}, 400, "There is no code &#39;nobody&#39; in Role."),
        ({"codes.role": ["weaver"], "codes.colour": ["red"]}, 400, "&#39;colour&#39; is not asked here."),
        ({"codes.role": ["weaver"], "confidence.role": "sure"}, 400, "Confidence is low, medium or high"),
        ({"codes.role": ["weaver"], "note.role": "kept words \x07"}, 400, "U+0007"),
        ({"codes.role": ["weaver"], "note.role": "kept words " + "x" * 20_001}, 400, "20,000 fit"),
        ({"codes.role": ["weaver"], "quote.role": "kept words"}, 400, "marked words do not stand in"),
        ({"codes.role": ["weaver"], "coder": "second"}, 403, "nobody answers for somebody else"),
        ({"codes.role": ["weaver"], "seen": "older"}, 409, "in another window meanwhile"),
    ]  # fmt: skip
    before = len(lines(project, "first"))
    for fields, status, message in cases:
        answer = first.post(path, fields)
        assert answer.status_code == status, (fields, answer.text)
        assert message in answer.text
        if any("kept words" in str(value) for value in fields.values()):
            assert "kept words" in answer.text
    assert len(lines(project, "first")) == before
    assert first.get("/review/nowhere/next").status_code == 404
    assert first.get("/review/roles/unit/berg2020-00000000").status_code == 404
    assert first.get("/review/roles/study/nobody2020").status_code == 404
    assert first.get("/review/roles/compare/x").status_code == 403


def test_a_long_note_and_odd_letters_are_kept(first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    note = '=1+1\n\u202eright to left\u202c, naïve ĳ, "quotes", ' + "word " * 1990
    assert first.answer(unit, "weaver", note_role=note).status_code == 303
    assert lines(project, "first")[-1].note == note.strip()
    assert "\n'=1+1" in (project.decisions / "first" / "berg2020.csv").read_text().replace(
        '"', "\n"
    )


def test_a_passage_that_is_gone_keeps_the_answer(
    first: CoderSession, project: Project, running: Running
) -> None:
    unit = passage_id(project, "berg2020", 1)
    path = f"/review/roles/unit/{unit}"
    html = first.get(path).text
    token = re.search(r'name="csrftoken" value="([^"]*)"', html)
    assert token
    del running.review.desk.passages[unit]
    body = urlencode({"csrftoken": token[1], "codes.role": "weaver", "note.role": "Precious."})
    answer = running.ask("POST", path, content=body, cookies=first.cookies,
                         headers={"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert answer.status_code == 409
    assert "Precious." in answer.text


def test_a_full_disk_is_told_and_the_answer_stays(first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "smit2021", 1)
    (project.decisions / "first" / "smit2021.csv").symlink_to("/dev/full")
    answer = first.answer(unit, "weaver", note_role="Precious.")
    assert answer.status_code == 507
    assert "No space left on device" in answer.text
    assert "Precious." in answer.text
    assert re.search(r'value="weaver" checked', answer.text)


def test_a_file_broken_by_hand_is_told(first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    path = project.decisions / "first" / "berg2020.csv"
    path.write_text(path.read_text() + "nonsense,by,hand\n")
    before = path.read_bytes()
    answer = first.answer(unit, "weaver", note_role="Precious.")
    assert answer.status_code == 400
    assert "3 fields instead of 11" in answer.text
    assert "Precious." in answer.text
    assert path.read_bytes() == before


# Orphans


def test_orphans_are_moved_by_a_person(first: CoderSession, project: Project) -> None:
    unit, second_unit = passage_id(project, "berg2020", 1), passage_id(project, "berg2020", 2)
    first.answer(unit, "weaver", note_role="Mine.")
    first.answer(second_unit, "judge")
    digest = project.corpus / "berg2020.md"
    changed = digest.read_text().replace("together", "round one table")
    statements = re.findall(r"^- .*$", changed, re.M)
    digest.write_text(changed.replace(statements[1] + "\n", ""))
    running = Running(with_build(project))
    coder = running.sign_in("first")
    html = coder.get("/review/orphans").text
    assert "% alike" in html
    names = re.findall(r'name="orphan" value="([^"]+)"', html)
    assert len(names) == 2
    new = passage_id(project, "berg2020", 1)
    moved = coder.post("/review/orphans", {"orphan": names[0], "unit": new})
    assert moved.status_code == 303
    line = lines(project, "first")[-1]
    assert (line.unit, line.codes, line.note) == (new, {"weaver"}, f"Mine.\nMoved from {unit}.")
    assert coder.post("/review/orphans", {"orphan": names[0], "unit": new}).status_code == 400
    coder.post("/review/orphans", {"orphan": names[1], "unit": ""})
    assert lines(project, "first")[-1].codes is None
    assert "None." in coder.get("/review/orphans").text


def gone(project: Project, position: int = 1) -> str:
    """Put other words in the place of a passage of berg2020; its id, which is gone then."""
    unit = passage_id(project, "berg2020", position)
    digest = project.corpus / "berg2020.md"
    words = [line for line in digest.read_text().splitlines() if line.startswith("- ")]
    changed = words[position - 1].rstrip(".") + ", as was said."
    digest.write_text(digest.read_text().replace(words[position - 1], changed))
    return unit


def orphan_names(coder: CoderSession) -> list[str]:
    return re.findall(r'name="orphan" value="([^"]+)"', coder.get("/review/orphans").text)


def test_an_orphan_goes_to_no_other_study_and_over_no_answer(
    first: CoderSession, project: Project
) -> None:
    answered = passage_id(project, "berg2020", 2)
    first.answer(passage_id(project, "berg2020", 1), "weaver")
    first.answer(answered, "judge")
    gone(project)
    coder = Running(with_build(project)).sign_in("first")
    (name,) = orphan_names(coder)
    before = lines(project, "first")
    refusals = {
        passage_id(project, "smit2021", 1): "There is no passage",
        answered: "has an answer already",
    }
    for unit, said in refusals.items():
        refused = coder.post("/review/orphans", {"orphan": name, "unit": unit})
        assert (refused.status_code, said in refused.text) == (400, True), refused.text
    assert lines(project, "first") == before
    assert not (project.decisions / "first" / "smit2021.csv").exists()
    assert orphan_names(coder) == [name]


def test_an_orphaned_consensus_is_moved_only_by_who_settled_it(
    first: CoderSession, second: CoderSession, project: Project
) -> None:
    units = both_answer(first, second, project)
    first.post("/review/roles/state", {"state": "comparing", "sure": "1"}, "/review")
    first.post(f"/review/roles/compare/{units[1]}?dimension=role", {"codes.role": ["judge"]})
    (settled,) = lines(project, "consensus")
    name = f"berg2020-consensus-{settled.number}"
    gone(project, 2)
    new = passage_id(project, "berg2020", 2)
    running = Running(with_build(project))
    first, second = running.sign_in("first"), running.sign_in("second")
    (given,) = [line for line in lines(project, "first") if line.unit == settled.unit]
    assert sorted(orphan_names(first)) == sorted(
        [name, f"berg2020-first-{given.number}"]
    )  # what she answered, too
    assert name not in orphan_names(second)
    for unit in (new, ""):
        refused = second.post("/review/orphans", {"orphan": name, "unit": unit})
        assert refused.status_code == 400
        assert lines(project, "consensus") == [settled]
    assert first.post("/review/orphans", {"orphan": name, "unit": new}).status_code == 303
    moved = lines(project, "consensus")[-1]
    assert (moved.unit, moved.codes, moved.settled_by) == (new, {"judge"}, "first")


def with_build(project: Project) -> Project:
    build(project)
    return project


# Several at once, over a real connection


@pytest.fixture
def serving(project: Project) -> Any:
    """The command itself, in a process of its own."""
    eight = "".join(
        f'  - id: c{n}\n    name: {{en: "C{n}", nl: "C{n}"}}\n    kind: "test"\n' for n in range(8)
    )
    project.coders.write_text(project.coders.read_text().rstrip("\n") + "\n" + eight)
    names = ", ".join(f"c{n}" for n in range(8))
    project.rounds.write_text(
        project.rounds.read_text()
        + f'\n  - id: many\n    title: {{en: "Many", nl: "Veel"}}\n    coders: [{names}]\n    dimensions: [role]\n'
    )
    coders = [part for n in range(8) for part in ("--coder", f"c{n}")]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "review", *coders, "--no-open", "--port", "0", "-C", str(project.root)],
        cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    links = {}
    assert process.stdout
    for line in process.stdout:
        if match := re.match(r"(c\d) signs in, once, with: (\S+)", line):
            links[match[1]] = match[2]
        if len(links) == 8:
            break
    yield process, links
    process.kill()
    process.wait()


@pytest.mark.slow
def test_eight_coders_at_once_and_a_kill_lose_nothing(serving: Any, project: Project) -> None:
    process, links = serving
    units = [passage_id(project, "berg2020", n) for n in (1, 2, 3)]
    units += [passage_id(project, "smit2021", n) for n in (1, 2)]
    saved: list[tuple[str, str]] = []
    problems: list[str] = []

    def code(name: str, link: str) -> None:
        base = link.split("/review")[0]
        with httpx.Client(base_url=base, follow_redirects=False, timeout=20) as client:
            try:
                for _ in range(50):
                    if client.get(link).status_code == 303:
                        break
                    time.sleep(0.1)
                for turn in range(200):
                    unit = units[turn % 5]
                    html = client.get(f"/review/many/unit/{unit}").text
                    hidden = dict(re.findall(r'name="(csrftoken|seen)" value="([^"]*)"', html))
                    note = f"{name} turn {turn}"
                    fields = {
                        **hidden,
                        "codes.role": ["weaver", "judge"][turn % 2],
                        "note.role": note,
                    }
                    answer = client.post(f"/review/many/unit/{unit}", data=fields)
                    if answer.status_code != 303:
                        problems.append(answer.text[:300])
                        return
                    saved.append((name, note))
            except httpx.TransportError:
                return  # the server was killed

    threads = [threading.Thread(target=code, args=item) for item in links.items()]
    for thread in threads:
        thread.start()
    while len(saved) < 80 and any(thread.is_alive() for thread in threads):
        time.sleep(0.05)
    process.kill()
    for thread in threads:
        thread.join()
    assert not problems
    assert len(saved) >= 80
    notes = {
        (line.coder, line.note)
        for name in links
        for study in ("berg2020", "smit2021")
        if (project.decisions / name / f"{study}.csv").exists()
        for line in lines(project, name, study)
    }
    assert set(saved) <= notes
    assert build(project).fresh


# Rounds do not disturb each other


MORE = """
  - id: later
    title: {en: "Later", nl: "Later"}
    coders: [first, second]
    dimensions: [role, sector]
    blind: false
  - id: checking
    title: {en: "Check", nl: "Controle"}
    coders: [second]
    dimensions: [role]
    blind: false
    checks: first
"""


@pytest.fixture
def rounds(project: Project) -> Running:
    project.rounds.write_text(project.rounds.read_text().rstrip("\n") + MORE)
    build(project)
    return Running(project)


def test_checking_shows_nothing_of_a_blind_round(rounds: Running, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    first, second = rounds.sign_in("first"), rounds.sign_in("second")
    first.answer(unit, "judge", note_role=SECRET)
    html = second.get(f"/review/checking/unit/{unit}").text
    assert SECRET not in html
    assert "To be checked" not in html
    first.answer(unit, "weaver", item="later", note_role="Open.")
    html = second.get(f"/review/checking/unit/{unit}").text
    assert "First coder said Weaver" in html
    assert SECRET not in html


def test_undo_and_withdrawal_stay_in_their_round(rounds: Running, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    first = rounds.sign_in("first")
    first.answer(unit, "weaver", item="later")
    first.answer(unit, "judge")
    first.post("/review/undo", {}, "/review")
    desk = rounds.review.desk
    assert desk.answers("first", unit, desk.rounds["roles"]) == {}
    assert desk.answers("first", unit, desk.rounds["later"])["role"].codes == {"weaver"}
    assert not desk.is_done(desk.rounds["roles"], "first", unit)
    # Taking an answer back in one round leaves that of another in the database.
    first.post("/review/later/study/berg2020", {"codes.sector": ["sport"]})
    first.post("/review/later/study/berg2020", {"codes.role": []}, "/review/later/study/berg2020")
    found = rounds.visitor().get(
        "/orchestration/coding.json?_shape=array&dimension=sector&study=berg2020"
    )
    assert [(row["code"], row["status"]) for row in found.json() if not row["passage"]] == [
        ("energy", "single")
    ]


def test_a_consensus_settles_only_its_round(rounds: Running, project: Project) -> None:
    first, second = rounds.sign_in("first"), rounds.sign_in("second")
    units = both_answer(first, second, project)
    first.post("/review/roles/state", {"state": "comparing", "sure": "1"}, "/review")
    first.post("/review/roles/compare?dimension=role", {}, "/review/roles/compare")
    first.answer(units[0], "judge", item="later")
    second.answer(units[0], "judge", item="later")
    first.post("/review/later/state", {"state": "comparing", "sure": "1"}, "/review")
    assert "Accept the 1 agreements" in first.get("/review/later/compare").text
    assert "with 0 settled" not in first.get("/review/later/agreement").text


def test_an_answer_is_taken_back_only_on_purpose(rounds: Running, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    first = rounds.sign_in("first")
    first.answer(unit, "weaver", note_role="Mine.")
    path = f"/review/roles/unit/{unit}"
    emptied = first.post(path, {"note.role": "Typed just now."})
    assert emptied.status_code == 400
    assert "Typed just now." in emptied.text
    assert first.post(path, {"withdraw": "1"}).status_code == 303
    assert lines(project, "first")[-1].codes is None


def test_one_coders_broken_file_stops_nobody_else(rounds: Running, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    first, second = rounds.sign_in("first"), rounds.sign_in("second")
    path = project.decisions / "first" / "berg2020.csv"
    path.write_text(path.read_text() + f"nonsense,{SECRET}\n")
    answer = second.answer(unit, "weaver")
    assert answer.status_code == 303
    assert SECRET not in second.get(f"/review/roles/unit/{unit}").text
    assert "2 fields instead of 11" in first.get(f"/review/roles/unit/{unit}").text


def test_a_line_from_the_future_is_told(rounds: Running, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    path = project.decisions / "first" / "berg2020.csv"
    path.write_text(
        path.read_text() + f"2099-01-01T00:00:00Z,{unit},role,weaver,,,,hidden,2,roles,\n"
    )
    answer = rounds.sign_in("first").answer(unit, "judge", note_role="Kept.")
    assert answer.status_code == 400
    assert "in the future" in answer.text
    assert "Kept." in answer.text
    assert rounds.sign_in("second").answer(unit, "judge").status_code == 303
    assert lines(project, "second")[-1].decided_at < "2099"
    path.write_text(path.read_text().replace("2099", "2025"))
    assert rounds.sign_in("first").answer(unit, "judge").status_code == 303
    assert lines(project, "first")[-1].codes == {"judge"}


def test_who_may_not_answer_gets_no_buttons(rounds: Running, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    first, second = rounds.sign_in("first"), rounds.sign_in("second")
    both_answer(first, second, project)
    first.post("/review/roles/state", {"state": "comparing", "sure": "1"}, "/review")
    html = first.get(f"/review/roles/unit/{unit}").text
    assert "takes no more answers" in html
    assert "Save and next" not in html
    assert "Open this round for comparison" in second.get("/review").text
