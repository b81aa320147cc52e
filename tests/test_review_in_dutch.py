"""The review under /nl/: its words, links and messages in Dutch, and none of our English left."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import pytest

from pipeline.ground.project import Project
from pipeline.ground.texts import read_texts
from tests.conftest import Evidence, passage_id
from tests.reviewing import CoderSession, Running, wait
from tests.test_blind_screening import prepared

PACKAGES = ("ground", "model", "desk", "published", "web", "web.review")
ENGLISH = re.compile(r"\b(?:the|and|with|which|you|your|not|are|be|to|by|from|here|none)\b")


@lru_cache(maxsize=1)
def phrases() -> dict[str, str]:
    """Our English, by key: what stands between values, where it is two words or more."""
    found = {}
    for package in PACKAGES:
        for key, text in read_texts(f"pipeline.{package}").items():
            for part in re.split(r"\{\w*\}|<[^>]+>|&\w+;", text["en"]):
                words = part.strip(" ,.;:·")
                if re.search(r"\w{4}", words) and " " in words and words not in text["nl"]:
                    found[words] = key
    return found


def shown(html: str) -> str:
    """What a page says, without what is said to be English."""
    body = html[html.index("<body") :]
    body = re.sub(r"<(\w+)[^>]* lang=\"en\"[^>]*>.*?</\1>", " ", body, flags=re.DOTALL)
    body = re.sub(r"<(\w+)[^>]* dir=\"auto\"[^>]*>.*?</\1>", " ", body, flags=re.DOTALL)
    body = re.sub(r"<(script|style|kbd|textarea|pre)\b.*?</\1>", " ", body, flags=re.DOTALL)
    said = re.findall(r'\b(?:title|placeholder|aria-label|alt|data-[\w-]+)="([^"]*)"', body)
    return " ".join(" ".join([re.sub(r"<[^>]+>", "\n", body), *said]).split())


def in_dutch(session: CoderSession, answer: Any, *words: str) -> str:
    """The page, which says these words, and nothing in English but what studies say."""
    html = str(answer if isinstance(answer, str) else answer.text)
    assert '<html lang="nl">' in html
    for link, more in re.findall(r'<(?:a|form)\b[^>]*? (?:href|action)="(/[^"]*)"([^>]*)', html):
        assert link.startswith(("/nl/", "/static")) or 'lang="en"' in more, link
    said = shown(html)
    for word in words:
        assert word in said, said
    desk = session.running.review.desk
    for study in session.running.review.screening.studies.values():
        for text in (study.title, study.container, *study.keywords):
            said = said.replace(text, "") if text else said
    abstracts = session.running.review.screening.abstracts.values()
    for passage in (*desk.passages.values(), *(item for own in abstracts for item in own.passages)):
        said = said.replace(passage.text, "")
    assert {part: key for part, key in phrases().items() if re.search(rf"\b{re.escape(part)}\b", said)} == {}  # fmt: skip
    assert [said[max(m.start() - 60, 0) : m.end() + 60] for m in ENGLISH.finditer(said)] == []
    return html


def test_a_passage_is_coded(reviewed: Project) -> None:
    first = Running(reviewed).sign_in("first")
    start = in_dutch(first, first.get("/nl/review"), "Rollen, tweemaal", "Beginnen met coderen")
    assert 'action="/nl/review/roles/next"' in start
    unit, other = passage_id(reviewed, "berg2020", 1), passage_id(reviewed, "berg2020", 2)
    page = f"/nl/review/roles/unit/{unit}"
    html = in_dutch(first, first.get(page), "Opslaan en volgende", "De machine stelt voor", "Wever")
    assert 'name="confidence.role" value="low"> laag<' in html
    assert f'<a href="/review/roles/unit/{unit}" lang="en" hreflang="en" data-carries>' in html
    nothing = first.post(page, {"then": "next"}, page)
    in_dutch(first, nothing, "Kies bij rol een code, of geen ervan (0).")
    wrong = first.post(page, {"codes.role": "weaver", "quote.role": "nergens"}, page)
    in_dutch(first, wrong, "De gemarkeerde woorden staan niet in de passage")
    said = {"codes.role": "weaver", "confidence.role": "high", "then": "next"}
    saved = first.post(page, said, page)
    assert saved.headers["location"] == f"/nl/review/roles/unit/{other}?saved={unit}"
    in_dutch(first, first.get(saved.headers["location"]), "Opgeslagen: Wever.", "Geschiedenis")
    in_dutch(first, first.get(f"/nl/review/history/{unit}"), "Rol: Wever", "· zekerheid hoog")
    undone = first.post("/nl/review/undo", {}, page)
    in_dutch(first, first.get(undone.headers["location"]), "Deze passage staat weer zoals voorheen")
    in_dutch(first, first.get("/nl/review/whole/study/berg2020"), "Over de studie als geheel")
    assert "Role: no answer" not in first.get(f"/review/history/{unit}").text
    assert "Role: Weaver" in first.get(f"/review/history/{unit}").text


def test_differences_are_settled(reviewed: Project) -> None:
    running = Running(reviewed)
    first, second = running.sign_in("first"), running.sign_in("second")
    unit = passage_id(reviewed, "berg2020", 1)
    first.answer(unit, "weaver")
    second.answer(unit, "judge")
    sure = {"state": "comparing", "sure": "1"}
    unsure = first.post("/nl/review/roles/state", {"state": "comparing"}, "/nl/review")
    in_dutch(first, unsure, "Vink het vakje aan als u het zeker weet.")
    opened = first.post("/nl/review/roles/state", sure, "/nl/review")
    assert opened.headers["location"] == "/nl/review/roles/compare"
    in_dutch(first, first.get("/nl/review/roles/compare"), "Verschillend beantwoord", "Rechter")
    again = first.post("/nl/review/roles/state", sure, "/nl/review")
    in_dutch(
        first, again, "De ronde ‘roles’ is in vergelijking; ze kan niet in vergelijking worden."
    )
    page = f"/nl/review/roles/compare/{unit}?dimension=role"
    in_dutch(first, first.get(page), "Beslissen en volgende", "Wat uiteindelijk geldt", "Wever")
    settled = first.post(page, {"codes.role": "weaver"}, page)
    assert settled.headers["location"].startswith("/nl/review/roles/compare")
    in_dutch(first, first.get(page), "Na verschil beslist: Wever, door")
    in_dutch(first, first.get(f"/nl/review/roles/unit/{unit}"), "neemt geen antwoorden meer aan")
    in_dutch(first, first.get("/nl/review/roles/agreement"), "Overeenstemming")


def test_a_candidate_is_screened(small: Project, evidence: Evidence) -> None:
    first = prepared(small, evidence, screeners=1).sign_in("first")
    html = in_dutch(first, first.get("/nl/review/screen"), "Beginnen met screenen", "Eén screener")
    found = re.search(r'href="(/nl/review/screen/(\w+))"', html.partition("Titel en abstract")[2])
    assert found
    page, key = found[1], found[2]
    in_dutch(first, first.get(page), "Hoort de studie erbij", "Buiten het onderwerp", "Twijfel")
    fields = {"stage": "abstract", "decision": "exclude"}
    in_dutch(first, first.post(page, fields, page), "Kies een reden van uitsluiting.")
    saved = first.post(page, {**fields, "reason": "off_topic"}, page)
    assert saved.headers["location"].startswith("/nl/review/screen/")
    in_dutch(first, first.get(saved.headers["location"]), "is uitgesloten.")
    in_dutch(first, first.get("/nl/review/screen"), "Buiten het onderwerp", "uitgesloten")
    in_dutch(first, first.get("/nl/review/stopping"), "Wanneer stoppen")
    in_dutch(first, first.get("/nl/review/returned"), "Beslissingen inlezen")
    undone = first.post("/nl/review/screen/undo", {}, "/nl/review/screen")
    in_dutch(first, first.get(undone.headers["location"]), "Ongedaan gemaakt.")
    assert key in undone.headers["location"]


def test_a_study_is_added(reviewed: Project) -> None:
    running = Running(reviewed)
    first = running.sign_in("first")
    in_dutch(first, first.get("/nl/review/add"), "Tonen wat erin staat", "Imports tot nu toe")
    in_dutch(first, upload(first, ""), "Kies een bestand of plak referenties.")
    sent = upload(first, TWO)
    page = sent.headers["location"]
    assert page.startswith("/nl/review/add/")
    in_dutch(first, first.get(page), "Waar ze vandaan komen", "geen titel", "Vul het aan in")
    place = page.partition("?")[0]
    taken = first.post(place, {"source": "Scopus", "kind": "database"}, page)
    assert taken.headers["location"].startswith("/nl/review/working?then=")
    in_dutch(first, wait(first, taken), "Toegevoegd; vastgelegd als", "1 studies toegevoegd")


TWO = """TY  - JOUR
TI  - Vertrouwen tussen ketens
AU  - Bakker, Jo
JO  - Bestuurskunde
PY  - 2024
ER  -

TY  - JOUR
AU  - Bakker, Jo
PY  - 2024
ER  -
"""


def upload(session: CoderSession, text: str) -> Any:
    """Paste references, as the form of the page sends them."""
    page = session.get("/nl/review/add").text
    found = re.search(r'name="csrftoken" value="([^"]*)"', page)
    assert found
    return session.running.ask(
        "POST",
        "/nl/review/add",
        data={"csrftoken": found[1], "coder": "first", "text": text, "kind": "database"},
        files={"file": ("", b"")},
        cookies=session.cookies,
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nl/review/merge", "Deze lijken één studie"),
        ("/nl/review/orphans", "Weesantwoorden"),
        ("/nl/review/scheme", "Kies wat u wilt wijzigen."),
        ("/nl/review/scheme/code/weaver", "Laten vervallen"),
        ("/nl/review/scheme/new?dimension=role", "Een code toevoegen aan Rol"),
        ("/nl/review/scheme/new", "Een dimensie toevoegen"),
        ("/nl/review/scheme/import", "Tonen wat waarmee overeenkomt"),
        ("/nl/review/synthesis", "Antwoorden"),
        ("/nl/review/synthesis/weaver", "Wever"),
        ("/nl/review/rounds/new", "De ronde beginnen"),
        ("/nl/review/nothing/compare", "U hebt geen ronde"),
        ("/nl/review/roles/unit/berg2020-nothing", "Er is geen passage"),
    ],
)
def test_pages_and_refusals_are_in_dutch(reviewed: Project, path: str, words: str) -> None:
    first = Running(reviewed).sign_in("first")
    in_dutch(first, first.get(path), words)


def test_who_is_not_signed_in_is_told_so(reviewed: Project) -> None:
    visitor = Running(reviewed).visitor()
    in_dutch(visitor, visitor.get("/nl/review/sign-in"), "Aanmelden voor de review")
    assert visitor.get("/nl/review").headers["location"] == "/nl/review/sign-in"
    old = visitor.get("/nl/review/sign-in?token=used")
    in_dutch(visitor, old, "Deze link is al gebruikt, te oud, of onderweg gewijzigd.")
    in_dutch(visitor, visitor.get("/nl/review/screen"), "Meld u eerst aan als codeur: /nl/review")
    visitor.post("/nl/review/new-link", {"coder_name": "first"}, "/nl/review/sign-in")
    assert "/nl/review/sign-in?token=" in visitor.running.said[-1]
    assert "Sign in as a coder first: /review" in visitor.get("/review/screen").text
