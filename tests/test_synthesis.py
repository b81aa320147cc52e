"""What was found: read, checked, shown, and written in the browser; each sentence with its pieces."""

from __future__ import annotations

import json
import re
import sqlite3
from html import unescape
from typing import Any

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.published.strength import MEASURES, level_of
from tests.conftest import Evidence, Site, decide, passage_id
from tests.reviewing import Running, with_rounds

DAY = "2026-11-20"
EN = "The weaver brings parties to one table."
NL = "De wever brengt partijen aan één tafel."


def piece(project: Project, place: int = 1, role: str = "weaver", study: str = "berg2020") -> str:
    return f"{passage_id(project, study, place)}-{role}"


def coded(project: Project, when: str = "2026-11-02T09:00:00Z", place: int = 1, code: str = "weaver") -> str:  # fmt: skip
    """Make a passage of berg2020, which is put into energy, evidence of a role."""
    unit = passage_id(project, "berg2020", place)
    decide(
        project,
        "second",
        "berg2020",
        f"{when},{unit},role,{code},high,,,hidden,2,pilot,",
        f"{when},berg2020,sector,energy,high,,,hidden,2,pilot,",
    )
    return f"{unit}-{code}"


def write(project: Project, name: str, *lines: str, by: str = "model", written: str = DAY, more: str = "") -> None:  # fmt: skip
    project.syntheses.mkdir(exist_ok=True)
    head = f"---\nby: {by}\nwritten: {written}\n{more}---\n"
    (project.syntheses / f"{name}.md").write_text(head + "".join(f"{line}\n" for line in lines))


@pytest.fixture
def written(small: Project) -> Project:
    """A synthesis of the weaver in both languages, which rests on one piece."""
    own = coded(small)
    for language, text in (("en", EN), ("nl", NL)):
        write(small, f"weaver.{language}", "# kept for later", "", f"{text} [{own}]")
    build(small)
    return small


def words(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def part(html: str, identity: str) -> str:
    """The words of an element with this id."""
    found = re.search(rf'<section id="{identity}".*?</section>', html, re.DOTALL)
    assert found, identity
    return words(found[0])


def told(project: Project, evidence: Evidence) -> list[tuple[str, int, str]]:
    """What check says of syntheses: kind, line, severity."""
    found = json.loads(evidence("check", project, "--json").stdout)
    return [
        (item["kind"], item["line"], item["severity"])
        for item in found
        if item["path"].startswith("coding/synthesis/")
    ]


def test_the_page_of_a_role_begins_with_what_was_found(written: Project) -> None:
    site = Site(written)
    own = piece(written)
    for path, text, by, noun in (
        ("/code/weaver", EN, "written by a language model on 2026-11-20 · no person has checked it", "piece of evidence"),
        ("/nl/code/weaver", NL, "geschreven door een taalmodel op 2026-11-20 · door geen mens nagekeken", "bewijsstuk"),
    ):  # fmt: skip
        page = site.get(path).text
        found = part(page, "synthesis")
        assert f"{text} {noun} [1]" in found
        assert by in found
        assert "kept for later" not in page
        assert page.index('id="synthesis"') < page.index('id="strength"') < page.index('id="evidence"')  # fmt: skip
        assert re.search(rf'href="[^"]*/evidence/{re.escape(own)}"[^>]*><span class="spoken">', page)  # fmt: skip
    home = site.get("/").text
    assert home.index(EN) < home.index('<h2 id="map">')
    assert f"{NL}" in site.get("/nl/").text


def test_where_nobody_wrote_the_page_says_so_and_gives_the_pieces(written: Project) -> None:
    site = Site(written)
    page = site.get("/code/weaver--energy").text
    assert "Nobody has written this up yet; the pieces of evidence follow." in part(page, "synthesis")  # fmt: skip
    assert "The network office brought farmers" in page
    none = site.get("/nl/code/judge--care").text
    assert "er is ook geen bewijs om uit te putten" in part(none, "synthesis")
    assert "Wever, sector: Energie" in words(site.get("/nl/code/weaver--energy").text)
    assert site.get("/code/energy--weaver").status_code == 404
    assert site.get("/code/weaver--nothing").status_code == 404


def test_a_role_in_a_place_has_its_own(written: Project) -> None:
    write(written, "weaver--energy.en", f"In energy it is a network office. [{piece(written)}]")
    build(written)
    page = Site(written).get("/code/weaver--energy").text
    assert "In energy it is a network office." in part(page, "synthesis")
    dutch = part(Site(written).get("/nl/code/weaver--energy").text, "synthesis")
    assert "Alleen in het Engels geschreven." in dutch


def test_what_came_after_is_said_by_check_and_page(written: Project, evidence: Evidence) -> None:
    assert told(written, evidence) == []
    coded(written, "2026-11-21T09:00:00Z", 2)
    coded(written, "2026-11-20T23:00:00Z", 3)  # of the day on which it was written: seen
    assert told(written, evidence) == [("newer-pieces", 0, "warning")] * 2
    build(written)
    page = Site(written).get("/code/weaver").text
    assert "Written before one newer piece of evidence" in part(page, "synthesis")
    assert "evidence has changed since" in part(page, "synthesis")
    assert "Geschreven vóór één nieuwer bewijsstuk" in Site(written).get("/nl/code/weaver").text


def lost(project: Project) -> None:
    decide(project, "second", "berg2020", f"2026-11-19T09:00:00Z,{passage_id(project, 'berg2020', 1)},role,none,,,,hidden,2,pilot,")  # fmt: skip


def contradicted(project: Project) -> None:
    decide(project, "first", "berg2020", f"2026-11-19T09:00:00Z,{passage_id(project, 'berg2020', 1)},role,none,,,,hidden,2,pilot,")  # fmt: skip


def again(project: Project) -> None:
    coded(project, "2026-11-22T09:00:00Z")


def retracted(project: Project) -> None:
    digest = project.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("language: en\n", "language: en\nstatus: retracted\n"))  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (lost, "piece-gone", "no evidence any more"),
        (contradicted, "piece-disputed", "disputed"),
        (again, "piece-recoded", "decided anew since"),
        (retracted, "piece-withdrawn", "of a withdrawn or superseded study"),
    ],
)
def test_what_became_of_a_piece_is_said(
    written: Project, evidence: Evidence, change: Any, kind: str, said: str
) -> None:
    change(written)
    assert told(written, evidence) == [(kind, 7, "warning")] * 2
    build(written)
    assert said in part(Site(written).get("/code/weaver").text, "synthesis")


@pytest.mark.parametrize(
    ("name", "lines", "how", "found"),
    [
        ("weaver.en", [EN], {}, ("no-piece", 5, "error")),
        ("weaver.en", [f"{EN} []"], {}, ("no-piece", 5, "error")),
        ("weaver.en", ["[{own}]"], {}, ("no-sentence", 5, "error")),
        ("weaver.en", [], {}, ("no-sentence", 5, "error")),
        ("weaver.en", [f"{EN} [that one]"], {}, ("bad-piece", 5, "error")),
        ("weaver.en", [f"{EN} [{{own}}]"], {"by": "nobody"}, ("unknown-coder", 2, "error")),
        ("weaver.en", [f"{EN} [{{own}}]"], {"more": "checked_by: model\n"}, ("not-a-person", 2, "error")),
        ("weaver.en", [f"{EN} [{{own}}]"], {"written": "soon"}, ("bad-value", 3, "error")),
        ("weaver.en", [f"{EN} [{{own}}]"], {"more": "why: x\n"}, ("unknown-key", 4, "error")),
        ("judge.en", [f"{EN} [{{own}}]"], {}, ("piece-elsewhere", 5, "warning")),
        ("nothing.en", [f"{EN} [{{own}}]"], {}, ("unknown-code", 0, "error")),
        ("energy--weaver.en", [f"{EN} [{{own}}]"], {}, ("wrong-pair", 0, "error")),
        ("weaver.de", [f"{EN} [{{own}}]"], {}, ("wrong-name", 0, "error")),
        ("weaver.en", [f"{EN} [{{own}}]"], {}, ("one-language", 0, "warning")),
    ],
)  # fmt: skip
def test_check_names_each_fault(
    small: Project, evidence: Evidence, name: str, lines: list[str], how: dict[str, str], found: Any
) -> None:
    own = coded(small)
    write(small, name, *(line.format(own=own) for line in lines), **how)
    assert found in told(small, evidence)


def test_one_line_of_trust_stands_beside_a_piece_wherever_it_is(written: Project) -> None:
    own = piece(written)
    line = "one person · checked by a person · from the abstract only · confidence: high"
    for path in ("/evidence", f"/evidence/{own}", "/code/weaver", "/code/energy", "/study/berg2020", "/search?q=farmers", "/code/weaver--energy"):  # fmt: skip
        found = re.findall(r'<span class="trust">.*?</span>[^<]*</span>', Site(written).get(path).text)  # fmt: skip
        assert line in [words(one) for one in found], path


def test_a_retracted_study_says_so_at_every_piece_and_can_be_left_out(written: Project) -> None:
    digest = written.corpus / "berg2020.md"
    notice = 'status:\n  is: retracted\n  note: {en: "The data were made up.", nl: "De gegevens waren verzonnen."}\n  link: https://example.org/notice\n'
    digest.write_text(digest.read_text().replace("language: en\n", f"language: en\n{notice}"))
    build(written)
    site = Site(written)
    for path in ("/evidence", "/code/weaver", "/study/berg2020", "/search?q=farmers", "/studies"):
        assert "retracted study" in site.get(path).text, path
    page = words(site.get(f"/nl/evidence/{piece(written)}").text)
    assert "Deze studie is ingetrokken. De gegevens waren verzonnen. De mededeling" in page
    assert 'href="https://example.org/notice"' in site.get("/study/berg2020").text
    assert site.get("/evidence?notice=unnoticed&role=weaver").text.count("<article") == 0
    assert site.get("/evidence?notice=retracted&role=weaver").text.count("<article") == 1
    assert "Retracted or corrected" in site.get("/evidence").text
    assert "only the abstract was read; retracted study; not confirmed" in site.get("/download/markdown").text  # fmt: skip
    strong = part(site.get("/code/weaver").text, "strength")
    assert "no evidence" in strong
    assert "Not counted: one study that was retracted or superseded." in strong


def test_check_knows_the_status_of_a_digest(small: Project, evidence: Evidence) -> None:
    digest = small.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("language: en\n", "language: en\nstatus: superseded\n"))  # fmt: skip
    problems = json.loads(evidence("check", small, "--json").stdout)
    assert ("corpus/berg2020.md", "bare-notice") in [(one["path"], one["kind"]) for one in problems]
    digest.write_text(digest.read_text().replace("superseded", "forgotten"))
    assert "corpus/berg2020.md:4: error: 'status" in evidence("check", small).stdout


# Reviewing


@pytest.fixture
def running(written: Project) -> Running:
    return Running(with_rounds(written))


PAGE = "/review/synthesis/weaver?lang=en"


def save(session: Any, text: str, path: str = PAGE, **more: str) -> Any:
    html = session.get(path).text
    state = re.search(r'name="state" value="([^"]*)"', html)
    assert state
    return session.post(path, {"sentences": text, "state": state[1], **more}, path)


def test_a_sentence_is_written_beside_its_pieces_and_the_page_shows_it(running: Running) -> None:
    project, own = running.project, piece(running.project)
    first = running.sign_in("first")
    page = first.get(PAGE).text
    assert f'data-insert="{own}" data-press="1"' in page
    assert f"{EN} [{own}]" in page
    answer = save(first, f"It connects.\r\n[{own}]")
    assert answer.status_code == 400
    assert "The sentence in line 1 rests on no piece: It connects." in unescape(answer.text)
    assert f"It connects.\n[{own}]" in unescape(answer.text).replace("\r", "")
    foreign = piece(project, 2)
    answer = save(first, f"It connects. [{foreign}]")
    assert f"'{foreign}' is no evidence of this." in unescape(answer.text)
    assert save(first, f"It connects. [{own}]").status_code == 303
    text = (project.syntheses / "weaver.en.md").read_text()
    assert text.startswith("---\nby: first\nwritten: '2026-")or text.startswith("---\nby: first\nwritten: 2")  # fmt: skip
    assert text.endswith(f"It connects. [{own}]\n")
    shown = part(first.get("/code/weaver").text, "synthesis")
    assert "It connects." in shown
    assert "written by a person on" in shown
    build(project)
    with sqlite3.connect(project.database) as connection:
        rows = connection.execute("SELECT id, by FROM synthesis ORDER BY id").fetchall()
    assert rows == [("weaver.en", "first"), ("weaver.nl", "model")]


def test_a_person_says_to_have_checked_what_a_model_wrote(running: Running) -> None:
    own = piece(running.project)
    first = running.sign_in("first")
    answer = save(first, f"{EN} [{own}]")
    assert "Nothing is changed." in answer.text
    assert save(first, f"{EN} [{own}]", checks="1").status_code == 303
    text = (running.project.syntheses / "weaver.en.md").read_text()
    assert "by: model\n" in text
    assert "checked_by: first\n" in text
    shown = part(first.get("/code/weaver").text, "synthesis")
    assert "written by a language model on 2026-11-20 · checked by a person on 20" in shown


def test_what_was_changed_meanwhile_is_not_overwritten(running: Running) -> None:
    own = piece(running.project)
    first = running.sign_in("first")
    state = re.search(r'name="state" value="([^"]*)"', first.get(PAGE).text)
    assert state
    path = running.project.syntheses / "weaver.en.md"
    path.write_text(path.read_text() + "# somebody was here\n")
    answer = first.post(PAGE, {"sentences": f"Mine. [{own}]", "state": state[1]}, PAGE)
    assert answer.status_code == 409
    assert "somebody was here" in path.read_text()
    assert f"Mine. [{own}]" in answer.text


def test_the_list_says_what_is_written(running: Running) -> None:
    first = running.sign_in("first")
    page = words(first.get("/review/synthesis").text)
    assert "Weaver 1 open it Weaver, In English written by a language model" in page
    assert "Judge 0 write it" in page
    there = first.get("/review/synthesis?role=weaver&place=energy")
    assert there.headers["location"] == "/review/synthesis/weaver--energy"
    assert first.get("/review/synthesis/energy--weaver").status_code == 404
    assert first.get("/review/synthesis/weaver?lang=de").status_code == 404
    new = save(first, f"In energy. [{piece(running.project)}]", "/review/synthesis/weaver--energy?lang=nl")  # fmt: skip
    assert new.status_code == 303
    assert "In energy." in part(first.get("/nl/code/weaver--energy").text, "synthesis")


def test_nobody_writes_without_signing_in(running: Running) -> None:
    assert running.visitor().get("/review/synthesis").status_code == 403
    assert Site(running.project).get("/review/synthesis").status_code == 404


# How strong it is


def strong(project: Project, path: str = "/code/weaver") -> str:
    build(project)
    return part(Site(project).get(path).text, "strength")


def test_one_study_is_never_more_than_weak(written: Project) -> None:
    coded(written, place=2)
    coded(written, place=3)
    said = strong(written)
    assert "Strength: weak It rests on one study." in said
    assert "A person has checked evidence from every case." in said
    assert "Nothing beyond an abstract was read." in said
    assert "Missing for “limited”: too few independent cases." in said  # fmt: skip
    dutch = strong(written, "/nl/code/weaver")
    assert "Bewijskracht: zwak Het berust op één studie." in dutch


def second_study(project: Project) -> None:
    unit = passage_id(project, "smit2021", 1)
    decide(project, "second", "smit2021", f"2026-11-02T09:00:00Z,{unit},role,weaver,medium,,,hidden,2,pilot,")  # fmt: skip


def test_two_cases_are_limited_and_two_studies_of_one_case_are_weak(written: Project) -> None:
    second_study(written)
    said = strong(written)
    assert "Strength: limited It rests on 2 studies, each of a case of its own." in said
    assert "More than the abstract was read in 1 of 2 cases." in said
    for key in ("berg2020", "smit2021"):
        digest = written.corpus / f"{key}.md"
        digest.write_text(digest.read_text().replace("access:", "case: network-office\naccess:"))
    said = strong(written)
    assert "Strength: weak It rests on 2 studies, some of which study the same case (independent cases: 1)." in said  # fmt: skip
    page = words(Site(written).get("/study/berg2020").text)
    assert "Also on this case: Smit" in page
    assert "They count as one case." in page
    with sqlite3.connect(written.database) as connection:
        assert connection.execute("SELECT DISTINCT case_name FROM study").fetchall() == [("network-office",)]  # fmt: skip


def test_what_was_read_in_place_of_a_study_is_no_reading_of_it(written: Project) -> None:
    second_study(written)
    digest = written.corpus / "smit2021.md"
    digest.write_text(digest.read_text().replace("access:", 'based_on: "een lezing"\naccess:'))
    assert "Nothing beyond an abstract was read." in strong(written)


@pytest.mark.parametrize(
    ("numbers", "level"),
    [
        ((0, 0, 0, 0), "none"),
        ((1, 1, 1, 1), "weak"),
        ((2, 1, 0, 0), "weak"),
        ((2, 2, 0, 0), "limited"),
        ((30, 30, 30, 0), "limited"),
        ((3, 3, 2, 1), "moderate"),
        ((6, 4, 4, 3), "moderate"),
        ((6, 4, 4, 4), "strong"),
    ],
)
def test_the_rule(numbers: tuple[int, ...], level: str) -> None:
    assert level_of(dict(zip(MEASURES, numbers, strict=True))) == level


def test_the_rule_is_published(site: Site) -> None:
    for path, level in (("/method", "moderate 3 3 2 1"), ("/nl/method", "redelijk 3 3 2 1")):
        page = words(site.get(path).text)
        assert level in page
        assert page.index("strong 6 4 4 4" if path == "/method" else "sterk 6 4 4 4") < page.index(level)  # fmt: skip


def test_what_is_not_known_is_said_by_reason(written: Project) -> None:
    page = Site(written).get("/code/weaver").text
    gaps = re.search(r'<dl class="gaps">.*?</dl>', page, re.DOTALL)
    assert gaps
    assert words(gaps[0]) == "Sector: no study placed there Care , Sport"
    assert 'href="/evidence?role=weaver&amp;sector=care"' in gaps[0]
    energy = words(Site(written).get("/nl/code/energy").text)
    assert re.search(r"Wat niet bekend is Rol: [^:]+ Rechter", energy), energy


def test_a_list_of_just_a_role_in_a_place_leads_to_what_was_found(written: Project) -> None:
    site = Site(written)
    for query, place in (("role=weaver&sector=energy", "weaver--energy"), ("sector=energy", "energy"), ("role=weaver", "weaver")):  # fmt: skip
        assert f'<p class="answer"><a href="/code/{place}">' in site.get(f"/evidence?{query}").text
    for query in ("", "role=weaver&q=table", "role=weaver&role=judge", "sector=undecided"):
        assert '<p class="answer">' not in site.get(f"/evidence?{query}").text


# The syntheses of this project


def test_the_seven_roles_are_written_up_in_both_languages(site: Site, real: Project) -> None:
    with sqlite3.connect(real.database) as connection:
        rows = connection.execute(
            "SELECT code.id, synthesis.language, count(*) FROM code JOIN dimension ON dimension.id = code.dimension "
            "AND is_evidence JOIN synthesis ON synthesis.code = code.id JOIN synthesis_sentence ON "
            "synthesis = synthesis.id GROUP BY 1, 2"
        ).fetchall()  # fmt: skip
    assert len(rows) == 14
    for role, language, sentences in rows:
        assert 3 <= sentences <= 6, role
        prefix = "" if language == "en" else "/nl"
        page = site.get(f"{prefix}/code/{role}").text
        assert "taalmodel" in page or "language model" in page
    for path in ("/", "/nl/"):
        found = re.search(r'<ul class="findings">.*?</ul>', site.get(path).text, re.DOTALL)
        assert found
        assert found[0].count("<li") == 7


def test_what_it_rests_on_is_said_in_the_language_of_the_page(real: Project) -> None:
    page = Site(real).get("/nl/code/framer").text
    notes = re.findall(r'<span lang="(\w+)">', page.split('<ol class="notes"')[1].split("</ol>")[0])
    assert notes == ["nl"] * 5
