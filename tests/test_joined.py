"""Neighbouring sentences coded as one passage: through the site, the files and a build."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build.check import check_project
from pipeline.build.recipe import build
from pipeline.desk.review.progress import by_study
from pipeline.desk.review.queue import Order
from pipeline.desk.review.review_desk import Desk, open_desk
from pipeline.desk.review.rounds import agreement_of, change_state
from pipeline.desk.review.settling import compare
from pipeline.desk.review.spreadsheet import export, import_rows, read_sheet
from pipeline.ground.project import Project
from pipeline.model.joined_passages import MOST, joined, suggested_together
from pipeline.model.passages import digest_of
from pipeline.model.records import Passage, Span, Suggestion
from pipeline.sources.joined_lines import COLUMNS, JoinedLine, read_joined
from tests.reviewing import CoderSession, Running

TEXT = """# Results

The office set the table for three parties. It asked each of them what was missing. Nobody had \
asked that before. The banks came late to it.

The farmers stayed to the end. They wrote the plan down together.

# Discussion

A table is no network yet. The office knew that well. Its head spoke with each party alone. She \
found what they shared. In the end they signed. The plan held for two years.
"""
KEY = "berg2020"


@pytest.fixture(scope="module")
def prepared(built_review: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project with rounds and a full text of twelve sentences."""
    folder = tmp_path_factory.mktemp("joined") / "small"
    project = Project(Path(shutil.copytree(built_review.root, folder)))
    project.fulltext.mkdir(parents=True, exist_ok=True)
    (project.fulltext / f"{KEY}.md").write_text(TEXT)
    build(project)
    return project


@pytest.fixture
def project(prepared: Project, tmp_path: Path) -> Project:
    return Project(Path(shutil.copytree(prepared.root, tmp_path / "small")))


@pytest.fixture
def running(project: Project) -> Running:
    return Running(project)


@pytest.fixture
def first(running: Running) -> CoderSession:
    return running.sign_in("first")


def text_of(desk: Desk) -> list[str]:
    """The ids of the full text's sentences."""
    document = next(item for item in desk.documents[KEY] if item.kind == "fulltext")
    return [item.id for item in document.passages]


def take(
    coder: CoderSession, start: str, end: str, *codes: str, item: str = "roles", **more: Any
) -> Any:
    """Answer the sentences from one to another as one passage."""
    fields = {"codes.role": list(codes) or ["none"], **more}
    return coder.post(f"/review/{item}/unit/{start}?to={end}", fields)


def links(html: str) -> dict[str, str]:
    """Addresses by key of the links to more or fewer sentences."""
    found = re.findall(r'<a href="([^"]+)"[^>]* data-press="([^"]+)"[^>]*>', html)
    return {unescape(key): unescape(address) for address, key in found}


def rows(project: Project, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(project.database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def tokenless(html: str) -> str:
    return re.sub(r'value="[^"]*"', "", html)


def words(html: str) -> str:
    found = re.search(r'<p id="words"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert found is not None
    return unescape(re.sub(r"<[^>]*>", "", found[1]))


def test_links_take_more_sentences_and_fewer(first: CoderSession) -> None:
    units = text_of(first.running.review.desk)
    page = first.get(f"/review/roles/unit/{units[1]}").text
    assert words(page) == "It asked each of them what was missing."
    page = first.get(links(page)["+"]).text
    assert words(page).endswith("missing. Nobody had asked that before.")
    page = first.get(links(page)["<"]).text
    assert words(page).startswith("The office set the table for three parties. It asked each")
    assert words(page).endswith("asked that before.")
    page = first.get(links(page)[">"]).text
    page = first.get(links(page)["-"]).text
    assert words(page) == "It asked each of them what was missing."
    assert not (first.running.project.joined).exists()  # nothing is joined without an answer


def test_an_answer_writes_down_what_is_joined(first: CoderSession) -> None:
    project, desk = first.running.project, first.running.review.desk
    units = text_of(desk)
    answer = take(first, units[1], units[2], "weaver", **{"quote.role": "missing. Nobody"})
    assert answer.status_code == 303
    with (project.joined / f"{KEY}.csv").open() as file:
        (head, line) = csv.reader(file)
    assert head == COLUMNS
    text = "It asked each of them what was missing. Nobody had asked that before."
    unit = line[1]
    assert unit == f"{KEY}-{digest_of(text)[:12]}"
    assert line[2:] == [f"{units[1]} {units[2]}", "first", "roles"]
    assert text not in (project.joined / f"{KEY}.csv").read_text()
    # On to the sentence behind it, and what was saved is said.
    assert f"/unit/{units[3]}?" in answer.headers["location"]
    assert "Saved" in first.get(answer.headers["location"]).text
    *_, decision = csv.DictReader((project.decisions / "first" / f"{KEY}.csv").open())
    assert (decision["unit"], decision["text"], decision["quote"]) == (
        unit,
        text,
        "missing. Nobody",
    )
    # Once more is the same passage, and no new line.
    assert take(first, units[1], units[2], "judge").status_code == 303
    assert len((project.joined / f"{KEY}.csv").read_text().splitlines()) == 2
    assert words(first.get(f"/review/roles/unit/{unit}").text) == text


def test_its_sentences_are_answered_with_it_and_asked_again_without(first: CoderSession) -> None:
    desk, queue = first.running.review.desk, first.running.review.queue
    units = text_of(desk)
    item = desk.rounds["roles"]
    before = by_study(desk, item, "first")[KEY]
    assert (before.passages, before.of_passages) == (0, 15)  # 3 of the digest, 12 of the text
    take(first, units[0], units[2], "weaver")
    after = by_study(desk, item, "first")[KEY]
    assert (after.passages, after.of_passages) == (3, 15)
    last_of_digest = desk.passages_of[KEY][2]
    assert queue.next(item, "first", Order(), last_of_digest) == units[3]
    (unit,) = desk.joined[KEY]
    assert queue.next(item, "first", Order(), unit) == units[3]
    assert by_study(desk, item, "second")[KEY].passages == 0
    page = first.get(f"/review/roles/study/{KEY}").text
    assert page.count("Answered as part of a longer passage.") == 3
    assert "3 sentences as one passage." in page
    # An answer to one of its sentences with a code would count the words twice.
    refused = first.answer(units[1], "judge")
    assert refused.status_code == 400
    assert "do not count twice" in refused.text
    assert first.answer(units[1]).status_code == 303  # none of them gives no code
    assert first.post("/review/undo", {}, "/review").status_code == 303
    # Undone, all is as before.
    assert first.post("/review/undo", {}, "/review").status_code == 303
    assert by_study(desk, item, "first")[KEY] == before
    assert queue.next(item, "first", Order(), last_of_digest) == units[0]
    assert "Answered as part" not in first.get(f"/review/roles/study/{KEY}").text
    assert first.answer(units[1], "judge").status_code == 303
    refused = take(first, units[0], units[2], "weaver")
    assert refused.status_code == 400
    assert "Take that answer back first" in unescape(refused.text)
    assert "You have answered some of these words already" in refused.text


def test_overlapping_passages_do_not_count_twice(first: CoderSession) -> None:
    units = text_of(first.running.review.desk)
    assert take(first, units[0], units[2], "weaver").status_code == 303
    assert take(first, units[2], units[4], "weaver").status_code == 400
    assert take(first, units[3], units[4], "weaver").status_code == 303
    assert len(first.running.review.desk.joined[KEY]) == 2


@pytest.mark.parametrize(
    ("start", "end", "said"), [(0, MOST, "9 sentences"), (0, None, "one document")]
)
def test_what_cannot_be_one_passage_says_so(
    first: CoderSession, start: int, end: int | None, said: str
) -> None:
    desk = first.running.review.desk
    units = text_of(desk)
    last = units[end] if end is not None else desk.passages_of[KEY][0]
    page = first.get(f"/review/roles/unit/{units[start]}?to={last}")
    assert page.status_code == 400
    assert said in page.text
    # What was typed is kept, and is not saved for the first sentence alone.
    lost = take(first, units[start], last, "weaver", **{"note.role": "A note"})
    assert lost.status_code == 409
    assert "A note" in lost.text
    item = desk.rounds["roles"]
    assert not [unit for unit in units if desk.answers("first", unit, item)]


def test_the_ends_of_a_document_and_the_limit_are_said(first: CoderSession) -> None:
    units = text_of(first.running.review.desk)
    page = first.get(f"/review/roles/unit/{units[0]}").text
    assert "<" not in links(page)
    assert "there is none in this document" in page
    page = first.get(f"/review/roles/unit/{units[0]}?to={units[MOST - 1]}").text
    assert set(links(page)) >= {"-", ">"}
    assert "+" not in links(page)
    assert f"a passage joins {MOST} sentences at most" in page


def test_marked_words_carry_the_answer(first: CoderSession) -> None:
    units = text_of(first.running.review.desk)
    page = first.get(f"/review/roles/unit/{units[1]}?to={units[2]}&marked=31-46").text
    assert 'name="quote.role" value="missing. Nobody"' in page


def test_blind_until_it_is_laid_open(running: Running, first: CoderSession) -> None:
    desk = running.review.desk
    units = text_of(desk)
    take(first, units[0], units[1], "weaver")
    (unit,) = desk.joined[KEY]
    second = running.sign_in("second")
    assert second.get(f"/review/roles/unit/{unit}").status_code == 404
    assert second.get(f"/review/history/{unit}").status_code == 404
    assert second.get(f"/review/pilot/compare/{unit}").status_code in (403, 404)
    assert unit not in second.get(f"/review/roles/study/{KEY}").text
    assert unit not in second.get(f"/review/roles/unit/{units[0]}").text
    assert unit not in export(desk, desk.rounds["roles"], "second")
    assert unit in export(desk, desk.rounds["roles"], "first")
    given = {"codes.role": ["judge"]}
    lost = second.post(f"/review/roles/unit/{unit}", given, f"/review/roles/unit/{units[0]}")
    assert lost.status_code == 409
    unknown = f"/review/roles/unit/{KEY}-0123456789ab"
    nowhere = second.post(unknown, given, f"/review/roles/unit/{units[0]}")
    assert tokenless(lost.text).replace(unit, "") == tokenless(nowhere.text).replace(
        f"{KEY}-0123456789ab", ""
    )
    assert second.get("/review/orphans").status_code == 200
    assert unit not in running.ask("GET", f"/study/{KEY}").text
    # The same sentences are the same passage, and nothing says that they were taken before.
    page = second.get(f"/review/roles/unit/{units[0]}?to={units[1]}").text
    assert "weaver" not in re.findall(r'value="(\w+)" checked', page)
    assert take(second, units[0], units[1], "judge").status_code == 303
    item = desk.rounds["roles"]
    change_state(desk, item, "first", "comparing")
    item = desk.rounds["roles"]
    role = desk.scheme.dimension("role")
    (found,) = compare(desk, item, role)
    assert (found.unit, set(found.answers)) == (unit, {"first", "second"})
    assert second.get(f"/review/roles/compare/{unit}?dimension=role").status_code == 200


def test_no_address_tells_what_another_joined(running: Running, first: CoderSession) -> None:
    """Who can work out the id of a joined passage asks in vain, as with any other id."""
    units = text_of(running.review.desk)
    take(first, units[0], units[1], "weaver")
    (unit,) = running.review.desk.joined[KEY]
    second = running.sign_in("second")
    nobody = f"{KEY}-0123456789ab"
    for address in ("/review?left={}", "/review/roles/unit/" + units[4] + "?left={}",
                    "/review?finished=roles&left={}", "/review/roles/next?after={}"):  # fmt: skip
        asked, other = (second.get(address.format(name)) for name in (unit, nobody))
        assert (asked.status_code, asked.headers.get("location")) == (
            other.status_code, other.headers.get("location"))  # fmt: skip
        assert tokenless(asked.text).replace(unit, "") == tokenless(other.text).replace(nobody, "")
    joined_here = f"/review/roles/unit/{units[0]}/leave-out?to={units[1]}"
    left = second.post(joined_here, {}, f"/review/roles/unit/{units[0]}")
    assert f"left={units[1]}" in left.headers["location"]


def test_sentences_with_another_between_them_are_not_one(
    first: CoderSession, project: Project
) -> None:
    desk = first.running.review.desk
    units = text_of(desk)
    middle = desk.passages[units[1]].text
    first.post(f"/review/roles/unit/{units[1]}/leave-out", {}, f"/review/roles/unit/{units[1]}")
    take(first, units[0], units[2], "weaver", item="pilot")
    again = open_desk(project)
    (unit,) = again.joined[KEY]
    assert middle not in again.passages[unit].text
    (path,) = (project.root / "coding" / "running_text").glob("*.csv")
    path.unlink()  # taken back: it stands between them again
    assert open_desk(project).joined[KEY] == {}
    assert [item.kind for item in check_project(project).problems] == ["orphan"]


def test_words_that_one_coder_coded_twice_are_told(first: CoderSession, project: Project) -> None:
    """As when what was done on two machines is put together: the pages refuse it."""
    units = text_of(first.running.review.desk)
    take(first, units[0], units[1], "weaver", item="pilot")
    decisions = project.decisions / "first" / f"{KEY}.csv"
    ledger = project.joined / f"{KEY}.csv"
    here = [path.read_bytes() for path in (decisions, ledger)]
    undone = first.post("/review/undo", {}, f"/review/pilot/unit/{units[0]}")
    assert undone.status_code == 303
    before = [len(path.read_bytes()) for path in (decisions, ledger)]
    take(first, units[1], units[2], "judge", item="pilot")
    there = [p.read_bytes()[n:] for p, n in zip((decisions, ledger), before, strict=True)]
    for path, one, other in zip((decisions, ledger), here, there, strict=True):
        path.write_bytes(one + other)
    ledger.write_text(ledger.read_text().replace(",first,pilot", ",ghost,nowhere", 1))
    found = {item.kind: item.message for item in check_project(project).problems}
    other = next(name for name in open_desk(project).joined[KEY])
    assert found["coded-twice"] == f"some of the same words are coded in '{other}' too"
    assert found["unknown-coder"] == "coder 'ghost'"
    assert found["unknown-round"] == "round 'nowhere'"


def test_the_study_page_counts_sentences(running: Running, first: CoderSession) -> None:
    units = text_of(running.review.desk)
    take(first, units[0], units[2], "weaver", item="pilot")
    first.post(f"/review/pilot/unit/{units[4]}", {"codes.role": ["judge"]})
    assert "Coded in the full text: 4 of its 12 passages." in first.get(f"/study/{KEY}").text


def test_statements_of_digests_are_not_left_out(first: CoderSession) -> None:
    desk = first.running.review.desk
    unit = next(item.passages[0].id for item in desk.documents[KEY] if item.kind == "digest")
    answer = first.post(f"/review/roles/unit/{unit}/leave-out", {}, f"/review/roles/unit/{unit}")
    assert "stands in no full text here" in answer.text
    assert not (desk.project.root / "coding" / "running_text").exists()


def test_a_round_that_takes_no_answers_says_so(running: Running, first: CoderSession) -> None:
    desk = running.review.desk
    units = text_of(desk)
    take(first, units[0], units[1], "weaver")
    (unit,) = desk.joined[KEY]
    change_state(desk, desk.rounds["roles"], "first", "comparing")
    page = first.get(f"/review/roles/unit/{unit}").text
    assert words(page).startswith("The office set the table")
    assert "Weaver" in page
    assert "takes no answers of yours" in page
    assert links(page) == {}
    assert take(first, units[3], units[4], "weaver").status_code in (403, 409)
    assert len(desk.joined[KEY]) == 1


def test_what_one_coder_joined_is_no_missing_answer(running: Running, first: CoderSession) -> None:
    desk = running.review.desk
    units = text_of(desk)
    second = running.sign_in("second")
    take(first, units[0], units[1], "weaver")
    for unit in units[:3]:
        second.answer(unit, "weaver")
    first.answer(units[2], "weaver")
    change_state(desk, desk.rounds["roles"], "first", "comparing")
    found = agreement_of(desk, desk.rounds["roles"])
    whole = next(line for line in found.lines if line.of == "whole answer")
    assert (whole.units, found.disputed) == (1, 0)  # only what both answered


def test_a_spreadsheet_holds_what_its_coder_joined(first: CoderSession) -> None:
    desk = first.running.review.desk
    units = text_of(desk)
    take(first, units[0], units[1], "weaver")
    (unit,) = desk.joined[KEY]
    item = desk.rounds["roles"]
    sheet = export(desk, item, "first")
    (row,) = [row for row in csv.DictReader(sheet.splitlines()) if row["unit"] == unit]
    assert row["codes"] == "weaver"
    assert row["locator"] == "Results"
    changed = sheet.replace(f"{unit},role,weaver", f"{unit},role,judge")
    read = read_sheet(desk, item, "first", changed.encode(), "sheet.csv")
    assert import_rows(desk, item, "first", read) == 1
    assert desk.answers("first", unit, item)["role"].codes == {"judge"}


def test_it_is_published_once_coded_with_counts_that_hold(
    running: Running, first: CoderSession, project: Project
) -> None:
    desk = running.review.desk
    units = text_of(desk)
    before = rows(project, f"SELECT passages FROM study WHERE key = '{KEY}'")
    take(first, units[0], units[2], "weaver", item="pilot")  # open: anybody may see it
    (unit,) = desk.joined[KEY]
    text = " ".join(desk.passages[one].text for one in units[:3])
    page = unescape(running.ask("GET", f"/evidence/{unit}-weaver").text)
    assert text in page
    live = running.ask("GET", f"/study/{KEY}").text
    assert unit in live
    build(project)
    assert rows(project, f"SELECT passages FROM study WHERE key = '{KEY}'") == before
    assert rows(project, f"SELECT text, sentences, position FROM passage WHERE id = '{unit}'") == [
        (text, 3, 3)
    ]
    assert rows(
        project, f"SELECT passages FROM considered WHERE study = '{KEY}' AND code = 'weaver'"
    )[0] == (3,)
    evidence = rows(project, f"SELECT id, status, coders FROM evidence WHERE study = '{KEY}'")
    assert evidence == [(f"{unit}-weaver", "single", json.dumps(["first"]))]
    # A build gives the rows that were there live.
    assert (
        running.ask("GET", f"/study/{KEY}").text
        == Running(project).ask("GET", f"/study/{KEY}").text
    )


def test_statements_of_a_digest_are_joined_and_still_counted_once(
    running: Running, first: CoderSession, project: Project
) -> None:
    one, two, three = running.review.desk.passages_of[KEY][:3]
    take(first, one, two, "weaver")  # blind
    (unit,) = running.review.desk.joined[KEY]
    build(project)
    assert rows(project, f"SELECT id FROM passage WHERE id = '{unit}'") == []
    take(first, one, two, "judge", item="pilot")
    page = running.ask("GET", f"/evidence/{unit}-judge")
    assert page.status_code == 200
    assert page.text.count("The chair resolved the conflict") >= 1
    build(project)
    assert rows(project, f"SELECT passages FROM study WHERE key = '{KEY}'") == [(15,)]
    (context,) = re.findall(r'<ol class="context">.*?</ol>', page.text, re.DOTALL)
    assert context.count("brought farmers, banks") == 1  # not once more beside it
    first.answer(three, "judge", item="pilot")
    page = running.ask("GET", f"/evidence/{three}-judge")
    (context,) = re.findall(r'<ol class="context">.*?</ol>', page.text, re.DOTALL)
    assert "The chair resolved the conflict" in context
    assert "brought farmers, banks" not in context


def test_without_the_text_it_is_restored_from_the_answer(
    first: CoderSession, project: Project
) -> None:
    desk = first.running.review.desk
    units = text_of(desk)
    take(first, units[0], units[2], "weaver", item="pilot")
    (unit,) = desk.joined[KEY]
    text = desk.passages[unit].text
    (project.fulltext / f"{KEY}.md").unlink()
    build(project)
    found = f"SELECT text, sentences, locator FROM passage WHERE id = '{unit}'"
    assert rows(project, found) == [(text, 3, "Results")]
    assert rows(project, f"SELECT absent, passages FROM document WHERE id = '{KEY}-fulltext'") == [
        (1, 12)
    ]
    assert rows(project, f"SELECT passages FROM study WHERE key = '{KEY}'") == [(15,)]
    assert not [item for item in check_project(project).problems if item.kind == "orphan"]
    # Its coder may still change the answer.
    again = Running(project).sign_in("first")
    assert again.answer(unit, "judge", item="pilot").status_code == 303


def test_when_a_sentence_changes_it_comes_apart(first: CoderSession, project: Project) -> None:
    units = text_of(first.running.review.desk)
    take(first, units[0], units[2], "weaver", item="pilot")
    path = project.fulltext / f"{KEY}.md"
    path.write_text(path.read_text().replace("Nobody had asked", "Somebody had asked"))
    (orphan,) = [item for item in check_project(project).problems if item.kind == "orphan"]
    assert orphan.hint.startswith("It joined several passages, and not all of them are there")
    desk = open_desk(project)
    assert desk.joined[KEY] == {}
    assert by_study(desk, desk.rounds["pilot"], "first")[KEY].passages == 0


def test_lines_of_another_program_are_seen(running: Running, project: Project) -> None:
    other = Running(project).sign_in("first")
    units = text_of(running.review.desk)
    take(other, units[0], units[1], "weaver")
    mine = running.sign_in("first")
    page = mine.get(f"/review/roles/study/{KEY}").text
    assert page.count("Answered as part of a longer passage.") == 2


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("yesterday,{0}-00000000,{0}-11111111 {0}-22222222,first,roles", "bad-time"),
        (
            "2026-11-27T10:00:00Z,{0}-00000000,{0}-11111111 smit2021-22222222,first,roles",
            "wrong-file",
        ),
        ("2026-11-27T10:00:00Z,{0}-00000000", "bad-row"),
        ("2026-11-27T10:00:00Z,{0}-00000000,,first,roles", "bad-parts"),
        ("2026-11-27T10:00:00Z,{0}-00000000,{0}-11111111 {0}-11111111,first,roles", "bad-parts"),
    ],
)
def test_lines_that_cannot_be_read_are_named(project: Project, line: str, kind: str) -> None:
    project.joined.mkdir()
    path = project.joined / f"{KEY}.csv"
    path.write_text(",".join(COLUMNS) + "\n" + line.format(KEY) + "\n")
    found = [
        item for item in check_project(project).problems if item.path == f"coding/joined/{KEY}.csv"
    ]
    assert [(item.kind, item.line) for item in found] == [(kind, 2)]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("p. 3, Results", "p. 3, Results", "p. 3, Results"),
        ("p. 3, Results", "p. 4, Results", "p. 3–4, Results"),
        ("p. xii", "p. 1", "p. xii–1"),
        ("¶ 3", "¶ 5", "¶ 3–5"),
        ("p. 3, Methods", "p. 4, Results", "p. 3, Methods – p. 4, Results"),
        ("p. 3–4", "p. 5", "p. 3–4 – p. 5"),
        ("abstract", "p. 4", "abstract – p. 4"),
        ("", "p. 4", "p. 4"),
    ],
)
def test_where_it_stands(one: str, other: str, both: str) -> None:
    made = joined(
        [
            Passage("k-1", "k", 7, "A.", one, "en", 0, 3),
            Passage("k-2", "k", 8, "B.", other, "en", 0, 4),
        ]
    )
    assert (made.locator, made.page, made.position, made.text) == (both, 3, 8, "A. B.")


def test_what_is_suggested_of_its_sentences_is_suggested_of_it() -> None:
    one, two = (
        Passage("k-1", "k", 1, "A table.", "", "en"),
        Passage("k-2", "k", 2, "Set.", "", "en"),
    )
    given = {
        "k-1": (Suggestion("role", "weaver", 0.6, (Span(2, 7, "table"),), ("table",)),),
        "k-2": (
            Suggestion("role", "judge", 0.9, (Span(0, 3, "set"),), ("set",)),
            Suggestion("role", "weaver", 0.7, (Span(0, 3, "set"),), ("table", "set")),
        ),
    }
    judge, weaver = suggested_together([one, two], given)
    assert (judge.code, judge.score, judge.spans) == ("judge", 0.9, (Span(9, 12, "set"),))
    assert (weaver.score, weaver.indicators) == (0.7, ("table", "set"))
    text = joined([one, two]).text
    assert [text[span.start : span.end] for span in weaver.spans] == ["table", "Set"]


def test_suggestions_hidden_of_a_sentence_are_hidden_of_it(project: Project) -> None:
    desk = open_desk(project)
    units = text_of(desk)
    item = desk.rounds["roles"].model_copy(update={"hidden_share": 0.5})
    seen = {
        (item.shows_suggestions("first", one), item.shows_suggestions("first", two)):
            desk.shown(item, "first", "", joined([desk.passages[one], desk.passages[two]]))
        for one, two in pairwise(units)
    }  # fmt: skip
    assert {both for both, shown in seen.items() if shown is not None} == {(True, True)}


def test_under_the_key_of_a_study_that_is_kept(project: Project) -> None:
    project.joined.mkdir()
    line = "2026-11-27T10:00:00Z,old-00000000,old-11111111 old-22222222,first,roles"
    (project.joined / "old.csv").write_text(",".join(COLUMNS) + f"\n{line}\n")
    lines, problems = read_joined(project, kept={"old": KEY})
    assert problems == []
    parts = (f"{KEY}-11111111", f"{KEY}-22222222")
    assert lines == {KEY: (JoinedLine(f"{KEY}-00000000", parts, "first", "roles"),)}


@given(st.lists(st.text(min_size=1), min_size=2, max_size=MOST))
def test_its_words_are_those_of_its_sentences(texts: list[str]) -> None:
    made = joined([Passage(f"k-{n}", "k", n, text, "", "en") for n, text in enumerate(texts)])
    assert made.text == " ".join(texts)
    assert made.sentences == tuple(f"k-{n}" for n in range(len(texts)))
    assert digest_of(made.text).startswith(made.id.removeprefix("k-"))
