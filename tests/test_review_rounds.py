"""What a round asks, how much of it is answered, and what it shows once it is closed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.build.recipe import build
from pipeline.desk.scheme.migration_steps import save
from pipeline.ground.project import Project
from pipeline.model.scheme import Texts
from pipeline.sources.migrations.scheme_changes import (
    AddCode,
    AddDimension,
    Merge,
    NewCode,
    NewDimension,
    Retire,
)
from tests.conftest import decide, passage_id
from tests.reviewing import CoderSession, Running, with_rounds

ROUNDS = """
  - id: both
    title: {en: "Both", nl: "Beide"}
    coders: [first]
    studies: [berg2020]
    dimensions: [role, sector]
    blind: false
    suggestions: shown
  - id: sectors
    title: {en: "Sectors", nl: "Sectoren"}
    coders: [first]
    dimensions: [sector]
    blind: false
"""


@pytest.fixture
def project(small: Project) -> Project:
    return with_rounds(small, ROUNDS)


@pytest.fixture
def first(project: Project) -> CoderSession:
    return Running(project).sign_in("first")


def section(session: CoderSession, name: str) -> str:
    """What the start page says of a round, as words."""
    html = session.get("/review").text
    found = html.partition(f'aria-labelledby="round-{name}"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_a_round_asks_passages_and_then_their_study(first: CoderSession, project: Project) -> None:
    units = [passage_id(project, "berg2020", place) for place in (1, 2, 3)]
    assert "0 of 3 passages and 0 of 1 studies answered by you" in section(first, "both")
    place = first.get("/review/both/next").headers["location"]
    for unit in units:
        assert place.startswith(f"/review/both/unit/{unit}")
        place = first.answer(unit, "weaver", item="both").headers["location"]
    # The passages are done, the round is not: what it asks of the study comes next.
    assert place.startswith("/review/both/study/berg2020")
    html = first.get(place).text
    assert "Saved: Weaver" in html
    assert "<b>3 of 3</b> passages and <b>0 of 1</b> studies answered" in html
    assert 'data-press="s"' in html
    assert "has your answer" not in first.get("/review?finished=both").text
    saved = first.post(place.partition("?")[0], {"codes.sector": "care"}, place)
    assert saved.headers["location"] == "/review?finished=both&saved=berg2020"
    html = first.get(saved.headers["location"]).text
    assert "Saved: Care" in html
    assert "Every passage and every study of “Both” has your answer." in html
    assert "3 of 3 passages and 1 of 1 studies answered by you" in section(first, "both")


def test_skipping_the_last_is_not_answering_it(first: CoderSession, project: Project) -> None:
    units = [passage_id(project, "berg2020", place) for place in (1, 2, 3)]
    first.post("/review/both/study/berg2020", {"codes.sector": "care"})
    for unit in units[:2]:
        first.answer(unit, item="both")
    skipped = first.get(f"/review/both/next?after={units[2]}")
    html = first.get(skipped.headers["location"]).text
    assert "has your answer" not in html
    assert "is not done: you answered <b>2 of 3</b> passages and <b>1 of 1</b> studies" in html


def test_an_order_by_score_asks_the_study_at_the_end(first: CoderSession, project: Project) -> None:
    asked = []
    place = first.get("/review/both/next?order=score&code=weaver").headers["location"]
    for _ in range(4):
        asked.append(place.partition("?")[0].rpartition("/")[2])
        found = {"codes.sector": "care"} if "/study/" in place else {"codes.role": "none"}
        place = first.post(place, found).headers["location"]
    units = [passage_id(project, "berg2020", place) for place in (1, 2, 3)]
    assert sorted(asked[:3]) == sorted(units)
    assert asked[3] == "berg2020"


def test_every_question_has_to_be_answered(project: Project) -> None:
    mood = NewCode(id="glad", label=Texts(en="Glad", nl="Blij"))
    other = NewCode(id="sad", label=Texts(en="Sad", nl="Droef"))
    tone = NewDimension(
        id="tone", label=Texts(en="Tone", nl="Toon"), definition=Texts(en="T?", nl="T?"),
        unit="passage", many=False, codes=(mood, other),
    )  # fmt: skip
    save(project, [AddDimension(dimension=tone)], "A test.")
    project.rounds.write_text(
        project.rounds.read_text()
        + "  - id: tones\n    title: {en: Tones, nl: Tonen}\n    coders: [first]\n"
        "    studies: [smit2021]\n    dimensions: [role, tone]\n    blind: false\n"
        "  - id: only_tone\n    title: {en: Only tone, nl: Alleen toon}\n    coders: [first]\n"
        "    studies: [smit2021]\n    dimensions: [tone]\n    blind: false\n"
    )
    build(project)
    first = Running(project).sign_in("first")
    unit = passage_id(project, "smit2021", 1)
    answer = first.answer(unit, "judge", item="tones", then="stay")
    html = first.get(answer.headers["location"]).text
    assert "Saved: Judge." in html
    assert "Still to answer: Tone." in html
    assert "0 of 2 passages answered by you" in section(first, "tones")
    first.post(f"/review/tones/unit/{unit}", {"codes.role": "judge", "codes.tone": "glad"})
    assert "1 of 2 passages answered by you" in section(first, "tones")
    # Where the evidence is not asked, other questions count all the same.
    first.post(f"/review/only_tone/unit/{unit}", {"codes.tone": "sad"})
    assert "1 of 2 passages answered by you" in section(first, "only_tone")


def test_a_first_study_without_passages_hides_nothing(small: Project) -> None:
    bib = small.references.read_text()
    small.references.write_text(
        bib + "\n@article{aaa2001, author={A, B}, title={T}, year={2001}, journal={J}}\n"
    )
    project = with_rounds(small, ROUNDS.replace("    studies: [berg2020]\n", ""))
    first = Running(project).sign_in("first")
    words = section(first, "both")
    assert "0 of 5 passages and 0 of 3 studies answered by you" in words
    assert "Start coding" in words
    assert "likeliest first" in words
    # A study that has no passages is asked about itself.
    place = first.get("/review/both/next").headers["location"]
    assert place.startswith("/review/both/study/aaa2001")


def test_a_round_that_asks_nothing_of_passages(first: CoderSession, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    answer = first.get(f"/review/sectors/unit/{unit}")
    assert answer.status_code == 404
    assert "asks nothing of passages" in answer.text
    posted = first.post(f"/review/sectors/unit/{unit}", {"codes.sector": "care", "note.sector": "N"},
                        "/review/sectors/study/berg2020")  # fmt: skip
    assert posted.status_code == 409
    assert (
        not (project.decisions / "first" / "berg2020.csv").read_text().count(f"{unit},sector,care")
    )
    words = section(first, "sectors")
    assert "of 2 studies answered by you" in words
    assert "passages answered" not in words
    assert (
        first.get("/review/sectors/next")
        .headers["location"]
        .startswith("/review/sectors/study/berg2020")
    )
    done = first.post("/review/sectors/study/berg2020", {"codes.sector": "care"})
    assert done.headers["location"].startswith("/review/sectors/study/smit2021")
    done = first.post("/review/sectors/study/smit2021", {"codes.sector": "none"})
    html = first.get(done.headers["location"]).text
    assert "Every study of “Sectors” has your answer." in html


CLOSED = """
  - id: was
    title: {en: "Was", nl: "Was"}
    coders: [first, second]
    studies: [berg2020]
    blind: false
    history:
      - {at: "2026-11-03T00:00:00Z", by: first, state: comparing}
      - {at: "2026-11-04T00:00:00Z", by: first, state: closed}
"""


@pytest.fixture
def closed(small: Project) -> Project:
    """A round that was closed under version 2, with all questions answered by both."""
    units = [passage_id(small, "berg2020", place) for place in (1, 2, 3)]
    for coder, codes in (
        ("first", ("judge", "judge", "none")),
        ("second", ("scribe", "none", "judge")),
    ):
        decide(
            small, coder, "berg2020",
            *(
                f"2026-11-02T09:00:00Z,{unit},role,{code},,,,none,2,was,x"
                for unit, code in zip(units, codes, strict=True)
            ),
            "2026-11-02T09:00:00Z,berg2020,sector,energy,,,,none,2,was,x",
        )  # fmt: skip
    small.rounds.write_text(small.rounds.read_text().rstrip("\n") + CLOSED)
    return small


def changed(project: Project, *changes: Any) -> CoderSession:
    save(project, list(changes), "A test.")
    build(project)
    return Running(project).sign_in("first")


def test_a_closed_round_shows_what_was_answered(closed: Project) -> None:
    code = NewCode(id="scout", label=Texts(en="Scout", nl="Verkenner"))
    other = NewCode(id="solo", label=Texts(en="Solo", nl="Alleen"))
    tone = NewDimension(
        id="tone", label=Texts(en="Tone", nl="Toon"), definition=Texts(en="T?", nl="T?"),
        unit="passage", many=False, codes=(other,),
    )  # fmt: skip
    first = changed(
        closed, AddCode(dimension="role", code=code), AddDimension(dimension=tone),
    )  # fmt: skip
    words = section(first, "was")
    assert "3 of 3 passages and 1 of 1 studies answered by you" in words
    assert "Second coder: 4" in words
    assert "coded under version 2 of the scheme" in words
    unit = passage_id(closed, "berg2020", 1)
    html = first.get(f"/review/was/unit/{unit}").text
    assert "<b>3 of 3</b> passages" in html
    assert "Tone" not in html
    assert "Tone" not in first.get("/review/was/compare").text


def test_a_closed_round_keeps_codes_that_were_merged_or_retired(closed: Project) -> None:
    first = changed(closed, Merge(codes=("scribe",), into="judge"), Retire(code="weaver"))
    unit = passage_id(closed, "berg2020", 1)
    # The two differed when it was closed; that one was merged into the other since, changes nothing.
    html = first.get("/review/was/compare").text
    assert "Scribe" in html
    page = Running(closed).sign_in("second").get(f"/review/was/unit/{unit}").text
    assert "Scribe (out of use) <small>scheme version 2</small>" in page
    whole = first.get("/review/was/study/berg2020").text
    assert "Energy <small>scheme version 2</small>" in whole


def test_neighbours_of_a_retired_code_are_not_offered(small: Project) -> None:
    boundary = (
        "boundaries:\n  - between: [weaver, {0}]\n    ask: {{en: 'Is it {0}?', nl: 'Is het {0}?'}}\n"
        "    'yes': weaver\n    'no': {0}\n"
    )
    text = small.scheme.read_text()
    both = boundary.format("judge") + boundary.format("scribe").removeprefix("boundaries:\n")
    small.scheme.write_text(text.replace("dimensions:\n", both + "dimensions:\n", 1))
    build(small)
    unit = passage_id(small, "berg2020", 1)
    html = Running(small).sign_in("first").get(f"/review/pilot/unit/{unit}").text
    assert "Is it judge?" in html
    assert "Is it scribe?" in html
    html = changed(small, Retire(code="judge")).get(f"/review/pilot/unit/{unit}").text
    assert "Is it judge?" not in html
    assert "Is it scribe?" in html
