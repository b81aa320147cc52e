"""What databases write around a text hides no copy, and two texts of one place stay two."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.ground.project import Project
from pipeline.model.records import Name
from tests.conftest import Evidence
from tests.test_duplicates import AUTHORS, BASE, TITLE, study, why

FILE = Path(__file__).parent / "alike.bib"


def preview(evidence: Evidence, project: Project) -> dict[str, Any]:
    records = json.loads(evidence("add", project, str(FILE), "--json").output)[0]["records"]
    keys = [line.split("{")[1].split(",")[0] for line in FILE.read_text().splitlines()]
    return dict(zip(keys, records, strict=True))


def test_a_file_of_what_looks_alike(small: Project, evidence: Evidence) -> None:
    found = preview(evidence, small)
    assert {key for key, record in found.items() if record["state"] == "repeat"} == {
        "o2",
        "o4",
        "o6",
    }
    assert {record["state"] for record in found.values()} == {"repeat", "new"}


def test_entries_as_registers_and_other_programs_write_them(
    small: Project, evidence: Evidence
) -> None:
    path = small.root / "found.bib"
    path.write_text(
        "@article{DBLP:journals/xyz/DoeR21, author={Jane Doe and Rik Roe}, year={2021},\n"
        "title={Made up orchestration of networks}, journal={J. Invented Stud.}}\n"
        "@article{roe_2019/2, author={Roe, Rik}, title={Text without a journal}, year={2019}}\n"
        "@article{roe2020, author={Roe, Rik}, year={2020}}\n"
    )
    records = json.loads(evidence("add", small, str(path), "--json").output)[0]["records"]
    assert [(record["state"], record["key"]) for record in records] == [
        ("new", "doe2021made"),
        ("new", "roe2019text"),
        ("broken", ""),
    ]
    assert "has no title" in records[2]["message"]
    assert evidence("add", small, str(path), "--yes").exit_code == 0
    assert "{J. Invented Stud.}" in small.references.read_text()
    assert "0 error(s)" in evidence("check", small).output


def test_the_preview_says_what_speaks_for_and_against(small: Project, evidence: Evidence) -> None:
    match = preview(evidence, small)["o6"]["matches"][0]
    assert match["for"] == [
        "the same authors",
        "the same year",
        "the same journal or book",
        "the same volume",
        "the same issue",
    ]
    assert match["against"] == ["the titles differ"]
    said = evidence("add", small, str(FILE)).output
    assert "for: the same title, the same authors, the same year" in said
    assert "against: the titles differ" in said


@pytest.mark.parametrize(
    "changes",
    [
        {"title": f"{TITLE}. [Review] [24 refs]"},
        {"title": f"[{TITLE}]. [Spanish]"},
        {"title": f"{TITLE} (Structured abstract)"},
        {"title": f"{TITLE} [abstract no: 134]"},
        {"title": f"{TITLE}... includes discussion"},
        {"title": f"{TITLE}: brief communication"},
        {
            "title": f"{TITLE} [Erratum appears in J Harb. 2020 Sep;9(9):22]",
            "pages": "",
            "number": "",
        },
        {"title": f"Research note: {TITLE}"},
        {"title": "Organised harbour brokers: five lessons of small towns", "pages": "101--120"},
        {"title": f"{TITLE} and what came of them since"},
        # A translation, by the same people on the same pages.
        {"title": "Vermittler des organisierten Hafens und die Lehren aus fünf kleinen Städten"},
        # Years that databases give one issue, volumes that are years, months that are numbers.
        {"year": 2022, "doi": ""},
        {"volume": "2020"},
        {"number": "March"},
        # Names of journals: shortened as ISO 4 does, in another language, by their initials.
        {"container": "Jrnl. Hrbr. Stds.", "pages": "", "number": ""},
        {"container": "JHS", "pages": "", "number": ""},
        {"container": "Zeitschrift of Harbour Studies", "pages": "", "number": ""},
        # The given name taken for the family name, and only its initial left.
        {"authors": (Name("Jörg", "M."), Name("Ada", "B."))},
        {"number": "9", "pages": "101--120"},  # pages say more than the number of an issue
        {"pages": "233--238, 101--120"},  # a text in two languages has two beginnings
    ],
)
def test_a_copy_that_a_database_has_dressed_up(changes: dict[str, Any]) -> None:
    assert why(study(**changes)) == "title"


EDITORIAL = study(title="Editorial", number="1", pages="5--12", doi="10.5555/ed.1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Columns of two issues, with a DOI each or with none.
        (EDITORIAL, replace(EDITORIAL, number="2", pages="5--6", doi="10.5555/ed.2")),
        (EDITORIAL, replace(EDITORIAL, number="2", pages="5--6", doi="")),
        (EDITORIAL, replace(EDITORIAL, year=2021, volume="13", pages="", doi="")),
        # What opens a section each year, be the year told or not.
        (study(pages=""), study(pages="", year=2021, volume="13")),
        (study(pages="5--7"), study(pages="", year=0, volume="13")),
        # Abstracts of one supplement: its DOI, even its page, but other people before.
        (
            study(title="What the dredgers know of tides", doi="10.5555/s1", pages="S373"),
            study(title=TITLE, doi="10.5555/s1", pages="S354"),
        ),
        (
            study(title="What the dredgers know of brokers in towns", doi="10.5555/s1"),
            study(title=TITLE, doi="10.5555/s1", authors=AUTHORS[::-1]),
        ),
        # A paper of proceedings and the article made of it.
        (
            study(type="inproceedings", container="Proceedings of the Dock Meeting",
                  volume="", number="", pages=""),
            study(volume="", number="", pages=""),
        ),
        # One place, but a number of the title is another; or another text of the same people.
        (study(title=f"{TITLE} in 2019"), study(title=f"{TITLE} in 2018")),
        (study(title="What the dredgers know of the tides"), study()),
        (study(), study(doi="10.5555/other", title=f"Response to: {TITLE}")),
    ],
)  # fmt: skip
def test_two_texts_that_share_their_place(one: Any, other: Any) -> None:
    assert why(one, other) is None


def test_the_same_without_changes() -> None:
    assert why(EDITORIAL, EDITORIAL) == "doi"
    assert why(study(), BASE) == "title"
