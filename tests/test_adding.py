"""Adding studies by command: preview, yes, merge, keys, undo, and what can go wrong."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipeline.desk.adding.accepting import Origin, accept, library
from pipeline.desk.adding.import_preview import make_preview
from pipeline.desk.adding.reference_files import read_shipment
from pipeline.desk.adding.undoing import undo
from pipeline.ground.changeset import Collision, recover
from pipeline.ground.project import Project
from tests.conftest import ROOT, Evidence, Site, decide

SAMPLES = Path(__file__).parent / "imports"
RIS = SAMPLES / "ten.ris"
# What the small project has already, as another database would have it.
KNOWN = """TY  - JOUR
ID  - Berg_2020
AU  - Berg, Anna van der
AU  - Smit, Jan
TI  - {title}
JO  - {journal}
PY  - {year}
ER  - 
"""


def files(project: Project) -> dict[str, bytes]:
    """Everything that git would see."""
    return {
        project.name(path): path.read_bytes()
        for path in project.root.rglob("*")
        if path.is_file() and ".cache" not in path.parts and ".journal" not in path.parts
    }


def test_a_preview_changes_nothing(fresh: Project, evidence: Evidence) -> None:
    before = files(fresh)
    answer = evidence("add", fresh, str(RIS))
    assert answer.exit_code == 0, answer.output
    assert "10 records: 7 new, 2 here already" in answer.output
    assert "yan2018cross (same DOI" in answer.output
    assert "calzada2020democratising (title, year and first author" in answer.output
    assert "line 48: no title" in answer.output
    assert "A call without a title" in answer.output or "TY  - JOUR" in answer.output
    assert "→ vermeer2021brokering" in answer.output
    assert "title: Cross-sector social partnerships for social change: The" in answer.output
    assert "Nothing was changed" in answer.output
    assert files(fresh) == before
    value = json.loads(evidence("add", fresh, str(RIS), "--json").output)
    assert value[0]["counts"] == {"new": 7, "duplicate": 2, "unclear": 0, "repeat": 0, "broken": 1}


def test_adding_and_taking_back(fresh: Project, evidence: Evidence) -> None:
    before = files(fresh)
    answer = evidence(
        "add", fresh, str(RIS), "--yes", "--source", "Scopus", "--coder", "first", "--abstracts"
    )
    assert answer.exit_code == 0, answer.output
    assert "7 studies added, 2 merged, 0 left out, 1 broken" in answer.output
    after = files(fresh)
    assert after["references.bib"].startswith(before["references.bib"])
    assert all(after[name] == data for name, data in before.items() if name != "references.bib")
    assert b"abstract" not in after["references.bib"][len(before["references.bib"]) :]
    skeleton = after["corpus/vermeer2021brokering.md"].decode()
    assert "access: none" in skeleton
    assert "language: nl" in after["corpus/stichtingregionalesamenwerking2019samen.md"].decode()
    assert b"neutral place" in after["corpus/abstracts/vermeer2021brokering.txt"]
    checked = evidence("check", fresh)
    assert "0 error(s), 0 warning(s)" in checked.output, checked.output
    listed = evidence("imports", fresh).output
    assert "Scopus: 10 records, 7 added, 2 merged, 1 broken" in listed
    name = next(line.split()[0] for line in listed.splitlines() if "Scopus" in line)
    again = evidence("add", fresh, str(RIS)).output
    assert "0 new, 9 here already" in again
    assert evidence("imports", fresh, "--undo", name, "--coder", "first").exit_code == 0
    restored = files(fresh)
    assert restored["references.bib"] == before["references.bib"]
    assert {*restored} - {*before} == {f"corpus/imports/{name}.yml"}
    twice = evidence("imports", fresh, "--undo", name)
    assert twice.exit_code == 1
    assert "undone already" in twice.output
    assert "0 error(s), 0 warning(s)" in evidence("check", fresh).output
    # The same file comes in again under the same keys.
    assert "→ vermeer2021brokering" in evidence("add", fresh, str(RIS)).output


def test_candidates_are_not_published(fresh: Project, evidence: Evidence) -> None:
    evidence("add", fresh, str(RIS), "--yes", "--source", "Scopus", "--abstracts")
    assert evidence("build", fresh).exit_code == 0
    with sqlite3.connect(fresh.database) as connection:
        assert connection.execute("SELECT count(*) FROM study").fetchone() == (20,)
        states = dict(connection.execute("SELECT key, state FROM candidate").fetchall())
        assert len(states) == 7
        assert set(states.values()) == {"awaiting"}
        dump = "\n".join(connection.iterdump())
    assert "neutral place to meet and settled conflicts" not in dump
    site = Site(fresh)
    assert site.get("/study/vermeer2021brokering").status_code == 404
    assert "7" in site.get("/method").text
    assert site.get("/prisma.csv").text.count("\n") > 20


def test_a_merged_key_leads_to_the_study_everywhere(small: Project, evidence: Evidence) -> None:
    references, _ = library(small)
    study = next(item for item in references.studies if item.key == "berg2020")
    text = KNOWN.format(title=study.title, journal=study.container, year=study.year)
    path = small.root / "known.ris"
    path.write_text(text)
    before = small.references.read_bytes()
    answer = evidence("add", small, str(path), "--yes")
    assert "0 studies added, 1 merged" in answer.output, answer.output
    assert small.references.read_bytes() == before
    assert evidence("build", small).exit_code == 0
    site = Site(small)
    moved = site.get("/study/Berg_2020")
    assert moved.status_code in (301, 302)
    assert moved.headers["location"].endswith("/study/berg2020")
    assert evidence("cite", small, "Berg_2020").exit_code == 0
    name = next(small.imports.glob("*.yml")).stem
    assert evidence("imports", small, "--undo", name).exit_code == 0
    assert evidence("build", small).exit_code == 0
    assert Site(small).get("/study/Berg_2020").status_code == 404


def test_choosing_otherwise(fresh: Project, evidence: Evidence) -> None:
    answer = evidence(
        "add",
        fresh,
        str(RIS),
        "--yes",
        "--new",
        "4",
        "--leave",
        "1,9",
        "--merge",
        "3=reypens2021hybrid",
    )
    assert "5 studies added, 2 merged, 2 left out, 1 broken" in answer.output, answer.output
    keys = {study.key for study in library(fresh)[0].studies}
    assert "calzada2020democratisingb" in keys
    assert not keys & {"vermeer2021brokering", "haddad2022price", "okafor2020learning"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--merge", "3=nobody"), "there is no study 'nobody'"),
        (("--new", "5"), "cannot be read"),
        (("--new", "77"), "There is no record 77"),
        (("--leave", "1,3,6,7,8,9,10,2,4"), "No record was chosen"),
    ],
)
def test_choices_that_cannot_be_made(
    fresh: Project, evidence: Evidence, arguments: tuple[str, ...], said: str
) -> None:
    before = files(fresh)
    answer = evidence("add", fresh, str(RIS), "--yes", *arguments)
    assert answer.exit_code == 1
    assert said in answer.output
    assert "Nothing was changed" in answer.output
    assert files(fresh) == before


def test_one_record_like_two_studies_is_left_to_the_researcher(
    small: Project, evidence: Evidence
) -> None:
    references, _ = library(small)
    one, other = references.studies[:2]
    text = KNOWN.format(title=one.title, journal=one.container, year=one.year)
    text = text.replace("ER  - ", f"DO  - {other.doi or '10.55555/both'}\nER  - ")
    if not other.doi:
        small.references.write_text(
            small.references.read_text().replace(
                f"{{{other.key},", f"{{{other.key},\n  doi = {{10.55555/both}},", 1
            )
        )
    path = small.root / "both.ris"
    path.write_text(text)
    answer = evidence("add", small, str(path))
    value = json.loads(evidence("add", small, str(path), "--json").output)[0]["records"][0]
    if len({match["key"] for match in value["matches"]}) > 1:
        assert value["state"] == "unclear"
        assert "unclear: like more than one study" in answer.output
        refused = evidence("add", small, str(path), "--yes")
        assert "No record was chosen" in refused.output
    else:
        # A wrong DOI is no match when title, year and author all speak for another study.
        assert value["state"] in ("duplicate", "new")


def test_repeats_within_a_file_come_in_once(small: Project, evidence: Evidence) -> None:
    record = RIS.read_text().split("\n\n")[0] + "\n\n"
    path = small.root / "twice.ris"
    path.write_text(record + record.replace("ID", "XX").replace("Brokering heat", "Brokering Heat"))
    answer = evidence("add", small, str(path), "--yes")
    assert "1 studies added, 1 merged" in answer.output, answer.output


def test_line_ends_and_a_missing_last_one_stay(small: Project, evidence: Evidence) -> None:
    before = small.references.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n")
    small.references.write_bytes(before)
    evidence("add", small, str(SAMPLES / "plain.csv"), "--yes")
    after = small.references.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(b"\r\n")
    assert "0 error(s)" in evidence("check", small).output


def test_nothing_is_added_to_a_broken_bibliography(small: Project, evidence: Evidence) -> None:
    small.references.write_text(small.references.read_text() + "\n@article{broken, title = {x}\n")
    answer = evidence("add", small, str(RIS), "--yes")
    assert answer.exit_code == 1
    assert "references.bib" in answer.output


def test_a_digest_that_is_there_already_keeps_its_name(small: Project, evidence: Evidence) -> None:
    """Also one whose entry is gone from the bibliography, or was never written."""
    digest = small.corpus / "vermeer2021brokering.md"
    digest.write_text("---\nkey: vermeer2021brokering\nlanguage: en\n---\n\nNotes of mine.\n")
    before = digest.read_bytes()
    answer = evidence("add", small, str(RIS), "--yes")
    assert answer.exit_code == 0, answer.output
    assert digest.read_bytes() == before
    keys = {study.key for study in library(small)[0].studies}
    assert "vermeer2021brokeringb" in keys
    assert "vermeer2021brokering" not in keys
    assert "key: vermeer2021brokeringb" in (small.corpus / "vermeer2021brokeringb.md").read_text()


def test_an_import_that_was_worked_on_stays(fresh: Project, evidence: Evidence) -> None:
    evidence("add", fresh, str(RIS), "--yes", "--source", "Scopus")
    name = next(path.stem for path in fresh.imports.glob("20*.yml"))
    digest = fresh.corpus / "okafor2020learning.md"
    digest.write_text(digest.read_text() + "- [abstract] They learned.\n")
    fresh.references.write_text(
        fresh.references.read_text().replace("Transition Policy", "Policies")
    )
    decide(
        fresh,
        "first",
        "haddad2022price",
        "2026-11-24T09:00:00Z,haddad2022price,sector,none,,,,hidden,2,,",
    )
    before = files(fresh)
    answer = evidence("imports", fresh, "--undo", name)
    assert answer.exit_code == 1
    assert "written in corpus/okafor2020learning.md" in answer.output
    assert "ferreira2023rules was changed" in answer.output
    assert "first has coded haddad2022price" in answer.output
    assert files(fresh) == before


class PowerCut(BaseException):
    pass


@pytest.mark.slow
def test_a_power_cut_leaves_all_or_nothing(fresh: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    references, imports = library(fresh)
    preview = make_preview(read_shipment(RIS.read_bytes(), "ten.ris"), references.studies, imports)
    before = files(fresh)
    steps: list[str] = []
    from pipeline.ground import changeset

    commit = changeset.Changeset.commit

    def cut_after(number: int) -> Any:
        def after(name: str) -> None:
            steps.append(name)
            if len(steps) > number:
                raise PowerCut

        return lambda self, _: commit(self, after)

    old = new = 0
    for number in range(60):
        steps.clear()
        monkeypatch.setattr(changeset.Changeset, "commit", cut_after(number))
        try:
            accept(fresh, preview, Origin("Scopus"))
        except PowerCut:
            recover(fresh)
        else:
            break
        now = files(fresh)
        if now == before:
            old += 1
        else:
            new += 1
            assert len(library(fresh)[0].studies) == 27
            assert len(list(fresh.corpus.glob("*.md"))) == 27
            monkeypatch.setattr(changeset.Changeset, "commit", commit)
            name = next(path.stem for path in fresh.imports.glob("20*.yml"))
            undo(fresh, name)
            (fresh.imports / f"{name}.yml").unlink()
            assert files(fresh) == before
    assert old > 5
    assert new > 5


def test_somebody_else_edits_meanwhile(fresh: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    references, imports = library(fresh)
    preview = make_preview(read_shipment(RIS.read_bytes(), "ten.ris"), references.studies, imports)
    from pipeline.desk.adding import accepting as module

    verify = module._verify

    def edit(*arguments: Any) -> None:
        verify(*arguments)
        fresh.references.write_text(fresh.references.read_text() + "% a note\n")

    monkeypatch.setattr(module, "_verify", edit)
    with pytest.raises(Collision, match=r"references\.bib"):
        accept(fresh, preview, Origin("Scopus"))
    assert not list(fresh.imports.glob("20*.yml"))
    assert len(list(fresh.corpus.glob("*.md"))) == 20


def test_pasted_text(small: Project, evidence: Evidence) -> None:
    answer = evidence("add", small, "-", given=(SAMPLES / "jabref.bib").read_text())
    assert "1 new" in answer.output
    assert "ferreira2023rules" in answer.output


def test_a_file_that_is_no_reference(small: Project, evidence: Evidence) -> None:
    path = small.root / "x.docx"
    path.write_bytes(b"PK\x03\x04")
    answer = evidence("add", small, str(path), str(small.root / "none.ris"))
    assert answer.exit_code == 2
    answer = evidence("add", small, str(path))
    assert answer.exit_code == 1
    assert "ZIP" in answer.output
    assert "RIS" in answer.output


def test_a_digest_that_somebody_saved_in_another_encoding_is_not_taken_back(
    fresh: Project, evidence: Evidence
) -> None:
    assert evidence("add", fresh, str(RIS), "--yes", "--source", "Scopus").exit_code == 0
    (name,) = {path.stem for path in fresh.imports.glob("*.yml")} - {
        path.stem for path in (ROOT / "corpus" / "imports").glob("*.yml")
    }
    digest = fresh.corpus / "vermeer2021brokering.md"
    digest.write_bytes(digest.read_bytes() + "Zoë.\n".encode("latin-1"))
    answer = evidence("imports", fresh, "--undo", name)
    assert answer.exit_code == 1
    assert "Somebody has written in corpus/vermeer2021brokering.md" in answer.output
    assert digest.is_file()
