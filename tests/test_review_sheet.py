"""Answers in spreadsheets, agreement by command, and what check says of rounds."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from pipeline.ground.project import Project
from pipeline.sources.decisions import read_decisions
from tests.conftest import ROOT, Evidence, decide, passage_id

TIME = "2026-11-02T09:00:00Z"


@pytest.fixture
def project(reviewed: Project) -> Project:
    return reviewed


def exported(evidence: Evidence, project: Project, *arguments: str) -> list[dict[str, str]]:
    found = evidence(
        "review", project, "export", "--coder", "second", "--round", "roles", *arguments
    )
    assert found.exit_code == 0, found.output
    return list(csv.DictReader(io.StringIO(found.stdout)))


def sheet(
    path: Path, rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def take_in(evidence: Evidence, project: Project, path: Path) -> tuple[int, str]:
    found = evidence(
        "review", project, "import", str(path), "--coder", "second", "--round", "roles"
    )
    return found.exit_code, found.output


def test_a_question_of_a_whole_study_says_what_its_digest_says(
    evidence: Evidence, project: Project
) -> None:
    found = evidence("review", project, "export", "--coder", "first", "--round", "whole")
    rows = {row["unit"]: row for row in csv.DictReader(io.StringIO(found.stdout))}
    digest = (project.corpus / "smit2021.md").read_text()
    summary = " ".join(digest.split("---\n")[2].split("## ")[0].split())
    assert summary
    assert rows["smit2021"]["text"].endswith(f". {summary}")


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig")])
def test_out_and_in_again(
    evidence: Evidence, project: Project, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = exported(evidence, project)
    assert [row["dimension"] for row in rows] == ["role"] * 5
    assert {row["suggested"] for row in rows} == {"hidden"}
    rows[0] |= {
        "codes": "weaver;judge",
        "confidence": "high",
        "note": "=SUM(A1)",
        "quote": "at one table",
    }
    rows[1] |= {"codes": "none"}
    path = sheet(tmp_path / "s.csv", rows, delimiter, encoding)
    assert take_in(evidence, project, path) == (0, "2 answer(s) changed, of 2 read.\n")
    lines, problems = read_decisions(project.decisions / "second" / "berg2020.csv", "second", "x")
    assert not problems
    assert [(line.codes, line.note) for line in lines] == [
        ({"weaver", "judge"}, "=SUM(A1)"),
        (frozenset(), ""),
    ]
    again = exported(evidence, project)
    assert (again[0]["codes"], again[0]["note"]) == ("judge;weaver", "'=SUM(A1)")
    assert take_in(evidence, project, sheet(path, again))[1].startswith("0 answer(s) changed")
    again[0]["codes"] = "withdrawn"
    assert take_in(evidence, project, sheet(path, again))[1].startswith("1 answer(s) changed")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unit": "berg2020-00000000"}, "no passage or study 'berg2020-00000000'"),
        ({"codes": "nobody"}, "no code 'nobody'"),
        ({"codes": "weaver;none"}, "'none' stands together with codes"),
        ({"codes": "weaver;weaver"}, "a code stands twice"),
        ({"codes": "withdrawn"}, "no answer to withdraw"),
        ({"codes": "weaver", "confidence": "very"}, "Confidence is low, medium or high"),
        ({"codes": "weaver", "quote": "not there"}, "marked words do not stand"),
        ({"codes": "weaver", "text": "Other words."}, "the text is not the passage's"),
        ({"codes": "weaver", "dimension": "colour"}, "no dimension 'colour'"),
        ({"codes": "energy", "dimension": "phase"}, "no dimension 'phase'"),
    ],
)
def test_rows_that_are_not_understood(
    evidence: Evidence, project: Project, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    rows = exported(evidence, project)
    rows[0] |= {"codes": "weaver"}
    rows[1] |= change
    status, output = take_in(evidence, project, sheet(tmp_path / "s.csv", rows))
    assert status == 1
    assert reason in output
    assert "s.csv:3" in output
    assert not (project.decisions / "second" / "berg2020.csv").exists()


def test_an_emptied_answer_is_asked_about(
    evidence: Evidence, project: Project, tmp_path: Path
) -> None:
    rows = exported(evidence, project)
    rows[0]["codes"] = "weaver"
    take_in(evidence, project, sheet(tmp_path / "s.csv", rows))
    rows[0]["codes"] = ""
    status, output = take_in(evidence, project, sheet(tmp_path / "s.csv", rows))
    assert status == 1
    assert "write 'withdrawn'" in output


def test_other_columns_and_broken_files(
    evidence: Evidence, project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "s.csv"
    path.write_text("unit,dimension,codes,colour\n")
    assert "unknown: colour" in take_in(evidence, project, path)[1]
    path.write_text("unit,codes\n")
    assert "missing: dimension" in take_in(evidence, project, path)[1]
    path.write_text('unit,dimension,codes\nberg2020,role,"weaver\n')
    assert "not CSV" in take_in(evidence, project, path)[1]
    path.write_bytes("unit,dimension,codes\nbérg,role,x\n".encode("latin-1"))
    assert "not UTF-8" in take_in(evidence, project, path)[1]
    assert take_in(evidence, project, tmp_path / "none.csv")[0] == 2


def test_the_file_written_for_a_spreadsheet(
    evidence: Evidence, project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    exported(evidence, project, "-o", str(path))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfunit,")


def test_agreement_by_command(evidence: Evidence, project: Project) -> None:
    refused = evidence("agreement", project, "--round", "roles")
    assert refused.exit_code == 2
    assert "first opened for comparison" in refused.output
    unit = [passage_id(project, "berg2020", position) for position in (1, 2, 3)]
    decide(
        project,
        "first",
        "berg2020",
        *(
            f"{TIME},{u},role,{c},,,,hidden,2,pilot,"
            for u, c in zip(unit, ("weaver", "judge", "none"), strict=True)
        ),
    )
    decide(
        project,
        "second",
        "berg2020",
        *(
            f"{TIME},{u},role,{c},,,,hidden,2,pilot,"
            for u, c in zip(unit, ("weaver", "none", "none"), strict=True)
        ),
    )
    text = evidence("agreement", project).stdout
    assert "Krippendorff's alpha" in text
    assert "not computable: no variation" in text
    assert "nan" not in text.lower()
    data = json.loads(evidence("agreement", project, "--format", "json").stdout)
    assert data["round"] == "pilot"
    weaver = next(line for line in data["lines"] if line["code"] == "weaver")
    assert (weaver["units"], weaver["raw"]["value"], weaver["alpha"]["value"]) == (3, 1, 1)
    table = list(csv.DictReader(io.StringIO(evidence("agreement", project, "-f", "csv").stdout)))
    assert {row["of"] for row in table} == {"code", "any code", "whole answer"}
    assert "| Weaver | 3 |" in evidence("agreement", project, "-f", "md").stdout
    assert evidence("agreement", project, "-f", "xml").exit_code == 2
    assert evidence("agreement", project, "--round", "nowhere").exit_code == 2


def problems(evidence: Evidence, project: Project) -> dict[str, str]:
    found = json.loads(evidence("check", project, "--json").stdout)
    return {item["kind"]: item["message"] + item["hint"] for item in found}


def test_check_knows_rounds(evidence: Evidence, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    decide(project, "third", "berg2020", f"{TIME},{unit},role,weaver,,,,hidden,2,roles,")
    decide(
        project, "first", "smit2021", "2099-11-02T09:00:00Z,smit2021,sector,care,,,,hidden,2,whole,"
    )
    found = problems(evidence, project)
    assert "third does not code in the round 'roles'" in found["not-in-round"]
    assert "2099" in found["future-time"]
    project.rounds.write_text(
        project.rounds.read_text().replace(
            "    hidden_from: [second]",
            "    hidden_from: [second, nobody]\n    history: [{at: 2026-11-01T00:00:00Z, by: first, state: comparing}]",
        )
    )
    found = problems(evidence, project)
    assert "coder 'nobody'" in found["unknown-coder"]
    assert "opened for comparison" in found["late"]
    project.rounds.write_text(
        project.rounds.read_text().replace("state: comparing", "state: half-open")
    )
    assert "state" in problems(evidence, project)["bad-value"]


def test_check_shows_an_orphans_nearest_passage(evidence: Evidence, project: Project) -> None:
    text = "The network office brought farmers and banks together at one table."
    decide(
        project,
        "first",
        "berg2020",
        f"{TIME},berg2020-0badcafe,role,weaver,,,,hidden,2,pilot,{text}",
    )
    message = problems(evidence, project)["orphan"]
    assert passage_id(project, "berg2020", 1) in message
    assert "% alike" in message


def test_checking_needs_sight(evidence: Evidence, project: Project) -> None:
    project.rounds.write_text(
        project.rounds.read_text()
        + "    checks: second\n    blind: true\n".replace("    blind: true\n", "")
    )
    text = project.rounds.read_text().replace("    blind: false\n    checks", "    checks")
    project.rounds.write_text(text)
    assert "set blind to false" in problems(evidence, project)["bad-value"]


def test_rounds_file_in_this_repository_keeps_its_comment() -> None:
    assert (ROOT / "coding" / "rounds.yml").read_text().startswith("#")
