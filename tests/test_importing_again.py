"""The same file again, abstracts kept by default, and taking back what was screened."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.sources.import_records import read_imports
from tests.conftest import Evidence, Site
from tests.reviewing import CoderSession, Running, wait, with_rounds

RIS = Path(__file__).parent / "imports" / "ten.ris"
WITH_ABSTRACT = [
    "ferreira2023rules",
    "haddad2022price",
    "okafor2020learning",
    "stichtingregionalesamenwerking2019samen",
    "vermeer2021brokering",
]
LINES = "decided_at,study,stage,decision,reason,note,settles\n"


def kept(project: Project) -> list[str]:
    return sorted(path.stem for path in project.abstracts.glob("*.txt"))


def names(project: Project) -> list[str]:
    """The imports in order of time."""
    return [record.id for record in read_imports(project).records]


def add(evidence: Evidence, project: Project, path: Path = RIS, *more: str) -> str:
    answer = evidence("add", project, str(path), "--yes", "--source", "Scopus", *more)
    assert answer.exit_code == 0, answer.output
    return str(answer.output)


def numbers(evidence: Evidence, project: Project) -> dict[str, str]:
    table = project.root / "flow.csv"
    answer = evidence("prisma", project, "-o", str(table))
    assert answer.exit_code == 0, answer.output
    # No sum that does not come out.
    assert answer.output.strip().splitlines() == [f"{table} was written."], answer.output
    return {row["data"]: row["n"] for row in csv.DictReader(io.StringIO(table.read_text()))}


def files(project: Project) -> dict[str, bytes]:
    return {
        project.name(path): path.read_bytes()
        for path in project.root.rglob("*")
        if path.is_file() and ".cache" not in path.parts and ".journal" not in path.parts
    }


def test_abstracts_are_kept_unless_somebody_says_no_and_never_published(
    small: Project, evidence: Evidence
) -> None:
    add(evidence, small)
    assert kept(small) == WITH_ABSTRACT
    build(small)
    with sqlite3.connect(small.database) as connection:
        dump = "\n".join(connection.iterdump())
    assert "neutral place to meet" not in dump
    assert "vermeer2021brokering" in dump


def test_importing_again_adds_the_abstracts_that_were_missing_and_says_so(
    small: Project, evidence: Evidence
) -> None:
    add(evidence, small, RIS, "--no-abstracts")
    assert kept(small) == []
    small.abstracts.mkdir(exist_ok=True)
    mine = small.abstracts / "haddad2022price.txt"
    mine.write_text("My own copy of it.\n")
    before = files(small)
    preview = evidence("add", small, str(RIS))
    assert "4 abstracts would be added to candidates that have none" in preview.output
    assert f"This very file was imported before, as {names(small)[0]}" in preview.output
    value = json.loads(evidence("add", small, str(RIS), "--json").output)[0]
    assert value["same_file_as"] == names(small)[0]
    assert sorted(item["key"] for item in value["records"] if item["adds_abstract"]) == [
        key for key in WITH_ABSTRACT if key != "haddad2022price"
    ]
    assert files(small) == before
    said = add(evidence, small)
    assert "0 studies added, 9 merged" in said
    assert "4 abstracts added to candidates that had none" in said
    assert kept(small) == WITH_ABSTRACT
    assert mine.read_text() == "My own copy of it.\n"
    assert small.references.read_bytes() == before["references.bib"]
    first, second = names(small)
    record = yaml.safe_load((small.imports / f"{second}.yml").read_text())
    assert [item["key"] for item in record["abstracts"]] == [
        "vermeer2021brokering",
        "okafor2020learning",
        "stichtingregionalesamenwerking2019samen",
        "ferreira2023rules",
    ]
    assert "4 abstracts" in evidence("imports", small).output
    # A third time there is nothing to add, and nothing is said of abstracts.
    assert "abstracts would" not in evidence("add", small, str(RIS)).output
    # One of them is mended by hand: it stays, the others go.
    changed = small.abstracts / "okafor2020learning.txt"
    changed.write_text(changed.read_text() + "And more.\n")
    assert evidence("imports", small, "--undo", second).exit_code == 0
    assert kept(small) == ["haddad2022price", "okafor2020learning"]
    assert small.references.read_bytes() == before["references.bib"]
    # What an import did not bring is not its to remove.
    refused = evidence("imports", small, "--undo", first)
    assert refused.exit_code == 1
    assert "corpus/abstracts/haddad2022price.txt" in refused.output
    for path in (mine, changed):
        path.unlink()
    assert evidence("imports", small, "--undo", first).exit_code == 0
    assert "0 error(s), 0 warning(s)" in evidence("check", small).output


def test_studies_of_the_review_get_no_abstract(small: Project, evidence: Evidence) -> None:
    path = small.root / "known.ris"
    path.write_text(
        "TY  - JOUR\nAU  - van der Berg, Anna\nAU  - Smit, Jo\nTI  - Weaving energy networks\n"
        "JO  - Journal of Networks\nPY  - 2020\nDO  - 10.1234/weave\nAB  - Not ours to keep.\nER  - \n"
    )
    assert "abstract" not in evidence("add", small, str(path)).output
    assert "0 studies added, 1 merged" in add(evidence, small, path)
    assert kept(small) == []


def test_the_same_file_again_is_counted_once(small: Project, evidence: Evidence) -> None:
    add(evidence, small, RIS, "--leave", "9,10", "--no-abstracts")
    once = numbers(evidence, small)
    assert (once["database_results"], once["excluded_other"], once["awaiting_records"]) == (
        "10", "3", "7",
    )  # fmt: skip
    assert once["seen_before"] == "0"
    add(evidence, small)
    assert len(names(small)) == 2
    again = numbers(evidence, small)
    # The two that were left out at first are in now; no record is counted twice.
    assert (again["database_results"], again["excluded_other"], again["awaiting_records"]) == (
        "10", "1", "9",
    )  # fmt: skip
    assert again["duplicates"] == "0"
    build(small)
    with sqlite3.connect(small.database) as connection:
        rows = connection.execute('SELECT found, same_file_as FROM "import" ORDER BY at').fetchall()
    assert rows == [(10, ""), (10, names(small)[0])]
    # Once the first is gone, the second counts by itself. Its studies are the first one's, so
    # these have to go first.
    assert evidence("imports", small, "--undo", names(small)[1]).exit_code == 0
    assert numbers(evidence, small) == once


def test_a_file_that_was_found_another_way_is_not_found_again_by_search(
    small: Project, evidence: Evidence
) -> None:
    add(evidence, small, RIS, "--leave", "9,10", "--kind", "other")
    once = numbers(evidence, small)
    # Beside the two studies of the project, which were added by hand.
    assert (once["database_results"], once["citations_results"]) == ("0", "7")
    assert once["previous_studies"] == "2"
    add(evidence, small)
    again = numbers(evidence, small)
    assert (again["database_results"], again["citations_results"]) == ("0", "9")


def test_records_seen_before_are_a_number_of_their_own(
    small: Project, evidence: Evidence, tmp_path: Path
) -> None:
    add(evidence, small)
    update = tmp_path / "update.ris"
    more = "TY  - JOUR\nAU  - Snow, Ball\nTI  - Found in a later search\nJO  - Lists\nPY  - 2024\nER  - \n\n"
    update.write_text(RIS.read_text() + "\n" + more + more)
    add(evidence, small, update)
    found = numbers(evidence, small)
    # Ten and twelve; nine of the twelve were here, one stands twice in its file.
    assert found["database_results"] == "22"
    assert found["duplicates"] == "10"
    assert found["seen_before"] == "9"
    assert found["excluded_other"] == "2"
    assert found["awaiting_records"] == "10"
    build(small)
    site = Site(small)
    english = re.sub(r"\s+", " ", site.get("/method").text)
    assert "Duplicate records (n = 10); of these seen before (n = 9); Records that" in english
    dutch = re.sub(r"\s+", " ", site.get("/nl/method").text)
    assert "waarvan al eerder gezien (n = 9)" in dutch
    drawn = re.sub(r"<[^>]+>|\u00a0", " ", site.get("/prisma.svg").text.partition("</desc>")[2])
    assert re.search(r"of these seen before\s+\(n\s+=\s+9\)", drawn)
    removed = re.search(r"Records removed before\s+screening\s+\(n\s+=\s+12\)", drawn)
    assert removed


def test_imports_of_older_versions_are_read_and_taken_back(
    small: Project, evidence: Evidence
) -> None:
    before = files(small)
    add(evidence, small)
    (name,) = names(small)
    path = small.imports / f"{name}.yml"
    record = yaml.safe_load(path.read_text())
    del record["digest"], record["abstracts"]
    path.write_text(yaml.safe_dump(record, sort_keys=False))
    assert numbers(evidence, small)["database_results"] == "10"
    assert "imported before" not in evidence("add", small, str(RIS)).output
    answer = evidence("imports", small, "--undo", name)
    assert answer.exit_code == 0, answer.output
    left = files(small)
    assert {*left} - {*before} == {f"corpus/imports/{name}.yml", "flow.csv"}


def screened(project: Project) -> None:
    """Two screeners have been at work; one line was withdrawn again."""
    project.screening.mkdir(parents=True, exist_ok=True)
    rows = {
        "first": (
            "09:00:00Z,okafor2020learning,abstract,include,,,",
            "09:01:00Z,okafor2020learning,full,include,,,",
            "09:02:00Z,haddad2022price,abstract,exclude,,,",
            "09:03:00Z,ferreira2023rules,abstract,include,,,",
            "09:04:00Z,ferreira2023rules,abstract,,,,",
        ),
        "second": ("09:05:00Z,haddad2022price,abstract,exclude,,,",),
    }
    for name, lines in rows.items():
        text = LINES + "".join(f"2026-11-24T{line}\n" for line in lines)
        (project.screening / f"{name}.csv").write_text(text)


ORPHANS = (
    "first has screened haddad2022price, okafor2020learning: 3 lines would be orphaned.",
    "second has screened haddad2022price: 1 line would be orphaned.",
)


def test_an_import_that_was_screened_is_taken_back_only_on_purpose(
    small: Project, evidence: Evidence
) -> None:
    add(evidence, small)
    (name,) = names(small)
    screened(small)
    before = files(small)
    asked = evidence("imports", small, "--undo", name)
    assert asked.exit_code == 1
    for words in ORPHANS:
        assert words in asked.output
    assert "--even-screened" in asked.output
    assert "Nothing was changed" in asked.output
    assert files(small) == before
    assert evidence("imports", small, "--undo", name, "--even-screened").exit_code == 0
    after = files(small)
    assert after["coding/screening/first.csv"] == before["coding/screening/first.csv"]
    assert "okafor2020learning" not in after["references.bib"].decode()

    def orphans() -> list[tuple[str, int, str, str]]:
        problems = json.loads(evidence("check", small, "--json").output)
        return [
            (item["path"], item["line"], item["kind"], item["severity"])
            for item in problems
            if "screening" in item["path"]
        ]

    assert orphans() == [
        ("coding/screening/first.csv", line, "orphaned-line", "warning") for line in (2, 3, 4)
    ] + [("coding/screening/second.csv", 2, "orphaned-line", "warning")]
    said = evidence("check", small).output
    assert f"'haddad2022price' came with {name}, which was taken back" in said
    # The studies come in again under their keys, and the lines count again.
    add(evidence, small)
    assert orphans() == []
    assert numbers(evidence, small)["records_screened"] != "0"


def test_a_study_that_is_gone_leaves_orphans_and_not_errors(
    small: Project, evidence: Evidence
) -> None:
    add(evidence, small)
    screened(small)
    text = small.references.read_text()
    entry = re.search(r"\n@article\{haddad2022price,.*?\n\}\n", text, re.DOTALL)
    assert entry
    small.references.write_text(text.replace(entry[0], ""))
    for path in (small.corpus / "haddad2022price.md", small.abstracts / "haddad2022price.txt"):
        path.unlink()
    said = evidence("check", small)
    assert said.exit_code == 0, said.output
    assert "coding/screening/first.csv:4" in said.output
    assert "'haddad2022price' is not in references.bib any more" in said.output


@pytest.fixture
def running(small: Project, evidence: Evidence) -> Running:
    add(evidence, small, RIS, "--no-abstracts")
    screened(small)
    return Running(with_rounds(small))


def upload(session: CoderSession, path: Path, **fields: str) -> Any:
    """Choose a file on the page Add studies."""
    html = session.get("/review/add").text
    token = re.search(r'name="csrftoken" value="([^"]*)"', html)
    assert token
    return session.running.ask(
        "POST",
        "/review/add",
        data={"csrftoken": token[1], "kind": "database", "source": "Scopus", **fields},
        files={"file": (path.name, path.read_bytes())},
        cookies=session.cookies,
    )


def test_adding_again_in_the_browser(running: Running, small: Project) -> None:
    coder = running.sign_in("first")
    html = coder.get("/review/add").text
    assert re.search(r'name="abstracts" value="1" checked', html)
    sent = upload(coder, RIS, abstracts="1")
    assert sent.status_code == 303
    place = sent.headers["location"]
    page = re.sub(r"<[^>]+>", " ", coder.get(place).text)
    assert "This very file was imported before" in page
    assert page.count("Its abstract is missing here") == 5
    assert re.search(r"Keep 5 abstracts", page)
    # Not kept where the box was not ticked.
    unticked = upload(coder, RIS).headers["location"]
    assert 'name="abstracts" value="1" checked' in coder.get(place).text
    assert 'name="abstracts" value="1" checked' not in coder.get(unticked).text
    answer = coder.post(
        place.partition("?")[0], {"kind": "database", "source": "Scopus", "abstracts": "1"}
    )
    text = re.sub(r"<[^>]+>", " ", wait(coder, answer))
    assert "0 studies added, 9 merged" in text
    assert "5 abstracts added to candidates that had none" in text
    assert kept(small) == WITH_ABSTRACT
    shown = coder.get("/review/screen/vermeer2021brokering").text
    assert "It offered a neutral place" in re.sub(r"<[^>]+>", "", shown)


def test_taking_back_in_the_browser_asks_first(running: Running, small: Project) -> None:
    coder = running.sign_in("first")
    (name,) = names(small)
    before = files(small)
    asked = coder.post("/review/imports/undo", {"import": name}, "/review/add")
    assert asked.status_code == 409
    for words in ORPHANS:
        assert words in asked.text
    assert 'name="even_screened" value="1"' in asked.text
    assert {**files(small), "orchestration.db": b""} == {**before, "orchestration.db": b""}
    last = running.review.screening.last("first")
    assert last is not None
    done = coder.post("/review/imports/undo", {"import": name, "even_screened": "1"}, "/review/add")
    assert f"{name} was taken back" in wait(coder, done)
    assert coder.get("/review/screen/haddad2022price").status_code == 404
    assert coder.get("/review/screen").status_code == 200
    # An orphan is nothing that could be taken back here.
    assert running.review.screening.last("first") is None
