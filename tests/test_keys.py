"""Keys as databases write them, and studies without a year or without people: everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette.utils import tilde_encode
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build.recipe import build
from pipeline.ground.addresses import address_part
from pipeline.ground.project import Project, file_name, key_of
from pipeline.model.older_keys import older_keys
from pipeline.sources.bibliography.references import read_references
from pipeline.sources.decisions import read_decisions
from tests.conftest import Evidence, Site, decide, passage_id
from tests.reviewing import Running, wait, with_rounds
from tests.test_doors import FILES, form_with_file, token_of

WORDS = b"The broker brought nine farmers, three mills and two banks to one table."
CASES = Path(__file__).parent / "cases" / "keys"
DBLP, ACM, PLUS, ACCENT = "DBLP:conf/icse/Berg20", "10.1145/123.456", "a+b.c", "müller2020"
UNDATED, NOBODY = "smit", "handbook2019"
KEYS = (DBLP, ACM, PLUS, ACCENT, UNDATED, NOBODY)
NAMES = ("DBLP%3Aconf%2Ficse%2FBerg20", "10.1145%2F123.456", PLUS, ACCENT, UNDATED, NOBODY)
ENTRIES = {
    DBLP: "ids = {old/key:1, oldäöü}, author = {Berg, Anna}, title = {Ties}, year = 2020",
    ACM: "author = {Kok, Lia}, title = {Nets}, year = 2021",
    PLUS: "author = {Bos, Pim}, title = {Webs}, year = 2022",
    ACCENT: "author = {Müller, Jo}, title = {Knots}, year = 2020",
    UNDATED: "author = {Smit, Jo}, title = {Threads}, year = {in press}",
    NOBODY: "title = {A handbook of weaving, tying and knotting networks}, year = 2019",
}
AUTHORS = {
    DBLP: "Anna Berg", ACM: "Lia Kok", PLUS: "Pim Bos", ACCENT: "Jo Müller", NOBODY: "",
}  # fmt: skip
DIGEST = """---
key: "{key}"
language: en
access: abstract
---

A summary.

## Statements

- [abstract] The office number {number} brought farmers, banks and ministries together at one table.
- [p. {number}] The chair number {number} resolved the conflict between the banks and the farmers.
"""


@pytest.fixture
def strange(small: Project) -> Project:
    entries = (f"@book{{{key}, publisher = {{P}}, {rest}}}\n" for key, rest in ENTRIES.items())
    with small.references.open("a", encoding="utf-8") as file:
        file.writelines(entries)
    for number, key in enumerate(KEYS):
        path = small.corpus / f"{NAMES[number]}.md"
        path.write_text(DIGEST.format(key=key, number=number), encoding="utf-8")
        passage = passage_id(small, NAMES[number], 1)
        assert passage.startswith(f"{key}-")
        decide(
            small, "first", NAMES[number],
            f"2026-11-01T10:0{number}:00Z,{key},sector,energy,,,,hidden,2,pilot,",
            f"2026-11-01T10:1{number}:00Z,{passage},role,weaver,,,,hidden,2,pilot,"
            f'"The office number {number} brought farmers, banks and ministries together at one table."',
        )  # fmt: skip
    return small


@given(st.text())
def test_parts_of_addresses_are_those_of_datasette(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert address_part(text) == tilde_encode(text)


@given(st.from_regex(r"[^\W_][\w.:/+-]{0,30}", fullmatch=True))
def test_a_key_and_the_name_of_its_files_are_one_to_one(key: str) -> None:
    name = file_name(key)
    assert not set(name) & set('/\\:*?"<>|')
    assert key_of(Path(f"{name}.csv")) == unicodedata.normalize("NFC", key)


def export(project: Project, evidence: Evidence, name: str, *more: str) -> str:
    out = project.root / f"out.{name}"
    answer = evidence("export", project, "-f", name, "-o", str(out), *more)
    assert answer.exit_code == 0, answer.output
    return out.read_text(encoding="utf-8-sig")


def test_check_and_build_take_them(strange: Project, evidence: Evidence) -> None:
    answer = evidence("check", strange)
    assert answer.exit_code == 0, answer.output
    found = [line for line in answer.output.splitlines() if "warning" in line and ".bib" in line]
    assert [line.partition("warning: ")[2] for line in found] == [
        "'smit' has no year in four digits, but 'in press' [bad-year]",
        "'handbook2019' has no author [missing-field]",
    ]
    assert evidence("build", strange).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(export(strange, evidence, "csv"))))
    assert [(row["study"], row["citation"], row["year"]) for row in rows] == [
        (PLUS, "Bos (2022)", "2022"),
        (ACM, "Kok (2021)", "2021"),
        (DBLP, "Berg (2020)", "2020"),
        (ACCENT, "Müller (2020)", "2020"),
        (NOBODY, "A handbook of weaving, tying and… (2019)", "2019"),
        (UNDATED, "Smit (n.d.)", ""),
    ]


def test_years_that_are_not_known_are_in_no_range(strange: Project, evidence: Evidence) -> None:
    assert evidence("build", strange).exit_code == 0
    for choice in ("year_from=1000", "year_to=2999"):
        rows = csv.DictReader(io.StringIO(export(strange, evidence, "csv", "--where", choice)))
        assert {row["study"] for row in rows} == set(KEYS) - {UNDATED}
    code = Site(strange).get("/code/weaver").text
    assert re.findall(r'<th scope="row">(\d*)</th>', code) == ["2019", "2020", "2021", "2022"]
    studies = Site(strange).get("/studies?year_to=2999").text
    assert ">Smit (n.d.)" not in studies


def test_a_record_without_a_year_is_known_again(strange: Project, evidence: Evidence) -> None:
    path = strange.root / "undated.ris"
    record = "TY  - BOOK\nTI  - {}\nAU  - {}\nPB  - P\nER  - \n"
    title = "Weaving energy networks"
    people = ("van der Berg, Anna\nAU  - Smit, Jo", "Vos, Ria")
    path.write_text("".join(record.format(title, names) for names in people))
    answer = evidence("add", strange, str(path))
    assert "2 records: 1 new, 1 here already" in answer.output
    assert "= berg2020 (title" in answer.output
    assert "→ vosweaving" in answer.output


def test_what_was_read_in_place_of_an_undated_study(strange: Project, evidence: Evidence) -> None:
    path = strange.corpus / f"{UNDATED}.md"
    front = "based_on: {what: a talk, title: Talk, type: online, authors: [Kok], date: 2018}"
    path.write_text(path.read_text().replace("language: en", f"language: en\n{front}"))
    assert evidence("build", strange).exit_code == 0
    piece = f"{passage_id(strange, UNDATED, 1)}-weaver"
    assert (
        "(Kok, 2018, abstract, read in place of Smit, n.d.)"
        in evidence("cite", strange, piece).output
    )


def test_exports_come_back_in(strange: Project, evidence: Evidence) -> None:
    assert evidence("build", strange).exit_code == 0
    for name in ("bibtex", "biblatex", "ris", "csl-json"):
        export(strange, evidence, name)
        answer = evidence("add", strange, str(strange.root / f"out.{name}"))
        assert "6 records: 0 new, 6 here already" in answer.output, answer.output
        for key in KEYS:
            assert f"= {key} (title" in answer.output
    answer = evidence("cite", strange, UNDATED, NOBODY, DBLP, "--style", "apa")
    assert "Smit, J. (n.d.). Threads. P." in answer.output
    assert "Berg, A. (2020). Ties. P." in answer.output
    assert "None" not in answer.output
    dutch = evidence("cite", strange, UNDATED, "--style", "apa", "--lang", "nl")
    assert "Smit, J. (z.d.)" in dutch.output


def test_pages_of_any_key(strange: Project, evidence: Evidence) -> None:
    assert evidence("build", strange).exit_code == 0
    site = Site(strange)
    shown = site.get("/studies").text
    for key in KEYS:
        part = tilde_encode(key)
        assert f'href="/study/{part}"' in shown
        page = site.get(f"/study/{part}")
        assert page.status_code == 200
        links = {unescape(link) for link in re.findall(r'href="(/[^"#]*)', page.text)}
        own = {link for link in links if part in link or "study=" in link}
        assert len(own) > 10
        for link in sorted(own):
            answer = site.get(link)
            assert answer.status_code == 200, link
            assert "None" not in re.sub(r"<script.*?</script>", "", answer.text), link
        row = site.get(f"/orchestration/study/{part}.json?_shape=objects").json()["rows"][0]
        assert row["key"] == key
        assert row["authors"] == AUTHORS.get(key, "Jo Smit")
        for typed in (key, quote(key, safe=""), part.replace("~", "%7E")):
            assert f"/orchestration/study/{part}.json" in site.get(f"/study/{typed}").text
        data = json.loads(re.search(r'ld\+json">(.*?)</script>', page.text, re.DOTALL)[1])  # type: ignore[index]
        assert data["url"].endswith(f"/study/{part}")
        named = site.get(f"/download/csv?study={quote(key)}").text
        (piece,) = csv.DictReader(io.StringIO(named.removeprefix("\ufeff")))
        assert piece["link"].endswith(f"/evidence/{tilde_encode(piece['id'])}")
        assert key in unescape(site.get(piece["link"].partition("localhost")[2]).text)
    assert "z.d." in site.get(f"/nl/study/{UNDATED}").text
    for old in ("old/key:1", "old~2Fkey~3A1", "oldäöü", "old%2Fkey%3A1"):
        answer = site.get(f"/study/{old}")
        assert (answer.status_code, answer.headers["location"]) == (
            301,
            f"/study/{tilde_encode(DBLP)}",
        )
    assert site.get("/study/nobody/at/all").status_code == 404
    asked = site.get("/orchestration/studies_per_sector").text
    assert f'href="/study/{tilde_encode(DBLP)}">Open</a>' in asked


def test_the_review_of_any_key(strange: Project) -> None:
    running = Running(with_rounds(strange))
    first, second = running.sign_in("first"), running.sign_in("second")
    units = {key: passage_id(strange, name, 2) for key, name in zip(KEYS, NAMES, strict=True)}
    for key, unit in units.items():
        first.answer(tilde_encode(unit), "judge")
        answer = second.answer(tilde_encode(unit), "weaver")
        assert answer.status_code == 303
        assert first.get(answer.headers["location"]).status_code in (200, 303)
        for page in ("history/", "roles/study/", "whole/study/", "screen/"):
            assert first.get(f"/review/{page}{tilde_encode(key)}").status_code == 200, page
        assert first.get(f"/review/history/{tilde_encode(unit)}").status_code == 200
    for name, unit in zip(NAMES, units.values(), strict=True):
        lines, problems = read_decisions(
            strange.decisions / "second" / f"{name}.csv", "second", f"{name}.csv"
        )
        assert not problems
        assert [(item.unit, item.codes) for item in lines] == [(unit, {"weaver"})]
        assert lines[0].id == f"{key_of(Path(name + '.csv'))}-second-1"
    first.post("/review/roles/state", {"state": "comparing", "sure": "1"}, "/review")
    for name, unit in zip(NAMES, units.values(), strict=True):
        path = f"/review/roles/compare/{tilde_encode(unit)}?dimension=role"
        assert path in unescape(first.get("/review/roles/compare?show=all&dimension=role").text)
        assert first.post(path, {"codes.role": ["judge"]}).status_code == 303
        assert (strange.consensus / f"{name}.csv").is_file()
    build(strange)
    rows = Site(strange).get("/orchestration/evidence.json?_shape=array&role=judge").json()
    found = {row["study"]: row["status"] for row in rows}
    assert found == dict.fromkeys(KEYS, "adjudicated")


def test_a_full_text_of_any_key(strange: Project, evidence: Evidence) -> None:
    strange.fulltext.mkdir()
    for number, name in enumerate(NAMES):
        words = f"The broker number {number} brought nine farmers and two banks to one table."
        (strange.fulltext / f"{name}.txt").write_text(words, encoding="utf-8")
    (strange.fulltext / "a.txt").write_text("Not the one of another key, which begins alike.")
    answer = evidence("check", strange)
    assert answer.output.count("unknown-study") == 1, answer.output


def test_a_full_text_is_attached_to_its_own_study(strange: Project) -> None:
    with strange.references.open("a", encoding="utf-8") as file:
        file.write("@book{a+b, author = {Vos, Ria}, title = {Ropes}, year = 2020, publisher = {P}}")
    session = Running(with_rounds(strange)).sign_in("first")
    for key, name in ((PLUS, PLUS), ("a+b", "a+b"), (DBLP, NAMES[0])):
        page = f"/review/screen/{tilde_encode(key)}"
        before, after = form_with_file(token_of(session, page), "mine.txt", WORDS)
        answer = session.running.ask(
            "POST", f"{page}/text", content=before + after, cookies=session.cookies, headers=FILES
        )
        assert answer.status_code == 303, answer.text
        assert (strange.fulltext / f"{name}.txt").read_bytes() == WORDS
        wait(session, answer)


def test_a_digest_says_which_name_its_file_needs(strange: Project, evidence: Evidence) -> None:
    (strange.corpus / f"{NAMES[0]}.md").rename(strange.corpus / "DBLP.md")
    answer = evidence("check", strange)
    assert "Rename the file to DBLP%3Aconf%2Ficse%2FBerg20.md, or correct the key." in answer.output


# What managers and databases write comes in, whatever its key.


def test_every_key_is_taken_and_kept(small: Project, evidence: Evidence) -> None:
    path = CASES / "keys.bib"
    answer = evidence("add", small, str(path), "--yes", "--source", "DBLP")
    assert "8 studies added, 0 merged, 0 left out, 0 broken" in answer.output, answer.output
    by_key = {study.key: study for study in read_references(small.references).studies}
    assert {key: older_keys(study) for key, study in by_key.items() if study.line > 14} == {
        "berg2020from": ("DBLP:journals/corr/abs-2001",),
        "smit2021from": ("10.1145/1234567.1234568",),
        "vries2022from": ("WOS:000123456700001",),
        "doe2019ieee": ("8675309",),
        "kok2018no": (),
        "bos2017no": (),
        "vries2020key": ("de Vries 2020",),
        "muller2020key": ("müller2020",),
    }
    assert by_key["vries2022from"].title == "From Web of Science"
    assert evidence("check", small).exit_code == 0
    before = small.references.read_bytes()
    again = evidence("add", small, str(path), "--yes", "--source", "DBLP")
    assert "0 new, 8 here already" in again.output
    assert small.references.read_bytes() == before


def test_a_key_that_is_taken_leads_nowhere_else(small: Project, evidence: Evidence) -> None:
    path = small.root / "two.bib"
    path.write_text(
        "@book{smit2021, ids={berg2020, free/1}, author={Berg, Anna}, title={Ties}, year=2020}\n"
        "@book{FREE/1, author={Kok, Lia}, title={Nets}, year=2021}\n"
        "@book{bos2022webs, author={Vos, Ria}, title={Knots}, year=2022}\n"
        "@book{x, author={Bos, Pim}, title={Webs}, year=2022}\n"
    )
    shown = evidence("add", small, str(path))
    assert "→ bos2022webs" in shown.output
    answer = evidence("add", small, str(path), "--yes", "--source", "S")
    assert answer.exit_code == 0, answer.output
    found = {s.key: older_keys(s) for s in read_references(small.references).studies}
    assert {key: found[key] for key in found if key not in ("berg2020", "smit2021")} == {
        "berg2020ties": ("free/1",),
        "kok2021nets": (),
        "vos2022knots": (),  # what it was called is the key that the next one gets
        "bos2022webs": ("x",),
    }
    assert evidence("check", small).exit_code == 0


@pytest.mark.parametrize("name", ["no-school.bib", "no-school.ris"])
def test_what_lacks_a_school_is_a_thesis_still(
    small: Project, evidence: Evidence, name: str
) -> None:
    answer = evidence("add", small, str(CASES / name), "--yes", "--source", "S")
    assert answer.exit_code == 0, answer.output
    assert "no school" in answer.output
    assert "no institution" in answer.output
    types = {s.key: s.type for s in read_references(small.references).studies if s.line > 14}
    report = "report" if name.endswith("bib") else "techreport"  # an entry keeps its own type
    both = {"klein2017thesis": "phdthesis", "bos2018report": report}
    more = {"vos2019chapter": "incollection", "mol2016talk": "inproceedings"}
    assert types == (both if name.endswith("bib") else both | more)
    checked = evidence("check", small)
    assert checked.exit_code == 0
    assert checked.output.count("[missing-field]") == len(types)
    assert evidence("build", small).exit_code == 0


def test_candidates_without_a_year_are_screened(small: Project, evidence: Evidence) -> None:
    path = small.root / "new.ris"
    path.write_text("TY  - BOOK\nTI  - Ties\nAU  - Kok, Lia\nPY  - in press\nER  - \n")
    added = evidence("add", small, str(path), "--yes", "--source", "S")
    assert "1 studies added" in added.output, added.output
    assert evidence("build", small).exit_code == 0
    (row,) = Site(small).get("/orchestration/candidate.json?_shape=array").json()
    assert (row["key"], row["label"], row["year"]) == ("kokties", "Kok (n.d.)", None)
    session = Running(with_rounds(small)).sign_in("first")
    page = session.get("/review/screen/kokties")
    assert "Kok (n.d.)" in page.text
    out = small.root / "flow.csv"
    assert evidence("prisma", small, "-o", str(out)).exit_code == 0
