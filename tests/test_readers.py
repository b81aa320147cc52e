"""Readers of passages: chosen, averaged, calibrated, and measured."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.ground.project import Project
from pipeline.tagger.readers.reader_registry import READERS
from pipeline.tagger.reviewed_passages import Showing, read_training
from tests.conftest import Evidence, decide, passage_id
from tests.test_suggestions_shown import text_of
from tests.told_reader import KIND, TOLD, tell

GIVEN = "They did something."
ALSO = "also"


@pytest.fixture
def project(small: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name in (TOLD, ALSO):
        monkeypatch.setitem(READERS, name, KIND)
    return small


def score(evidence: Evidence, project: Project, code: str = "weaver") -> float:
    found = evidence(
        "suggest", project, "-", "--all", "--format", "jsonl", "--lang", "en", given=GIVEN
    )
    assert found.exit_code == 0, found.output
    return float(json.loads(found.stdout)["scores"][code])


def test_several_readers_are_averaged_on_the_scale_of_log_odds(
    project: Project, evidence: Evidence
) -> None:
    tell(project, {GIVEN: {"weaver": 0.8, "scribe": 0.3}})
    (project.coding / "also.json").write_text(json.dumps({GIVEN: {"weaver": 0.4}}))
    project.tagger.write_text("readers: [told, also]\nalso: {file: also.json}\n")
    # Between 4:1 and 2:3 lies the root of 8/3, 1.633:1.
    assert score(evidence, project) == 0.62
    assert score(evidence, project, "scribe") == 0.3  # one that says nothing does not count


def test_each_reader_is_brought_to_how_often_coders_agreed(
    project: Project, evidence: Evidence
) -> None:
    tell(
        project,
        {GIVEN: {"weaver": 0.8}},
        calibration={TOLD: {"slope": 2.0, "intercept": -1.386294}},
    )
    # Log-odds of 4:1, doubled, less those of 4:1.
    assert score(evidence, project) == 0.8
    tell(
        project,
        {GIVEN: {"weaver": 0.8}},
        calibration={TOLD: {"slope": 1.0, "intercept": -1.386294}},
    )
    assert score(evidence, project) == 0.5


def test_the_older_setting_is_still_read(project: Project, evidence: Evidence) -> None:
    project.tagger.write_text("model: linear\n")
    assert evidence("check", project).exit_code == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("readers: [words, crystal]\n", "reader 'crystal'"),
        ("readers: [told]\ntold: {colour: red}\n", "told.colour: Extra inputs"),
        ("readers: [words]\ncrystal: {ball: 1}\n", "reader 'crystal'"),
    ],
)
def test_settings_that_cannot_be_read(
    project: Project, evidence: Evidence, settings: str, said: str
) -> None:
    project.tagger.write_text(settings)
    found = evidence("check", project)
    assert found.exit_code == 1
    assert "coding/tagger.yml" in found.output
    assert said in found.output


def held(project: Project, groups: str) -> None:
    folder = project.examples / "role"
    folder.mkdir(parents=True)
    with (folder / "en.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["group", "language", "set", "codes", "second", "text"])
        for group, codes, text in zip(
            groups, ("weaver", "judge", "none", "scribe"), "ABCD", strict=True
        ):
            writer.writerow([group, "en", "held", codes, "", text])


def evaluated(evidence: Evidence, project: Project) -> dict[str, Any]:
    found = evidence("evaluate", project, "--json")
    assert found.exit_code == 0, found.output
    report = json.loads(found.stdout)[0]
    assert report["title"] == "as on the site"
    return {item["code"]: item for item in report["ranked"]}


def test_what_is_measured_of_scores(project: Project, evidence: Evidence) -> None:
    said = {
        "A": {"weaver": 0.9, "judge": 0.1},
        "B": {"weaver": 0.8, "judge": 0.3},
        "C": {"weaver": 0.2, "judge": 0.1},
        "D": {"weaver": 0.05},
    }
    tell(project, said)
    held(project, "aabb")
    every = evaluated(evidence, project)
    assert every["all"]["f1"]["value"] == 0.4  # one right of two suggested, and three coded
    # The three codes are found first, third and last of twelve pairs: 1, 2/3 and 3/12.
    assert every["all"]["average_precision"]["value"] == 0.639
    assert every["all"]["in_first_three"]["value"] == 0.667  # D has no score for its code
    assert every["scribe"]["in_first_three"]["value"] == 0
    assert every["judge"]["average_precision"]["value"] == 1
    # By steps of the score: .1, .8, .7, .2, .2 and .95 off, over twelve pairs.
    assert every["all"]["calibration_error"]["value"] == 0.246
    text = evidence("evaluate", project).stdout
    assert "0.64 [" in text


def test_an_interval_is_over_sources(project: Project, evidence: Evidence) -> None:
    said = {"A": {"weaver": 0.9}, "B": {"judge": 0.8}, "C": {"judge": 0.7}, "D": {"judge": 0.6}}
    tell(project, said)
    held(project, "aaaa")
    one = evaluated(evidence, project)["all"]["f1"]
    assert one["low"] == one["value"] == one["high"]
    (project.examples / "role" / "en.csv").unlink()
    (project.examples / "role").rmdir()
    held(project, "abcd")
    several = evaluated(evidence, project)["all"]["f1"]
    assert several["low"] < several["value"] == one["value"] < several["high"]


def reviewed(project: Project) -> None:
    """Three of the five reviewed passages are of a weaver."""
    for study, answers in (
        ("berg2020", ["weaver", "weaver", "none"]),
        ("smit2021", ["weaver", "none"]),
    ):
        rows = []
        for position, code in enumerate(answers, 1):
            unit, text = passage_id(project, study, position), text_of(project, study, position)
            rows.append(f'2026-11-02T09:00:00Z,{unit},role,{code},,,,hidden,2,pilot,"{text}"')
        decide(project, "second", study, *rows)


def trained(project: Project, evidence: Evidence) -> Showing:
    found = evidence("train", project)
    assert found.exit_code == 0, found.output
    (learned,) = read_training(project).learned
    assert learned.showing is not None
    return learned.showing


def test_from_which_score_a_code_is_likely_follows_from_reviewed_passages(
    project: Project, evidence: Evidence
) -> None:
    reviewed(project)
    said = {
        text_of(project, "berg2020", 1): {"weaver": 0.3, "judge": 0.05, "scribe": 0.04},
        text_of(project, "berg2020", 2): {"weaver": 0.25, "judge": 0.06, "scribe": 0.03},
        text_of(project, "berg2020", 3): {"weaver": 0.1, "judge": 0.05, "scribe": 0.04},
        text_of(project, "smit2021", 1): {"weaver": 0.28, "judge": 0.05, "scribe": 0.26},
        text_of(project, "smit2021", 2): {"weaver": 0.02, "judge": 0.01, "scribe": 0.03},
    }
    tell(project, said)
    showing = trained(project, evidence)
    assert showing.readers == (TOLD,)
    # Coders agreed to three of the four scores from .25 on, and to none below.
    assert (showing.of_likely.suggested, showing.of_likely.agreed) == (4, 3)
    given = text_of(project, "berg2020", 2)
    line = evidence("suggest", project, "-", "--format", "jsonl", "--lang", "en", given=given)
    assert [item["code"] for item in json.loads(line.stdout)["suggestions"]] == ["weaver"]
    before = project.training.read_bytes()
    assert "stays as it is" in evidence("train", project).output
    assert project.training.read_bytes() == before


def test_whole_digests_among_the_examples_count_too(
    project: Project, evidence: Evidence, tmp_path: Path
) -> None:
    reviewed(project)
    said = {
        text_of(project, "berg2020", 1): {"weaver": 0.6, "judge": 0.5},
        "Much told": {"judge": 0.5},
    }
    tell(project, said)
    without = trained(project, evidence)
    folder = project.examples / "role"
    folder.mkdir(parents=True)
    rows = "".join(f"n-{number},en,learn,judge,,Much told\n" for number in range(30))
    (folder / "en.csv").write_text(f"group,language,set,codes,second,text\n{rows}")
    assert trained(project, evidence) == without
    project.tagger.write_text(project.tagger.read_text() + "natural: [n]\n")
    assert trained(project, evidence).calibration != without.calibration
