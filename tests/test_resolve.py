"""From suggestions and decisions to statuses: people win over the machine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.answers import Codings
from pipeline.model.records import Coding, Decision, Suggestion
from pipeline.model.resolve import resolve
from pipeline.model.scheme import read_scheme
from pipeline.model.secrecy import SecretLines
from pipeline.model.standing import Answers
from tests.conftest import SMALL

SCHEME = read_scheme(SMALL / "coding" / "scheme.yml")
UNIT = "berg2020-0123abcd"


def decision(coder: str, codes: str | None, time: int = 0, scheme: int = 2) -> Decision:
    given_codes = None if codes is None else frozenset(codes.split())
    return Decision(
        f"2026-11-01T00:00:{time:02}Z", coder, UNIT, "role", given_codes,
        "", "", "", "", scheme, "", "", "x.csv", time, time,
    )  # fmt: skip


def statuses(
    decisions: list[Decision],
    suggested: tuple[str, ...] = (),
    consensus: list[Decision] | None = None,
) -> dict[str, str]:
    proposals = {UNIT: [Suggestion("role", code, 0.8, (), ("x",)) for code in suggested]}
    codings = Codings(SecretLines(decisions), SecretLines(consensus or ()), (), (), ())
    found = resolve(SCHEME, proposals, Answers(SCHEME, codings))
    assert all(isinstance(item, Coding) and item.unit == UNIT for item in found)
    return {item.code: item.status for item in found}


def test_each_status() -> None:
    assert statuses([], ("weaver",)) == {"weaver": "suggested"}
    assert statuses([decision("a", "weaver")]) == {"weaver": "single"}
    two = [decision("a", "weaver judge"), decision("b", "weaver")]
    assert statuses(two) == {"weaver": "agreed", "judge": "disputed"}
    settled = [decision("consensus", "judge")]
    assert statuses(two, ("weaver",), settled) == {"judge": "adjudicated"}
    alike = [decision("a", "weaver"), decision("b", "weaver")]
    assert statuses(alike, (), [decision("consensus", "weaver")]) == {"weaver": "agreed"}
    assert statuses(alike, (), [decision("consensus", "judge")]) == {"judge": "adjudicated"}


def test_two_of_three_coders_do_not_agree() -> None:
    three = [decision("a", "weaver"), decision("b", "weaver"), decision("c", "")]
    assert statuses(three) == {"weaver": "disputed"}
    assert statuses([*three[:2], decision("c", "weaver judge")]) == {
        "weaver": "agreed",
        "judge": "disputed",
    }


def test_a_consensus_that_was_withdrawn_settles_nothing() -> None:
    two = [decision("a", "weaver"), decision("b", "judge")]
    settled = [decision("consensus", "judge", 1)]
    assert statuses(two, (), settled) == {"judge": "adjudicated"}
    withdrawn = [*settled, decision("consensus", None, 2)]
    assert statuses(two, (), withdrawn) == {"weaver": "disputed", "judge": "disputed"}
    assert statuses([], ("weaver",), withdrawn) == {"weaver": "suggested"}


def test_one_coder_alone_agrees_with_nobody() -> None:
    lone = [decision("a", "weaver")]
    assert statuses(lone, (), [decision("consensus", "weaver")]) == {"weaver": "adjudicated"}


def test_a_decision_silences_the_machine() -> None:
    assert statuses([decision("a", "")], ("weaver",)) == {}
    assert statuses([decision("a", "judge")], ("weaver",)) == {"judge": "single"}


def test_the_last_line_of_a_coder_counts_and_withdrawing_undoes() -> None:
    lines = [decision("a", "weaver", 1), decision("a", "judge", 2)]
    assert statuses(lines) == {"judge": "single"}
    assert statuses([*lines, decision("a", None, 3)], ("weaver",)) == {"weaver": "suggested"}


def test_a_younger_code_was_not_considered() -> None:
    old = decision("a", "weaver", scheme=1)
    assert statuses([old], ("scribe",)) == {"weaver": "single", "scribe": "suggested"}
    assert statuses([old, decision("b", "weaver scribe")]) == {
        "weaver": "agreed",
        "scribe": "single",
    }


codes = st.one_of(
    st.none(), st.lists(st.sampled_from(["weaver", "judge"]), unique=True).map(" ".join)
)


@given(st.lists(st.tuples(st.sampled_from("abc"), codes), max_size=12), st.permutations("abc"))
def test_order_of_coders_does_not_matter(
    lines: list[tuple[str, str | None]], names: list[str]
) -> None:
    decisions = [
        decision(coder, given_codes, time) for time, (coder, given_codes) in enumerate(lines)
    ]
    rename = dict(zip("abc", names, strict=True))
    renamed = [
        decision(rename[coder], given_codes, time)
        for time, (coder, given_codes) in enumerate(lines)
    ]
    assert statuses(decisions, ("weaver",)) == statuses(renamed, ("weaver",))
