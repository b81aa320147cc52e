"""What is left out of a full text is seen and taken back; what is no text is marked as none."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from pipeline.build.recipe import build
from pipeline.desk.review.review_desk import open_desk
from pipeline.ground.project import Project
from pipeline.model.passages import digest_of
from pipeline.sources.fulltexts import kept_texts
from pipeline.sources.fulltexts.cut_text import MARKED
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.fulltext_readers import READERS
from pipeline.sources.fulltexts.text_blocks import WHYS, Block, Reading
from pipeline.web.review.review_texts import review_says
from tests.conftest import Evidence, decide
from tests.reviewing import CoderSession, Running, wait, with_rounds
from tests.test_live_scheme import is_that_of_a_fresh_build
from tests.texts.pdfs import Set, write_pdf

CASES = Path(__file__).parent / "cases" / "fulltexts"
FIRST = "The harbour office asked the two towns to meet again."
SECOND = "Both mayors came to the second meeting with their plans."
CELL = "Table cells that brought the farmers together came in as one."
LAST = "In the end the towns shared one crane and one crew."
BOOK = "Vos and others wrote a made-up book on harbours and cranes."
OTHER_BOOK = "Prins and others wrote another book that nobody has read."
TEXT = f"""{FIRST} {SECOND}

{CELL}

{LAST} Too short.

[references] {BOOK}

[references] {OTHER_BOOK}
"""


def read_with_reasons(path: Path, name: str, options: Options) -> Reading:
    """Paragraphs of a plain text, of which some say why they are left out: [references] Vos …"""
    blocks = []
    for count, text in enumerate(path.read_text().strip().split("\n\n"), 1):
        match = re.match(r"\[(\w+)\] ", text)
        words = text[match.end() :] if match else text
        blocks.append(Block(words, count=count, why=match[1] if match else ""))
    return Reading(blocks)


@pytest.fixture
def project(small: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setitem(READERS, ".txt", read_with_reasons)  # type: ignore[misc]
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").write_text(TEXT)
    return with_rounds(small)


@pytest.fixture
def running(project: Project) -> Running:
    return Running(project)


@pytest.fixture
def first(running: Running) -> CoderSession:
    return running.sign_in("first")


def unit(text: str) -> str:
    return f"berg2020-{digest_of(text)[:8]}"


def texts(project: Project) -> list[str]:
    """The passages of the full text as a fresh reading has them, in order."""
    document = next(d for d in open_desk(project).documents["berg2020"] if d.kind == "fulltext")
    assert [item.position for item in document.passages] == [*range(1, len(document.passages) + 1)]
    return [item.text for item in document.passages]


def here(running: Running) -> list[str]:
    """The passages of the full text that the running review asks about."""
    desk = running.review.desk
    own = (desk.passages[name] for name in desk.passages_of["berg2020"])
    return [item.text for item in own if item.text in TEXT]


def said(project: Project) -> list[tuple[str, str, str]]:
    path = project.running_text / "berg2020.csv"
    with path.open(newline="") as file:
        rows = [*csv.DictReader(file)]
    assert "harbour" not in path.read_text()
    return [(row["coder"], row["words"], row["verdict"]) for row in rows]


def word(text: str) -> str:
    return digest_of(text)[:16]


def choice(page: str, text: str) -> str:
    """What stands behind the box at these words."""
    found = re.search(rf'value="([\d.]+)"> <span lang="en">{re.escape(text)}', unescape(page))
    assert found, text
    return found[1]


PAGE = "/review/text/berg2020"


def say(session: CoderSession, verdict: str, *chosen: str, query: str = "") -> object:
    return session.post(f"{PAGE}{query}", {"verdict": verdict, "chosen": list(chosen)})


def test_the_whole_text_with_what_is_left_out_and_why(first: CoderSession) -> None:
    page = unescape(first.get(f"{PAGE}?round=roles").text)
    places = [page.index(text) for text in (FIRST, SECOND, CELL, LAST, BOOK, OTHER_BOOK)]
    assert places == sorted(places)
    assert re.search(r"references <small>paragraphs: 2", page)
    assert re.search(r'why=references">references <b>2</b>', page)
    assert re.search(r'why=short">too short for a passage <b>1</b>', page)
    assert f'href="/review/roles/unit/{unit(FIRST)}"' in page
    assert "4 passages" in page
    only = unescape(first.get(f"{PAGE}?why=references").text)
    assert BOOK in only
    assert OTHER_BOOK in only
    assert FIRST not in only
    assert "<details class" in only
    only = unescape(first.get(f"{PAGE}?why=short").text)
    assert "Too short." in only
    assert LAST not in only
    assert BOOK not in only
    assert FIRST in first.get(f"{PAGE}?why=nothing").text


def test_it_is_reached_from_reading_and_coding(first: CoderSession) -> None:
    assert "/review/text/berg2020?round=roles" in first.get("/review/roles/study/berg2020").text
    page = first.get(f"/review/roles/unit/{unit(CELL)}").text
    assert f"/review/text/berg2020?round=roles&amp;at={unit(CELL)}#{unit(CELL)}" in page


def test_a_reason_a_stretch_and_a_paragraph_are_taken_back(
    project: Project, running: Running, first: CoderSession
) -> None:
    assert BOOK not in texts(project)
    page = first.get(PAGE).text
    answer = say(first, "text", choice(page, OTHER_BOOK))
    shown = unescape(wait(first, answer))
    assert "Running text from now on: 1." in shown
    assert "running text, says First coder; it had been left out: references" in shown
    assert texts(project) == here(running) == [FIRST, SECOND, CELL, LAST, OTHER_BOOK]
    wait(first, say(first, "text", "references"))
    assert texts(project) == [FIRST, SECOND, CELL, LAST, BOOK, OTHER_BOOK]
    assert said(project) == [
        ("first", word(OTHER_BOOK), "text"), ("first", word(BOOK), "text")
    ]  # fmt: skip
    say(first, "not", choice(first.get(PAGE).text, BOOK))
    assert texts(project) == here(running) == [FIRST, SECOND, CELL, LAST, OTHER_BOOK]
    assert BOOK in first.get(f"{PAGE}?why=references").text


def test_a_stretch_is_taken_back_at_once(project: Project, first: CoderSession) -> None:
    stretch = re.search(r'value="(\d+-\d+)"', first.get(PAGE).text)
    assert stretch
    wait(first, say(first, "text", stretch[1]))
    assert texts(project) == [FIRST, SECOND, CELL, LAST, BOOK, OTHER_BOOK]


def test_a_sentence_too_short_is_taken_back(project: Project, first: CoderSession) -> None:
    wait(first, say(first, "text", choice(first.get(PAGE).text, "Too short.")))
    assert texts(project) == [FIRST, SECOND, CELL, LAST, "Too short."]


def test_paragraphs_and_sentences_are_marked_in_bulk(
    project: Project, running: Running, first: CoderSession
) -> None:
    page = first.get(PAGE).text
    answer = say(first, "not", choice(page, CELL).split(".")[0], choice(page, SECOND))
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert running.review.renewal is None  # nobody had to wait
    assert here(running) == texts(project) == [FIRST, LAST]
    assert said(project) == [("first", word(CELL), "not"), ("first", word(SECOND), "not")]
    shown = unescape(first.get(PAGE).text)
    assert re.search(r"marked as no running text <small>paragraphs: 1 · by First coder", shown)
    assert re.search(r'why=marked">marked as no running text <b>2</b>', shown)
    second = running.sign_in("second")
    assert second.get(f"/review/roles/unit/{unit(CELL)}").status_code == 404
    wait(second, say(second, "text", "marked"))
    assert here(running) == texts(project) == [FIRST, SECOND, CELL, LAST]
    assert {coder for coder, _, verdict in said(project) if verdict == "text"} == {"second"}


def test_a_key_leaves_a_passage_out_and_goes_on(
    project: Project, running: Running, first: CoderSession
) -> None:
    before = first.get("/review").text
    place = f"/review/roles/unit/{unit(CELL)}"
    assert 'data-press="x"' in first.get(place).text
    answer = first.post(f"{place}/leave-out", {}, page=place)
    assert answer.headers["location"] == f"/review/roles/unit/{unit(LAST)}?left={unit(CELL)}"
    shown = unescape(first.get(answer.headers["location"]).text)
    assert "Left out, as no running text." in shown
    assert "/review/text/berg2020?why=marked" in shown
    assert here(running) == texts(project) == [FIRST, SECOND, LAST]
    passages = re.search(r"0 of (\d+)</b> passages", before)
    left = re.search(r"0 of (\d+)</b> passages", first.get("/review").text)
    assert passages
    assert left
    assert int(left[1]) == int(passages[1]) - 1
    next_one = first.post(
        f"/review/roles/unit/{unit(SECOND)}", {"codes.role": ["none"], "then": "next"}
    )
    assert next_one.headers["location"].startswith(f"/review/roles/unit/{unit(LAST)}")
    digest = running.review.desk.passages_of["berg2020"][0]
    assert 'data-press="x"' not in first.get(f"/review/roles/unit/{digest}").text
    again = first.post(f"{place}/leave-out", {}, page="/review")
    assert again.status_code == 400
    assert unit(CELL) in again.text


def test_undo_leads_back_to_the_passage_that_was_left_out_again_and_again(
    project: Project, first: CoderSession
) -> None:
    places = [f"/review/roles/unit/{unit(text)}" for text in (SECOND, CELL)]
    for at, place in zip((1, 2), places, strict=True):
        first.post(f"{place}/leave-out", {}, page=place)
        marks = project.running_text / "berg2020.csv"
        rows = marks.read_text().splitlines()  # a minute apart
        rows[at] = re.sub(r"^[^,]+", f"2026-11-03T09:0{at}:00Z", rows[at])
        marks.write_text("\n".join(rows) + "\n")
    assert texts(project) == [FIRST, LAST]
    page = places[0].replace(unit(SECOND), unit(LAST))
    for place in reversed(places):
        assert '<input type="hidden" name="round" value="roles">' in first.get(page).text
        answer = first.post("/review/undo", {"round": "roles"}, page=page)
        assert answer.headers["location"] == f"{place}?undone=1"
        page = place
        assert "Taken back." in first.get(answer.headers["location"]).text
    assert texts(project) == [FIRST, SECOND, CELL, LAST]
    assert 'data-press="u"' in first.get("/review").text


def test_what_was_said_last_of_a_text_is_taken_back_on_its_page(
    project: Project, running: Running, first: CoderSession
) -> None:
    answer = say(first, "not", choice(first.get(PAGE).text, CELL), query="?round=roles")
    shown = first.get(answer.headers["location"]).text  # type: ignore[attr-defined]
    assert 'name="verdict" value="back" data-press="u"' in shown
    answer = say(first, "back", query="?round=roles")
    place = answer.headers["location"]  # type: ignore[attr-defined]
    assert place == f"{PAGE}?round=roles&said=back&number=1"
    shown = first.get(place).text
    assert "Taken back: 1." in shown
    assert 'value="back"' not in shown
    assert here(running) == texts(project) == [FIRST, SECOND, CELL, LAST]
    wait(first, say(first, "text", choice(first.get(PAGE).text, BOOK)))
    assert BOOK in texts(project)
    assert "said=back&number=1" in say(first, "back").headers["location"]  # type: ignore[attr-defined]
    assert here(running) == texts(project) == [FIRST, SECOND, CELL, LAST]
    assert BOOK in first.get(f"{PAGE}?why=references").text


def test_what_another_said_is_not_taken_back(running: Running, first: CoderSession) -> None:
    say(first, "not", choice(first.get(PAGE).text, CELL))
    answer = say(running.sign_in("second"), "back")
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert CELL not in here(running)


def test_what_somebody_answered_stays_and_nobody_learns_whose_it_is(
    project: Project, running: Running, first: CoderSession, tmp_path: Path
) -> None:
    second = running.sign_in("second")
    assert second.answer(unit(CELL), "judge").status_code == 303
    place = f"/review/roles/unit/{unit(CELL)}"
    answer = first.post(f"{place}/leave-out", {}, page=place)
    shown = unescape(first.get(answer.headers["location"]).text)
    assert "It stays a passage, since it has been answered." in shown
    assert here(running) == texts(project) == [FIRST, SECOND, CELL, LAST]
    marked = "Marked as no running text. It stays a passage, since it has been answered."
    assert marked in unescape(first.get(place).text)
    assert marked not in unescape(first.get(f"/review/roles/unit/{unit(LAST)}").text)
    page = unescape(first.get(PAGE).text)
    assert "stay passages, since they have been answered: 1" in page
    assert "marked as no running text <b>0</b>" in page
    assert "Second coder" not in page
    assert "judge" not in page
    assert first.answer(unit(CELL), "weaver").status_code == 303
    for session in (first, second):
        session.post(place, {"withdraw": "1"})
    assert texts(project) == [FIRST, SECOND, LAST]  # nobody's any more
    is_that_of_a_fresh_build(project, tmp_path / "fresh")


def test_only_what_is_left_out_is_counted_so(
    project: Project, running: Running, first: CoderSession
) -> None:
    running.sign_in("second").answer(unit(SECOND), "judge")
    page = first.get(PAGE).text
    answer = say(first, "not", choice(page, SECOND), choice(page, CELL))
    shown = unescape(first.get(answer.headers["location"]).text)  # type: ignore[attr-defined]
    assert "Left out, as no running text: 1." in shown
    assert "Marked, and still a passage, since it has been answered: 1." in shown
    assert re.search(r"marked as no running text <b>1</b> <small>· stay passages.*: 1<", shown)
    assert here(running) == texts(project) == [FIRST, SECOND, LAST]
    # Of a paragraph of two, one goes.
    say(first, "back")
    answer = say(first, "not", choice(first.get(PAGE).text, FIRST).split(".")[0])
    assert "number=1&stay=1" in answer.headers["location"]  # type: ignore[attr-defined]


def test_an_answer_to_the_same_words_written_otherwise_counts(
    project: Project, first: CoderSession
) -> None:
    say(first, "not", choice(first.get(PAGE).text, CELL))
    assert CELL not in texts(project)
    older = CELL.replace("cells that", "cells, that")
    decide(
        project, "second", "berg2020",
        f'2026-11-03T09:00:00Z,{unit(older)},role,judge,,,,hidden,2,roles,"{older}"',
    )  # fmt: skip
    assert CELL in texts(project)


def test_an_answer_whose_words_are_left_out_says_so(project: Project, evidence: Evidence) -> None:
    changed = BOOK.replace("cranes", "ships")
    decide(
        project, "first", "berg2020",
        *(
            f'2026-11-03T09:00:00Z,{unit(text)},role,judge,,,,hidden,2,roles,"{text}"'
            for text in (BOOK, "Too, short.", changed)
        ),
    )  # fmt: skip
    found = json.loads(evidence("check", project, "--json").stdout)
    hints = [item["hint"] for item in found if item["kind"] == "orphan"]
    assert [hint.partition(":")[0] for hint in hints] == [
        "Its words stand in the full text still, but are left out of it (references)",
        "Its words stand in the full text still, but are left out of it (short)",
        "Its words have changed",
    ]
    assert "take them back at /review/text/berg2020" in hints[0]
    session = Running(project).sign_in("first")
    page = unescape(session.get("/review/orphans").text)
    told = "Answers of yours whose passage has changed or is gone: "
    assert f"{told}3" in session.get("/review").text
    assert told not in Running(project).sign_in("second").get("/review").text
    assert page.count("Its words stand in the full text still") == 2
    assert f'href="{PAGE}?why=references"' in page
    wait(session, say(session, "text", "references"))
    page = unescape(session.get("/review/orphans").text)
    assert page.count("Its words stand in the full text still") == 1
    assert page.count('<blockquote class="passage">') == 2


def test_an_answer_typed_meanwhile_is_not_lost(running: Running, first: CoderSession) -> None:
    second = running.sign_in("second")
    place = f"/review/roles/unit/{unit(CELL)}"
    second.get(place)
    first.post(f"{place}/leave-out", {}, page=place)
    answer = second.post(place, {"codes.role": ["judge"], "note.role": "I saw it"}, page="/review")
    assert answer.status_code == 409
    assert "I saw it" in answer.text


def test_the_database_is_that_of_a_fresh_build(
    project: Project, first: CoderSession, tmp_path: Path
) -> None:
    first.answer(unit(LAST), "weaver")
    page = first.get(PAGE).text
    say(first, "not", choice(page, FIRST), choice(page, CELL))
    is_that_of_a_fresh_build(project, tmp_path / "fresh")
    wait(first, say(first, "text", "marked"))
    is_that_of_a_fresh_build(project, tmp_path / "fresh")


def test_words_that_stand_in_running_text_too_are_a_passage(
    project: Project, first: CoderSession
) -> None:
    file = project.fulltext / "berg2020.txt"
    file.write_text(
        TEXT.replace(BOOK, f"{BOOK} {LAST}").replace(f"{LAST} Too", "Too") + "\n" + LAST
    )
    build(project)
    session = Running(project).sign_in("first")
    place = choice(session.get(PAGE).text, f"{BOOK} {LAST}")
    wait(session, say(session, "text", place))
    say(session, "not", place)
    assert texts(project) == [FIRST, SECOND, CELL, LAST]


def test_all_of_a_text_may_be_left_out(project: Project, first: CoderSession) -> None:
    page = first.get(PAGE).text
    assert say(first, "not", *(choice(page, t) for t in (FIRST, SECOND, CELL, LAST)))
    assert texts(project) == []
    build(project)


def test_what_is_wrong_with_a_choice_is_said(running: Running, first: CoderSession) -> None:
    page = first.get(PAGE).text
    for verdict, chosen in (("text", choice(page, FIRST)), ("not", "4"), ("not", "99"), ("", "0"),
                            ("text", "1.99"), ("not", "nothing")):  # fmt: skip
        answer = say(first, verdict, chosen)
        assert answer.status_code == 400, (verdict, chosen)  # type: ignore[attr-defined]
    assert not running.project.running_text.exists()
    assert first.get("/review/text/smit2021").status_code == 404
    assert running.visitor().get(PAGE).status_code == 403
    stale = first.post(PAGE, {"verdict": "not", "chosen": "0", "seen": "0" * 16})
    assert stale.status_code == 409
    assert first.post(PAGE, {"verdict": "not", "chosen": "0", "coder": "second"}).status_code == 403


def test_a_long_text_is_shown_in_parts(project: Project, running: Running) -> None:
    file = project.fulltext / "berg2020.txt"
    many = [f"Paragraph number {n} says that the office met the town again." for n in range(2_000)]
    file.write_text("\n\n".join(many))
    build(project)
    session = Running(project).sign_in("first")
    page = session.get(PAGE).text
    assert len(page) < 300_000
    assert many[0] in page
    assert many[999] not in page
    assert "part 1 of 17" in page
    last = session.get(f"{PAGE}?at={unit(many[999])}").text
    assert many[999] in last
    assert f'id="{unit(many[999])}"' in last
    assert many[0] not in last
    assert many[1_999] in session.get(f"{PAGE}?part=99").text
    last_part = session.get(f"{PAGE}?part=17").text
    answer = say(session, "not", choice(last_part, many[1_999]), query="?part=17")
    assert "part=17" in answer.headers["location"]  # type: ignore[attr-defined]
    assert texts(project) == many[:1_999]


def test_a_text_of_one_paragraph_is_shown_in_parts_too(project: Project) -> None:
    many = [f"The office met the town again in the case of number {n}." for n in range(1_000)]
    (project.fulltext / "berg2020.txt").write_text(" ".join(many))
    build(project)
    session = Running(project).sign_in("first")
    page = session.get(f"{PAGE}?at={unit(many[700])}").text
    assert many[0] not in page
    assert choice(page, many[700]) == "0.700"
    say(session, "not", choice(page, many[700]))
    assert texts(project) == [*many[:700], *many[701:]]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("yesterday,first,0123456789abcdef,not", "bad-time"),
        ("2026-11-23T14:05:00Z,first,0123,not", "bad-words"),
        ("2026-11-23T14:05:00Z,first,0123456789abcdef,perhaps", "bad-verdict"),
        ("2026-11-23T14:05:00Z,first", "bad-row"),
    ],
)
def test_check_says_what_is_wrong_with_a_line(
    project: Project, evidence: Evidence, line: str, kind: str
) -> None:
    path = project.running_text / "berg2020.csv"
    path.parent.mkdir()
    path.write_text(f"decided_at,coder,words,verdict\n{line}\n")
    result = evidence("check", project)
    assert result.exit_code == 1
    assert re.search(rf"coding/running_text/berg2020\.csv:2\b.*{kind}|{kind}", result.output)
    assert "coding/running_text/berg2020.csv:2" in result.output


@pytest.mark.parametrize("why", [*WHYS, MARKED, "short", "long", "figures"])
def test_every_reason_has_its_words(why: str) -> None:
    assert review_says(f"text.why.{why}")


def test_references_of_a_real_file_are_seen_and_taken_back(small: Project) -> None:
    small.fulltext.mkdir(exist_ok=True)
    shutil.copy(CASES / "references_without_heading.pdf", small.fulltext / "berg2020.pdf")
    session = Running(with_rounds(small)).sign_in("first")
    before = len(texts(small))
    found = re.search(r'why=references">references <b>(\d+)</b>', session.get(PAGE).text)
    assert found
    assert found[1] == "3"
    page = unescape(session.get(f"{PAGE}?why=references").text)
    assert page.count('<input type="checkbox" name="chosen"') >= int(found[1])
    wait(session, say(session, "text", "references"))
    assert len(texts(small)) > before
    assert "why=references" not in session.get(PAGE).text


def test_a_page_of_the_file_is_gone_to(small: Project) -> None:
    chance = random.Random(20261127)
    names = "office harbour crane bakery school library ferry garden clinic market".split()

    def line(page: int) -> str:
        who, whom, where = chance.sample(names, 3)
        return f"The {who} of town {page} asked the {whom} to come to the {where} in {chance.randint(2, 99)} days."

    head = Set("Letters of the Harbour", 72, 770, 8)
    pages = [
        [head, *(Set(line(page), 72, 720 - 30 * at, 11) for at in range(20))]
        for page in range(1, 31)
    ]
    small.fulltext.mkdir(exist_ok=True)
    write_pdf(small.fulltext / "berg2020.pdf", pages)
    session = Running(with_rounds(small)).sign_in("first")
    assert 'name="page" min="1" max="30"' in session.get(PAGE).text
    assert session.get(f"{PAGE}?page=40").headers["location"].endswith("&page=40#p-30")
    led = session.get(f"{PAGE}?page=29")
    assert led.status_code == 303
    address, anchor = led.headers["location"].split("#")
    page = session.get(address).text
    assert 'value="29" required' in page
    assert page.count(f'id="{anchor}"') == 1
    before, after = page.split(f'<span id="{anchor}"></span>')
    assert "of town 29 asked" not in before
    assert before.endswith('<div class="paragraph">')  # not within the running head, folded away
    assert "of town 28 asked" in before
    assert "of town 29 asked" in after[:600]
    assert "of town 1 asked" not in page


def test_a_full_text_is_read_once_until_it_changes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not again for its page, nor for a build after something was said of it."""
    read: list[str] = []
    real = kept_texts.read_text
    monkeypatch.setattr(
        kept_texts, "read_text", lambda path, name: read.append(name) or real(path, name)
    )
    name = "corpus/fulltext/berg2020.txt"
    first = Running(project).sign_in("first")
    page = first.get(PAGE).text
    assert BOOK in page
    say(first, "text", choice(page, BOOK))
    (project.cache / "store.db").unlink()
    assert texts(project) == [FIRST, SECOND, CELL, LAST, BOOK]
    assert read == []  # but once, when the project was made
    (project.fulltext / "berg2020.txt").write_text(
        TEXT.replace(LAST, "They shared one large crane.")
    )
    assert "They shared one large crane." in texts(project)
    assert read == [name]
    (project.cache / "store.db").unlink()
    for kept in project.kept_texts.iterdir():
        kept.write_bytes(kept.read_bytes()[:-9])
    assert "They shared one large crane." in texts(project)
    assert read == [name] * 2
