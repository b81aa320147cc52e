"""What speaks for two records being one study, and what against it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.desk.adding.traits import make_traits
from pipeline.desk.adding.verdict import Pair
from pipeline.desk.desk_texts import desk_says
from pipeline.model.records import Study

_PLACES = ("container", "volume", "number", "page")


@dataclass(frozen=True, slots=True)
class Grounds:
    """Sentences without a full stop. What one of the two does not say is in neither."""

    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


def grounds(one: Study, other: Study) -> Grounds:
    """What the rules look at in these two, whatever they made of it. A pure function."""
    said = list(_said(Pair(make_traits(one), make_traits(other))))
    return Grounds(
        tuple(words for speaks_for, words in said if speaks_for),
        tuple(words for speaks_for, words in said if not speaks_for),
    )


def _said(pair: Pair) -> Iterator[tuple[bool, str]]:
    if pair.doi is not None:
        yield (
            pair.doi,
            desk_says("grounds.the_same_doi") if pair.doi else desk_says("grounds.another_doi"),
        )
    yield _titles(pair)
    if min(len(pair.one.people), len(pair.other.people)):
        yield _people(pair)
    if pair.one.year and pair.other.year:
        years = (
            desk_says("grounds.one_year_apart")
            if pair.apart == 1
            else desk_says("grounds.years_apart", apart=pair.apart)
        )
        yield not pair.apart, years if pair.apart else desk_says("grounds.the_same_year")
    for name in _PLACES:
        words = desk_says(f"place.{name}")
        agrees: bool | None = getattr(pair, name)
        if agrees is not None:
            yield (
                agrees,
                desk_says("grounds.the_same", words=words)
                if agrees
                else desk_says("grounds.another", words=words),
            )
    if pair.one.preprint != pair.other.preprint:
        yield False, desk_says("grounds.one_is_a_preprint")
    if {pair.one.kind, pair.other.kind} == {"article", "inproceedings"}:
        yield False, desk_says("grounds.one_is_an_article_the")


def _titles(pair: Pair) -> tuple[bool, str]:
    if pair.titles is None:
        return False, desk_says("grounds.the_titles_differ")
    how, _ = pair.titles
    said = {
        "same": desk_says("grounds.the_same_title"),
        "typos": desk_says("grounds.titles_that_differ_by_slips"),
        "short": desk_says("grounds.one_title_is_the_beginning"),
    }
    return True, said[how]


def _people(pair: Pair) -> tuple[bool, str]:
    if pair.everyone:
        return True, desk_says("grounds.the_same_authors")
    if pair.who == 2:
        return True, desk_says("grounds.the_same_first_author")
    if pair.who == 1:
        return True, desk_says("grounds.a_first_author_of_nearly")
    return False, desk_says("grounds.another_first_author")
