"""Which filters an address, a form or a command may name, and what they come to."""

from __future__ import annotations

import pytest

from pipeline.published.choice import Choice, Unknown, UnknownChoice, read_choice
from pipeline.published.terms import DimensionTerm, Term, Terms, Words

NO = Words("", "")


def dimension(name: str, *codes: str) -> DimensionTerm:
    terms = (
        Term(code, name, place, None, 1, None, *[NO] * 5) for place, code in enumerate(codes, 1)
    )
    return DimensionTerm(name, "study", True, NO, NO, tuple(terms))


TERMS = Terms(
    (dimension("role", "weaver", "judge"), dimension("sector", "care", "sport")),
    "role", "sector", {"BE": NO, "NL": NO}, {"older2020": "berg2020"},
)  # fmt: skip
NAMES = (
    "role", "sector", "status", "access", "confidence", "checked", "notice", "country", "exact", "study", "id",
    "q", "year_from", "year_to",
)  # fmt: skip
EVERYTHING = (
    "role=judge role=weaver sector=undecided sector=care status=disputed status=single access=full "
    "access=abstract confidence=low confidence=high checked=changed checked=checked notice=unnoticed notice=retracted country=NL "
    "country=BE study=berg2020 study=smit2021 year_from=2001 year_to=2020 q=two exact=1 id=a id=b"
)


def pairs(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (item.partition("=") for item in text.split())]


def read(text: str) -> Choice:
    return read_choice(pairs(text), TERMS)


def test_every_filter_is_read_and_said_again_in_order() -> None:
    found = read(EVERYTHING)
    assert found == Choice(
        (("role", ("judge", "weaver")), ("sector", ("undecided", "care"))),
        ("disputed", "single"), ("full", "abstract"), ("low", "high"), ("changed", "checked"),
        ("unnoticed", "retracted"), ("NL", "BE"), ("berg2020", "smit2021"), 2001, 2020, "two", True, ("a", "b"),
    )  # fmt: skip
    assert found.pairs() == pairs(EVERYTHING)
    assert read(" ".join(EVERYTHING.split()[::-1])).pairs() != found.pairs()
    assert read("id=a q=two sector=care year_to=2020 role=judge").pairs() == pairs(
        "role=judge sector=care year_to=2020 q=two id=a"
    )


def test_without_filters_all_evidence_is_meant() -> None:
    found = read("role= status= q= year_from= id=")
    assert found == Choice()
    assert found.pairs() == []
    assert found.statuses == ("single", "agreed", "adjudicated")
    assert read("status=suggested").statuses == ("suggested",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("role=judge role=weaver role=judge", Choice((("role", ("judge", "weaver")),))),
        ("study=older2020 study=berg2020", Choice(study=("berg2020",))),
        ("study=nobody2000", Choice(study=("nobody2000",))),
        ("id=older2020", Choice(ids=("older2020",))),
        ("q=one q=two", Choice(words="one two")),
        ("exact=1", Choice()),
        ("exact=1 q=x", Choice(words="x", exact=True)),
        ("year_from=0001 year_from=999", Choice(year_from=999)),
        ("year_to=2020", Choice(year_to=2020)),
        (f"q={'x' * 201}", Choice(words="x" * 200)),
    ],
)
def test_what_is_read_as_what(text: str, found: Choice) -> None:
    assert read(text) == found


def test_blanks_around_a_value_are_none_of_it() -> None:
    assert read_choice([("role", " judge "), ("q", " \t")], TERMS) == Choice(
        (("role", ("judge",)),)
    )


@pytest.mark.parametrize(
    ("text", "name", "value", "known"),
    [
        ("role=x", "role", "x", ("weaver", "judge")),
        ("role=undecided", "role", "undecided", ("weaver", "judge")),
        ("sector=judge", "sector", "judge", ("care", "sport", "undecided")),
        ("status=x", "status", "x", ("single", "agreed", "adjudicated", "disputed", "suggested")),
        ("access=none", "access", "none", ("full", "partial", "abstract")),
        ("confidence=x", "confidence", "x", ("high", "medium", "low")),
        ("checked=x", "checked", "x", ("checked", "contradicted", "changed", "unchecked")),
        ("country=DE", "country", "DE", ("BE", "NL")),
        ("exact=2", "exact", "2", ("1",)),
        ("year_from=20200", "year_from", "20200", ()),
        ("year_to=-1", "year_to", "-1", ()),
        ("year_to=²", "year_to", "²", ()),
        ("year_to=٢", "year_to", "٢", ()),
        ("colour=red", "colour", "", NAMES),
    ],
)
def test_what_does_not_exist(text: str, name: str, value: str, known: tuple[str, ...]) -> None:
    with pytest.raises(UnknownChoice) as told:
        read(f"{text} role=judge")
    assert told.value.unknown == [Unknown(name, value, known)]
    assert str(told.value) == f"{name}={value}"


def test_all_that_does_not_exist_is_said_at_once() -> None:
    with pytest.raises(UnknownChoice, match=r"^role=x; colour=$"):
        read("role=x colour=red")


def test_other_names_are_let_pass() -> None:
    assert read_choice([("page", "2"), ("role", "judge")], TERMS, ["page"]) == read("role=judge")


def test_codes_of_one_dimension_are_changed() -> None:
    found = read("role=judge sector=care q=x")
    assert found.of("role") == ("judge",)
    assert found.of("phase") == ()
    assert found.with_code("role", "weaver", "judge") == read(
        "role=weaver role=judge sector=care q=x"
    )
    assert found.with_code("role") == read("sector=care q=x")
    assert found.with_code("phase", "start").codes[2:] == (("phase", ("start",)),)
