"""Learning from reviewed decisions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from pipeline.ground.project import Project
from pipeline.model.passages import digest_of
from pipeline.model.scheme import read_scheme
from pipeline.tagger.reviewed_passages import read_training, reviewed_passages
from pipeline.tagger.tagger_loading import load_tagger
from pipeline.tagger.tagging import TextUnit
from tests.conftest import Evidence, decide, passage_id

WHO = ["The office", "A council", "The bureau", "One agency", "The board", "A network"]
WHAT = ["invited growers and banks", "gathered the towns", "called everyone in", "hosted a table"]
ELSE = [
    "The sample holds forty firms",
    "Costs rose in spring",
    "The survey ran for a year",
    "Rain was scarce",
]


@pytest.fixture
def project(small: Project) -> Project:
    folder = small.examples / "role"
    folder.mkdir(parents=True)
    with (folder / "en.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["group", "language", "set", "codes", "second", "text"])
        for who in WHO:
            for what, other in zip(WHAT, ELSE, strict=True):
                writer.writerow(["a-1", "en", "learn", "weaver", "", f"{who} {what}."])
                writer.writerow(
                    ["b-1", "en", "learn", "none", "", f"{other}, {who.lower()} reports."]
                )
        writer.writerow(["c-1", "en", "held", "weaver", "", "A club invited the towns."])
    for study, answers in (
        ("berg2020", ["weaver", "judge", "none"]),
        ("smit2021", ["weaver", "none"]),
    ):
        lines = []
        for position, codes in enumerate(answers, 1):
            unit = passage_id(small, study, position)
            text = _text(small, study, position)
            lines.append(f'2026-11-02T09:00:00Z,{unit},role,{codes},,,,hidden,2,pilot,"{text}"')
        decide(small, "second", study, *lines)
    return small


def _text(project: Project, study: str, position: int) -> str:
    from pipeline.sources.corpus import read_digest

    document, _ = read_digest(project.corpus / f"{study}.md", study)
    assert document is not None
    return document.passages[position - 1].text


def test_what_is_learned_from(project: Project) -> None:
    scheme = read_scheme(project.scheme)
    found = {
        (item.group, item.language, tuple(item.codes))
        for item in reviewed_passages(project, scheme, "role")
    }
    assert ("berg2020", "en", ("weaver",)) in found
    assert ("smit2021", "nl", ("weaver",)) in found
    unit = passage_id(project, "berg2020", 1)
    decide(
        project,
        "first",
        "berg2020",
        f'2026-11-03T09:00:00Z,{unit},role,none,,,,hidden,2,pilot,"{_text(project, "berg2020", 1)}"',
    )
    # Two coders who differ teach nothing until it is settled; later decisions can be left out.
    assert len(reviewed_passages(project, scheme, "role")) == len(found) - 1
    assert len(reviewed_passages(project, scheme, "role", "2026-11-02T23:00:00.000000Z")) == len(
        found
    )


def test_what_was_said_of_a_passage_before_it_read_otherwise_is_said_of_one(
    evidence: Evidence, project: Project
) -> None:
    text = _text(project, "berg2020", 1)
    before = text.replace(",", "").replace(".", "")
    assert before != text
    line = f"2026-11-01T09:00:00Z,berg2020-{digest_of(before)[:8]},role,CODES,,,,hidden,2,pilot,"
    decide(project, "first", "berg2020", line.replace("CODES", "weaver") + before)
    assert "5 reviewed passages of 2 studies" in evidence("train", project).output
    line = line.replace("01T09", "01T10")  # what two coders deny each other teaches nothing
    decide(project, "first", "berg2020", line.replace("CODES", "none") + before)
    assert "4 reviewed passages of 2 studies" in evidence("train", project).output


def test_train_measures_chooses_and_stays_the_same(evidence: Evidence, project: Project) -> None:
    found = evidence("train", project)
    assert found.exit_code == 0, found.output
    assert "5 reviewed passages of 2 studies" in found.output
    (learned,) = read_training(project).learned
    assert learned.codes["weaver"].coded == 2
    assert set(learned.codes["weaver"].f1) == {"indicators", "examples", "reviewed"}
    assert {choice.source for choice in learned.codes.values()} <= {"examples", "reviewed"}
    before = project.training.read_bytes()
    assert "stays as it is" in evidence("train", project).output
    assert project.training.read_bytes() == before
    said = evidence("evaluate", project)
    assert "Learning from 5 reviewed passages of 2 studies" in said.output, said.output


def test_a_code_that_a_coder_did_not_consider_is_not_denied_by_the_answer(
    evidence: Evidence, project: Project
) -> None:
    # `scribe` came with version 2 of the scheme; its indicator fires in both first passages.
    (project.indicators / "role" / "scribe.yml").write_text(
        "code: scribe\nindicators:\n"
        "  - {id: table, weight: 0.9, phrases: {en: [table], nl: [tafel]}}\n"
    )
    path = project.decisions / "second" / "berg2020.csv"
    path.write_text(path.read_text().replace("hidden,2", "hidden,1"))
    path = project.decisions / "second" / "smit2021.csv"
    path.write_text(path.read_text().replace("role,weaver", "role,scribe"))
    found = evidence("train", project)
    assert found.exit_code == 0, found.output
    (learned,) = read_training(project).learned
    assert learned.codes["scribe"].f1["indicators"] == 1


def test_a_code_learned_from_reviewed_passages_says_so(
    evidence: Evidence, project: Project
) -> None:
    evidence("train", project)
    data = yaml.safe_load(project.training.read_text())
    data["learned"][0]["codes"]["weaver"]["source"] = "reviewed"
    project.training.write_text(yaml.safe_dump(data))
    scheme = read_scheme(project.scheme)
    tagger = load_tagger(project, scheme)
    (suggestions,) = tagger.suggest([TextUnit("en", "One agency called everyone in.")])
    assert [item.code for item in suggestions] == ["weaver"]
    assert suggestions[0].indicators[0].startswith("reviewed passages ")
    # What is decided afterwards changes nothing until it is trained again.
    unit = passage_id(project, "berg2020", 2)
    decide(
        project,
        "second",
        "berg2020",
        f'2030-11-03T09:00:00Z,{unit},role,weaver,,,,hidden,2,pilot,"{_text(project, "berg2020", 2)}"',
    )
    assert load_tagger(project, scheme).suggest(
        [TextUnit("en", "One agency called everyone in.")]
    ) == [suggestions]


def test_too_little_and_nonsense(evidence: Evidence, small: Project, tmp_path: Path) -> None:
    found = evidence("train", small)
    assert found.exit_code == 1
    assert "at least two studies" in found.output
    small.training.write_text("learned: [{dimension: role, colour: red}]\n")
    found = evidence("check", small)
    assert found.exit_code == 1
    assert "training.yml" in found.output
