"""Words say what they are about: no role only of roles, names rather than ids, one full stop."""

from __future__ import annotations

import re

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.ground.texts import read_texts
from tests.conftest import Site, decide, passage_id
from tests.reviewing import Running, with_rounds

KIND = """  - id: position
    unit: passage
    many: false
    label: {en: "Position of the orchestrator", nl: "Positie van de orchestrator"}
    definition: {en: "Where they stand.", nl: "Waar zij staan."}
    codes:
      - id: inside
        since: 2
        label: {en: Inside, nl: Binnen}
"""


def text_of(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_none_is_said_of_its_own_question(small: Project) -> None:
    small.scheme.write_text(small.scheme.read_text().rstrip("\n") + "\n" + KIND)
    one, other = (passage_id(small, "berg2020", place) for place in (1, 2))
    decide(
        small,
        "first",
        "berg2020",
        f"2026-11-02T09:00:00Z,{one},position,none,,,,hidden,2,pilot,",
        f"2026-11-02T09:01:00Z,{other},role,none,,,,hidden,2,pilot,",
        "2026-11-02T09:02:00Z,berg2020,sector,none,,,,hidden,2,pilot,",
    )
    build(small)
    for prefix, none, no_role, names in (
        ("", "none of them", "no role", ("Position of the orchestrator", "Sector")),
        ("/nl", "geen ervan", "geen rol", ("Positie van de orchestrator", "Sector")),
    ):
        page = Site(small).get(f"{prefix}/study/berg2020").text
        words = text_of(page)
        for name in names:
            assert f"{none} ({name})" in words
            assert f"{no_role} ({name})" not in words
        passages = {found[1]: text_of(found[0]) for found in re.finditer(r'<li id="([^"]+)".*?<p class="under">.*?</p>', page, re.DOTALL)}  # fmt: skip
        assert no_role not in passages[one]
        assert no_role in passages[other]


def test_rounds_say_from_whom_suggestions_were_hidden(small: Project) -> None:
    site = Site(with_rounds(small))
    for path in ("/method", "/agreement"):
        words = text_of(site.get(path).text)
        assert "Machine suggestions were shown, but not to Second coder." in words
        assert "hidden from" not in words
        assert ".. " not in words
        dutch = text_of(site.get(f"/nl{path}").text)
        assert "maar niet aan Tweede codeur." in dutch
    assert "First coder, Second coder." in text_of(site.get("/agreement").text)


def test_the_review_says_how_much_was_read_and_how_sure_coders_were(small: Project) -> None:
    running = Running(with_rounds(small))
    unit = passage_id(small, "berg2020", 1)
    first, second = running.sign_in("first"), running.sign_in("second")
    pages = [first.get(f"/review/roles/unit/{unit}").text, first.get("/review/whole/study/berg2020").text]  # fmt: skip
    for coder, code in ((first, "weaver"), (second, "judge")):
        coder.answer(unit, code)
    first.post("/review/roles/state", {"state": "comparing", "sure": "1"}, "/review")
    pages.append(first.get(f"/review/roles/compare/{unit}").text)
    assert "confidence: not said" in text_of(pages[-1])
    assert "no confidence" not in pages[-1]
    for page in pages:
        words = text_of(page)
        assert "Read from the abstract only." in words
        assert "only.." not in words


def test_rules_point_to_codes_by_name(small: Project) -> None:
    rule = 'label: {en: Weaver, nl: Wever}\n        exclude: {en: "a fight → judge; nothing → none", nl: "ruzie → judge; niets → none"}'
    small.scheme.write_text(
        small.scheme.read_text().replace("label: {en: Weaver, nl: Wever}", rule, 1)
    )
    build(small)
    site = Site(small)
    for page in ("/code/weaver", "/codebook"):
        assert "a fight → Judge; nothing → none of them" in site.get(page).text
        assert "ruzie → Rechter; niets → geen ervan" in site.get(f"/nl{page}").text
    running = Running(with_rounds(small))
    unit = passage_id(small, "berg2020", 1)
    page = running.sign_in("first").get(f"/review/roles/unit/{unit}").text
    assert "a fight → Judge" in page


def test_the_legend_holds_on_dark_screens_too(site: Site) -> None:
    for path, words in (("/", "the stronger the colour"), ("/nl/", "hoe sterker de kleur")):
        page = site.get(path).text
        assert words in page
        assert not re.search(r"darker|donkerder", page)


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/nothing/there", "/orchestration/nothing", "/orchestration/study/nobody", "/code/nothing", "/prisma.doc"],
)  # fmt: skip
def test_what_is_missing_says_so_in_its_language(site: Site, path: str) -> None:
    for prefix, other, missing in (("", "/nl", "Not found"), ("/nl", "", "Niet gevonden")):
        answer = site.get(f"{prefix}{path}")
        assert answer.status_code == 404
        assert f"<h1>{missing}</h1>" in answer.text
        assert f'<a href="{other}{path}" lang="{"nl" if other else "en"}"' in answer.text
        said = re.search(r'role="alert">(.*?)</p>', answer.text)
        assert said
        assert not re.search(r"[Dd]atabase not|Table not|Row not|Record not|404", said[1])
    assert "Op dit adres staat niets." in site.get("/nl/nothing").text
    assert ">connector, " in site.get("/nl/code/nothing").text


def test_what_is_not_allowed_says_so_in_its_language(site: Site) -> None:
    answer = site.get("/nl/orchestration?sql=select+1")
    assert answer.status_code == 403
    assert "<h1>Niet toegestaan</h1>" in answer.text
    assert 'href="/orchestration?sql=select+1"' in answer.text
    assert site.get("/orchestration/nothing.json").json()["status"] == 404


@pytest.mark.parametrize("package", ["ground", "published", "model", "web"])
@pytest.mark.parametrize(
    ("english", "dutch"),
    [("abstract", "abstract"), ("database", "databank"), ("digests?", "weergave"),
     ("review", "review")],
)  # fmt: skip
def test_one_thing_has_one_name_in_dutch(package: str, english: str, dutch: str) -> None:
    word = re.compile(rf"\b{english}\b(?!}})", re.IGNORECASE)
    apart = {
        key: text["nl"]
        for key, text in read_texts(f"pipeline.{package}").items()
        if word.search(text["en"]) and dutch not in text["nl"].lower()
    }
    assert apart == {}
