"""Two entries of the bibliography that are one study: kept, marked, read as one, taken back."""

from __future__ import annotations

import csv
import re
import sqlite3
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.model.passages import digest_of
from tests.conftest import Evidence, decide, passage_id
from tests.reviewing import Running, wait, with_rounds
from tests.test_review_browser import Served, check, coder

SHARED = "The network office brought farmers, banks and ministries together at one table."
OWN = "A second office joined the network and linked it to the harbour."
ENTRY = """
@article{weave2020,
  author  = {Berg, A. van der and Smit, J.},
  title   = {Weaving energy networks},
  journal = {J. Netw.},
  year    = {2020},
}
"""
DIGEST = f"""---
key: weave2020
language: en
access: partial
sources: ["https://example.org/weave (abstract)"]
---

The same text, as another database has it.

## Statements

- [abstract] {SHARED}
- [p. 7] {OWN}
"""
HEADER = "decided_at,unit,dimension,codes,confidence,note,quote,shown,scheme,round,text\n"
LINES = "decided_at,study,stage,decision,reason,note,settles\n"
RIS = Path(__file__).parent / "imports" / "ten.ris"


def unit(study: str, text: str) -> str:
    return f"{study}-{digest_of(text)[:8]}"


@pytest.fixture
def twice(small: Project) -> Project:
    """The small project with an entry more that is one of its studies, coded under both keys."""
    small.references.write_text(small.references.read_text() + ENTRY)
    (small.corpus / "weave2020.md").write_text(DIGEST)
    rows = [
        f"2026-11-0{n}T10:00:00Z,{unit('weave2020', text)},role,{code},high,,,hidden,2,pilot,{cell}\n"
        for n, text, code, cell in ((2, SHARED, "judge", f'"{SHARED}"'), (3, OWN, "weaver", OWN))
    ]
    path = small.decisions / "first" / "weave2020.csv"
    path.write_text(HEADER + "".join(rows))
    build(small)
    return small


def ask(project: Project, sql: str) -> list[tuple[Any, ...]]:
    build(project)
    with sqlite3.connect(project.database) as connection:
        return connection.execute(sql).fetchall()


def files(project: Project) -> dict[str, bytes]:
    return {
        project.name(path): path.read_bytes()
        for path in project.root.rglob("*")
        if path.is_file() and not {".cache", ".journal"} & {*path.parts} and path.suffix != ".db"
    }


PASSAGES = "select study, id, text from passage order by study, id"
EVIDENCE = "select study, passage, role from evidence order by study, passage, role"


def test_entries_that_look_like_one_study_are_listed_and_nothing_changes(
    twice: Project, evidence: Evidence
) -> None:
    before = files(twice)
    said = evidence("merge", twice).output
    assert "weave2020 looks like berg2020 (title, year and first author" in said
    assert "for: the same title, the same authors, the same year, the same journal" in said
    shown = evidence("merge", twice, "weave2020", "berg2020").output
    assert "for: the same title" in shown
    assert "journal" in shown
    assert "Nothing was changed" in shown
    assert files(twice) == before


def test_a_merged_study_is_read_as_the_one_that_is_kept_and_back(
    twice: Project, evidence: Evidence
) -> None:
    before, passages, found = files(twice), ask(twice, PASSAGES), ask(twice, EVIDENCE)
    answer = evidence("merge", twice, "weave2020", "berg2020", "--coder", "first", "--yes")
    assert answer.exit_code == 0, answer.output
    after = files(twice)
    assert {**after, "corpus/merges.yml": b""} == {**before, "corpus/merges.yml": b""}
    # One study, whose passages are those of both: the words that both have, once.
    assert [row[0] for row in ask(twice, "select key from study order by key")] == [
        "berg2020",
        "smit2021",
    ]
    now = ask(twice, PASSAGES)
    assert [row[1] for row in now].count(unit("berg2020", SHARED)) == 1
    assert (("berg2020", unit("berg2020", OWN), OWN)) in now
    assert len(now) == len(passages) - 1
    # What was coded counts with the kept study, once.
    assert ask(twice, EVIDENCE) == sorted(
        [
            ("berg2020", unit("berg2020", SHARED), "judge"),
            ("berg2020", unit("berg2020", OWN), "weaver"),
        ]
    )
    assert "0 error(s), 0 warning(s)" in evidence("check", twice).output
    assert "van der Berg" in evidence("cite", twice, "weave2020").output
    assert "weave2020 is read as berg2020" in evidence("merge", twice).output
    # And back: everything as it was, and the file says that it had been.
    back = evidence("merge", twice, "weave2020", "--undo")
    assert back.exit_code == 0, back.output
    assert (ask(twice, PASSAGES), ask(twice, EVIDENCE)) == (passages, found)
    assert "undone" in twice.merges.read_text()
    assert {k: v for k, v in files(twice).items() if k != "corpus/merges.yml"} == before


def test_each_piece_rests_on_what_was_read_for_it(twice: Project, evidence: Evidence) -> None:
    alone = passage_id(twice, "berg2020", 2)  # a statement of the digest of the abstract
    decide(twice, "second", "berg2020", f"2026-11-04T10:00:00Z,{alone},role,judge,,,,,2,pilot,")
    assert evidence("merge", twice, "weave2020", "berg2020", "--yes").exit_code == 0
    rests = {
        unit("berg2020", SHARED): "partial",  # stands in both
        unit("berg2020", OWN): "partial",
        alone: "abstract",
    }
    assert dict(ask(twice, "select passage, access from evidence")) == rests
    running = Running(twice)
    coder = running.sign_in("first")
    for name, access in rests.items():
        said = "Read in part." if access == "partial" else "Read from the abstract only."
        (role,) = ask(twice, f"select role from evidence where passage = '{name}'")
        assert said in coder.get(f"/evidence/{name}-{role[0]}").text
        assert said in coder.get(f"/review/pilot/unit/{name}").text
    words = ask(twice, f"select text from passage where id = '{alone}'")[0][0]
    found = coder.get("/search?" + urlencode({"q": words, "exact": 1})).text
    assert "</span> · from the abstract only" in found


def test_the_review_shows_answers_of_both_and_saves_under_the_kept_key(
    twice: Project, evidence: Evidence
) -> None:
    evidence("merge", twice, "weave2020", "berg2020", "--yes")
    running = Running(twice)
    assert {line.codes for line in running.review.desk.lines("berg2020").never_shown} >= {
        frozenset({"judge"}),
        frozenset({"weaver"}),
        frozenset({"energy"}),
    }
    # A line that another program adds under the old key is seen too.
    path = twice.decisions / "first" / "weave2020.csv"
    line = f"2026-11-09T10:00:00Z,{unit('weave2020', OWN)},role,judge,high,,,hidden,2,pilot,{OWN}\n"
    path.write_text(path.read_text() + line)
    running.review.desk.sync("berg2020")
    answers = running.review.desk.answers("first", unit("berg2020", OWN))
    assert answers["role"].codes == frozenset({"judge"})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_merges_is_accessible_and_fits(
    twice: Project, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    served = Served(twice)
    page = coder(browser, served, "first", color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{served.address}/review/merge")
    check(page)
    button = page.get_by_role("button", name="Read weave2020 as berg2020")
    for size in ({"width": 1000, "height": 640}, {"width": 390, "height": 800}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        # What speaks for it is read before the button, and nothing lies over it.
        above = "document.querySelector('.grounds').getBoundingClientRect().bottom"
        assert button.evaluate(f"item => item.getBoundingClientRect().top >= {above}")
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Take it back").wait_for()
    check(page)
    page.context.close()
    served.server.should_exit = True
    served.thread.join(timeout=10)


def test_a_coder_merges_in_the_browser_and_takes_it_back(twice: Project) -> None:
    person = Running(twice).sign_in("first")
    shown = person.get("/review/merge").text
    assert "Read weave2020 as berg2020" in shown
    assert "Speaks for one study</dt><dd>the same title, the same authors, the same year" in shown
    both = {"key": "weave2020", "into": "berg2020"}
    done = wait(person, person.post("/review/merge", both, "/review/merge"))
    assert "Take it back" in done
    assert person.get("/review/merge").text.count("Read weave2020 as berg2020") == 0
    assert "undone" not in twice.merges.read_text()
    again = person.post("/review/merge", both, "/review/merge")
    assert again.status_code == 400
    assert "was merged into" in again.text
    back = person.post("/review/merge/undo", {"key": "weave2020"}, "/review/merge")
    assert "Read weave2020 as berg2020" in wait(person, back)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("weave2020", "nobody", "--yes"), "no study 'nobody'"),
        (("weave2020", "weave2020", "--yes"), "is that study itself"),
        (("weave2020", "--undo"), "'weave2020' is not merged"),
    ],
)
def test_what_cannot_be_merged_is_refused(
    twice: Project, evidence: Evidence, arguments: tuple[str, ...], said: str
) -> None:
    answer = evidence("merge", twice, *arguments)
    assert answer.exit_code == 1
    assert said in answer.output
    assert not twice.merges.exists()


def test_a_study_is_merged_once_and_chains_lead_to_the_last(
    twice: Project, evidence: Evidence
) -> None:
    assert evidence("merge", twice, "weave2020", "berg2020", "--yes").exit_code == 0
    again = evidence("merge", twice, "weave2020", "smit2021", "--yes")
    assert again.exit_code == 1
    assert "'weave2020' was merged into 'berg2020' already" in again.output
    assert evidence("merge", twice, "berg2020", "smit2021", "--yes").exit_code == 0
    assert ask(twice, "select key from study") == [("smit2021",)]


def test_candidates_are_screened_as_one_and_the_flow_counts_a_duplicate(
    small: Project, evidence: Evidence
) -> None:
    evidence("add", small, str(RIS), "--yes", "--source", "Scopus", "--no-abstracts")
    one, other = "haddad2022price", "okafor2020learning"
    (small.screening).mkdir(exist_ok=True)
    (small.screening / "first.csv").write_text(
        LINES + f"2026-11-20T10:00:00Z,{other},title,exclude,topic,,\n"
    )

    def numbers() -> dict[str, str]:
        table = small.root / "flow.csv"
        answer = evidence("prisma", small, "-o", str(table))
        assert answer.output.strip() == f"{table} was written.", answer.output
        with table.open() as file:
            return {row["data"]: row["n"] for row in csv.DictReader(file)}

    before = numbers()
    assert evidence("merge", small, other, one, "--yes").exit_code == 0
    after = numbers()
    assert int(after["duplicates"]) == int(before["duplicates"]) + 1
    refused = evidence("imports", small, "--undo", next(small.imports.glob("*.yml")).stem)
    assert f"'{other}' was merged into '{one}'" in refused.output
    # A text that is found again is that of the study that is kept.
    preview = evidence("add", small, str(RIS))
    assert f"= {other}" not in preview.output
    assert f"= {one}" in preview.output


def screened_out(project: Project, study: str) -> None:
    project.screening.mkdir(exist_ok=True)
    line = f"2026-11-20T10:00:00Z,{study},abstract,exclude,,,\n"
    (project.screening / "first.csv").write_text(LINES + line)


@pytest.mark.parametrize(
    ("key", "into"),
    [("okafor2020learning", "berg2020"), ("berg2020", "okafor2020learning")],
)
def test_a_study_of_the_review_stays_in_it_with_a_candidate_that_was_left_out(
    small: Project, evidence: Evidence, key: str, into: str
) -> None:
    evidence("add", small, str(RIS), "--yes", "--source", "Scopus", "--no-abstracts")
    screened_out(small, "okafor2020learning")
    studies = "select key from study order by key"
    flow = "select field, label_en, number from flow order by position"
    assert ask(small, studies) == [("berg2020",), ("smit2021",)]
    before = ask(small, flow)
    assert evidence("merge", small, key, into, "--yes").exit_code == 0
    assert ask(small, studies) == sorted([(into,), ("smit2021",)])
    numbers = {(field, label): number for field, label, number in ask(small, flow)}
    assert numbers["included", ""] == 2
    # What the search found is the study that was here before it.
    assert (numbers["sources", "Scopus"], numbers["duplicates", ""]) == (10, 1)
    assert (numbers["screened", ""], numbers["awaiting", ""]) == (0, 8)
    assert numbers["earlier", "Added by hand"] == 2
    assert "0 error(s), 0 warning(s)" in evidence("check", small).output
    assert into not in Running(small).review.screening.screened
    assert evidence("merge", small, key, "--undo").exit_code == 0
    assert ask(small, flow) == before


def test_a_study_that_was_screened_out_of_the_review_stays_out_with_a_candidate(
    small: Project, evidence: Evidence
) -> None:
    evidence("add", small, str(RIS), "--yes", "--source", "Scopus", "--no-abstracts")
    screened_out(small, "berg2020")
    assert evidence("merge", small, "berg2020", "okafor2020learning", "--yes").exit_code == 0
    assert ask(small, "select key from study") == [("smit2021",)]
    assert ask(small, "select key, state from candidate where state != 'awaiting'") == [
        ("okafor2020learning", "excluded")
    ]


def test_a_study_cited_in_the_source_review_is_counted_so_under_the_key_that_is_kept(
    twice: Project, evidence: Evidence
) -> None:
    twice.imports.mkdir(exist_ok=True)
    (twice.imports / "before.yml").write_text(
        "id: before\nat: '2026-11-01T10:00:00Z'\nsource: A review\nkind: other\nfound: 1\n"
        "screened: false\nadded:\n- {key: weave2020}\n"
    )
    evidence("merge", twice, "weave2020", "berg2020", "--yes")
    found = "select label_en, number from flow where field = 'earlier'"
    assert ask(twice, found) == [("A review", 1), ("Added by hand", 1)]


def test_older_keys_of_a_merged_study_lead_to_the_one_that_is_kept(
    twice: Project, evidence: Evidence
) -> None:
    text = twice.references.read_text()
    twice.references.write_text(
        text.replace("journal = {J. Netw.},", "journal = {J. Netw.}, ids = {oldweave},")
    )
    evidence("merge", twice, "weave2020", "berg2020", "--yes")
    found = ask(twice, "select alias, study from alias order by alias")
    assert found == [("oldweave", "berg2020"), ("weave2020", "berg2020")]
    assert "Journal of Networks" in evidence("cite", twice, "oldweave").output
    # A key that leads to two studies is still told.
    twice.references.write_text(
        twice.references.read_text().replace("{Zorgblad},", "{Zorgblad}, ids = {oldweave},")
    )
    said = evidence("check", twice).output
    assert "older key 'oldweave' of 'weave2020' belongs to 'smit2021'" in said


def test_a_study_that_stands_as_merged_twice_is_told(twice: Project, evidence: Evidence) -> None:
    lines = [
        f"- {{key: weave2020, into: {into}, at: '2026-11-20T10:00:00Z'}}\n"
        for into in ("berg2020", "smit2021")
    ]
    twice.merges.write_text(f"merges:\n{''.join(lines)}")
    answer = evidence("check", twice)
    assert answer.exit_code == 1
    assert "'weave2020' is merged into 'berg2020' and into 'smit2021'" in answer.output
    assert "evidence merge weave2020 --undo" in answer.output
    assert evidence("merge", twice, "weave2020", "--undo").exit_code == 0
    assert "0 error(s), 0 warning(s)" in evidence("check", twice).output


def test_old_addresses_of_the_review_lead_on_and_an_old_window_loses_nothing(
    small: Project, evidence: Evidence
) -> None:
    evidence("add", small, str(RIS), "--yes", "--source", "Scopus", "--no-abstracts")
    with_rounds(small)
    one, other = "haddad2022price", "okafor2020learning"
    first = Running(small).sign_in("first")
    path = f"/review/screen/{other}"
    old = first.get(path).text
    both = {"key": other, "into": one}
    wait(first, first.post("/review/merge", both, "/review/merge"))
    assert first.get(path).headers["location"] == f"/review/screen/{one}"
    token = re.findall(r'name="csrftoken" value="([^"]*)"', old)[0]
    fields = {"csrftoken": token, "stage": "abstract", "decision": "include", "note": "See p. 7"}
    sent = first.running.ask(
        "POST",
        path,
        content=urlencode(fields),
        cookies=first.cookies,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert sent.status_code == 409
    assert f"{other} is read as {one}, the study shown here" in sent.text
    assert "See p. 7" in sent.text
    assert not small.screening.exists()


def test_old_addresses_of_passages_and_studies_lead_to_those_that_are_kept(
    twice: Project,
) -> None:
    with_rounds(twice)
    first = Running(twice).sign_in("first")
    both = {"key": "weave2020", "into": "berg2020"}
    wait(first, first.post("/review/merge", both, "/review/merge"))
    for kind, old, new in (
        ("roles/unit", unit("weave2020", OWN), unit("berg2020", OWN)),
        ("whole/study", "weave2020", "berg2020"),
    ):
        led = first.get(f"/review/{kind}/{old}").headers["location"]
        assert led.partition("?")[0] == f"/review/{kind}/{new}"
        assert first.get(led).status_code == 200
    assert OWN in first.get(f"/review/history/{unit('weave2020', OWN)}").text
