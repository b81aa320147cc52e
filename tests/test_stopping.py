"""When to stop screening: what each way says, whether it keeps its promise, and the page."""

from __future__ import annotations

import re
from fractions import Fraction
from math import comb
from typing import Literal

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from pipeline.build.recipe import build
from pipeline.desk.screening.simulation import RULES, simulate
from pipeline.ground.project import Project
from pipeline.ground.texts import read_texts
from pipeline.model.stopping import Aim, enough, hint, missed, most_left
from pipeline.sources.screening.random_samples import shuffled
from tests.conftest import Evidence
from tests.reviewing import CoderSession, Running
from tests.test_blind_screening import in_order, prepared, screen
from tests.test_review_browser import Served, check, coder

LINE = [0, 1, 3, 4, 8, 11, 15, 22, 40, 61]
CURVE = [*range(0, 60, 2), 100, 150]
LATE = [5, 50, 100]


def orders(places: list[int], number: int) -> list[bool]:
    return [place in places for place in range(number)]


# Of buscarpy 0.0.2 (PyPI; calculate_h0), targets 80, 90 and 95 %.
@pytest.mark.parametrize(
    ("places", "decided", "total", "chances"),
    [
        (LINE, 200, 300, (0.072882618, 0.1755132433, 0.4201680672)),
        (LINE, 260, 300, (0.0044531866, 0.0276566323, 0.1680672269)),
        (LATE, 400, 450, (0.1432664756, 0.1432664756, 0.1432664756)),
        ([], 100, 105, (0.0476190476, 0.0476190476, 0.0476190476)),
        (CURVE, 400, 900, (0.0256979895, 0.1977941472, 0.4453353134)),
    ],
)
def test_the_full_rule_gives_the_chances_of_its_authors_program(
    places: list[int], decided: int, total: int, chances: tuple[float, ...]
) -> None:
    order = orders(places, decided)
    found = [missed(order, total - decided, target) for target in (80, 90, 95)]
    assert found == pytest.approx(chances, abs=1e-10)


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 40), st.sampled_from([80, 90, 95]))
def test_the_full_rule_is_the_least_chance_over_all_tails(
    order: list[bool], left: int, target: int
) -> None:
    found = sum(order)
    fewest = Fraction(100 * found, target) // 1 - found + 1
    chances = [Fraction(1)]
    for size in range(1, len(order) + 1):
        seen = sum(order[-size:])
        relevant = fewest + seen
        ways = [
            comb(relevant, hit) * comb(left + size - relevant, size - hit)
            for hit in range(seen + 1)
            if relevant <= left + size
        ]
        chances.append(Fraction(sum(ways), comb(left + size, size)))
    expected = Fraction(0) if fewest > left else min(chances)
    assert missed(order, left, target) == pytest.approx(float(expected), abs=1e-11)


def ranked(number: int, relevant: int, better: float, seed: int) -> tuple[bool, ...]:
    """An order in which a relevant one is drawn so many times as easily as another."""
    weights = np.where(np.arange(number) < relevant, better, 1.0)
    places = np.argsort(np.random.default_rng(seed).exponential(size=number) / weights)
    return tuple((places < relevant).tolist())


@pytest.mark.parametrize("target", [90, 95])
@pytest.mark.parametrize(("relevant", "better"), [(20, 3), (40, 8), (40, 30)])
def test_who_stops_when_told_to_has_the_target_in_95_of_100_rankings(
    relevant: int, better: float, target: int
) -> None:
    runs = 60
    kept = dict.fromkeys(RULES, 0)
    for seed in range(runs):
        for trial in simulate(ranked(400, relevant, better, seed), 0, Aim(target), seed):
            kept[trial.rule] += trial.at is None or trial.reached
    for name in ("tails", "bound", "sample"):
        assert kept[name] >= 0.95 * runs, (name, kept)
    if better < 5:
        assert kept["twentieth"] < 0.5 * runs  # the test could fail


def test_in_an_order_of_chance_the_rule_is_wrong_as_often_as_its_words_say() -> None:
    wrong = sum(
        trial.at is not None and not trial.reached
        for seed in range(150)
        for trial in simulate(ranked(500, 50, 1, seed), 0, Aim(95), seed)
        if trial.rule == "tails"
    )
    # More than the promise of 5 in 100, which is why the words tell of it.
    assert 0.05 < wrong / 150 < 0.15
    assert "10 of 100" in read_texts("pipeline.model")["way.tails.denies"]["en"]
    assert "10 van de 100" in read_texts("pipeline.model")["way.tails.denies"]["nl"]


@given(st.integers(1, 60), st.integers(0, 60), st.data())
def test_the_bound_of_a_sample_is_wrong_in_5_of_100_draws_at_most(
    rest: int, size: int, data: st.DataObject
) -> None:
    size = min(size, rest)
    relevant = data.draw(st.integers(0, rest))
    wrong = Fraction(0)
    for seen in range(max(0, size - rest + relevant), min(size, relevant) + 1):
        if relevant - seen > most_left(seen, size, rest - size, 0.05):
            ways = comb(relevant, seen) * comb(rest - relevant, size - seen)
            wrong += Fraction(ways, comb(rest, size))
    assert wrong <= Fraction(1, 20) + Fraction(1, 10**9)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 300), st.sampled_from([Aim(90), Aim(95), Aim(95, 90)]))
def test_as_many_are_drawn_as_it_takes_and_no_more(found: int, rest: int, aim: Aim) -> None:
    size = enough(found, rest, aim)

    def shows(number: int) -> bool:
        return most_left(0, number, rest - number, aim.risk) < aim.fewest(found)

    assert shows(size)
    assert not size or not shows(size - 1)


def test_where_each_way_would_have_stopped() -> None:
    order = (*[True] * 40, *[False] * 60, True, *[False] * 99)
    trials = {trial.rule: trial for trial in simulate(order, 0, Aim(95))}
    assert (trials["run"].at, trials["run"].found, trials["run"].known) == (90, 40, 41)
    assert (trials["twentieth"].at, trials["half"].at) == (50, 100)
    assert trials["run"].saved == pytest.approx(0.55)
    for name in ("tails", "bound"):
        at = trials[name].at
        assert at is not None
        # The first moment at which it says so.
        says = RULES[name].says
        told = [says(order[:moment], 200 - moment, Aim(95)) for moment in range(1, 201)]
        assert told.index(True) + 1 == at
    # A draw that misses the last relevant one settles it; one that finds it goes on.
    sampled = [simulate(order, 0, Aim(95), seed)[list(RULES).index("sample")] for seed in range(9)]
    assert {(trial.at, trial.found) for trial in sampled} == {
        (60 + enough(40, 140, Aim(95)), 40),
        (None, 41),
    }
    # What nobody has decided cannot be told.
    untold = {trial.rule: trial for trial in simulate(order[:120], 80, Aim(95))}
    assert (untold["sample"].at, untold["sample"].told) == (None, False)
    assert untold["run"].at == 90


# --- on the page ---------------------------------------------------------------------------


def words_of(session: CoderSession, path: str = "/review/stopping") -> str:
    answer = session.get(path)
    assert answer.status_code == 200, answer.text
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def draw(session: CoderSession, size: str, stage: str = "abstract") -> int:
    found = session.post(f"/review/stopping?stage={stage}", {"size": size})
    status: int = found.status_code
    return status


def leave_out(session: CoderSession, *keys: str) -> None:
    for key in keys:
        screen(session, key, "exclude", "off_topic")


def test_each_way_says_what_it_promises_in_both_languages(
    small: Project, evidence: Evidence
) -> None:
    first = prepared(small, evidence, 1).sign_in("first")
    keys = in_order(first)
    assert "Nothing has been decided yet." in words_of(first)
    screen(first, keys[0], "include")
    leave_out(first, *keys[1:8])
    english = words_of(first)
    dutch = words_of(first, "/nl/review/stopping")
    assert "8 decided, 1 of them relevant; 1 left." in english
    assert "8 beslist, waarvan 1 relevant; nog 1 over." in dutch
    # One left among eight: 1/8.
    assert "in 12.5 % of cases at most; 5 % is the limit. Says: go on." in english
    assert "in hoogstens 12,5 % van de gevallen voor; 5 % is de grens. Zegt: ga door." in dutch
    for name in ("tails", "bound", "sample"):
        for what in ("promises", "denies"):
            for language, page in (("en", english), ("nl", dutch)):
                said = read_texts("pipeline.model")[f"way.{name}.{what}"][language]
                assert said.format(target=95, confidence=95) in page
    assert "Half of all screened promises nothing" in english
    assert "De helft van alles gescreend belooft niets" in dutch
    assert "Half of all screened promises nothing 5 1 of 1 44 %" in english
    link = '<a href="/nl/review/stopping?stage=abstract">Wanneer stoppen'
    assert link in first.get("/nl/review/screen").text


def test_the_project_sets_the_target_and_a_screener_looks_at_others(
    small: Project, evidence: Evidence
) -> None:
    prepared(small, evidence, 1)
    text = small.scheme.read_text()
    small.scheme.write_text(
        text.replace("screening:\n", "screening:\n  target: 80\n  confidence: 85\n", 1)
    )
    build(small)
    first = Running(small).sign_in("first")
    keys = in_order(first)
    screen(first, keys[0], "include")
    leave_out(first, *keys[1:8])
    page = words_of(first)
    assert "wants 80 % of what is relevant found, and to be 85 % sure" in page
    assert "15 % is the limit. Says: stop." in page
    assert "(85 %)" in words_of(first, "/review/screen")
    other = words_of(first, "/review/stopping?target=90&confidence=95")
    assert "Had less than 90 % been found" in other
    assert "5 % is the limit. Says: go on." in other
    assert "wants 80 %" in other
    odd = words_of(first, "/review/stopping?target=<b>&confidence=500&stage=x")
    assert "Had less than 80 % been found" in odd
    small.scheme.write_text(text.replace("screening:\n", "screening:\n  target: 0.95\n", 1))
    checked = evidence("check", small)
    assert checked.exit_code == 1
    assert "screening.target" in checked.output


def test_a_sample_is_the_same_for_all_and_after_a_restart(
    small: Project, evidence: Evidence
) -> None:
    running = prepared(small, evidence, 2)
    first, second = running.sign_in("first"), running.sign_in("second")
    keys = in_order(first)
    screen(first, keys[0], "include")
    for wrong in ("0", "-3", "10", "four", "", "1" * 5000):
        assert draw(first, wrong) == 400
    assert draw(first, "4") == 303
    (path,) = small.samples.glob("*.yml")
    written = yaml.safe_load(path.read_text())
    assert path.name == "abstract-1.yml"
    assert (written["size"], written["drawn_by"]) == (4, "first")
    assert written["order"] == list(shuffled(keys, written["seed"]))
    drawn = written["order"][:4]
    hers = [key for key in drawn if key != keys[0]]
    assert in_order(first)[: len(hers)] == hers
    assert in_order(second)[:4] == drawn
    assert "Drawn at random" in first.get(f"/review/screen/{hers[0]}").text
    assert "Willekeurig getrokken" in first.get(f"/nl/review/screen/{hers[0]}").text
    assert draw(second, "2") == 400  # one at a time
    again = Running(small)
    assert in_order(again.sign_in("second"))[:4] == drawn
    assert "0 error(s)" in evidence("check", small).output


def test_a_sample_says_how_many_may_be_left_once_it_is_done(
    small: Project, evidence: Evidence
) -> None:
    first = prepared(small, evidence, 1).sign_in("first")
    assert draw(first, "4") == 303
    drawn = in_order(first)[:4]
    leave_out(first, *drawn[:3])
    assert "3 of 4 drawn at random from 9 are decided." in words_of(first)
    screen(first, drawn[3], "include")
    # One of four: with six of nine relevant so few have a chance of 6/126, with five of 15 + 30/126.
    said = "4 drawn at random from 9, 1 of them relevant. Among the rest, at most 4 more"
    assert said in words_of(first)
    assert "at least 20 % would then be found (95 %). 95 % is not shown: says go on." in words_of(
        first
    )
    assert said in words_of(first, "/review/screen")
    # What is found among the rest is no longer missing.
    other = in_order(first)[0]
    screen(first, other, "include")
    assert "Among the rest, at most 3 more" in words_of(first)
    assert "sample 2 here. Each adds its risk, so that all together are 90 % sure" in words_of(
        first
    )
    rest = in_order(first)
    assert draw(first, str(len(rest))) == 303
    leave_out(first, *in_order(first))
    page = words_of(first)
    assert "4 drawn at random from 4, 0 of them relevant. Among the rest, at most 0 more" in page
    assert "at least 100 % would then be found (90 %). 95 % is reached: says stop." in page
    assert "Er is niets over dat gemist kan worden." in words_of(first, "/nl/review/stopping")


def test_a_sample_that_was_tampered_with_is_found(small: Project, evidence: Evidence) -> None:
    first = prepared(small, evidence, 1).sign_in("first")
    assert draw(first, "3") == 303
    (path,) = small.samples.glob("*.yml")
    written = yaml.safe_load(path.read_text())
    order = written["order"]
    for change, said in (
        ({"order": [order[1], order[0], *order[2:]]}, "not the one that the seed gives"),
        ({"size": 10}, "a sample of 10 from 9"),
        ({"seed": -1}, "seed"),
        ({"hidden": 1}, "'hidden' is not known here"),
    ):
        path.write_text(yaml.safe_dump({**written, **change}))
        checked = evidence("check", small)
        assert checked.exit_code == 1
        assert "coding/screening/samples/abstract-1.yml" in checked.output
        assert said in " ".join(checked.output.split())


def test_a_sample_gives_nothing_blind_away(small: Project, evidence: Evidence) -> None:
    running = prepared(small, evidence, 2)
    first, second = running.sign_in("first"), running.sign_in("second")
    paths = (
        "/review/stopping", "/nl/review/stopping?target=80", "/review/stopping?stage=full",
        "/review/screen", "/nl/review/screen",
    )  # fmt: skip
    keys = in_order(second)
    screen(second, keys[0], "include")
    assert draw(second, "5") == 303
    leave_out(second, *in_order(second)[:2])
    before = [words_of(second, path) for path in paths]
    listed = in_order(second)
    hers = [key for key in in_order(first) if key in listed]
    for key, verdict in zip(hers, ("include", "exclude", "include"), strict=False):
        screen(first, key, verdict, "off_topic" if verdict == "exclude" else "")
    assert [words_of(second, path) for path in paths] == before
    assert in_order(second) == listed


def test_what_is_still_hers_to_decide_is_not_counted_as_decided(
    small: Project, evidence: Evidence
) -> None:
    """Where screeners see each other, a candidate that the other has decided is hers still."""
    running = prepared(small, evidence, 2, blind=False)
    first, second = running.sign_in("first"), running.sign_in("second")
    leave_out(first, *in_order(first)[:6])
    assert "The last" not in words_of(second, "/review/screen")
    leave_out(second, in_order(second)[0])
    assert "The last run of irrelevant ones is 1 long. 8 left" in words_of(second, "/review/screen")


def test_where_nothing_is_relevant_nothing_is_said_to_be_missing(
    small: Project, evidence: Evidence
) -> None:
    first = prepared(small, evidence, 1).sign_in("first")
    assert draw(first, "9") == 303
    leave_out(first, *in_order(first))
    page = words_of(first)
    assert "9 drawn at random from 9, 0 of them relevant. Among the rest, at most 0 more" in page
    assert "at least 100 % would then be found (95 %). 95 % is reached: says stop." in page
    # With one of forty left the run says so too.
    found = hint([False] * 39, 1, Aim(95, 95))
    assert found is not None
    assert found.words("en")[0].endswith(
        "1 left, at most 0 of them relevant (95 %); "
        "at least 100 % of the relevant ones would then be found."
    )


def test_a_sample_of_which_studies_are_gone_speaks_of_those_that_are_here(
    small: Project, evidence: Evidence
) -> None:
    first = prepared(small, evidence, 1).sign_in("first")
    assert draw(first, "4") == 303
    drawn = in_order(first)[:4]
    rest = in_order(first)[4:]
    # One is another that was drawn, one is another that was not; and a third gone whole.
    for key, into in ((drawn[0], drawn[1]), (drawn[2], rest[0])):
        assert evidence("merge", small, key, into, "--yes").exit_code == 0
    build(small)
    again = Running(small).sign_in("first")
    assert "0 of 2 drawn at random from 7 are decided." in words_of(again)
    assert in_order(again)[:2] == [drawn[1], drawn[3]]
    leave_out(again, drawn[1], drawn[3])
    assert "2 drawn at random from 7, 0 of them relevant." in words_of(again)
    assert "0 error(s)" in evidence("check", small).output
    # Taken back, what was drawn is drawn again.
    for key in (drawn[0], drawn[2]):
        assert evidence("merge", small, key, "--undo").exit_code == 0
    build(small)
    back = Running(small).sign_in("first")
    assert "2 of 4 drawn at random from 9 are decided." in words_of(back)
    assert (
        evidence(
            "imports", small, "--undo", next(small.imports.glob("*.yml")).stem, "--even-screened"
        ).exit_code
        == 0
    )
    build(small)
    empty = Running(small).sign_in("first")
    assert "A random sample of the rest Of what was drawn nothing is yours to decide" in words_of(
        empty
    )
    assert "De steekproef zegt dus niets." in words_of(empty, "/nl/review/stopping")


def test_only_a_screener_sees_the_page(small: Project, evidence: Evidence) -> None:
    running = prepared(small, evidence, 1)
    assert running.visitor().get("/review/stopping").status_code == 403
    first = running.sign_in("first")
    foreign = first.post("/review/stopping", {"coder": "second", "size": "3"})
    assert foreign.status_code == 403
    assert not small.samples.exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits(
    small: Project, evidence: Evidence, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    first = prepared(small, evidence, 1).sign_in("first")
    keys = in_order(first)
    screen(first, keys[0], "include")
    leave_out(first, *keys[1:5])
    served = Served(small)
    page = coder(browser, served, "first", color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    for language in ("", "/nl"):
        for path in ("/review/stopping", "/review/screen"):
            page.goto(served.address + language + path)
            check(page)
    page.goto(f"{served.address}/nl/review/stopping")
    # The names of the ways keep their words whole beside the numbers.
    assert page.evaluate("document.querySelector('.trials tbody th').offsetHeight") < 120
    page.goto(f"{served.address}/review/stopping")
    page.emulate_media(media="print")
    assert page.locator("main :is(button, input, select)").locator("visible=true").count() == 0
    page.emulate_media(media="screen")
    page.fill("#size", "2")
    with page.expect_navigation():
        page.get_by_role("button", name="Draw").click()
    page.wait_for_load_state()
    assert "0 of 2 drawn at random from 4 are decided." in page.inner_text("main")
    check(page)
    page.context.close()
    served.server.should_exit = True
    served.thread.join(timeout=10)
