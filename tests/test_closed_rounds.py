"""A round that takes no more answers is read, and nothing on its pages can be pressed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import Evidence, decide, passage_id
from tests.reviewing import THIRD, CoderSession, Running

ROUND = """
  - id: was
    title: {{en: "Was", nl: "Was"}}
    coders: [first, second]
    adjudicators: [third]
    studies: [berg2020]
    suggestions: shown
    blind: false
    history: [{history}]
  - id: checking
    title: {{en: "Checking", nl: "Controle"}}
    coders: [first]
    studies: [berg2020]
    dimensions: [role]
    checks: second
    blind: false
    history: [{history}]
"""
COMPARING = '{at: "2026-11-03T00:00:00Z", by: first, state: comparing}'
CLOSED = f'{COMPARING}, {{at: "2026-11-04T00:00:00Z", by: second, state: closed}}'
NOTE = "Mine and kept."


def with_round(small: Project, history: str) -> Project:
    """A round in which two coders answered all questions of a study, differing in one."""
    one, two, three = (passage_id(small, "berg2020", place) for place in (1, 2, 3))
    for coder, code in (("first", "judge"), ("second", "none")):
        lines = [
            f"2026-11-02T09:00:00Z,{one},role,weaver,high,{NOTE},brought,judge,2,was,x",
            f"2026-11-02T09:00:00Z,{two},role,{code},,,,none,2,was,x",
            f"2026-11-02T09:00:00Z,{three},role,none,,,,none,2,was,x",
            f"2026-11-02T09:00:00Z,berg2020,sector,care,,{NOTE},,none,2,was,x",
        ]
        decide(small, coder, "berg2020", *lines)
    settled = small.consensus / "berg2020.csv"
    settled.parent.mkdir(exist_ok=True)
    header = (
        "decided_at,unit,dimension,codes,confidence,note,quote,shown,scheme,round,text,settled_by\n"
    )
    settled.write_text(
        f"{header}2026-11-03T12:00:00Z,{two},role,judge,low,It says who decides.,,hidden,2,was,x,first\n"
    )
    small.coders.write_text(small.coders.read_text().rstrip("\n") + THIRD)
    small.rounds.write_text(small.rounds.read_text().rstrip("\n") + ROUND.format(history=history))
    build(small)
    return small


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", main_of(html)).split())


def pressed(html: str) -> list[str]:
    """All that can be pressed, typed into or reached by a key of its own."""
    return re.findall(
        r"<(?:form|button|input|textarea|select)\b[^>]*|data-(?:press|accept|key)\S*", main_of(html)
    )


def pages(project: Project) -> list[str]:
    one, two, _ = (passage_id(project, "berg2020", place) for place in (1, 2, 3))
    return [
        f"/review/was/unit/{one}",
        f"/review/checking/unit/{one}",
        "/review/was/study/berg2020",
        "/review/was/compare?dimension=role&show=all",
        f"/review/was/compare/{two}?dimension=role",
        f"/review/was/compare/{one}?dimension=role",
        "/review/was/compare/berg2020?dimension=sector",
        "/review/was/agreement",
    ]


@pytest.mark.parametrize("coder", ["first", "third"])
def test_nothing_can_be_pressed_in_a_closed_round(small: Project, coder: str) -> None:
    project = with_round(small, CLOSED)
    session = Running(project).sign_in(coder)
    for path in pages(project):
        if coder == "third" and "checking" in path:
            continue
        answer = session.get(path)
        assert answer.status_code == 200, path
        assert pressed(answer.text) == [], path
        if not path.endswith("agreement"):
            assert "Closed on 2026-11-04 by Second coder" in words(answer.text), path
            assert "cannot be opened again" in words(answer.text), path


def test_a_closed_round_shows_answers_as_they_were_given(small: Project) -> None:
    project = with_round(small, CLOSED)
    first = Running(project).sign_in("first")
    one, two, three, *rest = (words(first.get(path).text) for path in pages(project))
    assert "Role Weaver scheme version 2 confidence: high · machine: judge" in one
    assert NOTE in one
    assert "Marked words: brought" in one
    assert "Second coder said Weaver" in two
    assert "About the study as a whole Sector Care" in three
    assert "left to settle" not in rest[0]
    assert "Settled: Judge, by First coder. confidence: low It says" in rest[1]
    assert "It says who decides." in rest[1]
    assert "Not settled" in rest[2]
    # Who only settles has given no answers.
    third = Running(project).sign_in("third")
    assert "You gave no answer here" in words(third.get(pages(project)[0]).text)


def test_while_it_is_compared_only_settling_is_offered(small: Project) -> None:
    project = with_round(small, COMPARING)
    first = Running(project).sign_in("first")
    unit, check, study, *_ = pages(project)
    for path in (unit, check, study):
        page = first.get(path).text
        assert pressed(page) == [], path
        assert "Opened for comparison on 2026-11-03 by First coder" in words(page)
    assert "Take this" in first.get(pages(project)[4]).text


def files(project: Project) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in project.coding.rglob("*") if path.is_file()}


def send(session: CoderSession, path: str, fields: dict[str, str]) -> tuple[int, str]:
    """Post as a window would that was opened before the round was closed."""
    # The token of any page will do.
    answer = session.post(path, fields, "/review")
    return answer.status_code, words(answer.text)


def test_what_an_old_window_sends_is_refused_and_shown(small: Project) -> None:
    project = with_round(small, CLOSED)
    first = Running(project).sign_in("first")
    before = files(project)
    unit, check, study, _, settle, *_ = pages(project)
    typed = {"codes.role": "scribe", "note.role": "Typed just now.", "then": "next"}
    for path, fields, said in (
        (unit, typed, "is closed; it takes no more answers"),
        (check, typed, "is closed; it takes no more answers"),
        (unit, {"withdraw": "1"}, "is closed; it takes no more answers"),
        (unit, {"note.role": "Typed just now."}, "is closed; it takes no more answers"),
        (study, {"codes.sector": "energy", "note.sector": "Typed just now."}, "is closed; it takes no more answers"),
        (settle, typed, "is closed; settle while it is compared"),
        ("/review/was/compare?dimension=role", {}, "is closed; settle while it is compared"),
        ("/review/was/compare/undo", {}, "is closed; settle while it is compared"),
        ("/review/was/state", {"state": "open", "sure": "1"}, "is closed; it cannot become open"),
    ):  # fmt: skip
        status, answer = send(first, path, fields)
        assert status in (400, 409), (path, fields)
        assert said in answer, (path, answer)
        assert ("Typed just now." in answer) == ("Typed just now." in fields.values()), path
        assert "Choose a role" not in answer
    assert files(project) == before


def test_undoing_in_one_round_takes_nothing_back_in_another(small: Project) -> None:
    project = with_round(small, COMPARING)
    project.rounds.write_text(
        project.rounds.read_text()
        + """
  - id: done
    title: {en: "Done", nl: "Gedaan"}
    coders: [first, second]
    studies: [berg2020]
    blind: false
    history: [{at: "2026-11-04T00:00:00Z", by: first, state: closed}]
"""
    )
    build(project)
    first = Running(project).sign_in("first")
    before = files(project)
    status, answer = send(first, "/review/done/compare/undo", {})
    assert status == 400
    assert "is closed; settle while it is compared" in answer
    assert files(project) == before
    assert send(first, "/review/was/compare/undo", {})[0] == 303
    assert files(project) != before


SCOUT = "      - {id: scout, since: 4, label: {en: Scout, nl: Gids}}\n"
TONE = """  - id: tone
    unit: passage
    many: false
    label: {en: Tone, nl: Toon}
    definition: {en: T?, nl: T?}
    codes:
      - {id: glad, since: 4, label: {en: Glad, nl: Blij}}
"""


def test_what_coders_gave_can_be_settled_though_it_is_out_of_use(small: Project) -> None:
    project = with_round(small, COMPARING)
    two = passage_id(project, "berg2020", 2)
    (project.consensus / "berg2020.csv").unlink()
    text = project.scheme.read_text().replace("version: 2", "version: 4")
    text = text.replace("- id: judge\n", "- id: judge\n        retired: 3\n")
    text = text.replace("- id: weaver\n", "- id: weaver\n        retired: 3\n")
    text = text.replace("  - id: sector\n", f"{SCOUT}  - id: sector\n", 1)
    project.scheme.write_text(f"{text.rstrip()}\n{TONE}")
    for code in ("judge", "weaver"):
        (project.indicators / "role" / f"{code}.yml").unlink()
    build(project)
    first = Running(project).sign_in("first")
    path = f"/review/was/compare/{two}?dimension=role"
    page = first.get(path).text
    offered = set(re.findall(r'name="codes.role" value="(\w+)"', page))
    taken = set(re.findall(r'data-accept="(\w+)"', page))
    assert taken == {"judge", "none"}
    assert offered == {"judge", "scribe", "scout", "none"}
    refused = first.post(path, {"codes.role": "weaver"})
    assert refused.status_code == 400
    assert "Weaver was retired in version 3" in words(refused.text)
    assert first.post(path, {"codes.role": "judge"}).status_code == 303
    assert "role,judge" in (project.consensus / "berg2020.csv").read_text()
    # It was settled under the present version; the round asks what it asked under its own.
    assert "Tone" not in words(first.get("/review/was/compare").text)
    assert "coded under version 2 of the scheme" in words(first.get("/review").text)


def test_what_a_person_settled_no_model_settles_otherwise(small: Project) -> None:
    first, second = small.coders.read_text().split("  - id: second")
    small.coders.write_text(f"{first}  - id: second{second.replace('person', 'model')}")
    project = with_round(small, COMPARING)
    running = Running(project)
    path = f"/review/was/compare/{passage_id(project, 'berg2020', 2)}?dimension=role"
    refused = running.sign_in("second").post(path, {"codes.role": "none"})
    assert refused.status_code == 400
    said = "A person has settled this; only a person can settle it otherwise."
    assert said in words(refused.text)
    assert "none" not in (project.consensus / "berg2020.csv").read_text()
    assert running.sign_in("first").post(path, {"codes.role": "none"}).status_code == 303
    assert "role,none" in (project.consensus / "berg2020.csv").read_text()


def test_a_round_closed_by_hand_is_measured_under_its_scheme(
    small: Project, evidence: Evidence
) -> None:
    """Nothing was frozen when it closed, so its agreement is worked out later."""
    project = with_round(small, CLOSED)
    text = project.scheme.read_text().replace("version: 2", "version: 4")
    text = text.replace("- id: judge\n", "- id: judge\n        retired: 3\n")
    text = text.replace("  - id: sector\n", f"{SCOUT}  - id: sector\n", 1)
    project.scheme.write_text(text)
    (project.indicators / "role" / "judge.yml").unlink()
    build(project)
    asked = [words(Running(project).sign_in("first").get("/review/was/agreement").text)]
    asked.append(evidence("agreement", project, "--round", "was").output)
    for said in asked:
        for label in ("Weaver", "Judge", "Scribe"):
            assert said.count(label) == 2, (label, said)  # coders, and the machine against them
        assert "Scout" not in said
