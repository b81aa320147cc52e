"""What one of two screeners is shown, worked out from the lines that she may see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model.candidacy import Place, ScreeningLine, standing
from pipeline.model.scheme import Screening
from pipeline.model.stopping import Aim, hint
from pipeline.sources.screening.random_samples import Outcome, Sample
from pipeline.sources.screening.screener_view import (
    NOBODY,
    ScreeningProgress,
    View,
    may_see,
    view_of,
)

TWO = Screening(screeners=2)
SEEN = Screening(screeners=2, blind=False)
ONE = Screening(screeners=1)
ABSTRACT, FULL = "abstract", "full"
# Of each candidate, in order of time: who said what; ! settles, / is the stage of full texts.
SAID = {
    "both_in": "ann+ bob+",
    "in_and_on": "ann+ bob+ /bob+",
    "through": "bob+ ann+ /bob+ /ann+",
    "out": "ann- bob-",
    "gone": "ann+ bob+ /ann0 /bob0",
    "split": "ann+ bob-",
    "wavering": "ann? bob?",
    "hers": "ann-",
    "his": "bob+",
    "his_doubt": "bob?",
    "ended": "bob- cy-!",
    "nobodys": "",
    "inside": "",
}
VERDICTS = {"+": "include", "-": "exclude", "?": "unsure", "0": "missing"}


def lines() -> list[ScreeningLine]:
    found: list[ScreeningLine] = []
    for study, text in SAID.items():
        for word in text.split():
            name = word.strip("/!+-?0")
            verdict = next(known for sign, known in VERDICTS.items() if sign in word)
            time = f"2026-11-24T09:{len(found):02}:00Z"
            stage = FULL if word.startswith("/") else ABSTRACT
            found.append(
                ScreeningLine(time, name, study, stage, verdict, "", "", "!" in word, "x.csv", 1)  # type: ignore[arg-type]
            )
    return found


def view(coder: str, rules: Screening = TWO) -> View:
    return view_of(coder, SAID, SAID.keys() - {"inside"}, standing(lines()), rules)


def told(view: View) -> dict[Place, str]:
    return {place: " ".join(sorted(said)) for place, said in view.given.items() if said}


def test_a_screener_sees_what_she_has_answered_and_what_has_ended() -> None:
    ended = {
        ("both_in", ABSTRACT): "ann bob", ("in_and_on", ABSTRACT): "ann bob",
        ("through", ABSTRACT): "ann bob", ("through", FULL): "ann bob",
        ("out", ABSTRACT): "ann bob", ("gone", ABSTRACT): "ann bob", ("gone", FULL): "ann bob",
        ("split", ABSTRACT): "ann bob", ("ended", ABSTRACT): "bob cy",
    }  # fmt: skip
    doubts = {("wavering", ABSTRACT): "ann bob"}
    assert told(view(NOBODY)) == told(view("cy")) == ended
    assert told(view("ann")) == {**ended, **doubts, ("hers", ABSTRACT): "ann"}
    assert told(view("bob")) == {
        **ended, **doubts, ("in_and_on", FULL): "bob", ("his", ABSTRACT): "bob",
        ("his_doubt", ABSTRACT): "bob",
    }  # fmt: skip
    everything = standing(lines())
    withdrawn = {("nobodys", ABSTRACT): {}, ("hers", FULL): {}}
    for rules in (TWO, SEEN):
        again = view_of("ann", SAID, SAID.keys(), {**everything, **withdrawn}, rules)
        assert again.given.keys().isdisjoint(withdrawn)
        assert "nobodys" not in again.irrelevant
    for coder in (NOBODY, "ann"):
        assert view(coder, SEEN).given == everything
    assert may_see("ann", everything["out", ABSTRACT], TWO)
    assert not may_see("ann", everything["his", ABSTRACT], TWO)
    assert may_see("ann", everything["his", ABSTRACT], SEEN)
    assert view("ann").visible("his", ABSTRACT) == {}
    assert list(view("bob").visible("his", ABSTRACT)) == ["bob"]
    assert view("ann").visible("his", FULL) == {}


@pytest.mark.parametrize(
    ("coder", "stage", "left", "waiting"),
    [
        ("ann", ABSTRACT, "his his_doubt nobodys", "wavering his his_doubt nobodys"),
        ("bob", ABSTRACT, "hers nobodys", "wavering hers nobodys"),
        ("cy", ABSTRACT, "wavering hers his his_doubt nobodys", "wavering hers his his_doubt nobodys"),
        ("ann", FULL, "both_in in_and_on", "both_in in_and_on"),
        ("bob", FULL, "both_in", "both_in"),
    ],
)  # fmt: skip
def test_what_is_left_for_a_screener(coder: str, stage: str, left: str, waiting: str) -> None:
    assert view(coder).left(stage) == left.split()
    assert view(coder).waiting(stage) == waiting.split()
    assert view(coder).conflicts(stage) == (["split"] if stage == ABSTRACT else [])


@pytest.mark.parametrize(
    ("coder", "rules", "stage", "found"),
    [
        ("ann", TWO, ABSTRACT, ScreeningProgress(ABSTRACT, 8, 4, 1, 4, 2)),
        ("bob", TWO, ABSTRACT, ScreeningProgress(ABSTRACT, 10, 3, 1, 4, 2)),
        ("ann", TWO, FULL, ScreeningProgress(FULL, 2, 2, 0, 1, 1)),
        ("bob", TWO, FULL, ScreeningProgress(FULL, 3, 1, 0, 1, 1)),
        (NOBODY, TWO, ABSTRACT, ScreeningProgress(ABSTRACT, 0, 5, 1, 4, 2)),
        ("ann", ONE, ABSTRACT, ScreeningProgress(ABSTRACT, 8, 3, 1, 5, 3)),
    ],
)
def test_how_far_a_screener_is(
    coder: str, rules: Screening, stage: str, found: ScreeningProgress
) -> None:
    assert view(coder, rules).progress(stage) == found


def test_what_a_screener_need_not_decide_any_more() -> None:
    """In the order of what settled it, or of her own line, or of the last of those instead of her."""
    assert list(view("ann").decided(ABSTRACT).items()) == [
        ("both_in", True), ("in_and_on", True), ("through", True), ("out", False), ("gone", True),
        ("split", True), ("wavering", True), ("hers", False), ("ended", False),
    ]  # fmt: skip
    assert list(view("bob").decided(ABSTRACT).items()) == [
        ("both_in", True), ("in_and_on", True), ("through", True), ("out", False), ("gone", True),
        ("split", False), ("wavering", True), ("his", True), ("his_doubt", True), ("ended", False),
    ]  # fmt: skip
    assert list(view("cy").decided(ABSTRACT)) == [
        "both_in", "in_and_on", "through", "out", "gone", "split", "ended"
    ]  # fmt: skip
    # Where screeners see each other, what the other has said is still hers to decide.
    assert not {"his", "his_doubt"} & view("ann", SEEN).decided(ABSTRACT).keys()
    assert view("bob").decided(FULL) == {"in_and_on": True, "through": True, "gone": True}
    kept = [True, True, True, False, True, True, True, False, False]
    assert view("ann").hint(ABSTRACT) == hint(kept, 3)
    assert view("ann").hint(ABSTRACT, Aim(90, 80)) == hint(kept, 3, Aim(90, 80)) != hint(kept, 3)


def test_a_settled_candidate_counts_by_the_last_that_settled_it() -> None:
    first, second = (line for line in lines() if line.study == "ended")
    again = replace(second, coder="dee", verdict="include", decided_at="2026-11-24T09:59:00Z")
    given = standing([first, second, again, replace(first, study="last", settles=True,
                                                    decided_at="2026-11-24T09:58:00Z")])  # fmt: skip
    found = view_of("ann", ["ended", "last"], {"ended", "last"}, given, TWO)
    assert list(found.decided(ABSTRACT).items()) == [("last", False), ("ended", True)]
    # A study that is gone counts nowhere.
    assert view_of("ann", ["last"], {"last"}, given, TWO).decided(ABSTRACT) == {"last": False}


@pytest.mark.parametrize(
    ("studies", "rules", "hides"),
    [
        ("his", TWO, True), ("nobodys", TWO, True), ("hers", TWO, False), ("out split", TWO, False),
        ("out his", TWO, True), ("his", SEEN, False), ("nobodys", ONE, False), ("", TWO, False),
    ],
)  # fmt: skip
def test_whether_another_may_have_answered_what_she_does_not_see(
    studies: str, rules: Screening, hides: bool
) -> None:
    found = view_of("ann", studies.split(), studies.split(), standing(lines()), rules)
    assert found.may_hide_more is hides


def test_what_somebody_would_include_and_what_all_would_leave_out() -> None:
    assert view("ann").relevant == {"both_in", "in_and_on", "through", "gone", "split"}
    assert view("bob").relevant == view("ann").relevant | {"his"}
    assert view("ann").irrelevant == {"out", "hers", "ended"}
    assert view("bob").irrelevant == {"out", "ended"}


SAMPLE = Sample(
    stage=ABSTRACT, drawn_at="2026-11-24T08:00:00Z", drawn_by="ann", seed=36, size=5,
    order=("c", "d", "j", "b", "gone", "g", "h", "e", "i", "a", "f"),
)  # fmt: skip


def screened(studies: str, text: str) -> View:
    """What ann sees where she has said this of these studies."""
    said = [
        ScreeningLine(
            f"2026-11-24T09:{minute:02}:00Z",
            "ann",
            word[0],
            ABSTRACT,
            VERDICTS[word[1]],
            "",
            "",
            False,
            "x.csv",
            1,
        )  # type: ignore[arg-type]
        for minute, word in enumerate(text.split())
    ]
    return view_of("ann", studies, studies, standing(said), TWO)


@pytest.mark.parametrize(
    ("text", "done", "seen", "found", "missed"),
    [
        ("j+", 0, 0, 1, None),
        ("j+ a+ c+ d-", 2, 1, 3, None),
        # All that was drawn and is hers is done. By the hypergeometric distribution one among three
        # means four at most among the other five; those that she has found there are not missed.
        ("j+ c+ d- b-", 3, 1, 2, 4),
        ("j+ c+ d- b- k+", 3, 1, 3, 4),
        ("j+ c+ d- b- a+ e-", 3, 1, 3, 3),
        ("j+ c+ d- b- a+ e+ f+ g+ h+", 3, 1, 7, 0),
    ],
)
def test_what_a_sample_says_to_a_screener(
    text: str, done: int, seen: int, found: int, missed: int | None
) -> None:
    """`j` was decided when it was drawn, `gone` and `i` are no studies any more, `k` came later."""
    aim = Aim(95, 80)
    before = screened("abcdefghijk", "j+")
    said = screened("abcdefghjk", text).outcome(SAMPLE, 7, before, aim)
    assert said == Outcome(7, 3, 8, done, seen, found, missed, aim)
