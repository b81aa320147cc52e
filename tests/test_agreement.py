"""Coefficients against published examples and other packages; reports of rounds."""

from __future__ import annotations

import json
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.coefficients import (
    NO_VARIATION,
    NOT_YET,
    TOO_FEW,
    TWO_ONLY,
    Measured,
    measure,
    measure_counted,
)
from pipeline.model.people import Coder, Round
from pipeline.model.records import Decision, Suggestion
from pipeline.model.round_agreement import AgreementLine, report
from pipeline.model.scheme import read_scheme
from tests.conftest import SMALL
from tests.golden import paper

CASES = json.loads((Path(__file__).parent / "agreement" / "irrcac.json").read_text())
SCHEME = read_scheme(SMALL / "coding" / "scheme.yml")
KRIPPENDORFF_2011 = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
KRIPPENDORFF_TWO = """
0 1 0 0 0 0 0 0 1 0
1 1 1 0 0 1 0 0 0 0
"""


def table(text: str, first: int) -> np.ndarray:
    rows = [line.split() for line in text.strip().splitlines()]
    return np.array([[-1 if x == "." else int(x) - first for x in row] for row in rows]).T


def crossed(cells: list[list[int]]) -> np.ndarray:
    return np.array(
        [[i, j] for i, row in enumerate(cells) for j, n in enumerate(row) for _ in range(n)]
    )


def values(ratings: np.ndarray, categories: int) -> dict[str, float | None]:
    return {k: v.value for k, v in measure(ratings, categories, resamples=10).items()}


def test_published_examples() -> None:
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: examples A and C.
    assert values(table(KRIPPENDORFF_TWO, 0), 2)["alpha"] == pytest.approx(0.095, abs=5e-4)
    assert values(table(KRIPPENDORFF_2011, 1), 5)["alpha"] == pytest.approx(0.743, abs=5e-4)
    # Gwet (2002), Kappa statistic is not satisfactory: 125 units, 118 + 0 agreed.
    found = values(crossed([[118, 5], [2, 0]]), 2)
    assert found["kappa"] == pytest.approx(-0.0234, abs=5e-5)
    assert found["ac1"] == pytest.approx(0.9408, abs=5e-5)
    assert found["raw"] == pytest.approx(0.944)


def test_kappa_counts_only_units_that_both_have_answered() -> None:
    both = crossed([[118, 5], [2, 0]])
    data = np.vstack([both, [[0, -1]] * 30, [[-1, 1]] * 20, [[-1, -1]]])
    assert values(data, 2)["kappa"] == pytest.approx(-0.0234, abs=5e-5)
    assert values(data, 2)["raw"] == pytest.approx(0.944)


@pytest.mark.parametrize("case", CASES, ids=[str(i) for i in range(len(CASES))])
def test_as_irrcac(case: dict) -> None:
    found = values(np.array(case["ratings"]), case["categories"])
    for name, value in case["found"].items():
        assert found[name] == pytest.approx(value, abs=2e-5), name


ratings = st.lists(
    st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=2, max_size=25
).map(np.array)


@settings(deadline=None)
@given(ratings)
def test_alpha_as_the_package_krippendorff(data: np.ndarray) -> None:
    found = measure(data, 3, resamples=5)["alpha"]
    known = np.where(data == -1, np.nan, data.astype(float)).T
    try:
        expected = krippendorff.alpha(
            known, level_of_measurement="nominal", value_domain=[0.0, 1.0, 2.0]
        )
    except (ValueError, AssertionError):
        expected = np.nan
    if found.value is None:
        assert np.isnan(expected) or found.why in (TOO_FEW, NO_VARIATION)
    else:
        assert found.value == pytest.approx(expected, abs=2e-6)


def test_no_variation_is_said_in_words() -> None:
    same = measure(np.zeros((10, 2), dtype=int), 2)
    assert same["raw"].value == 1
    assert same["ac1"].value == 1
    assert (same["kappa"].value, same["kappa"].why) == (None, NO_VARIATION)
    assert (same["alpha"].value, same["alpha"].why) == (None, NO_VARIATION)
    three = measure(np.zeros((10, 3), dtype=int), 2)
    assert (three["kappa"].why, three["alpha"].why) == (TWO_ONLY, NO_VARIATION)
    assert measure(np.array([[1, -1], [-1, 1]]), 2)["raw"].why == TOO_FEW
    assert measure_counted(np.array([[1, 1]]), np.array([0]), 2)["raw"].why == TOO_FEW
    assert measure(np.array([[1, 1], [1, 0]]), 2, resamples=0)["raw"] == Measured(0.5)
    assert [NO_VARIATION, TOO_FEW, TWO_ONLY, NOT_YET] == [
        "not computable: no variation",
        "not computable: no unit has two answers",
        "for two coders only",
        "not measured when this was frozen",
    ]
    assert measure(np.array([[1, -1]]), 2)["alpha"].why == TOO_FEW


def test_the_interval_is_the_same_each_time_and_holds_the_value() -> None:
    data = np.array(CASES[0]["ratings"])
    one, other = measure(data, 2), measure(data, 2)
    assert one == other
    for found in one.values():
        assert found.low <= found.value <= found.high


@pytest.mark.parametrize(
    "text",
    [
        "11 10 00 11 01 00 10 11 00 00 11 10 01 00 11 11 00 00 10 11 00 11 01 00 00 11 10 00 11 00",
        "110 1.0 000 111 0.0 010 000 101 11. 000 .11 100 111 000 0.1 110 001 000 111 010 000 11.",
    ],
)
def test_values_and_intervals_by_the_definitions(text: str) -> None:
    ratings = [[-1 if sign == "." else int(sign) for sign in unit] for unit in text.split()]
    found = {
        name: (item.value, item.low, item.high)
        for name, item in measure(np.array(ratings), 2).items()
    }
    assert found == paper.measured(text)


def test_the_interval_is_one_of_95_percent() -> None:
    # How many of 100 units agree in a resample is binomial (100, 1/2): 40 to 60 in 95 of 100
    # resamples, 42 to 58 in 90 of them.
    found = measure(crossed([[25, 25], [25, 25]]), 2, resamples=20_000)["raw"]
    assert (found.low, found.value, found.high) == (0.4, 0.5, 0.6)


def line(
    coder: str,
    unit: int,
    codes: str | None,
    time: int = 0,
    scheme: int = 2,
    shown: str = "hidden",
    by: str = "",
) -> Decision:
    return Decision(
        f"2026-11-01T00:00:{time:02}Z", coder, f"berg2020-0000000{unit}", "role",
        None if codes is None else frozenset(codes.split()), "", "", "", shown, scheme, "pilot", "", "x/berg2020.csv", 1, unit,
        settled_by=by,
    )  # fmt: skip


ROUND = Round.model_validate(
    {
        "id": "pilot",
        "title": {"en": "P", "nl": "P"},
        "coders": ["a", "b"],
        "history": [{"at": "2026-11-01T00:00:30Z", "by": "a", "state": "comparing"}],
    }
)


def test_a_report_counts_what_was_answered_before_opening() -> None:
    decisions = [
        line("a", 1, "weaver"), line("b", 1, "weaver"),
        line("a", 2, "judge"), line("b", 2, ""),
        line("a", 3, "weaver"),
        line("b", 2, "judge", time=40),
    ]  # fmt: skip
    suggested = {decisions[0].unit: [Suggestion("role", "weaver", 0.9, (), ("meet",))]}
    found = report(SCHEME, ROUND, decisions, suggested)
    by_code = {item.code or item.of: item for item in found.lines}
    assert by_code["judge"].units == 2
    assert by_code["judge"].raw.value == 0.5
    assert by_code["weaver"].raw.value == 1
    assert by_code["scribe"].kappa.why == NO_VARIATION
    assert by_code["whole answer"].raw.value == 0.5
    assert (found.settled, found.disputed) == (1, 1)
    machine = {(item.code, item.indicator): item for item in found.machine}
    assert machine["weaver", ""].f1 == 1
    assert machine["weaver", "meet"].precision == 1
    assert machine["judge", ""].f1 is None


def test_a_code_that_was_not_considered_is_missing() -> None:
    decisions = [line("a", 1, "scribe"), line("b", 1, "", scheme=1)]
    found = {item.code: item for item in report(SCHEME, ROUND, decisions, {}).lines}
    assert found["scribe"].units == 0
    assert found["weaver"].units == 1


def test_a_report_takes_no_majority_and_no_withdrawn_consensus_for_an_answer() -> None:
    three = ROUND.model_copy(update={"coders": ("a", "b", "c")})
    decisions = [line("a", 1, "weaver"), line("b", 1, "weaver"), line("c", 1, "judge")]
    found = report(SCHEME, three, decisions, {})
    assert (found.settled, found.disputed) == (0, 1)
    decisions.append(line("consensus", 1, "weaver", time=40))
    assert report(SCHEME, three, decisions, {}).settled == 1
    decisions.append(line("consensus", 1, None, time=50))
    assert report(SCHEME, three, decisions, {}).settled == 0


def test_what_counts_and_what_does_not() -> None:
    """Up to the moment of opening; nobody's from outside; units in whatever order they come."""
    opened = line("b", 1, "judge", time=30)
    decisions = [line("a", 1, "weaver"), opened, line("a", 2, "judge"), line("b", 2, "judge")]
    outside = [line("c", 2, "weaver"), line("consensus", 1, "judge", time=40)]
    found = report(SCHEME, ROUND, [*decisions, *outside], {})
    assert (found.settled, found.disputed, found.independent) == (2, 1, True)
    by_code = {item.code or item.of: item for item in found.lines}
    assert by_code["judge"].raw == Measured(0.5, 0.0, 1.0)
    assert report(SCHEME, ROUND, [*decisions[2:], *outside, *decisions[:2]], {}) == found
    checking = ROUND.model_copy(update={"blind": False, "checks": "a"})
    assert not report(SCHEME, checking, decisions, {}).independent


def test_a_code_that_was_given_was_considered_however_young() -> None:
    decisions = [line("a", 1, "scribe", scheme=1), line("b", 1, "", scheme=2)]
    found = {item.code: item for item in report(SCHEME, ROUND, decisions, {}).lines}
    assert (found["scribe"].units, found["scribe"].raw.value) == (1, 0)
    alone = [line("a", 1, "scribe", scheme=1), line("b", 1, "scribe", scheme=1)]
    codes = [item.code for item in report(SCHEME, ROUND, alone, {}).lines if item.code]
    assert codes == ["weaver", "judge", "scribe"]
    old = [line("a", 1, "weaver", scheme=1), line("b", 1, "weaver", scheme=1)]
    codes = [item.code for item in report(SCHEME, ROUND, old, {}).lines if item.code]
    assert codes == ["weaver", "judge"]


def test_any_code_is_a_question_of_yes_and_no() -> None:
    decisions = [
        line("a", 1, "weaver"), line("b", 1, "judge"), line("a", 2, "weaver"), line("b", 2, ""),
    ]  # fmt: skip
    found = {item.of: item for item in report(SCHEME, ROUND, decisions, {}).lines}
    # Gwet 2008, two categories: pa = 1/2, pe = 2 x 3/4 x 1/4 = 3/8, (1/2 - 3/8) / (1 - 3/8) = 1/5.
    assert (found["any code"].ac1.value, found["any code"].prevalence) == (0.2, 0.75)
    assert (found["whole answer"].prevalence, found["any code"].code) == (None, "")


def test_what_was_frozen_before_a_coefficient_was_there_says_so() -> None:
    frozen = {
        "dimension": "role",
        "of": "any code",
        "unit": "passage",
        "units": 3,
        "prevalence": None,
    }
    old = AgreementLine.model_validate({**frozen, "raw": {"value": 0.5}})
    assert (old.code, old.measured("raw")) == ("", Measured(0.5))
    assert old.measured("ac1") == Measured(None, why=NOT_YET)


def test_an_answer_without_another_to_compare_it_with_is_no_category() -> None:
    decisions = [
        line("a", 1, "weaver"), line("b", 1, "weaver"),
        line("a", 2, "judge"), line("b", 2, "weaver"),
    ]  # fmt: skip
    # Gwet 2008, two categories: pa = 1/2, pe = 2 x 3/4 x 1/4 = 3/8, (1/2 - 3/8) / (1 - 3/8) = 1/5.
    for lone in ([], [line("a", 3, "scribe")]):
        found = {item.of: item for item in report(SCHEME, ROUND, [*decisions, *lone], {}).lines}
        assert found["whole answer"].units == 2
        assert found["whole answer"].ac1.value == 0.2


def a_coder(name: str, nature: str) -> Coder:
    return Coder.model_validate({"id": name, "name": {"en": name, "nl": name}, "kind": "x", "nature": nature})  # fmt: skip


CODERS = [a_coder("a", "person"), a_coder("b", "model"), a_coder("m", "model")]
SUGGESTED = {"berg2020-00000001": [Suggestion("role", "judge", 0.9, (), ("meet",))]}


def held_of_judge(decisions: list[Decision]) -> tuple[int, int, int]:
    """How many units are settled, and how often the suggestion `judge` is right and wrong."""
    found = report(SCHEME, ROUND, decisions, SUGGESTED, CODERS)
    (judge,) = (item for item in found.machine if (item.code, item.indicator) == ("judge", ""))
    return found.settled, judge.right, judge.wrong


def test_what_a_person_settled_is_held_though_a_model_settles_otherwise_later() -> None:
    decisions = [
        line("b", 1, "judge"),
        line("a", 1, "weaver"),
        line("consensus", 1, "weaver", time=40, by="a"),
        line("consensus", 1, "judge", time=50, by="m"),
    ]
    assert held_of_judge(decisions) == (1, 0, 1)


def test_who_settles_takes_back_their_own_word_only() -> None:
    decisions = [
        line("b", 1, "judge"),
        line("consensus", 1, "judge", time=40, by="m"),
        line("consensus", 1, None, time=50, by="b"),
    ]
    assert held_of_judge(decisions) == (1, 1, 0)


def test_what_models_settled_is_not_held_while_a_person_says_otherwise() -> None:
    decisions = [line("b", 1, "judge"), line("consensus", 1, "judge", time=40, by="m")]
    assert held_of_judge(decisions) == (1, 1, 0)
    assert held_of_judge([*decisions, line("a", 1, "weaver")]) == (0, 0, 0)


def test_a_suggestion_of_a_code_that_nobody_considered_is_neither_right_nor_wrong() -> None:
    suggested = {"berg2020-00000001": [Suggestion("role", "scribe", 0.9, (), ())]}
    decisions = [
        line("a", 1, "weaver", scheme=1), line("b", 1, "weaver", scheme=1),
        line("a", 2, "scribe"), line("b", 2, "scribe"),
    ]  # fmt: skip
    found = report(SCHEME, ROUND, decisions, suggested, CODERS)
    (scribe,) = (item for item in found.machine if item.code == "scribe")
    assert (scribe.right, scribe.wrong, scribe.missed) == (0, 0, 1)
