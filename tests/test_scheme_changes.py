"""Changes of the coding scheme, by migration files and commands."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.desk.review.answer_rules import Answer
from pipeline.desk.review.queue import Order, Queue
from pipeline.desk.review.review_desk import open_desk
from pipeline.desk.scheme.migration_plan import NotChanged
from pipeline.desk.scheme.migration_steps import save
from pipeline.ground.changeset import Collision
from pipeline.ground.project import Project
from pipeline.model.people import Round
from pipeline.model.scheme import Texts, read_scheme
from pipeline.sources.migrations.migration_files import digest
from pipeline.sources.migrations.scheme_changes import AddCode, Merge, NewCode, Rename
from tests.conftest import Evidence, Site, decide, passage_id

SCOUT: dict[str, Any] = {
    "id": "scout",
    "label": {"en": "Scout", "nl": "Verkenner"},
    "definition": {"en": "Spots new partners.", "nl": "Vindt nieuwe partners."},
}
INDICATORS = """# why these: see the minutes
code: scout
indicators:
  - id: spot
    weight: 0.8
    phrases:
      en: ["farmer|bank|ministry", "spot ... partner"]
      nl: ["opsporen ... partner"]
must_match:
  en: ["They spotted a partner."]
  nl: ["Zij sporen een partner op, en opsporen van een partner is werk."]
"""
ADD = {"do": "add", "dimension": "role", "after": "weaver", "code": SCOUT}
EDIT = {"do": "indicators", "code": "scout", "text": INDICATORS}
TIME = "2026-11-02T09:00:00Z"


def write(project: Project, *changes: dict[str, Any], start: int = 2, name: str = "try") -> str:
    value = {"id": f"{start + 1:04}-{name}", "from": start, "why": "A test.", "changes": changes}
    project.migrations.mkdir(exist_ok=True)
    text = json.dumps({**value, "changes": list(changes)})  # JSON is YAML, without aliases
    (project.migrations / f"{value['id']}.yml").write_text(text)
    return str(value["id"])


def files(project: Project) -> dict[str, bytes]:
    return {
        project.name(path): path.read_bytes()
        for folder in (project.coding, project.corpus)
        for path in folder.rglob("*")
        if path.is_file() and "migrations" not in path.parts
    }


def run(evidence: Evidence, project: Project, *arguments: str) -> Any:
    return evidence("scheme", project, *arguments)


def rows(project: Project, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(project.database) as connection:
        return connection.execute(query).fetchall()


def test_an_eighth_role_is_everywhere_and_gone_again(
    small: Project, evidence: Evidence, tmp_path: Path
) -> None:
    before = files(small)
    built = small.database.read_bytes()
    name = write(small, ADD, EDIT)
    preview = run(evidence, small, "preview", name)
    assert preview.exit_code == 0, preview.output
    assert "Version 2 → 3" in preview.output
    assert "Answers given so far" in preview.output
    assert "[farmers]" in preview.output
    assert files(small) == before
    applied = run(evidence, small, "apply", name, "--coder", "first")
    assert applied.exit_code == 0, applied.output
    assert "0 error(s), 0 warning(s)" in evidence("check", small).output
    suggested = evidence(
        "suggest", small, "-", "--format", "jsonl", given="They spotted a partner."
    )
    assert "scout" in suggested.output
    dutch = evidence(
        "suggest",
        small,
        "-",
        "--format",
        "jsonl",
        "--lang",
        "nl",
        given="Het opsporen van een partner.",
    )
    assert "scout" in dutch.output
    # Two coders give it, so that there is agreement and evidence.
    unit = passage_id(small, "berg2020", 1)
    small.rounds.write_text(
        small.rounds.read_text() + "  - id: eighth\n    title: {en: E, nl: E}\n"
        "    coders: [first, second]\n    dimensions: [role]\n    blind: false\n"
    )
    for coder in ("first", "second"):
        for place, codes in ((1, "scout"), (2, "none"), (3, "scout;judge")):
            item = passage_id(small, "berg2020", place)
            decide(small, coder, "berg2020", f"{TIME},{item},role,{codes},,,,hidden,3,eighth,x")
    assert evidence("build", small).exit_code == 0
    assert ("scout", 3) in rows(small, "SELECT id, since FROM code")
    assert rows(small, f"SELECT status FROM evidence WHERE id = '{unit}-scout'") == [("agreed",)]
    site = Site(small)
    for path, word in (
        ("/", "Scout"), ("/nl/", "Verkenner"), ("/codebook", "Scout"), ("/nl/codebook", "Verkenner"),
        ("/code/scout", "Spots new partners"), ("/nl/code/scout", "Vindt nieuwe partners"),
        ("/evidence?role=scout", "Scout"), ("/nl/evidence?role=scout", "Verkenner"),
        ("/study/berg2020", "Scout"), ("/codebook/versions?from=2&to=3", "Scout"),
        ("/download/skos", "Verkenner"), ("/download/csv?role=scout", "scout"),
    ):  # fmt: skip
        answer = site.get(path)
        assert answer.status_code == 200, path
        assert word in answer.text, path
    assert "Verkenner" in evidence("export", small, "--format", "qdc", "--lang", "nl").output
    report = tmp_path / "report.md"
    evidence("report", small, "-o", str(report), "--role", "scout", "--lang", "nl")
    assert "Verkenner" in report.read_text()
    agreement = evidence("agreement", small, "--round", "eighth")
    assert "Scout" in agreement.output, agreement.output
    # With answers under it, it stays; without, it goes without a trace.
    refused = run(evidence, small, "take-back", name)
    assert refused.exit_code == 1
    assert "Answers were given under version 3" in refused.output
    for coder in ("first", "second"):
        path = small.decisions / coder / "berg2020.csv"
        key = f"coding/decisions/{coder}/berg2020.csv"
        path.write_bytes(before[key]) if key in before else path.unlink()
    small.rounds.write_bytes(before["coding/rounds.yml"])
    taken = run(evidence, small, "take-back", name, "--coder", "first")
    assert taken.exit_code == 0, taken.output
    assert files(small) == before
    assert evidence("build", small).exit_code == 0
    assert small.database.read_bytes() == built
    assert "Scout" not in Site(small).get("/").text
    listed = run(evidence, small, "list").output
    assert "taken back" in listed
    assert "by first" in listed
    # And once more.
    assert run(evidence, small, "apply", name).exit_code == 0


@pytest.mark.parametrize(
    "change",
    [
        {"do": "rename", "code": "judge", "label": {"en": "Referee", "nl": "Scheids"}},
        {"do": "rename", "code": "role", "label": {"en": "Part", "nl": "Rol"}},
        {"do": "redefine", "code": "judge", "definition": {"en": "Decides: yes.", "nl": "Beslist."}},
        {
            "do": "redefine",
            "code": "judge",
            "near_misses": [{"code": "weaver", "en": "She knots: two.", "nl": "Zij knoopt."}],
        },
        {"do": "rules", "rules": [{"en": "Code what is done: no more.", "nl": "Codeer de daad."}]},
        {
            "do": "boundaries",
            "boundaries": [
                {"between": ["judge", "weaver"], "ask": {"en": "A quarrel?", "nl": "Ruzie?"}, "yes": "judge", "no": "weaver"}
            ],
        },
        {"do": "reorder", "code": "scribe", "after": "weaver"},
        {"do": "reorder", "code": "scribe"},
        {"do": "nest", "code": "scribe", "under": "weaver"},
        {"do": "merge", "codes": ["scribe"], "into": "judge"},
        {"do": "merge", "codes": ["judge"], "into": "weaver"},
        {
            "do": "split",
            "code": "weaver",
            "into": [SCOUT, {"id": "host", "label": {"en": "Host", "nl": "Gastheer"}}],
        },
        {"do": "retire", "code": "scribe"},
        {
            "do": "add_dimension",
            "dimension": {
                "id": "scale",
                "unit": "study",
                "label": {"en": "Scale", "nl": "Schaal"},
                "definition": {"en": "How large?", "nl": "Hoe groot?"},
                "codes": [{"id": "local", "label": {"en": "Local", "nl": "Lokaal"}}],
            },
        },
        {"do": "indicators", "code": "words", "text": "parties:\n  en: [farmer, bank]\n  nl: [boer]\ngather:\n  en: [bring]\n  nl: [brengen]\n"},
    ],
)  # fmt: skip
def test_every_change_keeps_the_author_s_text_and_goes_back(
    small: Project, evidence: Evidence, change: dict[str, Any]
) -> None:
    text = "# On top.\n" + small.scheme.read_text().replace(
        "      - id: judge\n",
        "      # The judge came second.\n      - id: judge  # 'odd' \"quotes\"\n",
    )
    small.scheme.write_text(text)
    if change["code" if "code" in change else "do"] == "words":
        for path in small.indicators.glob("*/*.yml"):
            path.write_text(path.read_text().split("must_")[0])
    before = files(small)
    name = write(small, change)
    applied = run(evidence, small, "apply", name, "--coder", "second")
    assert applied.exit_code == 0, applied.output
    after = small.scheme.read_text()
    assert after.startswith("# On top.\nversion: 3\n")
    assert "# The judge came second." in after
    assert "# 'odd' \"quotes\"" in after
    touched = {"rename", "redefine", "retire", "merge", "nest"}
    lost = {*text.splitlines()} - {*after.splitlines()}
    assert len(lost) <= (3 if change["do"] in touched else 1), lost
    checked = evidence("check", small)
    assert "0 error(s)" in checked.output, checked.output
    value = yaml.safe_load((small.migrations / f"{name}.yml").read_text())
    assert value["why"] == "A test."
    assert [(item["by"], item["what"]) for item in value["history"]] == [("second", "applied")]
    assert all(before[key] == data for key, data in files(small).items() if "decisions" in key)
    assert evidence("build", small).exit_code == 0
    assert run(evidence, small, "take-back", name).exit_code == 0
    assert files(small) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({**ADD, "code": {**SCOUT, "id": "judge"}}, "'judge' is taken"),
        ({**ADD, "code": {**SCOUT, "id": "energy"}}, "'energy' is taken"),
        ({**ADD, "dimension": "nothing"}, "no dimension 'nothing'"),
        ({**ADD, "after": "energy"}, "'energy' is not in 'role'"),
        ({"do": "rename", "code": "nobody", "label": {"en": "A", "nl": "B"}}, "no code 'nobody'"),
        ({"do": "nest", "code": "judge", "under": "judge"}, "its own ancestor"),
        ({"do": "nest", "code": "judge", "under": "energy"}, "is not in 'role'"),
        ({"do": "merge", "codes": ["judge"], "into": "judge"}, "into itself"),
        ({"do": "merge", "codes": ["judge"], "into": "energy"}, "different dimensions"),
        ({"do": "restore", "code": "judge"}, "'judge' is in use"),
        (
            {"do": "split", "code": "judge", "into": [SCOUT, {**SCOUT, "id": "host"}], "old_answers": "x"},
            "Old answers can read as scout, host",
        ),
        ({**EDIT, "code": "judge"}, "say 'code: scout', not 'judge'"),
        ({"do": "indicators", "code": "judge", "text": "code: judge\nindicators: 3\n"}, "indicators"),
    ],
)  # fmt: skip
def test_changes_that_are_refused(
    small: Project, evidence: Evidence, change: dict[str, Any], said: str
) -> None:
    before = files(small)
    name = write(small, change)
    for command in ("preview", "apply"):
        answer = run(evidence, small, command, name)
        assert answer.exit_code == 1, answer.output
        assert said in answer.output
        assert "Nothing was changed" in answer.output
        assert files(small) == before


def test_cycles_in_nesting_are_refused(small: Project, evidence: Evidence) -> None:
    first = {"do": "nest", "code": "judge", "under": "weaver"}
    name = write(small, first, {"do": "nest", "code": "weaver", "under": "judge"})
    answer = run(evidence, small, "apply", name)
    assert answer.exit_code == 1
    assert "is its own ancestor" in answer.output


def test_order_of_migrations(small: Project, evidence: Evidence) -> None:
    first, later = write(small, ADD), write(small, {"do": "retire", "code": "judge"}, start=3)
    before = files(small)
    early = run(evidence, small, "apply", later)
    assert early.exit_code == 1
    assert "leads from version 3 to 4, but the scheme is at version 2" in early.output
    assert files(small) == before
    assert run(evidence, small, "apply", first).exit_code == 0
    twice = run(evidence, small, "apply", first)
    assert twice.exit_code == 1
    assert "was applied already" in twice.output
    assert run(evidence, small, "apply", later).exit_code == 0
    wrong = run(evidence, small, "take-back", first)
    assert wrong.exit_code == 1
    assert f"Only the last can be taken back: {later}" in wrong.output
    assert run(evidence, small, "take-back", later).exit_code == 0
    assert run(evidence, small, "take-back", later).exit_code == 1
    compared = run(evidence, small, "compare", "2", "3")
    assert "role/scout: added (Scout)" in compared.output
    unknown = run(evidence, small, "compare", "1", "3")
    assert unknown.exit_code == 2
    assert "Version 1 of the scheme was not kept" in unknown.output
    # Edited by hand since: neither lost nor overwritten.
    small.scheme.write_text(small.scheme.read_text() + "# by hand\n")
    refused = run(evidence, small, "take-back", first)
    assert "was changed by hand since" in refused.output
    assert small.scheme.read_text().endswith("# by hand\n")
    missing = run(evidence, small, "apply", "0009-none")
    assert missing.exit_code == 1
    assert "no migration '0009-none'" in missing.output


def test_a_migration_with_faults_is_reported(small: Project, evidence: Evidence) -> None:
    name = write(small, {"do": "add", "dimension": "role", "code": {"id": "Scout!"}})
    checked = evidence("check", small)
    assert checked.exit_code == 1
    assert f"coding/migrations/{name}.yml" in checked.output
    assert run(evidence, small, "apply", name).exit_code == 1


def test_two_people_change_the_scheme_at_once(small: Project) -> None:
    seen = digest(small.scheme.read_bytes())
    label = Texts(en="Referee", nl="Scheids")
    save(small, [Rename(code="judge", label=label)], "first", based_on=seen)
    with pytest.raises(Collision):
        save(small, [Rename(code="judge", label=label)], "second", based_on=seen)
    with pytest.raises(NotChanged):
        save(small, [Rename(code="judge", label=label)], " ")
    assert read_scheme(small.scheme).version == 3


def test_merged_answers_read_as_the_other_and_stay_as_they_were(
    small: Project, evidence: Evidence
) -> None:
    unit = passage_id(small, "berg2020", 2)
    decide(small, "second", "berg2020", f"{TIME},{unit},role,scribe;judge,,,,hidden,2,pilot,x")
    lines = (small.decisions / "second" / "berg2020.csv").read_bytes()
    name = write(small, {"do": "merge", "codes": ["scribe", "judge"], "into": "weaver"})
    preview = run(evidence, small, "preview", name).output
    assert "read otherwise" in preview
    assert run(evidence, small, "apply", name).exit_code == 0
    assert evidence("build", small).exit_code == 0
    found = rows(
        small, f"SELECT code FROM coding WHERE passage = '{unit}' AND status != 'suggested'"
    )
    assert found == [("weaver",)]
    written = rows(small, f"SELECT codes, scheme FROM decision WHERE unit = '{unit}'")
    assert ([json.loads(codes) for codes, _ in written], [v for _, v in written]) == (
        [["judge", "scribe"]], [2],
    )  # fmt: skip
    assert (small.decisions / "second" / "berg2020.csv").read_bytes() == lines
    indicators = (small.indicators / "role" / "weaver.yml").read_text()
    assert not (small.indicators / "role" / "judge.yml").exists()
    assert indicators.count("- id:") >= 2
    page = Site(small).get("/")
    assert "Judge" not in page.text


PARTS = [SCOUT, {"id": "host", "label": {"en": "Host", "nl": "Gastheer"}}]


@pytest.mark.parametrize("old_answers", ["", "host"])
def test_a_split_asks_again_where_the_whole_was_given(
    small: Project, evidence: Evidence, old_answers: str
) -> None:
    given, denied = (passage_id(small, "berg2020", place) for place in (2, 3))
    small.rounds.write_text(
        small.rounds.read_text() + "  - id: open\n    title: {en: O, nl: O}\n"
        "    coders: [second]\n    dimensions: [role]\n    blind: false\n"
    )
    for unit, codes in ((given, "weaver"), (denied, "judge")):
        decide(small, "second", "berg2020", f"{TIME},{unit},role,{codes},,,,hidden,2,open,x")
    change = {"do": "split", "code": "weaver", "into": PARTS, "old_answers": old_answers}
    assert run(evidence, small, "apply", write(small, change)).exit_code == 0
    assert evidence("build", small).exit_code == 0
    found = dict(rows(small, "SELECT passage, role FROM evidence"))
    assert found[given] == (old_answers or "weaver")
    assert found[denied] == "judge"
    desk = open_desk(small)
    item = desk.rounds["open"]
    assert desk.is_done(item, "second", denied)
    assert desk.is_done(item, "second", given) == bool(old_answers)
    left = [
        unit for unit in Queue(desk).units(item, Order()) if not desk.is_done(item, "second", unit)
    ]
    assert (given in left) == (not old_answers)
    assert Site(small).get("/code/weaver").status_code == 200


def test_a_new_code_is_asked_for_again(small: Project, evidence: Evidence) -> None:
    unit = passage_id(small, "berg2020", 2)
    small.rounds.write_text(
        small.rounds.read_text() + "  - id: open\n    title: {en: O, nl: O}\n"
        "    coders: [second]\n    dimensions: [role]\n    blind: false\n"
    )
    decide(small, "second", "berg2020", f"{TIME},{unit},role,none,,,,hidden,2,open,x")
    code = NewCode(id="scout", label=Texts(en="Scout", nl="Verkenner"))
    save(small, [AddCode(dimension="role", code=code)], "because", "first")
    desk = open_desk(small)
    item: Round = desk.rounds["open"]
    assert not desk.is_done(item, "second", unit)
    assert set(desk.answers("second", unit, item)) == {"role"}
    # The same answer again is an answer that has considered it.
    written = desk.save("second", item, unit, [Answer("role", frozenset())])
    assert [line.scheme for line in written] == [3]
    assert desk.is_done(item, "second", unit)
    assert desk.save("second", item, unit, [Answer("role", frozenset())]) == []
    assert evidence("build", small).exit_code == 0
    reasons = dict(rows(small, "SELECT sector, reason FROM cell WHERE role = 'scout'"))
    assert "none-shows" not in reasons.values()


def test_edited_indicators_are_judged_only_by_answers_that_considered_the_code(
    small: Project, evidence: Evidence
) -> None:
    # `scribe` came with version 2; the indicator fires in the first and second passages.
    text = "code: scribe\nindicators:\n  - {id: bank, weight: 0.9, phrases: {en: [bank]}}\n"
    for place, codes, scheme in ((1, "scribe", 2), (2, "judge", 1)):
        unit = passage_id(small, "berg2020", place)
        decide(small, "first", "berg2020", f"{TIME},{unit},role,{codes},,,,hidden,{scheme},pilot,x")
    name = write(small, {"do": "indicators", "code": "scribe", "text": text})
    said = run(evidence, small, "preview", name).output
    assert "after precision 1.00, recall 1.00 (1 right of 1 suggested, 1 coded)" in " ".join(
        said.split()
    )


def test_retired_and_restored(small: Project, evidence: Evidence) -> None:
    unit = passage_id(small, "berg2020", 2)
    decide(small, "second", "berg2020", f"{TIME},{unit},role,scribe,,,,hidden,2,pilot,x")
    assert (
        run(evidence, small, "apply", write(small, {"do": "retire", "code": "scribe"})).exit_code
        == 0
    )
    evidence("build", small)
    assert ("scribe",) in rows(small, "SELECT role FROM evidence")
    again = run(evidence, small, "apply", write(small, {"do": "retire", "code": "scribe"}, start=3))
    assert "retired already" in again.output
    back = write(small, {"do": "restore", "code": "scribe"}, start=3, name="back")
    assert run(evidence, small, "apply", back).exit_code == 0
    evidence("build", small)
    assert ("scribe",) in rows(small, "SELECT role FROM evidence")


def test_a_merge_of_merged_codes_is_followed(small: Project) -> None:
    save(small, [Merge(codes=("scribe",), into="judge")], "one")
    save(small, [Merge(codes=("judge",), into="weaver")], "two")
    from pipeline.model.readings import reads

    scheme = read_scheme(small.scheme)
    assert reads(scheme, frozenset(("scribe",))) == {"weaver"}
    with pytest.raises(NotChanged, match="is retired"):
        save(small, [Merge(codes=("weaver",), into="judge")], "three")


def test_a_codebook_comes_in(small: Project, evidence: Evidence) -> None:
    qdc = small.root / "own.qdc"
    evidence("export", small, "--format", "qdc", "-o", str(qdc))
    answer = run(evidence, small, "import", str(qdc))
    assert answer.exit_code == 0, answer.output
    assert "0 new" in answer.output
    book = small.root / "other.csv"
    book.write_text("name,description\nWeaver,Joins\nBell ringer,Warns everybody\n")
    answer = run(evidence, small, "import", str(book))
    assert "1 new of 2" in answer.output
    assert read_scheme(small.scheme).version == 2
    answer = run(evidence, small, "import", str(book), "--why", "From the other project")
    assert "version 3" in answer.output, answer.output
    assert "bell_ringer" in read_scheme(small.scheme).codes


def test_new_guidance_stands_side_by_side_with_the_old(small: Project, evidence: Evidence) -> None:
    boundary = {"between": ["judge", "weaver"], "yes": "judge", "no": "weaver"}
    first = {
        "do": "boundaries",
        "boundaries": [{**boundary, "ask": {"en": "A row?", "nl": "Ruzie?"}}],
    }
    name = write(small, first, name="first")
    assert run(evidence, small, "apply", name).exit_code == 0
    assert '"yes": judge' in small.scheme.read_text()
    near = {"code": "weaver", "en": "She knots two ends.", "nl": "Zij knoopt twee einden."}
    second = write(
        small,
        {**first, "boundaries": [{**boundary, "ask": {"en": "A clash?", "nl": "Een botsing?"}}]},
        {"do": "rules", "rules": [{"en": "Code what is done.", "nl": "Codeer wat gedaan wordt."}]},
        {"do": "redefine", "code": "judge", "near_misses": [near]},
        start=3,
        name="second",
    )
    assert run(evidence, small, "apply", second).exit_code == 0
    compared = run(evidence, small, "compare", "3", "4").output
    for words in ("A row? → judge / weaver", "A clash? → judge / weaver", "Code what is done.",
                  "weaver: She knots two ends."):  # fmt: skip
        assert words in " ".join(compared.split()), compared
    assert evidence("build", small).exit_code == 0
    page = Site(small).get("/nl/codebook/versions?from=3&to=4").text
    for words in ("Een botsing?", "welke van de twee?", "Zij knoopt twee einden.", "vaak verward"):
        assert words in page, words
