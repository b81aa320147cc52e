"""Which answers stand, and what comes of them: whole codings of one passage, from a few words.

`ann:weaver+judge:high@one` is what ann said in round one, `m!-@one` that m settled on none, `x` takes
back; each word a minute after the one before. ann and bob are people, m, n and o models.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model.answers import Codings
from pipeline.model.people import Coder, Round, Step
from pipeline.model.records import Coding, Decision, Suggestion
from pipeline.model.resolve import resolve
from pipeline.model.scheme import read_scheme
from pipeline.model.secrecy import SecretLines
from pipeline.model.standing import Answers
from tests.conftest import SMALL

SCHEME = read_scheme(SMALL / "coding" / "scheme.yml")
UNIT = "berg2020-0123abcd"
KEY = (UNIT, "role")
ROLES = SCHEME.dimension("role").codes  # weaver and judge since version 1, scribe since 2


def a_round(name: str, closed: int | None = None, checks: str | None = None) -> Round:
    at = f"2026-11-02T{closed:02}:00:00Z" if closed else ""
    history = (Step(at=at, by="ann", state="closed"),) if closed else ()
    title = {"en": name, "nl": name}
    return Round(id=name, title=title, coders=("ann",), blind=False, checks=checks, history=history)  # type: ignore[arg-type]


# Two and twin were closed in the same moment, and so were v, u, t and s.
ROUNDS = (
    a_round("late", 9), a_round("one", 1), a_round("two", 2), a_round("twin", 2),
    a_round("check", 3, "m"), a_round("three"), a_round("four"),
    a_round("v", 4), a_round("u", 4), a_round("t", 4), a_round("s", 4),
)  # fmt: skip
CODERS = tuple(
    Coder(
        id=name, name={"en": name, "nl": name}, kind="test",  # type: ignore[arg-type]
        nature="person" if name in ("ann", "bob") else "model",
    )
    for name in "ann bob m n o".split()
)  # fmt: skip


def line(word: str, minute: int, scheme: int = 2) -> Decision:
    rest, _, item = word.partition("@")
    settles = "!" in rest
    who, said, *sure = rest.replace("!", ":").split(":")
    codes = None if said == "x" else frozenset(said.replace("-", "").split("+")) - {""}
    coder = "consensus" if settles else who
    return Decision(
        f"2026-11-01T00:{minute:02}:00Z", coder, UNIT, "role", codes, "".join(sure), "", "", "",
        scheme, item, "", f"{coder}/berg2020.csv", minute, minute, settled_by=who if settles else "",
    )  # fmt: skip


def answers(text: str, until: str = "") -> Answers:
    lines = [
        line(word.strip("'"), minute, 1 if "'" in word else 2)  # ' is the scheme's first version
        for minute, word in enumerate(text.split(), 1)
    ]
    settled = [item for item in lines if item.coder == "consensus"]
    given = [item for item in lines if item.coder != "consensus"]
    codings = Codings(SecretLines(given, ROUNDS), SecretLines(settled, ROUNDS), CODERS, ROUNDS, ())
    return Answers(SCHEME, codings, until)


def found(text: str, *suggested: str) -> list[Coding]:
    proposals = [Suggestion("role", code, 0.75, (), ()) for code in suggested]
    return resolve(SCHEME, {UNIT: proposals}, answers(text))


def told(coding: Coding) -> str:
    parts = (coding.code, coding.status, coding.checked, "+".join(coding.coders), coding.confidence)
    return " ".join(filter(None, (*parts, coding.settled_by and f"by {coding.settled_by}")))


@pytest.mark.parametrize(
    ("text", "codings"),
    [
        ("", ""),
        ("m:-@one", ""),
        ("m:weaver@one", "weaver single unchecked m"),
        ("ann:weaver@one", "weaver single checked ann"),
        ("ann:weaver@ ann:weaver@one", "weaver single checked ann"),
        ("ann:weaver@one ann:x@one", ""),
        # The least confidence of those who gave it, where any of them says one.
        ("m:weaver:high@one n:weaver:low@one", "weaver agreed unchecked m+n low"),
        ("n:weaver:high@one m:weaver@one", "weaver agreed unchecked m+n high"),
        ("m:weaver:high@one n:judge:low@one", "judge disputed unchecked n low, weaver disputed unchecked m high"),
        ("m:weaver@one n:-@one", "weaver disputed unchecked m"),
        ("m:weaver@one n:weaver@one o:judge@one", "judge disputed unchecked o, weaver disputed unchecked m+n"),
        # Of several closed rounds the latest, by when it was closed and then as they stand.
        ("m:weaver@late n:judge@one", "weaver single unchecked m"),
        ("m:weaver@two n:judge@one", "weaver single unchecked m"),
        ("n:judge@twin m:weaver@two", "judge single unchecked n"),
        ("m:weaver@twin n:judge@two m:x@twin", "judge single unchecked n"),
        ("m:weaver@v n:judge@u", "judge single unchecked n"),
        ("m:weaver@v n:judge@u o:scribe@t", "scribe single unchecked o"),
        ("m:weaver@u n:judge@t o:scribe@s", "scribe single unchecked o"),
        ("m:weaver@t n:judge@s", "judge single unchecked n"),
        # A person's, before any of models.
        ("ann:weaver@one m:judge@late", "weaver single checked ann"),
        ("ann:weaver@one bob:judge@two m:judge@late", "judge single checked bob"),
        ("m:weaver@one n:-@one ann!weaver@one m:judge@late", "weaver adjudicated checked m by ann"),
        # A check is held against what it checks, unless who is checked codes in it as well.
        ("m:weaver@one ann:weaver@check", "weaver agreed checked ann+m"),
        ("m:weaver@one ann:judge@check", "judge disputed checked ann, weaver disputed contradicted m"),
        ("m:weaver@one ann:judge@check m:judge@check", "judge agreed checked ann+m"),
        ("m:judge@check ann:judge@check m:weaver@one", "judge agreed checked ann+m"),
        ("m:judge@one m:weaver@two n:scribe@two ann:weaver@check", "weaver agreed checked ann+m"),
        # Rounds that are not closed: all together where none is closed, else only what people say.
        ("m:weaver@three n:weaver@four", "weaver agreed unchecked m+n"),
        ("m:weaver@three m:judge@four", "judge single unchecked m"),
        ("m:weaver@one n:judge@three", "weaver single unchecked m"),
        ("m:weaver@one ann:judge@three", "judge disputed checked ann, weaver disputed contradicted m"),
        ("m:weaver@one ann:weaver@three", "weaver agreed checked ann+m"),
        ("m:weaver@one ann:judge@three ann:weaver@four", "weaver agreed checked ann+m"),
        ("m:weaver@one ann:judge@four ann:weaver@three", "weaver agreed checked ann+m"),
        ("bob:judge@one ann:weaver@two ann:weaver@three", "weaver single checked ann"),
        ("m:weaver@one ann:judge@three ann:weaver@three bob:weaver@four", "weaver agreed checked ann+bob+m"),
        ("m:weaver@one ann:judge@three bob!weaver@three", "weaver agreed checked bob+m"),
        ("m:weaver@one ann:judge@three n!weaver@three", "judge disputed checked ann, weaver disputed contradicted m"),
        # Settled: by whoever did so last, a person before models.
        ("m:weaver@one n:judge:low@one o!judge@one", "judge adjudicated unchecked n low by o"),
        ("m:weaver@one n:judge:low@one o!judge:high@one", "judge adjudicated unchecked n high by o"),
        ("m:weaver@one n:judge@one o!judge@one o!weaver@one", "weaver adjudicated unchecked m by o"),
        ("m:weaver@one n:judge@one o!judge@one n!weaver@one", "weaver adjudicated unchecked m by n"),
        ("m:weaver@one n:judge@one bob!judge@one ann!weaver@one", "weaver adjudicated checked m by ann"),
        ("m:weaver@one n:judge@one ann!judge@one o!weaver@one", "judge adjudicated checked n by ann"),
        ("m:weaver@one n:judge@one ann!judge@one ann!x@one", "judge disputed unchecked n, weaver disputed unchecked m"),
        ("o!judge@one", "judge adjudicated unchecked by o"),
        ("ann!judge@one", "judge adjudicated checked by ann"),
        ("m:weaver@one n:weaver@one o!-@one", ""),
        ("m:weaver@one n:weaver@one o!weaver@one", "weaver agreed unchecked m+n by o"),
        ("m:weaver@one o!weaver@one", "weaver adjudicated unchecked m by o"),
        ("m:weaver+judge@one n:weaver@one o!weaver@one", "weaver adjudicated unchecked m+n by o"),
        ("m:weaver@one n:judge@one o!judge@two", "judge adjudicated unchecked by o"),
        # What models settled does not end what a person says; what a person settled does.
        ("ann:weaver@one m:judge@one o!judge@one", "judge disputed contradicted m by o, weaver disputed checked ann by o"),
        ("m:weaver@one ann:judge@three o!weaver@one", "judge disputed checked ann by o, weaver disputed contradicted m by o"),
        ("bob!weaver@one m:judge@one", "weaver adjudicated checked by bob"),
        ("ann:weaver@one m:judge@one bob!judge@one", "judge adjudicated checked m by bob"),
        ("ann:weaver@one bob!judge@one ann:weaver@one", "judge disputed contradicted by bob, weaver disputed contradicted ann by bob"),
        ("m:weaver@one bob!weaver@one ann:judge@three", "judge disputed contradicted ann by bob, weaver disputed contradicted m by bob"),
        ("m:weaver@one ann:judge@three bob!weaver@one", "weaver adjudicated checked m by bob"),
        # Who changes their mind, and says so last, contradicts nobody.
        ("bob!weaver@one bob:-@three", "weaver disputed changed by bob"),
        ("ann:-@one bob:weaver@one ann:weaver@three", "weaver disputed changed ann+bob"),
        ("m:weaver@one bob!-@one bob:weaver@three ann:weaver@three", "weaver disputed changed ann+bob+m by bob"),
        ("ann:weaver@one bob:weaver@one ann:-@three", "weaver disputed contradicted ann+bob"),
        ("m:weaver@one ann:-@three", "weaver disputed contradicted m"),
        # A code that came later is not denied by who answered before it.
        ("m:scribe@one 'n:-@one", "scribe single unchecked m"),
        ("m:scribe@one 'n!-@one", "scribe single unchecked m"),
        ("'m:scribe@one", "scribe single unchecked m"),
        ("'m:weaver@one n:scribe@one", "scribe single unchecked n, weaver disputed unchecked m"),
        ("m:scribe@one 'n:weaver@two", "scribe single unchecked m, weaver single unchecked n"),
    ],
)  # fmt: skip
def test_what_comes_of_answers(text: str, codings: str) -> None:
    assert ", ".join(told(coding) for coding in found(text)) == codings
    assert all(
        (coding.unit, coding.dimension, coding.score) == (*KEY, None) for coding in found(text)
    )


@pytest.mark.parametrize(
    ("text", "codings"),
    [
        ("", "judge suggested unchecked, weaver suggested unchecked"),
        ("m:weaver@one", "weaver single unchecked m"),
        ("m:-@one", ""),
        ("'m:-@one", ""),
        ("o!-@one", ""),
        ("m:scribe@one m:x@one", "judge suggested unchecked, weaver suggested unchecked"),
    ],
)
def test_what_is_suggested_is_silenced_by_any_answer(text: str, codings: str) -> None:
    codes = found(text, "weaver", "judge")
    assert ", ".join(told(coding) for coding in codes) == codings
    assert {coding.score for coding in codes} <= {0.75}
    (scribe,) = found("'m:-@one", "scribe")
    assert (scribe.status, scribe.score, scribe.coders) == ("suggested", 0.75, ())


def test_codings_stand_in_the_order_of_units_dimensions_and_codes() -> None:
    def other(unit: str, dimension: str) -> list[Suggestion]:
        return [Suggestion(dimension, code, 0.5, (), ()) for code in ("z", "a")]

    proposals = {unit: [*other(unit, "role"), *other(unit, "field")] for unit in ("b", "a")}
    keys = [
        (item.unit, item.dimension, item.code) for item in resolve(SCHEME, proposals, answers(""))
    ]
    assert keys == sorted(keys)
    assert len(keys) == 8


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("", None),
        ("m:-@one", {"weaver": False, "judge": False, "scribe": False}),
        ("'m:weaver@one", {"weaver": True, "judge": False}),
        ("m:weaver@one n:weaver+judge@one", None),
        ("m:weaver@one n:judge@one o!judge@one", {"weaver": False, "judge": True, "scribe": False}),
        ("ann:weaver@one n:judge@one o!judge@one", None),
        ("ann:weaver@one n:judge@one bob!judge@one", {"weaver": False, "judge": True, "scribe": False}),
        ("m:weaver@one ann:judge@three", None),
        ("'m:weaver@two n:scribe@one", {"weaver": True, "judge": False, "scribe": True}),
    ],
)  # fmt: skip
def test_what_is_held_of_each_code(text: str, held: dict[str, bool] | None) -> None:
    assert answers(text).codes_held(KEY) == held
    assert answers(text).codes_held((UNIT, "colour")) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ""),
        ("m:weaver@one n:-@one o!judge@one", "m-1 n-2 consensus-3"),
        ("m:weaver@one n:-@two", "n-2"),
        ("m:scribe@one 'n:-@two", "m-1 n-2"),
        ("m:scribe@one 'o!weaver@two", "m-1 consensus-2"),
        ("m:weaver@one ann:judge@three n:judge@three", "m-1 ann-2"),
    ],
)
def test_which_lines_count(text: str, numbers: str) -> None:
    assert answers(text).counting(KEY) == {f"berg2020-{name}" for name in numbers.split()}


def test_what_is_considered_and_decided() -> None:
    def codes(text: str) -> list[str]:
        return list(answers(text).considered(KEY, ROLES))

    assert codes("") == []
    assert codes("m:-@one") == ["weaver", "judge", "scribe"]
    assert codes("'m:-@one") == codes("'m!-@one") == ["weaver", "judge"]
    assert codes("'m:-@one ann:-@three") == ["weaver", "judge", "scribe"]
    for text, decided in {
        "": False,
        "m:-@one": True,
        "m:weaver@one": True,
        "m:weaver@one n:-@one": False,
        "m:weaver+judge@one n:judge@one": True,
    }.items():
        assert answers(text).is_decided(KEY, found(text, "scribe")) is decided, text


def test_of_one_moment_the_later_line_is_the_last() -> None:
    lines = [
        replace(line("o!judge@one", 1), decided_at="2026-11-01T00:00:00Z"),
        replace(line("n!weaver@one", 2), decided_at="2026-11-01T00:00:00Z"),
    ]
    for order in (lines, lines[::-1]):
        codings = Codings(SecretLines(), SecretLines(order, ROUNDS), CODERS, ROUNDS, ())
        held = Answers(SCHEME, codings).held(KEY)
        assert held.settled is not None
        assert held.settled.codes == {"weaver"}


def test_what_there_is_and_was() -> None:
    both = answers("m:weaver@one n!judge+scribe@one")
    assert list(both) == [KEY]
    assert sorted(both.codes(KEY)) == ["judge", "scribe", "weaver"]
    assert list(answers("n!judge@one")) == [KEY]
    assert list(answers("")) == []
    assert list(both.codes((UNIT, "sector"))) == []
    # Up to a moment, that one too.
    text = "m:weaver@one m:judge@one n!judge@one"
    for minute, codes in {"00": [], "01": ["weaver"], "02": ["judge"], "03": ["judge"] * 2}.items():
        known = answers(text, f"2026-11-01T00:{minute}:00.000000Z")
        assert list(known.codes(KEY)) == codes
