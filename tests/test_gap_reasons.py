"""Why a cell of the map is as it is: the first reason that holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.build.gap_reasons import REASONS, Counts, reason

# Two studies with four passages, all read and coded: nothing was found.
CODED = Counts(
    evidence=0,
    decided=0,
    suggested=0,
    disputed=0,
    studies=2,
    unread=0,
    passages=4,
    considered=4,
    retired=False,
)
UNREAD = replace(CODED, unread=2, passages=0, considered=0)
NOTHING = replace(UNREAD, studies=0, unread=0)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        (CODED, "none-shows"),
        (replace(CODED, retired=True), "none-shows"),
        (replace(CODED, considered=3), "not-coded"),
        (replace(CODED, unread=1), "not-coded"),
        (replace(CODED, considered=3, retired=True), "retired"),
        (replace(CODED, unread=1, retired=True), "retired"),
        (UNREAD, "not-read"),
        (replace(UNREAD, retired=True), "not-read"),
        (replace(UNREAD, studies=1, suggested=1), "only-suggested"),
        (replace(UNREAD, studies=1, disputed=1), "only-disputed"),
        (NOTHING, "no-study"),
        (replace(NOTHING, retired=True), "no-study"),
        (replace(NOTHING, suggested=1), "only-suggested"),
        (replace(NOTHING, disputed=1), "only-disputed"),
        (replace(NOTHING, suggested=1, disputed=1), "only-disputed"),
        (replace(CODED, suggested=1), "only-suggested"),
        (replace(CODED, disputed=1), "only-disputed"),
        (replace(CODED, suggested=2, disputed=1, considered=0), "only-disputed"),
        (replace(CODED, decided=1, disputed=1), "hidden"),
        (replace(NOTHING, decided=1), "hidden"),
        (replace(CODED, evidence=1, decided=1, suggested=1, disputed=1, unread=1), "evidence"),
    ],
)
def test_the_first_reason_that_holds(counts: Counts, why: str) -> None:
    assert reason(counts) == why


def test_the_reasons_in_their_order() -> None:
    assert list(REASONS) == [
        "evidence", "hidden", "no-study", "only-disputed", "only-suggested", "not-read", "retired",
        "not-coded", "none-shows",
    ]  # fmt: skip
