"""What coders see suggested: every score kept and in order, likely and possible, and when."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.sources.corpus import read_digest
from pipeline.tagger.readers.reader_registry import READERS
from tests.conftest import Evidence, passage_id
from tests.reviewing import CoderSession, Running
from tests.told_reader import KIND, TOLD, tell

AFTER = """
  - id: later
    title: {en: "Suggestions later", nl: "Suggesties later"}
    coders: [first, third]
    dimensions: [role]
    blind: false
    suggestions: after
"""
BOUNDARIES = """
boundaries:
  - between: [weaver, judge]
    ask: {en: "Is anybody at odds?", nl: "Is iemand het oneens?"}
    "yes": judge
    "no": weaver
"""


@pytest.fixture
def project(reviewed: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Four passages are told apart by their scores; the last of berg2020 has none."""
    monkeypatch.setitem(READERS, TOLD, KIND)
    reviewed.scheme.write_text(reviewed.scheme.read_text() + BOUNDARIES)
    reviewed.rounds.write_text(reviewed.rounds.read_text() + AFTER)
    said = {
        text_of(reviewed, "berg2020", 1): {"weaver": 0.81, "judge": 0.3, "scribe": 0.02},
        text_of(reviewed, "berg2020", 2): {"weaver": 0.02, "judge": 0.49, "scribe": 0.11},
        text_of(reviewed, "smit2021", 1): {"weaver": 0.2, "judge": 0.97, "scribe": 0.01},
    }
    tell(reviewed, said)
    build(reviewed)
    return reviewed


@pytest.fixture
def running(project: Project) -> Running:
    return Running(project)


@pytest.fixture
def first(running: Running) -> CoderSession:
    return running.sign_in("first")


def text_of(project: Project, study: str, position: int) -> str:
    document, _ = read_digest(project.corpus / f"{study}.md", study)
    assert document is not None
    return document.passages[position - 1].text


def box(html: str) -> str:
    """The words of the box of suggestions."""
    found = re.search(r'<div class="suggestions">(.*?)</div>', html, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def next_of(session: CoderSession, order: str) -> str:
    answer = session.get(f"/review/roles/next?{order}")
    return str(answer.headers["location"]).split("/unit/")[1].split("?")[0]


def test_every_score_is_printed(project: Project, evidence: Evidence) -> None:
    given = text_of(project, "berg2020", 2)
    line = evidence("suggest", project, "-", "--all", "--format", "jsonl", given=given).stdout
    found = json.loads(line)
    assert found["suggestions"] == []
    assert found["scores"] == {"weaver": 0.02, "judge": 0.49, "scribe": 0.11}
    assert "scores" not in json.loads(
        evidence("suggest", project, "-", "--format", "jsonl", given=given).stdout
    )
    shown = evidence("suggest", project, "-", "--all", "--lang", "en", given=given).stdout
    assert shown.splitlines()[2:] == [
        "    0.49  (Judge)",
        "    0.11  (Scribe)",
        "    0.02  (Weaver)",
    ]


def test_every_score_is_published(project: Project) -> None:
    unit = passage_id(project, "berg2020", 2)
    with sqlite3.connect(project.database) as connection:
        rows = connection.execute(
            "SELECT code, score FROM score WHERE passage = ? ORDER BY score DESC", (unit,)
        ).fetchall()
        suggested = connection.execute(
            "SELECT count(*) FROM suggestion WHERE passage = ?", (unit,)
        ).fetchone()
    assert rows == [("judge", 0.49), ("scribe", 0.11), ("weaver", 0.02)]
    assert suggested == (0,)


def test_a_passage_just_below_the_threshold_is_the_most_uncertain(
    first: CoderSession, project: Project
) -> None:
    near = passage_id(project, "berg2020", 2)
    assert next_of(first, "order=uncertainty") == near


def test_the_likeliest_comes_first_below_the_threshold_too(
    first: CoderSession, project: Project
) -> None:
    one, two = passage_id(project, "berg2020", 1), passage_id(project, "berg2020", 2)
    care = passage_id(project, "smit2021", 1)
    places = [next_of(first, "order=score&code=judge")]
    for _ in range(2):
        places.append(next_of(first, f"order=score&code=judge&after={places[-1]}"))
    assert places == [care, two, one]


def test_likely_and_possible_in_words_with_their_base(
    first: CoderSession, project: Project
) -> None:
    html = first.get(f"/review/roles/unit/{passage_id(project, 'berg2020', 1)}").text
    said = box(html)
    likely, possible = said.split("Possible")
    assert "Likely Weaver" in likely
    assert "Words: brought farmers , together ." in likely
    assert "Or Judge? Is anybody at odds? Yes: Judge. No: Weaver." in likely
    assert "Of 40 such suggestions, coders agreed to 25." in likely
    assert possible.strip().startswith("Judge")
    assert "Words: The ." in possible  # as its reader says, for no indicator does
    assert "Or Weaver? Is anybody at odds?" in possible
    assert "Of 30 such suggestions, coders agreed to 6." in possible
    assert "Scribe" not in said
    assert 'data-accept="weaver"' in html  # what is only possible is not taken over by a key
    dutch = first.get(f"/review/roles/unit/{passage_id(project, 'berg2020', 1)}?lang=nl").text
    assert "Of Rechter? Is iemand het oneens? Ja: Rechter. Nee: Wever." in box(dutch)


def test_nothing_stands_out(first: CoderSession, project: Project) -> None:
    html = first.get(f"/review/roles/unit/{passage_id(project, 'berg2020', 3)}").text
    assert box(html) == "The machine suggests Nothing stands out."


def test_what_was_measured_of_other_readers_is_not_said_of_these(
    project: Project, evidence: Evidence
) -> None:
    tell(project, {text_of(project, "berg2020", 1): {"weaver": 0.4}}, readers=["words"], likely=0.3)
    given = text_of(project, "berg2020", 1)
    assert "Weaver" not in evidence("suggest", project, "-", "--lang", "en", given=given).stdout
    tell(project, {text_of(project, "berg2020", 1): {"weaver": 0.4}}, likely=0.3)
    assert "0.40  Weaver" in evidence("suggest", project, "-", "--lang", "en", given=given).stdout


def test_suggestions_after_ones_own_answer(
    running: Running, first: CoderSession, project: Project, evidence: Evidence
) -> None:
    one, two = passage_id(project, "berg2020", 1), passage_id(project, "berg2020", 2)
    page = first.get(f"/review/later/unit/{one}").text
    assert box(page) == "The machine suggests Suggestions are shown once you have answered."
    assert "<mark" not in page
    answer = first.answer(one, "judge", item="later", then="next")
    # It suggests otherwise: that is shown, and may be answered again.
    assert answer.headers["location"] == f"/review/later/unit/{one}?saved={one}"
    seen = box(first.get(answer.headers["location"]).text)
    assert "You answered first." in seen
    assert "Likely Weaver" in seen
    again = first.answer(one, "weaver", item="later", then="next")
    assert again.headers["location"].startswith(f"/review/later/unit/{two}")
    # Nothing likely and nothing answered agree: on to the next.
    agreed = first.answer(two, item="later", then="next")
    assert not agreed.headers["location"].startswith(f"/review/later/unit/{two}")
    # Another coder's answer shows nothing.
    other = running.sign_in("third").get(f"/review/later/unit/{one}").text
    assert "once you have answered" in box(other)
    shown = [line.shown for line in lines_of(project, "first") if line.round == "later"]
    assert shown == ["hidden", "weaver", "hidden"]


def test_what_seeing_them_does_is_counted(
    running: Running, first: CoderSession, project: Project, evidence: Evidence
) -> None:
    one, two = passage_id(project, "berg2020", 1), passage_id(project, "berg2020", 2)
    first.answer(one, "judge", item="later")
    first.answer(one, "weaver", item="later")
    third = running.sign_in("third")
    third.answer(one, "judge", item="later")
    for session in (first, third):
        session.answer(two, item="later")
    said = evidence("agreement", project, "--round", "later", "--format", "json").stdout
    influence = {
        (row["coder"], row["suggestions"]): (row["units"], row["same"], row.get("changed"))
        for row in json.loads(said)["influence"]
    }
    assert influence == {
        ("first", "before"): (2, 1, None),
        ("first", "after"): (2, 2, 1),
        ("third", "before"): (2, 1, None),
        ("third", "after"): (2, 1, 0),
    }
    text = evidence("agreement", project, "--round", "later").stdout
    assert "changed after seeing" in text
    assert "1 (50%)" in text


def test_a_closed_round_tells_the_public_what_seeing_them_did(
    running: Running, first: CoderSession, project: Project
) -> None:
    third = running.sign_in("third")
    for study, positions in (("berg2020", (1, 2, 3)), ("smit2021", (1, 2))):
        for position in positions:
            unit = passage_id(project, study, position)
            first.answer(unit, "judge", item="later")
            third.answer(unit, "judge", item="later")
    first.answer(passage_id(project, "berg2020", 1), "weaver", item="later")
    third.answer(passage_id(project, "berg2020", 1), "weaver", item="later")
    for state, page in (("comparing", "/review"), ("closed", "/review/later/compare")):
        first.post("/review/later/state", {"state": state, "sure": "1"}, page)
    build(project)
    with sqlite3.connect(project.database) as connection:
        rows = connection.execute(
            "SELECT suggestions, units, same, changed FROM influence WHERE coder = 'third' "
            "ORDER BY suggestions"
        ).fetchall()
    # The passage whose code is judge was the suggestion at once; that of the weaver afterwards.
    assert rows == [("after", 5, 2, 1), ("before", 5, 1, None)]
    html = Running(project).visitor().get("/agreement").text
    said = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "What suggestions did" in said
    assert "Third coder after seeing 5 2 2 0 3 1" in said


def lines_of(project: Project, coder: str) -> list[object]:
    from pipeline.sources.decisions import read_decisions

    path: Path = project.decisions / coder / "berg2020.csv"
    found, _ = read_decisions(path, coder, "x")
    return list(found)
