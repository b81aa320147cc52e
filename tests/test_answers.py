"""Answers as lines in order of time: which are the latest, and which stand.

`judge@two` is an answer in round two, `-@two` that none applies, `x@two` takes back what was answered
there, `x@` everywhere. What is found are the numbers of lines, from 1.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model.answers import (
    CONFIDENCES,
    CONSENSUS,
    MOVED,
    NONE,
    Codings,
    by_time,
    is_passage,
    latest,
    standing,
    study_of,
)
from pipeline.model.people import Round
from pipeline.model.records import Decision
from pipeline.model.secrecy import SecretLines

UNIT = "berg2020-0123abcd"


def line(word: str, number: int) -> Decision:
    codes, _, item = word.partition("@")
    given = None if codes == "x" else frozenset([codes]) - {"-"}
    return Decision(
        f"2026-11-01T00:00:{number:02}Z", "ann", UNIT, "role", given, "", "", "", "", 2, item, "",
        "ann/berg2020.csv", number + 1, number,
    )  # fmt: skip


def lines(text: str) -> list[Decision]:
    return [line(word, number) for number, word in enumerate(text.split(), 1)]


# Another unit, question or coder, or another who settles: theirs is left as it is.
OTHERS = {"unit": "berg2020-ffffffff", "dimension": "sector", "coder": "bob"}


@pytest.mark.parametrize(
    ("text", "last", "stand"),
    [
        ("weaver@one", 1, "1"),
        ("-@one", 1, "1"),
        ("x@one", 1, ""),
        ("weaver@one judge@one", 2, "2"),
        ("weaver@one x@one", 2, ""),
        ("weaver@one x@one judge@one", 3, "3"),
        ("weaver@one judge@two", 2, "1 2"),
        ("weaver@one judge@two weaver@one", 3, "2 3"),
        ("weaver@one judge@two scribe@three", 3, "1 2 3"),
        # What is taken back in one round leaves what was said in another.
        ("weaver@one x@two", 1, "1"),
        ("weaver@one judge@two x@two", 1, "1"),
        ("weaver@one judge@two x@one", 2, "2"),
        ("weaver@one judge@two weaver@one x@one", 2, "2"),
        ("weaver@one judge@two scribe@three x@three", 2, "1 2"),
        ("weaver@one judge@two x@one x@two", 4, ""),
        ("weaver@ x@one", 1, "1"),
        # Without a round it is taken back in all, and can be said again.
        ("weaver@one x@", 2, ""),
        ("weaver@one judge@two x@", 3, ""),
        ("weaver@one judge@two x@ scribe@two", 4, "4"),
        ("weaver@one judge@two x@ scribe@two x@two", 5, ""),
        ("weaver@one -@", 2, "1 2"),
        ("weaver@one judge@two -@ x@two", 3, "1 3"),
    ],
)
def test_which_is_the_latest_and_which_stand(text: str, last: int, stand: str) -> None:
    own = lines(text)
    assert [item.number for item in latest(own).values()] == [last]
    assert [str(item.number) for item in standing(own)] == stand.split()
    for field, value in OTHERS.items():
        theirs = replace(line("other@two", 50), **{field: value})
        mixed = [theirs, *own]
        assert {key: item.number for key, item in latest(mixed).items()} == {
            (UNIT, "role", "ann"): last,
            (theirs.unit, theirs.dimension, theirs.coder): 50,
        }
        assert [str(item.number) for item in standing(mixed)] == ["50", *stand.split()]


def test_each_who_settles_has_a_say_of_their_own() -> None:
    one, other, taken = lines("weaver@one judge@one x@")
    settled = [replace(one, settled_by="ann"), replace(other, settled_by="bob")]
    assert standing(settled) == settled
    assert standing([*settled, replace(taken, settled_by="bob")]) == settled[:1]


def test_lines_are_put_in_the_order_of_time() -> None:
    """Wherever a clock was; then by coder, by file, and as they stand there."""
    first = replace(line("a@one", 9), decided_at="2026-11-01T01:59:00+02:00")
    same = [
        replace(line("b@one", number), coder=coder, path=path, decided_at="2026-11-01T00:00:00Z")
        for coder, path, number in (
            ("ann", "ann/a.csv", 3), ("ann", "ann/a.csv", 10), ("ann", "ann/b.csv", 1),
            ("bob", "a.csv", 2),
        )
    ]  # fmt: skip
    assert by_time([*same[::-1], first]) == [first, *same]


@pytest.mark.parametrize(
    ("unit", "study"),
    [
        (UNIT, "berg2020"),
        ("a-b-0123abcd", "a-b"),
        (f"berg2020-{'0' * 64}", "berg2020"),
        ("berg2020", "berg2020"),
        ("berg2020-0123abc", "berg2020-0123abc"),
        (f"berg2020-{'0' * 65}", f"berg2020-{'0' * 65}"),
        ("berg2020-0123ABCD", "berg2020-0123ABCD"),
        ("berg2020-0123abcg", "berg2020-0123abcg"),
        ("berg2020-0123abcd-x", "berg2020-0123abcd-x"),
        ("-0123abcd", "-0123abcd"),
    ],
)
def test_the_study_of_a_unit(unit: str, study: str) -> None:
    assert study_of(unit) == study
    assert is_passage(unit) is (unit != study)


def test_decisions_come_before_what_was_settled() -> None:
    title = {"en": "R", "nl": "R"}
    blind = Round.model_validate({"id": "one", "title": title, "coders": ["ann"]})
    given = lines("weaver@one judge@")
    settled = [replace(item, coder=CONSENSUS) for item in lines("scribe@one weaver@")]
    codings = Codings(SecretLines(given, [blind]), SecretLines(settled, [blind]), (), (blind,), ())
    assert codings.never_shown == (*given, *settled)
    assert codings.open == (given[1], settled[1])


def test_words_that_stand_in_files() -> None:
    assert (NONE, CONSENSUS, MOVED) == ("none", "consensus", "Moved from")
    assert CONFIDENCES == ("", "low", "medium", "high")
