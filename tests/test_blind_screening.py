"""Two screeners who do not see each other: order, hint, words and numbers give nothing away."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import Evidence, run_apart
from tests.reviewing import CoderSession, Running, with_rounds
from tests.test_review_site import working_database

SAMPLES = Path(__file__).parent / "imports"
RULES = """screening:
  stages: [abstract, full]
  screeners: {screeners}
  blind: {blind}
  reasons:
    - id: off_topic
      label: {{en: "Off topic", nl: "Buiten het onderwerp"}}
    - id: no_data
      label: {{en: "No data", nl: "Geen gegevens"}}
"""
PUBLIC = (
    "/orchestration/candidate.json?_shape=array",
    "/orchestration/flow.json?_shape=array",
    "/orchestration/screening_agreement.json?_shape=array",
    "/method",
    "/prisma.csv",
)


def prepared(small: Project, evidence: Evidence, screeners: int = 2, blind: bool = True) -> Running:
    """The small project with nine candidates of one import."""
    text = small.scheme.read_text()
    rules = RULES.format(screeners=screeners, blind=str(blind).lower())
    small.scheme.write_text(text.replace("dimensions:\n", f"{rules}dimensions:\n", 1))
    added = evidence("add", small, str(SAMPLES / "ten.ris"), "--yes", "--source", "Scopus")
    assert added.exit_code == 0, added.output
    return Running(with_rounds(small))


def screen(
    session: CoderSession,
    key: str,
    decision: str,
    reason: str = "",
    stage: str = "abstract",
    **more: str,
) -> None:
    fields = {"stage": stage, "decision": decision, "reason": reason, **more}
    answer = session.post(f"/review/screen/{key}", fields)
    assert answer.status_code == 303, answer.text


def in_order(session: CoderSession, stage: str = "abstract") -> list[str]:
    """What the screening page lists as left at a stage, in its order."""
    page = session.get("/review/screen").text
    section = page.partition(f'id="stage-{stage}"')[2].partition("</section>")[0]
    listed = section.partition("<ol>")[2].partition("</ol>")[0]
    return re.findall(r'href="/review/screen/([^"]+)"', listed)


def everything(session: CoderSession, keys: list[str]) -> dict[str, str]:
    """Every page and table that could say something of candidates, without form tokens."""
    pages = ["/review/screen", "/review", *(f"/review/screen/{key}" for key in keys), *PUBLIC]
    return {
        path: re.sub(r'name="csrftoken" value="[^"]*"', "", session.get(path).text)
        for path in pages
    }


@pytest.mark.parametrize("screeners", [2, 1])
def test_nothing_that_a_screener_gets_learns_from_blind_answers(
    small: Project, evidence: Evidence, screeners: int
) -> None:
    running = prepared(small, evidence, screeners)
    first, second = running.sign_in("first"), running.sign_in("second")
    keys = sorted(in_order(second))
    assert len(keys) == 9
    screen(second, "haddad2022price", "exclude", "off_topic")
    screen(second, "vermeer2021brokering", "include")
    screen(second, "tanaka2021integrating", "exclude", "no_data")
    left = in_order(second)
    before = everything(second, keys)
    assert "6 left, at most" in before["/review/screen"]
    if screeners == 1:
        # One answer ends a stage, and readers may see what has ended; not that somebody wavers.
        screen(first, left[0], "unsure")
        screen(first, left[3], "unsure", note="SECRET")
    else:
        for key, verdict in zip(
            left, ("exclude", "include", "unsure", "include", "exclude"), strict=False
        ):
            screen(first, key, verdict, "off_topic" if verdict == "exclude" else "", note="SECRET")
    after = everything(second, keys)
    for path, page in before.items():
        assert after[path] == page, path
    assert in_order(second) == left


def test_blind_answers_on_full_texts_show_nowhere_either(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence)
    first, second = running.sign_in("first"), running.sign_in("second")
    keys = in_order(second)
    for session in (first, second):
        for key in keys[:5]:
            screen(session, key, "include")
        screen(session, keys[5], "exclude", "off_topic")
    left = in_order(second, "full")
    assert sorted(left) == sorted(keys[:5])
    before = everything(second, keys)
    screen(first, left[1], "exclude", "no_data", "full", note="SECRET")
    screen(first, left[2], "include", stage="full")
    screen(first, left[3], "missing", stage="full")
    after = everything(second, keys)
    assert {path for path in before if after[path] != before[path]} == set()
    # The abstract is thought over again: it is in dispute, and the full text stays hidden.
    screen(second, left[1], "exclude", "off_topic", again="1")
    assert "SECRET" not in second.get(f"/review/screen/{left[1]}?stage=full").text


def test_the_full_text_stage_is_ranked_too(small: Project, evidence: Evidence) -> None:
    running = prepared(small, evidence, 1)
    first = running.sign_in("first")
    ranked = in_order(first)
    for key in ranked:
        screen(first, key, "include")
    again = in_order(first, "full")
    assert len(again) == 9
    assert sorted(again) == sorted(ranked)
    # By likeness to all nine now, and not by their keys.
    assert again != sorted(again)


def test_different_reasons_are_settled_and_not_first_come_first_served(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence)
    first, second = running.sign_in("first"), running.sign_in("second")
    key = "haddad2022price"
    screen(first, key, "exclude", "off_topic")
    screen(second, key, "exclude", "no_data")

    def published() -> tuple[str, str, int]:
        row = next(item for item in json.loads(first.get(PUBLIC[0]).text) if item["key"] == key)
        flow = json.loads(first.get(PUBLIC[1]).text)
        out = sum(item["number"] for item in flow if item["field"] == "excluded")
        return row["state"], row["reason"], out

    assert published() == ("conflict", "", 0)
    for session in (first, second):
        page = session.get(f"/review/screen/{key}").text
        said = re.sub(r"<[^>]+>", "", page)
        assert "in dispute" in said
        assert "first: leave out, Off topic" in said
        assert "second: leave out, No data" in said
        assert "1 in dispute" in session.get("/review/screen").text
    screen(first, key, "exclude", "no_data", settles="1")
    assert published() == ("excluded", "no_data", 1)
    rows = csv.DictReader(io.StringIO(first.get("/prisma.csv").text))
    found = {row["data"]: row["n"] for row in rows}
    assert found["reasons_title_abstract"] == "No data, 1"
    assert (found["awaiting_records"], found["records_screened"]) == ("8", "1")
    # A build from the files says the same.
    build(small)
    again = evidence("prisma", small, "-o", str(small.root / "flow.csv"))
    assert again.exit_code == 0, again.output
    assert "No data, 1" in (small.root / "flow.csv").read_text()


def agreed(evidence: Evidence, small: Project) -> dict[tuple[str, str], dict[str, Any]]:
    answer = evidence("agreement", small, "--screening", "--format", "json")
    assert answer.exit_code == 0, answer.output
    return {(item["stage"], item["of"]): item for item in json.loads(answer.output)}


def test_agreement_of_screeners_is_that_of_answers_given_blind(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence)
    first, second = running.sign_in("first"), running.sign_in("second")
    keys = sorted(in_order(first))
    one = ["include"] * 3 + ["exclude"] * 4
    other = ["include"] * 2 + ["exclude"] * 5
    for key, verdict in zip(keys, one, strict=False):
        screen(first, key, verdict, "off_topic" if verdict == "exclude" else "")
    assert evidence("agreement", small, "--screening").exit_code != 0
    assert "Agreement between screeners" not in first.get("/review/screen").text
    for place, (key, verdict) in enumerate(zip(keys, other, strict=False)):
        reason = "no_data" if place == 6 else "off_topic"
        screen(second, key, verdict, reason if verdict == "exclude" else "")
    # What is said after seeing the other's answer counts for nothing here, nor does settling.
    screen(second, keys[2], "include", again="1")
    screen(first, keys[6], "exclude", "no_data", settles="1")
    found = agreed(evidence, small)
    verdicts = found["abstract", "decision"]
    assert (verdicts["units"], verdicts["coders"]) == (7, ["first", "second"])
    # Six of seven alike; by chance 3/7 * 2/7 + 4/7 * 5/7 = 26/49.
    assert verdicts["raw"]["value"] == pytest.approx(6 / 7, abs=1e-6)
    assert verdicts["kappa"]["value"] == pytest.approx((6 / 7 - 26 / 49) / (23 / 49), abs=1e-6)
    assert verdicts["raw"]["low"] <= 6 / 7 <= verdicts["raw"]["high"]
    reasons = found["abstract", "reason"]
    assert (reasons["units"], reasons["raw"]["value"]) == (4, 0.75)
    page = re.sub(r"<[^>]+>", " ", second.get("/review/screen").text)
    assert "Agreement between screeners" in page
    assert re.search(r"Decision\s+7\s+0\.86", page)
    assert re.search(r"Reason\s+4\s+0\.75", page)
    assert "on 7 candidates" in running.visitor().get("/method").text
    assert "over 7 kandidaten" in running.visitor().get("/nl/method").text
    published = json.loads(running.visitor().get(PUBLIC[2]).text)
    assert [(row["stage"], row["what"], row["units"], row["raw"]) for row in published] == [
        ("abstract", "decision", 7, pytest.approx(6 / 7, abs=1e-6)),
        ("abstract", "reason", 4, 0.75),
    ]
    text = evidence("agreement", small, "--screening").output
    assert "Cohen's kappa" in text
    assert "0.86" in text
    for form in ("csv", "md"):
        assert "decision" in evidence("agreement", small, "--screening", "-f", form).output.lower()


def test_where_screeners_see_each_other_no_agreement_is_computed(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence, 2, False)
    for name in ("first", "second"):
        screen(running.sign_in(name), "haddad2022price", "exclude", "off_topic")
    answer = evidence("agreement", small, "--screening")
    assert answer.exit_code != 0
    assert "blind" in answer.output


@pytest.mark.slow
def test_screeners_who_save_at_once_while_others_read(
    small: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk as slow as many are, a page that reads meanwhile takes no line in twice."""
    sync = os.fsync

    def slow(file: int) -> None:
        time.sleep(0.015)
        sync(file)

    running = prepared(small, evidence)
    sessions = [running.sign_in(name) for name in ("first", "second")]
    keys = sorted(in_order(sessions[0]))
    monkeypatch.setattr(os, "fsync", slow)
    saving = len(sessions)

    async def ask(session: CoderSession, method: str, path: str, **fields: str) -> Any:
        return await running.site.client.request(
            method,
            path,
            content=urlencode(fields),
            cookies=session.cookies,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )

    async def screen_all(session: CoderSession) -> list[int]:
        nonlocal saving
        found = []
        for key in keys:
            page = await ask(session, "GET", f"/review/screen/{key}")
            session.cookies.update(dict(page.cookies))
            token = re.findall(r'name="csrftoken" value="([^"]*)"', page.text)[0]
            fields = {"csrftoken": token, "stage": "abstract", "decision": "exclude"}
            path = f"/review/screen/{key}"
            answer = await ask(session, "POST", path, **fields, reason="off_topic")
            found.append(answer.status_code)
        saving -= 1
        return found

    async def read(session: CoderSession) -> list[int]:
        found = []
        while saving:
            found.append((await ask(session, "GET", "/review/screen")).status_code)
            await asyncio.sleep(0.001)
        return found

    async def together() -> list[list[int]]:
        return list(await asyncio.gather(*map(screen_all, sessions), *map(read, sessions)))

    answers = run_apart(together())
    assert [set(found) for found in answers] == [{303}, {303}, {200}, {200}]
    lines = running.review.screening.lines
    assert len(lines) == len({(line.path, line.number) for line in lines}) == 2 * len(keys)
    for name in ("first", "second"):
        written = (small.screening / f"{name}.csv").read_text().splitlines()[1:]
        assert [line.split(",")[1] for line in written] == keys


@pytest.mark.slow
def test_what_is_screened_while_the_database_is_busy_follows(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence, screeners=1)
    first = running.sign_in("first")
    key, other = sorted(in_order(first))[:2]
    copy = working_database(small)
    busy = sqlite3.connect(copy, isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    screen(first, key, "exclude", "off_topic")
    assert "The public pages will follow" in first.get("/review/screen").text
    busy.execute("ROLLBACK")
    screen(first, other, "exclude", "no_data")
    assert "will follow" not in first.get("/review/screen").text
    with sqlite3.connect(copy) as connection:
        states = dict(connection.execute("SELECT key, state FROM candidate"))
    assert (states[key], states[other]) == ("excluded", "excluded")


def taken_back(session: CoderSession, name: str) -> str:
    """What somebody is told who is about to take an import back, without form tokens."""
    answer = session.post("/review/imports/undo", {"import": name}, "/review/add")
    assert answer.status_code == 409, answer.text
    return re.sub(r'name="csrftoken" value="[^"]*"', "", answer.text)


def test_taking_an_import_back_does_not_tell_who_has_screened_what(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence)
    first, second = running.sign_in("first"), running.sign_in("second")
    (path,) = small.imports.glob("*.yml")
    command = ("imports", small, "--undo", path.stem)
    before = taken_back(second, path.stem), evidence(*command).output
    assert "Others may have screened its studies" in before[0]
    assert "--even-screened" in before[1]
    screen(first, "haddad2022price", "exclude", "off_topic")
    screen(first, "okafor2020learning", "include")
    assert (taken_back(second, path.stem), evidence(*command).output) == before
    # What she may see is named as before: her own lines, and those on what she has answered.
    screen(second, "okafor2020learning", "include")
    said = taken_back(second, path.stem)
    for words in (
        "first has screened okafor2020learning: 1 line would be orphaned.",
        "second has screened okafor2020learning: 1 line would be orphaned.",
        "Others may have screened its studies",
    ):
        assert words in said
    assert "haddad2022price" not in said
    assert "first has screened haddad2022price, okafor2020learning" in taken_back(first, path.stem)
    assert evidence(*command, "--even-screened").exit_code == 0


def test_a_merge_does_not_show_what_was_answered_blind(small: Project, evidence: Evidence) -> None:
    running = prepared(small, evidence)
    first, second = running.sign_in("first"), running.sign_in("second")
    keys = {"key": "haddad2022price", "into": "okafor2020learning"}
    before = second.post("/review/merge", keys)
    assert before.status_code == 400
    assert "haddad2022price and okafor2020learning: still screened blind" in before.text
    screen(second, "haddad2022price", "include")
    screen(first, "okafor2020learning", "exclude", "off_topic")
    after = second.post("/review/merge", keys)
    assert after.status_code == 400
    assert "still screened blind" in after.text
    assert not small.merges.exists()
    # What has ended is no secret.
    screen(first, "haddad2022price", "exclude", "off_topic")
    screen(second, "okafor2020learning", "exclude", "off_topic")
    assert second.post("/review/merge", keys).status_code == 303
    assert "haddad2022price" in small.merges.read_text()


def test_the_doubt_of_an_only_screener_is_not_named_when_an_import_is_taken_back(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence, 1)
    first, second = running.sign_in("first"), running.sign_in("second")
    (path,) = small.imports.glob("*.yml")
    screen(first, "haddad2022price", "unsure")
    said = taken_back(second, path.stem)
    assert "Others may have screened its studies" in said
    assert "haddad2022price" not in said
    assert "first has screened haddad2022price: 1 line" in taken_back(first, path.stem)
