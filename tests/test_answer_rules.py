"""Whether an answer may be said, and what is asked of whom."""

from __future__ import annotations

import pytest

from pipeline.desk.review.answer_rules import (
    Answer,
    faults,
    overrides,
    questions,
    tidy,
    tidy_quote,
    without_controls,
)
from pipeline.model.people import Round
from pipeline.model.records import Passage
from pipeline.model.scheme import Scheme, read_scheme
from tests.conftest import GOLDEN, SMALL

SCHEME = read_scheme(GOLDEN / "coding" / "scheme.yml")  # herald is out of use since version 2
ALLOWED = [SCHEME.dimension(name) for name in ("role", "phase")]
PASSAGE = Passage("adem2020-01234567", "adem2020", 1, "Both sat at one table.", "p. 1", "en")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("role", frozenset({"weaver", "judge"}), "high", "A note", "sat at one"), []),
        (Answer("role", None), []),
        (Answer("phase", None), []),
        (Answer("role", frozenset(), "medium"), []),
        (Answer("role", frozenset({"weaver"}), "low"), []),
        (Answer("phase", frozenset({"end"})), []),
        (Answer("colour", frozenset({"red"}), "x"), ["There is no dimension 'colour' in the scheme."]),
        (Answer("sector", frozenset({"x"}), "x"), ["Sector is not asked here."]),
        (Answer("role", frozenset("zyxwcba")), [f"There is no code '{name}' in Role." for name in "abcwxyz"]),
        (Answer("role", frozenset({"start" * 20})), [f"There is no code '{'start' * 12}' in Role."]),
        (Answer("role", frozenset({"herald"})), ["Herald was retired in version 2."]),
        (Answer("phase", frozenset({"end", "start"})), ["Phase takes one code."]),
        (Answer("phase", frozenset(), "sure" * 20), [f"Confidence is low, medium or high, not '{'sure' * 10}'."]),
        (Answer("role", frozenset(), "", "x" * 20_000), []),
        (Answer("role", frozenset(), "", "x" * 20_001), ["The note has 20,001 characters; 20,000 fit."]),
        (Answer("role", frozenset(), "", "a\n\tb \u00e9\u200b"), []),
        (Answer("role", frozenset(), "", "a\x85b\x00\x00\x07\x1b\x01"), ["The note holds control characters (U+0000, U+0001, U+0007, U+001B, U+0085); they were taken out below."]),
        (Answer("role", frozenset(), "", "", "sat at two"), ["The marked words do not stand in the passage; mark them again, or leave it out."]),
        (Answer("role", frozenset({"ant"}), "x", "\x00", "no"), [
            "There is no code 'ant' in Role.",
            "Confidence is low, medium or high, not 'x'.",
            "The note holds control characters (U+0000); they were taken out below.",
            "The marked words do not stand in the passage; mark them again, or leave it out.",
        ]),
    ],
)  # fmt: skip
def test_what_speaks_against_an_answer(answer: Answer, said: list[str]) -> None:
    assert list(faults([answer], SCHEME, ALLOWED, PASSAGE)) == said
    other = Answer("role", frozenset({"bee"}))
    told = "There is no code 'bee' in Role."
    assert list(faults([answer, other], SCHEME, ALLOWED, PASSAGE)) == [*said, told]


def test_an_answer_is_bare_unless_more_is_said() -> None:
    assert Answer("role", None) == Answer("role", None, "", "", "", "")


def test_what_was_given_before_may_be_given_though_it_is_out_of_use() -> None:
    answer = Answer("role", frozenset({"herald"}))
    assert list(faults([answer], SCHEME, ALLOWED, None, ("herald",))) == []
    assert len(list(faults([answer], SCHEME, ALLOWED, None, ("weaver",)))) == 1
    # Of a study there is no text that marked words could stand in.
    assert (
        list(faults([Answer("phase", frozenset(), "", "", "words")], SCHEME, ALLOWED, None)) == []
    )


def turned(scheme: Scheme) -> Scheme:
    return scheme.model_copy(update={"dimensions": scheme.dimensions[::-1]})


@pytest.mark.parametrize(
    ("asked", "of_passage", "found"),
    [
        ([], True, ["role"]), ([], False, ["phase", "sector"]), (["sector", "role"], True, ["role"]),
        (["sector", "role"], False, ["sector"]), (["phase"], True, []),
    ],
)  # fmt: skip
def test_what_a_round_asks(asked: list[str], of_passage: bool, found: list[str]) -> None:
    title = {"en": "R", "nl": "R"}
    item = Round.model_validate({"id": "r", "title": title, "coders": ["a"], "dimensions": asked})
    assert [part.id for part in questions(turned(SCHEME), item, of_passage)] == found


def test_the_evidence_is_asked_first() -> None:
    title = {"en": "R", "nl": "R"}
    item = Round.model_validate({"id": "r", "title": title, "coders": ["a"]})
    parts = [part.model_copy(update={"unit": "passage"}) for part in turned(SCHEME).dimensions]
    scheme = SCHEME.model_copy(update={"dimensions": tuple(parts)})
    assert [part.id for part in questions(scheme, item, True)] == ["role", "phase", "sector"]


def test_where_a_passage_may_differ_from_its_study() -> None:
    assert [part.id for part in overrides(SCHEME)] == ["sector"]
    small = read_scheme(SMALL / "coding" / "scheme.yml")
    parts = [part.model_copy(update={"overridable": True}) for part in small.dimensions]
    both = small.model_copy(update={"dimensions": tuple(parts)})
    assert [part.id for part in overrides(both)] == ["sector"]


def test_words_as_they_were_typed_and_as_they_stand() -> None:
    assert tidy(" a\r\nb\rc\n d \n") == "a\nb\nc\n d"
    assert tidy_quote(" one \n table ", PASSAGE) == "one table"
    assert tidy_quote(" one \r\n table ", None) == "one \n table"
    assert without_controls("a\x00b\x9f\n\tc\u00e9") == "ab\n\tc\u00e9"
