"""Nothing published says more than what people read and decided."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.model.answers import Codings
from pipeline.model.people import Coder, Round, Step
from pipeline.model.records import Decision
from pipeline.model.resolve import resolve
from pipeline.model.scheme import read_scheme
from pipeline.model.secrecy import SecretLines
from pipeline.model.standing import Answers
from tests.conftest import SMALL, Evidence, Site, decide, passage_id
from tests.reviewing import Running, with_rounds
from tests.test_review_site import working_database

SCHEME = read_scheme(SMALL / "coding" / "scheme.yml")
UNIT = "berg2020-0123abcd"
PEOPLE = ("ann", "bob")


def ask(project: Project, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(project.database) as connection:
        return connection.execute(sql, values).fetchall()


# Which round stands, and people over models


def a_round(name: str, closed: int | None = None, **more: Any) -> Round:
    steps = (
        ()
        if closed is None
        else (Step(at=f"2026-11-01T{closed:02}:00:00Z", by="ann", state="closed"),)
    )
    title = {"en": name, "nl": name}
    return Round(id=name, title=title, coders=("ann",), blind=False, history=steps, **more)


def a_line(
    coder: str, codes: str, item: str, time: int = 0, by: str = "", scheme: int = 2
) -> Decision:
    return Decision(
        f"2026-11-01T00:00:{time:02}Z", coder, UNIT, "role", frozenset(codes.split()),
        "", "", "", "", scheme, item, "", f"coding/decisions/{coder}/berg2020.csv", time, time,
        settled_by=by,
    )  # fmt: skip


def found(
    lines: list[Decision],
    rounds: list[Round],
    consensus: list[Decision] | None = None,
    scheme: Any = SCHEME,
) -> dict[str, tuple[str, str]]:
    """Status and check of each code; coders of PEOPLE are people, all others models."""
    names = {line.settled_by or line.coder for line in (*lines, *(consensus or ()))}
    coders = tuple(
        Coder(
            id=name,
            name={"en": name, "nl": name},
            kind="test",
            nature="person" if name in PEOPLE else "model",
        )
        for name in sorted(names)
    )
    codings = Codings(
        SecretLines(lines, rounds), SecretLines(consensus or (), rounds), coders, tuple(rounds), ()
    )
    codings_found = resolve(scheme, {}, Answers(scheme, codings))
    return {item.code: (item.status, item.checked) for item in codings_found}


FIRST, SECOND, OPEN = a_round("one", 1), a_round("two", 2), a_round("three")


def test_the_latest_closed_round_stands() -> None:
    lines = [a_line("m", "weaver", "one", 1), a_line("n", "judge", "two", 2)]
    assert found(lines, [FIRST, SECOND]) == {"judge": ("single", "unchecked")}
    # Closed later, not written later or named later.
    early = a_round("two", 0)
    assert found(lines, [FIRST, early]) == {"weaver": ("single", "unchecked")}


def test_what_is_held_of_a_code_stands_in_the_latest_round_that_considered_it() -> None:
    lines = [a_line("m", "scribe", "one", 1), a_line("n", "judge", "two", 2, scheme=1)]
    rounds = (FIRST, SECOND)
    assert set(found(lines, [*rounds])) == {"scribe", "judge"}
    codings = Codings(SecretLines(lines, rounds), SecretLines(), (), rounds, ())
    held = Answers(SCHEME, codings).codes_held((UNIT, "role"))
    assert held == {"weaver": False, "judge": True, "scribe": True}
    alone = Codings(SecretLines(lines[1:], rounds), SecretLines(), (), rounds, ())
    held = Answers(SCHEME, alone).codes_held((UNIT, "role"))
    assert held == {"weaver": False, "judge": True}


def test_the_same_coder_may_read_again_without_a_dispute() -> None:
    lines = [a_line("m", "weaver", "one", 1), a_line("m", "judge", "two", 2)]
    assert found(lines, [FIRST, SECOND]) == {"judge": ("single", "unchecked")}


def test_an_open_round_of_models_changes_nothing() -> None:
    lines = [a_line("m", "weaver", "one", 1), a_line("n", "judge", "three", 2)]
    assert found(lines, [FIRST, OPEN]) == {"weaver": ("single", "unchecked")}


def test_only_open_rounds_are_taken_together() -> None:
    other = a_round("four")
    lines = [a_line("m", "weaver", "three", 1), a_line("n", "weaver", "four", 2)]
    assert found(lines, [OPEN, other]) == {"weaver": ("agreed", "unchecked")}


def test_a_person_lifts_and_disputes_what_models_settled() -> None:
    models = [a_line("m", "weaver", "one", 1), a_line("n", "judge", "one", 2)]
    settled = [a_line("consensus", "weaver", "one", 3, by="x")]
    assert found(models, [FIRST], settled) == {"weaver": ("adjudicated", "unchecked")}
    agreeing = [*models, a_line("ann", "weaver", "three", 4)]
    assert found(agreeing, [FIRST, OPEN], settled) == {"weaver": ("adjudicated", "checked")}
    contrary = [*models, a_line("ann", "judge", "three", 4)]
    assert found(contrary, [FIRST, OPEN], settled) == {
        "weaver": ("disputed", "contradicted"),
        "judge": ("disputed", "checked"),
    }


def test_a_person_who_settles_checks() -> None:
    models = [a_line("m", "weaver", "one", 1), a_line("n", "judge", "one", 2)]
    settled = [a_line("consensus", "weaver", "one", 3, by="ann")]
    assert found(models, [FIRST], settled) == {"weaver": ("adjudicated", "checked")}
    # It ends what people said before in that round, but not what another says since.
    before = [*models, a_line("bob", "judge", "one", 2)]
    assert found(before, [FIRST], settled) == {"weaver": ("adjudicated", "checked")}
    since = [*models, a_line("bob", "judge", "three", 4)]
    assert found(since, [FIRST, OPEN], settled)["weaver"] == ("disputed", "contradicted")


def test_models_who_settle_do_not_overrule_a_person_of_their_round() -> None:
    lines = [a_line("m", "weaver", "one", 1), a_line("ann", "judge", "one", 2)]
    settled = [a_line("consensus", "weaver", "one", 3, by="x")]
    assert found(lines, [FIRST], settled) == {
        "weaver": ("disputed", "contradicted"),
        "judge": ("disputed", "checked"),
    }


def test_a_later_round_of_models_does_not_overrule_a_person() -> None:
    lines = [a_line("ann", "weaver", "one", 1), a_line("m", "judge", "two", 2)]
    assert found(lines, [FIRST, SECOND]) == {"weaver": ("single", "checked")}
    # Another person's later round does.
    lines = [a_line("ann", "weaver", "one", 1), a_line("bob", "judge", "two", 2)]
    assert found(lines, [FIRST, SECOND]) == {"judge": ("single", "checked")}


def test_a_check_is_held_against_what_it_checks() -> None:
    check = Round(
        id="two", title={"en": "c", "nl": "c"}, coders=("ann",), blind=False, checks="m",
        history=(Step(at="2026-11-01T02:00:00Z", by="ann", state="closed"),),
    )  # fmt: skip
    lines = [a_line("m", "weaver", "one", 1), a_line("ann", "weaver", "two", 2)]
    assert found(lines, [FIRST, check]) == {"weaver": ("agreed", "checked")}


def test_a_code_that_means_something_else_now_is_asked_again() -> None:
    text = (SMALL / "coding" / "scheme.yml").read_text()
    parts = text.replace(
        "- id: judge\n        since: 1", "- id: judge\n        since: 1\n        meaning: 3"
    )
    scheme = type(SCHEME).model_validate(
        {**SCHEME.model_dump(), **_yaml(parts.replace("version: 2", "version: 3"))}
    )
    old = a_line("m", "judge weaver", "one", 1)
    assert found([old], [FIRST], scheme=scheme) == {"weaver": ("single", "unchecked")}
    new = a_line("n", "judge", "three", 2, scheme=3)
    assert found([old, new], [FIRST, OPEN], scheme=scheme) == {
        "judge": ("single", "unchecked"),
        "weaver": ("single", "unchecked"),
    }


def _yaml(text: str) -> Any:
    import yaml

    return yaml.safe_load(text)


# The map, the gap page, reports and exports of one project


CODERS = """
  - id: reader
    name: {en: "Reading model", nl: "Lezend model"}
    kind: "test"
    nature: model
    instructions: reader.md
  - id: other
    name: {en: "Other model", nl: "Ander model"}
    kind: "test"
    nature: model
    instructions: reader.md
  - id: judging
    name: {en: "Judging model", nl: "Oordelend model"}
    kind: "test"
    nature: model
    instructions: reader.md
"""
ROUNDS = """
  - id: old
    title: {en: "Old codebook", nl: "Oud codeboek"}
    coders: [reader, other]
    blind: false
    history: [{at: "2026-11-03T00:00:00Z", by: reader, state: closed}]
  - id: new
    title: {en: "New codebook", nl: "Nieuw codeboek"}
    coders: [reader, other]
    blind: false
    history: [{at: "2026-11-05T00:00:00Z", by: reader, state: closed}]
  - id: check
    title: {en: "Check by people", nl: "Controle door mensen"}
    coders: [first]
    blind: false
"""
ENTRY = """
@article{unread2022,
  author = {Vos, Kim},
  title = {Nobody has read this},
  journal = {Journal of Tests},
  year = {2022},
}
@article{shelf2023,
  author = {Bos, Pim},
  title = {A full text on another machine},
  journal = {Journal of Tests},
  year = {2023},
}
"""
SENTENCES = (
    "The platform manager brought together growers and banks at one table.",
    "Nobody had asked the neighbours what they wanted from the pilot.",
    "A retired judge settled the quarrel between the two grid companies.",
)


def row(unit: str, codes: str, item: str, day: int, dimension: str = "role", text: str = "") -> str:
    return f'2026-11-0{day}T10:00:00Z,{unit},{dimension},{codes},,,,hidden,2,{item},"{text}"'


@pytest.fixture(scope="module")
def project(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An unread study, one of undecided sector, a full text that is absent, pieces that people
    checked and contradicted, two closed rounds and an open one."""
    import shutil

    folder = tmp_path_factory.mktemp("truth") / "small"
    shutil.copytree(built_small.root, folder)
    small = Project(folder)
    small.coders.write_text(small.coders.read_text().rstrip("\n") + CODERS)
    small.rounds.write_text(small.rounds.read_text().rstrip("\n") + ROUNDS)
    small.instructions.mkdir(exist_ok=True)
    (small.instructions / "reader.md").write_text(
        "Read each passage. <b>Answer</b> by the codebook.\n"
    )
    small.references.write_text(small.references.read_text() + ENTRY)
    one, two, three = (passage_id(small, "berg2020", place) for place in (1, 2, 3))
    lone, last = (passage_id(small, "smit2021", place) for place in (1, 2))
    # Sectors: the unread study is of care, the one on the shelf of sport, smit2021 undecided.
    decide(small, "first", "unread2022", row("unread2022", "care", "pilot", 1, "sector"))
    decide(small, "first", "shelf2023", row("shelf2023", "sport", "pilot", 1, "sector"))
    for coder in ("reader", "other"):
        decide(
            small, coder, "berg2020",
            row(one, "scribe", "old", 2), row(one, "weaver", "new", 4),
            row(two, "judge", "new", 4), row(three, "weaver", "new", 4),
        )  # fmt: skip
        decide(small, coder, "smit2021", row(lone, "weaver", "new", 4), row(last, "none", "new", 4))
    # A person says the same of the first passage, and otherwise of the second.
    decide(small, "first", "berg2020", row(one, "weaver", "check", 6), row(two, "none", "check", 6))
    small.fulltext.mkdir(exist_ok=True)
    shelf = small.fulltext / "shelf2023.txt"
    shelf.write_text("\n\n".join(SENTENCES) + "\n")
    from pipeline.sources.corpus import read_fulltext

    document, _ = read_fulltext(shelf, shelf.name)
    assert document is not None
    coded = document.passages[2]
    decide(small, "reader", "shelf2023", row(coded.id, "judge", "new", 4, text=coded.text))
    build(small)
    shelf.unlink()
    build(small)
    return small


@pytest.fixture(scope="module")
def site(project: Project) -> Site:
    return Site(project)


def test_a_study_that_nobody_has_read_is_not_coded(
    project: Project, site: Site, evidence: Evidence, tmp_path: Path
) -> None:
    assert ask(project, "SELECT DISTINCT reason FROM cell WHERE sector = 'care'") == [("not-read",)]
    gaps = ask(project, "SELECT DISTINCT reason, reden FROM gap WHERE sector_id = 'care'")
    assert gaps == [("studies there, not read yet", "wel studies, maar nog niet gelezen")]
    page = site.get("/evidence?role=weaver&sector=care").text
    assert "nobody has read them for this database yet" in page
    assert "All passages of these studies were coded" not in page
    assert (
        "niemand heeft ze nog voor deze databank gelezen"
        in site.get("/nl/evidence?role=weaver&sector=care").text
    )
    for code in ("weaver", "care"):
        assert "studies there, not read yet" in site.get(f"/code/{code}").text
    report = tmp_path / "report.md"
    assert evidence("report", project, "-o", str(report)).exit_code == 0
    assert "studies there, not read yet" in report.read_text()
    # A code of which nobody has said anything is not denied either.
    text = (SMALL / "coding" / "scheme.yml").read_text()
    assert ask(project, "SELECT reason FROM cell WHERE id = 'scribe-energy'") == [("none-shows",)]
    assert "since: 2" in text


def test_a_code_that_came_later_was_coded_by_nobody(small: Project) -> None:
    for place in (1, 2, 3):
        line = row(passage_id(small, "berg2020", place), "none", "pilot", 1)
        decide(small, "first", "berg2020", line.replace(",2,pilot", ",1,pilot"))
    build(small)
    reasons = dict(ask(small, "SELECT role, reason FROM cell WHERE sector = 'energy'"))
    assert reasons == {"weaver": "none-shows", "judge": "none-shows", "scribe": "not-coded"}


def test_a_code_out_of_use_says_so(small: Project, evidence: Evidence, tmp_path: Path) -> None:
    unit = passage_id(small, "berg2020", 1)
    decide(small, "first", "berg2020", row(unit, "judge", "pilot", 1))
    text = small.scheme.read_text().replace("version: 2", "version: 3")
    small.scheme.write_text(text.replace("- id: judge\n", "- id: judge\n        retired: 3\n"))
    (small.indicators / "role" / "judge.yml").unlink()
    build(small)
    home = Site(small).get("/").text
    assert "Judge</a> <small>(out of use)</small>" in home
    assert "the 2 roles of such" in home
    reasons = dict(ask(small, "SELECT sector, reason FROM cell WHERE role = 'judge'"))
    assert (reasons["energy"], reasons[None], reasons["care"]) == (
        "evidence",
        "retired",
        "no-study",
    )
    report = tmp_path / "report.md"
    assert evidence("report", small, "-o", str(report)).exit_code == 0
    assert "1 piece of evidence from 1 study, for 2 roles" in report.read_text()
    assert "Judge (out of use)" in report.read_text()


def test_a_suggested_sector_is_no_sector(
    project: Project, site: Site, evidence: Evidence, tmp_path: Path
) -> None:
    assert ask(
        project, "SELECT code, status FROM coding WHERE study = 'smit2021' AND passage IS NULL"
    ) == [("care", "suggested")]
    assert ask(project, "SELECT sectors, undecided FROM study WHERE key = 'smit2021'") == [
        ("[]", '["sector"]')
    ]
    assert ask(project, "SELECT sectors FROM evidence WHERE study = 'smit2021'") == [
        ('["not decided yet"]',)
    ]
    assert ask(project, "SELECT evidence FROM cell WHERE id = 'weaver-'") == [(1,)]
    assert ask(
        project,
        "SELECT evidence FROM role_sector_matrix WHERE sector = 'not decided yet' AND role_id = 'weaver'",
    ) == [(1,)]
    assert "No evidence here" in site.get("/evidence?role=weaver&sector=care").text
    listed = site.get("/evidence?sector=undecided").text
    assert "Smit (2021)" in listed
    assert "Sector: not decided yet" in listed
    assert "Sector: nog niet bepaald" in site.get("/nl/evidence?sector=undecided").text
    assert site.get("/code/undecided").status_code == 404
    data = site.get("/download/csv?sector=undecided").text
    assert [line["sectors"] for line in csv.DictReader(io.StringIO(data))] == ["not decided yet"]
    taken = json.loads(site.get("/download/json?sector=undecided").text)
    assert [item["sectors"] for item in taken] == [
        [{"id": "undecided", "en": "not decided yet", "nl": "nog niet bepaald"}]
    ]
    assert "Smit" not in site.get("/download/ris?sector=care").text
    report = tmp_path / "report.md"
    assert evidence("report", project, "--sector", "undecided", "-o", str(report)).exit_code == 0
    assert "not decided yet" in report.read_text()


def test_what_was_coded_in_a_full_text_is_there_without_it(
    project: Project, site: Site, evidence: Evidence
) -> None:
    assert ask(
        project, "SELECT role, status, text, locator FROM evidence WHERE study = 'shelf2023'"
    ) == [
        (
            "judge",
            "single",
            SENTENCES[2],
            ask(project, "SELECT locator FROM passage WHERE study = 'shelf2023'")[0][0],
        )
    ]
    assert ask(project, "SELECT absent, passages FROM document WHERE study = 'shelf2023'") == [
        (1, 3)
    ]
    # Two of its three passages were never coded, so nothing says that none shows a role.
    assert ask(project, "SELECT reason FROM cell WHERE id = 'weaver-sport'") == [("not-coded",)]
    said = [line for line in evidence("check", project).output.splitlines() if "shelf2023" in line]
    assert len([line for line in said if "warning" in line]) == 1, said
    assert "the full text of 'shelf2023' is not on this machine" in said[0]
    page = site.get("/study/shelf2023").text
    assert (
        "The full text is not available here. Of its 3 passages, the 1 that coders gave a code"
        in page
    )
    assert SENTENCES[0].encode() not in project.database.read_bytes()
    assert SENTENCES[0] not in (project.places / "shelf2023.csv").read_text()


def test_words_that_really_changed_are_orphans(small: Project, evidence: Evidence) -> None:
    unit = passage_id(small, "berg2020", 1)
    decide(small, "first", "berg2020", row(unit, "weaver", "pilot", 2))
    digest = small.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("farmers", "growers", 1))
    assert "orphan" in evidence("check", small).output
    build(small)
    assert ask(small, "SELECT standing FROM decision WHERE unit = ?", unit) == [("orphan",)]


def test_a_full_text_that_changed_gives_orphans_here_and_elsewhere(small: Project) -> None:
    from pipeline.sources.corpus import read_fulltext

    small.fulltext.mkdir(exist_ok=True)
    path = small.fulltext / "smit2021.txt"
    path.write_text("\n\n".join(SENTENCES) + "\n")
    document, _ = read_fulltext(path, path.name)
    assert document is not None
    coded = document.passages[0]
    decide(small, "first", "smit2021", row(coded.id, "weaver", "pilot", 2, text=coded.text))
    build(small)
    count = "SELECT count(*) FROM evidence WHERE study = 'smit2021'"
    assert ask(small, count) == [(1,)]
    path.write_text(
        "\n\n".join((SENTENCES[0].replace("growers", "farmers"), *SENTENCES[1:])) + "\n"
    )
    build(small)
    assert ask(small, count) == [(0,)]
    path.unlink()
    build(small)
    assert ask(small, count) == [(0,)]


def test_who_says_so_is_said_everywhere(
    project: Project, site: Site, evidence: Evidence, tmp_path: Path
) -> None:
    one, two, three = (passage_id(project, "berg2020", place) for place in (1, 2, 3))
    assert ask(
        project,
        "SELECT code, status, checked FROM coding WHERE dimension = 'role' AND study = 'berg2020' ORDER BY id",
    ) == sorted(
        [
            ("weaver", "agreed", "checked"),
            ("judge", "disputed", "contradicted"),
            ("weaver", "agreed", "unchecked"),
        ],
        key=lambda item: {
            "weaver": {"checked": one, "unchecked": three},
            "judge": {"contradicted": two},
        }[item[0]][item[2]],
    )
    alone = "two language models agree · no person has checked it"
    with_person = "one person and two language models agree · checked by a person"
    contrary = "disputed · a person contradicts it"
    for unit, code, words in (
        (three, "weaver", alone),
        (one, "weaver", with_person),
        (two, "judge", contrary),
    ):
        assert words in site.get(f"/evidence/{unit}-{code}").text
    assert (
        "één mens en twee taalmodellen zijn het eens · door een mens nagekeken"
        in site.get(f"/nl/evidence/{one}-weaver").text
    )
    # The old round is history: its code is no evidence, its lines are shown as what they are.
    assert ask(project, "SELECT count(*) FROM coding WHERE code = 'scribe'") == [(0,)]
    assert ask(project, "SELECT DISTINCT standing FROM decision WHERE round = 'old'") == [
        ("earlier",)
    ]
    assert "a later round holds" in site.get(f"/evidence/{one}-weaver").text
    # A filter, a column, a mark.
    listed = site.get("/evidence?checked=checked").text
    assert "1 piece of evidence from 1 study" in listed
    assert with_person in listed
    data = list(csv.DictReader(io.StringIO(site.get("/download/csv").text)))
    assert {line["checked"] for line in data} == {"checked", "unchecked"}
    assert with_person in {line["decided_by"] for line in data}
    assert alone in site.get("/download/ris").text
    assert ask(project, "SELECT checked, evidence FROM cell WHERE id = 'weaver-energy'") == [(1, 2)]
    home = site.get("/").text
    cell = re.search(
        r'<td[^>]*><a href="/evidence\?role=weaver&amp;sector=energy".*?</td>', home, re.S
    )
    assert cell is not None
    assert "✓" in cell[0]
    assert "checked by a person: 1" in cell[0]
    report = tmp_path / "report.md"
    assert evidence("report", project, "-o", str(report)).exit_code == 0
    assert "one person and two language models agree" in report.read_text()
    # The page on the method counts; a model's instructions can be read.
    assert "People have checked 1 of the 4 pieces of evidence" in site.get("/method").text
    coder = site.get("/coder/reader").text
    assert "language model" in coder
    assert "Read each passage. &lt;b&gt;Answer&lt;/b&gt; by the codebook." in coder
    assert site.get("/coder/nobody").status_code == 404


def test_the_method_claims_no_check_where_there_was_none(site: Site, real: Project) -> None:
    text = Site(real).get("/method").text
    assert re.search(r"No person has checked any of the \d+ pieces of evidence yet", text)
    assert "pieces of evidence" not in Site(real).get("/cite").text.partition("<footer")[2]


def test_a_cell_of_one_study_says_so(project: Project, site: Site) -> None:
    home = site.get("/").text
    cell = re.search(
        r'<td[^>]*><a href="/evidence\?role=weaver&amp;sector=energy".*?</td>', home, re.S
    )
    assert cell is not None
    assert "<b>2</b>" in cell[0]
    assert "<small>one study</small>" in cell[0]
    assert "één studie" in site.get("/nl/").text


def test_map_table_gaps_report_and_exports_agree(
    project: Project, site: Site, evidence: Evidence, tmp_path: Path
) -> None:
    counts = {
        (role, sector or "undecided"): number
        for role, sector, number in ask(project, "SELECT role, sector, evidence FROM cell")
    }
    data = list(csv.DictReader(io.StringIO(site.get("/download/csv").text)))
    assert len(data) == 4 == sum(counts.values())
    for (role, sector), number in counts.items():
        listed = site.get(f"/download/csv?role={role}&sector={sector}").text
        assert len(list(csv.DictReader(io.StringIO(listed)))) == number, (role, sector)
    gaps = {
        (role, sector or "undecided")
        for role, sector in ask(project, "SELECT role_id, sector_id FROM gap")
    }
    assert gaps == {place for place, number in counts.items() if not number}
    matrix = ask(project, "SELECT sum(evidence), sum(checked_by_a_person) FROM role_sector_matrix")
    assert matrix == [(4, 1)]
    report = tmp_path / "report.md"
    evidence("report", project, "-o", str(report))
    assert "4 pieces of evidence from 3 studies" in report.read_text()


def test_a_person_checks_in_the_browser_and_a_build_says_the_same(
    project: Project, tmp_path: Path
) -> None:
    import shutil

    folder = tmp_path / "small"
    shutil.copytree(project.root, folder)
    copy = Project(folder)
    running = Running(copy)
    first = running.sign_in("first")
    start = first.get("/review").text
    assert "The full text is not on this machine: Bos (2023)" in start
    # Two passages of it are known to nobody here, so the round cannot be done.
    round_ = re.search(r'id="round-check".*?</section>', start, re.S)
    assert round_ is not None
    assert "1 of 3" not in round_[0]
    assert "0 of 3" in round_[0]
    three = passage_id(copy, "berg2020", 3)
    assert "one language model" not in first.get(f"/evidence/{three}-weaver").text
    answer = first.answer(three, "weaver", item="check")
    assert answer.status_code == 303, answer.text
    page = first.get(f"/evidence/{three}-weaver").text
    assert "one person and two language models agree · checked by a person" in page
    counted = first.get("/method").text
    assert "People have checked 2 of the 4 pieces of evidence" in counted
    history = first.get(f"/review/history/{three}").text
    assert history.count("(a language model)") == 2
    assert history.count("<b>stands</b>") == 3
    one = first.get(f"/review/history/{passage_id(copy, 'berg2020', 1)}").text
    assert one.count("<b>stands</b>") == 3  # not the two of the earlier round
    # A retraction takes the check away again.
    assert first.post("/review/undo", {}, page="/review").status_code == 303
    assert "checked by a person" not in first.get(f"/evidence/{three}-weaver").text
    assert first.answer(three, "judge", item="check").status_code == 303
    assert "disputed · a person contradicts it" in first.get(f"/evidence/{three}-weaver").text
    with sqlite3.connect(working_database(copy)) as connection:
        live = {name: set(connection.execute(f'SELECT * FROM "{name}"')) for name in LIVE}
    build(copy)
    for name in LIVE:
        assert set(ask(copy, f'SELECT * FROM "{name}"')) == live[name], name


def test_a_round_that_closes_stands_at_once_and_a_build_says_the_same(small: Project) -> None:
    small.rounds.write_text(
        small.rounds.read_text().rstrip("\n")
        + """
  - id: old
    title: {en: "Old", nl: "Oud"}
    coders: [first]
    blind: false
    history: [{at: "2026-11-03T00:00:00Z", by: first, state: closed}]
  - id: new
    title: {en: "New", nl: "Nieuw"}
    coders: [first, second]
    dimensions: [role]
    blind: false
    history: [{at: "2026-11-04T00:00:00Z", by: first, state: comparing}]
"""
    )
    unit = passage_id(small, "berg2020", 1)
    small.coders.write_text(small.coders.read_text().replace("person", "model"))
    decide(small, "first", "berg2020", row(unit, "judge", "old", 2), row(unit, "weaver", "new", 3))
    decide(small, "second", "berg2020", row(unit, "weaver", "new", 3))
    build(small)
    running = Running(small)
    first = running.sign_in("first")
    assert first.get(f"/evidence/{unit}-judge").status_code == 200
    assert first.get(f"/evidence/{unit}-weaver").status_code == 404
    fields = {"state": "closed", "sure": "1"}
    assert first.post("/review/new/state", fields, page="/review/new/compare").status_code == 303
    assert first.get(f"/evidence/{unit}-weaver").status_code == 200
    assert first.get(f"/evidence/{unit}-judge").status_code == 404
    with sqlite3.connect(working_database(small)) as connection:
        live = {name: set(connection.execute(f'SELECT * FROM "{name}"')) for name in LIVE}
    build(small)
    for name in LIVE:
        assert set(ask(small, f'SELECT * FROM "{name}"')) == live[name], name


LIVE = (
    "study",
    "coding",
    "evidence",
    "decision",
    "cell",
    "code_total",
    "considered",
    "passage",
    "meta",
)


def test_a_code_that_means_something_else_is_asked_again_in_the_browser(small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    decide(small, "first", "berg2020", row(unit, "judge", "pilot", 1))
    running = Running(small)
    first = running.sign_in("first")
    fields = {
        "do": "redefine", "code": "judge", "old_answers": "ask", "why": "Narrower now",
        "definition.en": "Settles a quarrel.", "definition.nl": "Beslecht een ruzie.",
    }  # fmt: skip
    page = first.post("/review/scheme/preview", fields, page="/review/scheme/code/judge").text
    assert "earlier answers are asked for again" in page
    assert re.search(f'To be looked at again:</b> <a href="/review/history/{unit}"', page)
    change = html.unescape(re.findall(r'name="change" value="([^"]*)"', page)[0])
    based_on = re.findall(r'name="based_on" value="([^"]*)"', page)[0]
    saved = {"change": change, "why": "Narrower now", "based_on": based_on}
    first.post("/review/scheme/save", saved, page="/review/scheme/code/judge")
    running.review.renewal.wait(120)  # type: ignore[union-attr]
    count = "SELECT count(*) FROM coding WHERE code = 'judge' AND status = 'single'"
    with sqlite3.connect(working_database(small)) as connection:
        assert connection.execute(count).fetchone() == (0,)
    assert first.answer(unit, "judge", item="pilot").status_code == 303
    with sqlite3.connect(working_database(small)) as connection:
        assert connection.execute(count).fetchone() == (1,)


# Rules that hold whatever was said

given_lines = st.lists(
    st.tuples(
        st.sampled_from(("m", "n", "ann", "bob")),
        st.sampled_from(("weaver", "judge", "weaver judge", "")),
        st.sampled_from(("one", "two")),
    ),
    min_size=1,
    max_size=8,
)


def as_lines(said: list[tuple[str, str, str]]) -> list[Decision]:
    return [a_line(who, codes, item, time) for time, (who, codes, item) in enumerate(said)]


@given(
    given_lines,
    st.lists(
        st.tuples(st.sampled_from("mnx"), st.sampled_from(("weaver", "judge", ""))), max_size=4
    ),
)
def test_open_rounds_of_models_never_change_what_closed_ones_hold(
    said: list[tuple[str, str, str]], more: list[tuple[str, str]]
) -> None:
    lines = as_lines(said)
    late = [a_line(who, codes, "three", 20 + time) for time, (who, codes) in enumerate(more)]
    assert found([*lines, *late], [FIRST, SECOND, OPEN]) == found(lines, [FIRST, SECOND, OPEN])


@given(given_lines)
def test_nothing_is_checked_that_no_person_gave_and_nothing_stands_that_a_person_denied(
    said: list[tuple[str, str, str]],
) -> None:
    lines = as_lines(said)
    people = [line for line in lines if line.coder in PEOPLE]
    base = max((line.round for line in people), default="")  # two closes after one
    last = {line.coder: line for line in people if line.round == base}
    for code, (status, checked) in found(lines, [FIRST, SECOND]).items():
        gave = [line for line in last.values() if code in (line.codes or ())]
        if status in ("single", "agreed", "adjudicated"):
            assert len(gave) == len(last), code
        assert (checked == "checked") == (bool(gave) and len(gave) == len(last)), code


@given(given_lines, st.sampled_from(("weaver", "judge", "")))
def test_later_rounds_of_models_leave_a_persons_answer(
    said: list[tuple[str, str, str]], codes: str
) -> None:
    first = [a_line(who, what, "one", time) for time, (who, what, _) in enumerate(said)]
    first.append(a_line("ann", codes, "one", 9))
    later = [a_line("m", "weaver judge", "two", 11), a_line("n", "", "two", 12)]
    assert found([*first, *later], [FIRST, SECOND]) == found(first, [FIRST, SECOND])


# What was found by trying


def scheme_with(changes: dict[str, dict[str, Any]], version: int) -> Any:
    """The small scheme with other values of its roles, new ones among them."""
    value = SCHEME.model_dump()
    roles = value["dimensions"][0]["codes"] = list(value["dimensions"][0]["codes"])
    known = {code["id"]: code for code in roles}
    for name, more in changes.items():
        if name in known:
            known[name].update(more)
        else:
            label = {"en": name, "nl": name}
            roles.append({"id": name, "since": version, "label": label, **more})
    return type(SCHEME).model_validate({**value, "version": version})


def test_codes_merged_into_a_newer_one_keep_their_evidence() -> None:
    merged = {"retired": 4, "reads_as": ["broker"]}
    scheme = scheme_with({"weaver": merged, "judge": merged, "broker": {"since": 3}}, 4)

    def read(*lines: Decision) -> Any:
        from pipeline.model.readings import under

        return found(under(scheme, lines), [FIRST], scheme=scheme)

    both = (a_line("m", "weaver", "one", 1), a_line("n", "judge", "one", 2))
    assert read(*both) == {"broker": ("agreed", "unchecked")}
    denied = (a_line("m", "weaver", "one", 1), a_line("n", "", "one", 2))
    assert read(*denied) == {"broker": ("disputed", "unchecked")}


def test_a_model_does_not_overrule_a_person_who_settled() -> None:
    lines = [a_line("m", "weaver", "one", 1), a_line("n", "judge", "one", 2)]
    person = a_line("consensus", "", "one", 3, by="ann")
    model = a_line("consensus", "weaver", "one", 4, by="m")
    assert found(lines, [FIRST], [person, model]) == {}
    for_it = a_line("consensus", "weaver", "one", 3, by="ann")
    against = a_line("consensus", "", "one", 4, by="m")
    assert found(lines, [FIRST], [for_it, against]) == {"weaver": ("adjudicated", "checked")}


def test_what_a_person_settles_ends_what_people_said_before() -> None:
    models = [a_line("m", "weaver", "one", 1), a_line("n", "weaver", "one", 1)]
    people = [a_line("ann", "", "three", 3), a_line("bob", "weaver", "three", 4)]
    # In the round of people itself, while it is compared …
    settled = [a_line("consensus", "weaver", "three", 5, by="bob")]
    assert found([*models, *people], [FIRST, OPEN], settled) == {"weaver": ("agreed", "checked")}
    # … and in the closed round of models, after somebody said otherwise in an open one.
    settled = [a_line("consensus", "weaver", "one", 5, by="bob")]
    lines = [*models, a_line("ann", "", "three", 3)]
    assert found(lines, [FIRST, OPEN], settled) == {"weaver": ("agreed", "checked")}
    lines = [*models, a_line("ann", "", "three", 6)]
    assert found(lines, [FIRST, OPEN], settled) == {"weaver": ("disputed", "contradicted")}
    # The same where the round that was settled is not closed yet.
    compared = a_round("one")
    assert found(lines, [compared, OPEN], settled) == {"weaver": ("disputed", "contradicted")}


def test_who_changes_their_mind_contradicts_nobody(small: Project, evidence: Evidence) -> None:
    yes, no = a_line("ann", "weaver", "one", 1), a_line("ann", "", "three", 4)
    bob = a_line("bob", "weaver", "one", 2)
    assert found([yes, no], [FIRST, OPEN]) == {"weaver": ("disputed", "changed")}
    models = [a_line("m", "weaver", "one", 1), a_line("n", "judge", "one", 2)]
    settled = [a_line("consensus", "weaver", "one", 3, by="ann")]
    assert found([*models, no], [FIRST, OPEN], settled)["weaver"] == ("disputed", "changed")
    # To others it is a contradiction, as long as it stands against what they say.
    assert found([yes, bob, no], [FIRST, OPEN]) == {"weaver": ("disputed", "contradicted")}
    after = [a_line("ann", "", "one", 1), bob, a_line("ann", "weaver", "three", 4)]
    assert found(after, [FIRST, OPEN]) == {"weaver": ("disputed", "changed")}
    # What only was denied was not changed.
    assert found([*models, no], [FIRST, OPEN])["weaver"] == ("disputed", "contradicted")
    unit = passage_id(small, "berg2020", 1)
    small.rounds.write_text(
        small.rounds.read_text().rstrip("\n")
        + """
  - id: old
    title: {en: "Old", nl: "Oud"}
    coders: [first]
    blind: false
    history: [{at: "2026-11-03T00:00:00Z", by: first, state: closed}]
"""
    )
    decide(small, "first", "berg2020", row(unit, "weaver", "old", 2), row(unit, "none", "pilot", 4))
    build(small)
    site = Site(small)
    page = site.get(f"/evidence/{unit}-weaver").text
    assert "disputed · a person changed their answer" in page
    assert "contradicts" not in page
    dutch = site.get(f"/nl/evidence/{unit}-weaver").text
    assert "betwist · een mens heeft het antwoord gewijzigd" in dutch
    listed = site.get("/evidence?status=disputed&checked=changed").text
    assert "a person changed their answer" in listed
    assert f"/evidence/{unit}-weaver" in listed
    assert "a person changed their answer" in site.get("/study/berg2020").text
    data = site.get("/download/csv?status=disputed").text
    assert [line["checked"] for line in csv.DictReader(io.StringIO(data))] == ["changed"]


def test_a_passage_put_into_a_sector_is_there(small: Project) -> None:
    unit = passage_id(small, "berg2020", 2)
    decide(small, "first", "berg2020", row(unit, "sport", "pilot", 1, "sector"))
    decide(small, "first", "berg2020", row(unit, "judge", "pilot", 1))
    build(small)
    cells = {
        role: (studies, evidence, reason)
        for role, studies, evidence, reason in ask(
            small, "SELECT role, studies, evidence, reason FROM cell WHERE sector = 'sport'"
        )
    }
    assert cells["judge"] == (1, 1, "evidence")
    assert cells["weaver"] == (1, 0, "not-coded")
    assert "studies there, not all read and coded yet" in Site(small).get("/code/sport").text


def test_numbers_of_others_do_not_tell_what_they_answered(small: Project) -> None:
    """A code that is split makes answers incomplete that gave it, and others not."""
    project = with_rounds(small)
    counts = set()
    for codes in ("judge", "none"):
        unit = passage_id(project, "berg2020", 1)
        decide(project, "second", "berg2020", row(unit, codes, "roles", 1).replace(",2,", ",1,"))
        start = Running(project).sign_in("first").get("/review").text
        counts.add(tuple(re.findall(r"Second coder: (\d+)", start)))
    assert counts == {("0", "1")}  # in the pilot, and in the blind round


def test_nothing_is_claimed_of_coders_who_do_not_say(small: Project) -> None:
    small.coders.write_text(small.coders.read_text().replace("    nature: person\n", ""))
    unit = passage_id(small, "berg2020", 1)
    decide(small, "first", "berg2020", row(unit, "weaver", "pilot", 1))
    build(small)
    page = Site(small).get(f"/evidence/{unit}-weaver").text
    assert "one coder · not said whether a person has checked it" in page
    assert "No person has checked" not in page
    assert "language models" not in Site(small).get("/method").text


def test_a_closed_round_shows_what_was_given_then_and_offers_nothing(small: Project) -> None:
    small.rounds.write_text(
        small.rounds.read_text().rstrip("\n")
        + """
  - id: old
    title: {en: "Old", nl: "Oud"}
    coders: [first, second]
    blind: false
    history: [{at: "2026-11-03T00:00:00Z", by: first, state: closed}]
"""
    )
    unit = passage_id(small, "berg2020", 1)
    decide(small, "first", "berg2020", row(unit, "judge", "old", 2))
    text = small.scheme.read_text().replace("version: 2", "version: 4")
    text = text.replace("- id: judge\n", "- id: judge\n        retired: 3\n")
    text = text.replace(
        "  - id: sector\n",
        "      - {id: scout, since: 4, label: {en: Scout, nl: Gids}}\n  - id: sector\n",
        1,
    )
    small.scheme.write_text(text)
    (small.indicators / "role" / "judge.yml").unlink()
    build(small)
    first = Running(small).sign_in("first")
    page = first.get(f"/review/old/unit/{unit}").text
    assert "Judge (out of use)" in page
    assert "scout" not in page
    assert "codes.role" not in page
    assert "Judge (out of use)" in first.get(f"/review/history/{unit}").text
    assert "Judge (out of use)" in first.get("/study/berg2020").text
