"""Which records are studies that are here already: copies found, look-alikes left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.adding.duplicates import MOST, find_duplicates, find_repeats
from pipeline.desk.adding.normal_forms import make_doi
from pipeline.model.records import Name, Study
from tests.bench.duplicates import DEVELOPMENT, HELD, Maker, make_sample, measure

TITLE = "Brokers of the organised harbour: five lessons from small towns"
AUTHORS = (Name("Müller-Sørby", "Jörg A."), Name("Bakker", "Ada", "de"))
BASE = Study(
    key="base", type="article", title=TITLE, authors=AUTHORS, year=2020, line=1,
    container="Journal of Harbour Studies", volume="12", number="3", pages="101--120",
    doi="10.5555/harbour.7",
)  # fmt: skip


def study(**changes: Any) -> Study:
    return replace(BASE, **{"doi": "", **changes})


def why(one: Study, other: Study = BASE) -> str | None:
    """Why they are the same, asked in both directions; None where they are two."""
    there, back = find_duplicates([one], [other])[0], find_duplicates([other], [one])[0]
    assert [(m.why, m.score) for m in there] == [(m.why, m.score) for m in back]
    return there[0].why if there else None


@pytest.mark.parametrize(
    "changes",
    [
        {"title": TITLE.upper()},
        {"title": "The brokers of the organized harbor - 5 lessons from small towns."},
        {"title": "Brokers of the <i>organised</i> harbour: five lessons &amp; small towns"},
        {"title": "Brokers of the organsied harbour: five lesons from small tonws"},
        {"title": "Brokers of the organised harbour"},
        {"title": "Brokers of the organised harbour: five les…"},
        {"authors": (Name("Mueller-Soerby", "J."), Name("de Bakker", "A."))},
        {"authors": (Name("Muller Sorby", "Jorg"),), "and_others": True},
        {"authors": (Name("MÜLLER-SØRBY", "JÖRG"), Name("DE BAKKER", "ADA"))},
        {"authors": (Name("Jörg A.", "Müller-Sørby"), Name("Ada", "Bakker"))},
        {"authors": (Name("Mullersorbi", "J. A."),)},
        {"authors": ()},
        {"authors": AUTHORS[::-1]},
        {"authors": (Name("Sörby", "Jörg"),)},
        {"authors": (Name("Vos", "Ivo"),)},  # nobody else's can begin on that page
        {"authors": (), "editors": AUTHORS},
        {"year": 2021},
        {"year": 2019, "volume": "", "number": "", "pages": "1-19"},
        {"volume": "", "number": "", "pages": "", "container": ""},
        {"container": "J. Harb. Stud."},
        {"pages": "101", "volume": "Vol. 12"},
        {"doi": "10.2307/998877"},
        {"doi": "10.5555/harbor.7"},
    ],
)
def test_a_copy_is_found(changes: dict[str, Any]) -> None:
    assert why(study(**changes)) == "title"


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Brokers of the organised harbour: seven lessons from small towns"},
        {
            "title": "Brokers of the disorganised harbour: five lessons from small towns",
            "pages": "300",
        },
        {"title": f"Erratum to: {TITLE}", "pages": "300"},
        {"title": f"{TITLE}, part 2", "pages": "121--140"},
        {"title": "Brokers of the organised harbour: a reply"},
        {"title": "Brokers of the organised harbour: evidence from large ports"},
        {"title": f"Book review: {TITLE}", "authors": (Name("Vos", "Ivo"),), "pages": "88--89"},
        {"authors": (Name("Vos", "Ivo"),), "pages": "300"},
        {"year": 2024},
        {"doi": "10.5555/harbour.8", "pages": "200--210"},
        {"container": "Proceedings of the Dock Meeting", "volume": "", "pages": "7--9"},
        {"title": "What the dredgers know"},
    ],
)
def test_another_text_is_not(changes: dict[str, Any]) -> None:
    assert why(study(**changes)) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ferries in Austria and their crews", "Ferries in Australia and their crews"),
        ("Ferries of the eastern provinces today", "Ferries of the western provinces today"),
        ("From policy to practice in ferries", "From practice to policy in ferries"),
        ("Ferries with a crew of volunteers", "Ferries without a crew of volunteers"),
        ("Annual report of the ferries 2019", "Annual report of the ferries 2020"),
        ("Handbook of ferries, first edition", "Handbook of ferries, second edition"),
    ],
)
def test_one_word_that_turns_the_meaning(one: str, other: str) -> None:
    bare = {"volume": "", "number": "", "pages": ""}
    assert why(study(title=one, **bare), study(title=other, **bare)) is None
    assert why(study(title=one, **bare), study(title=one.upper(), **bare)) == "title"


def test_numbers_are_one_however_written() -> None:
    for one, other in (("part II", "Part 2"), ("deel twee", "Deel 2"), ("part I", "Part One")):
        assert why(study(title=f"Ferries, {one}"), study(title=f"Ferries: {other}")) == "title"


def test_a_general_title_needs_the_same_place() -> None:
    one = study(title="Editorial", authors=AUTHORS[:1])
    assert why(one, replace(one, pages="")) == "title"
    assert why(one, replace(one, number="4", pages="201--203")) is None


def test_the_doi_however_written() -> None:
    forms = ("https://doi.org/10.5555/HARBOUR.7", "doi:10.5555/harbour.7", "10.5555%2Fharbour.7.")
    assert {make_doi(form) for form in forms} == {"10.5555/harbour.7"}
    assert make_doi("10.48550/arXiv.2001.00001v2") == "10.48550/arxiv.2001.00001"
    assert make_doi("none") == ""
    other = study(title="Brokers of harbours", doi=forms[0].upper().replace("HTTPS", "https"))
    match = find_duplicates([other], [BASE])[0][0]
    assert (match.why, match.score) == ("doi", 100.0)


def test_a_doi_copied_to_another_study() -> None:
    wrong = study(title="What the dredgers know", doi=BASE.doi, authors=(Name("Vos", "Ivo"),))
    assert why(wrong) is None
    # The same study under a translated title: author, year and pages agree.
    assert why(study(title="Makelaars van de haven", doi=BASE.doi)) == "doi"


def test_two_editions_of_a_book_are_two() -> None:
    book = study(type="book", raw={"edition": "1st"})
    assert why(book, replace(book, raw={"edition": "2nd ed."})) is None
    assert why(book, replace(book, raw={"edition": "1"})) == "title"
    assert why(book, replace(book, raw={})) == "title"


@pytest.mark.parametrize("doi", ["10.48550/arXiv.2001.1", "10.31235/osf.io/ab", "10.2139/ssrn.12"])
def test_a_preprint_may_be_three_years_older(doi: str) -> None:
    early = study(type="misc", container="", volume="", number="", pages="", doi=doi)
    assert why(replace(early, year=2017)) == "preprint"
    assert why(replace(early, year=2016)) is None
    assert why(replace(early, year=2017, authors=(*AUTHORS[:1], Name("Vos", "Ivo")))) is None


def test_differing_fields_are_named() -> None:
    other = study(title=TITLE.upper(), volume="", pages="101", year=2021)
    assert find_duplicates([other], [BASE])[0][0].differs == ("title", "year", "pages")


def test_the_best_comes_first() -> None:
    existing = [study(title="Brokers of the organised harbour"), study(year=2021), study()]
    matches = find_duplicates([BASE], existing)[0]
    assert [match.other for match in matches] == [2, 1, 0]


def test_repeats_point_back() -> None:
    other = study(title="What the dredgers know", authors=(Name("Vos", "Ivo"),), pages="7--9")
    found = find_repeats([BASE, other, study(title=TITLE.upper()), other])
    assert [[match.other for match in matches] for matches in found] == [[], [], [0], [1]]


def test_nothing_to_compare() -> None:
    assert find_duplicates([], [BASE]) == []
    assert find_duplicates([BASE], []) == [()]
    assert find_repeats([]) == []


def test_masses_of_one_title() -> None:
    """No list of matches grows with the file, and copies are still found among them."""
    maker = Maker(DEVELOPMENT, 3)
    same = [replace(maker.study(TITLE), pages=f"{n}00") for n in range(400)]
    found = find_duplicates([replace(item, doi="", authors=()) for item in same], same)
    assert all(place in {match.other for match in item} for place, item in enumerate(found))
    assert {len(item) for item in find_repeats([BASE] * 400)} == set(range(MOST + 1))


def test_the_known_pairs() -> None:
    figures = measure(make_sample(HELD, 4, bases=500, each=12))
    assert figures.recall >= 0.98, dict(figures.missed)
    assert figures.precision >= 0.995, dict(figures.wrong)


TEXT = st.text("aeot ghnr-:?.'éß2Øю創&<", max_size=30)
NAMES = st.builds(Name, family=TEXT, given=TEXT)
STUDIES = st.builds(
    Study,
    key=st.just("x"),
    type=st.sampled_from(("article", "book", "misc", "unpublished")),
    title=st.one_of(TEXT, st.sampled_from((TITLE, TITLE[:33], TITLE.upper(), "Editorial"))),
    authors=st.one_of(st.just(AUTHORS), st.lists(NAMES, max_size=3).map(tuple)),
    year=st.integers(2018, 2022) | st.just(0),
    line=st.just(1),
    container=st.sampled_from(("", "Journal of Harbour Studies", "J. Harb. Stud.", "arXiv")),
    volume=st.sampled_from(("", "12", "013", "X")),
    pages=st.sampled_from(("", "1--9", "101--120", "e5")),
    doi=st.sampled_from(("", "10.5555/a", "10.5555/b", "10.2307/c", "10.48550/d", "none")),
)


@given(STUDIES, st.lists(STUDIES, max_size=6))
def test_a_study_is_always_its_own_copy(one: Study, others: list[Study]) -> None:
    assert len(others) in {match.other for match in find_duplicates([one], [*others, one])[0]}
    assert 0 in {match.other for match in find_repeats([one, *others, one])[-1]}


@given(st.lists(STUDIES, max_size=6), st.lists(STUDIES, max_size=6))
def test_duplicates_go_both_ways(ones: list[Study], others: list[Study]) -> None:
    there = find_duplicates(ones, others)
    back = find_duplicates(others, ones)
    pairs = {(i, m.other, m.why, m.score) for i, found in enumerate(there) for m in found}
    assert pairs == {(m.other, j, m.why, m.score) for j, found in enumerate(back) for m in found}


@given(st.lists(STUDIES, max_size=8), st.data())
def test_their_order_does_not_matter(existing: list[Study], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(existing))))
    one = data.draw(STUDIES)
    plain = {match.other for match in find_duplicates([one], existing)[0]}
    moved = find_duplicates([one], [existing[place] for place in order])[0]
    assert plain == {order[match.other] for match in moved}


@given(st.lists(STUDIES, max_size=8))
def test_repeats_are_the_duplicates_before(incoming: list[Study]) -> None:
    for place, matches in enumerate(find_repeats(incoming)):
        earlier = find_duplicates([incoming[place]], incoming[:place])[0] if place else ()
        assert {match.other for match in matches} == {match.other for match in earlier}
