"""What an answer under an older scheme says of a code: yes or no, or nothing at all."""

from __future__ import annotations

import pytest

from pipeline.model.readings import complete, considered, reads, under
from pipeline.model.records import Decision
from pipeline.model.scheme import Scheme

# weaver was split into knitter and spinner, and old answers read as the first; judge and chair were
# merged into umpire; guide means something else since 3, and porter was split from it later; half
# was split from plain, of which old answers read as nothing else.
CODES = (
    {"id": "weaver", "since": 1, "retired": 3, "reads_as": ("knitter",)},
    {"id": "knitter", "since": 3, "part_of": "weaver"},
    {"id": "spinner", "since": 3, "part_of": "weaver"},
    {"id": "judge", "since": 1, "retired": 4, "reads_as": ("umpire",)},
    {"id": "chair", "since": 2, "retired": 4, "reads_as": ("umpire",)},
    {"id": "umpire", "since": 4},
    {"id": "scribe", "since": 1, "retired": 3},
    {"id": "guide", "since": 2, "meaning": 3},
    {"id": "porter", "since": 4, "part_of": "guide"},
    {"id": "mixed", "since": 1, "retired": 4, "reads_as": ("guide", "judge")},
    {"id": "plain", "since": 1, "retired": 2},
    {"id": "half", "since": 2, "part_of": "plain"},
)
TEXT = {"en": "x", "nl": "x"}
SCHEME = Scheme.model_validate(
    {
        "version": 4, "title": TEXT, "source": "", "evidence": "role", "map": "sector",
        "dimensions": [
            {"id": "role", "unit": "passage", "many": True, "label": TEXT, "definition": TEXT,
             "codes": [{**code, "label": TEXT} for code in CODES]},
            {"id": "sector", "unit": "study", "many": True, "label": TEXT, "definition": TEXT,
             "codes": [{"id": "care", "since": 1, "label": TEXT}]},
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "version", "codes", "said"),
    [
        ("weaver", 1, "", True), ("weaver", 2, "", True), ("weaver", 3, "", False),
        ("weaver", 4, "weaver", True), ("weaver", 1, "weaver", True),
        # A part is denied with the whole; of a given whole only as what it reads is told.
        ("knitter", 3, "", True), ("knitter", 2, "", True), ("knitter", 1, "weaver", True),
        ("spinner", 2, "weaver", True), ("spinner", 2, "spinner", True),
        ("half", 1, "", True), ("half", 1, "plain", False), ("half", 2, "plain", True),
        # Merged: who considered all of what was merged has considered it.
        ("umpire", 4, "", True), ("umpire", 3, "", True), ("umpire", 2, "chair", True),
        ("umpire", 1, "", False), ("umpire", 1, "judge", False), ("umpire", 1, "umpire", True),
        ("scribe", 2, "", True), ("scribe", 3, "", False), ("scribe", 3, "scribe", True),
        ("guide", 2, "", False), ("guide", 2, "guide", False), ("guide", 3, "", True),
        ("porter", 3, "", True), ("porter", 3, "guide", False), ("porter", 2, "", False),
        ("porter", 4, "guide", True),
    ],
)  # fmt: skip
def test_whether_an_answer_says_something_of_a_code(
    code: str, version: int, codes: str, said: bool
) -> None:
    assert considered(SCHEME, SCHEME.codes[code], version, codes.split()) is said


@pytest.mark.parametrize(
    ("codes", "now"),
    [
        ("", ""), ("scribe", "scribe"), ("unheard_of", "unheard_of"), ("weaver", "knitter"),
        ("judge", "umpire"), ("mixed", "guide umpire"), ("mixed chair", "guide umpire"),
    ],
)  # fmt: skip
def test_how_old_codes_read(codes: str, now: str) -> None:
    assert reads(SCHEME, frozenset(codes.split())) == set(now.split())
    (line,) = under(SCHEME, [answer(codes)])
    assert (line.codes, line.as_written) == (set(now.split()), set(codes.split()))
    # What reads as it was written stays the same line, also where other codes have moved.
    assert (line.written is None) == (codes == now)


def test_a_withdrawal_reads_as_one() -> None:
    withdrawn = answer(None)
    assert under(SCHEME, [withdrawn]) == [withdrawn]


@pytest.mark.parametrize(
    ("codes", "version", "dimension", "whole"),
    [
        ("", 4, "role", True), ("", 3, "role", True), ("", 2, "role", False),
        ("guide", 3, "role", False), ("weaver", 3, "role", True), (None, 4, "role", True),
        ("", 1, "sector", True), ("", 1, "colour", True),
    ],
)  # fmt: skip
def test_whether_an_answer_says_something_of_every_code(
    codes: str | None, version: int, dimension: str, whole: bool
) -> None:
    assert complete(SCHEME, answer(codes, version, dimension)) is whole


def test_an_answer_is_held_against_the_codes_that_were_written() -> None:
    (line,) = under(SCHEME, [answer("guide weaver", 3)])
    assert line.codes == {"guide", "knitter"}
    assert not complete(SCHEME, line)


def answer(codes: str | None, version: int = 2, dimension: str = "role") -> Decision:
    given = None if codes is None else frozenset(codes.split())
    return Decision(
        "2026-11-01T00:00:00Z", "a", "berg2020-0123abcd", dimension, given, "", "", "", "",
        version, "", "", "x.csv", 2, 1,
    )  # fmt: skip
