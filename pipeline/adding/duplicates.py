"""Which records are studies that are here already, or twice in one file."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from pipeline.adding.likeness import (
    How,
    compare_containers,
    compare_people,
    compare_titles,
    is_alias,
    is_series,
)
from pipeline.adding.normal import (
    PREPRINT,
    SERVER,
    Person,
    Title,
    fold,
    make_doi,
    make_person,
    make_title,
)
from pipeline.records import Study

Why = Literal["doi", "title", "preprint"]
MOST = 10  # matches told of one record
_LARGEST = 20_000  # pairs of records that share one key
_ALIKE = 72.0  # likeness of titles, 0 to 100, from which a pair is looked at
_UNALIKE = 50.0  # below this two titles have nothing in common
_COMPARED = (
    "title", "authors", "editors", "year", "container", "volume", "number", "pages", "publisher",
    "doi", "url", "language",
)  # fmt: skip
_BOOKS = frozenset(
    ("book", "mvbook", "collection", "proceedings", "thesis", "phdthesis", "mastersthesis")
)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Match:
    """A study that a record is: its place, why, the score (100 for the same DOI).

    `differs` names the fields of Study that both have and that differ.
    """

    other: int
    why: Why
    score: float
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Traits:
    """What of a study counts. Studies with the same traits are the same study."""

    title: Title
    people: tuple[Person, ...]
    year: int
    doi: str
    container: str
    volume: str
    number: str
    page: str
    edition: str
    book: bool
    preprint: bool

    @property
    def family(self) -> str:
        return self.people[0].family if self.people else ""


def find_duplicates(
    incoming: Sequence[Study], existing: Sequence[Study]
) -> list[tuple[Match, ...]]:
    """For each incoming study its matches among the existing ones, best first, at most MOST."""
    mine, theirs = _grouped(incoming), _grouped(existing)
    found: list[list[Match]] = [[] for _ in incoming]
    for one, other, why, score in _judged(list(mine), list(theirs)):
        for place in mine[one]:
            for match in theirs[other][:MOST]:
                differs = _differs(incoming[place], existing[match])
                found[place].append(Match(match, why, score, differs))
    return [_best(matches) for matches in found]


def find_repeats(incoming: Sequence[Study]) -> list[tuple[Match, ...]]:
    """The same within one file: `other` is the place of an earlier record."""
    groups = _grouped(incoming)
    found: list[list[Match]] = [[] for _ in incoming]
    for one, other, why, score in _judged(list(groups), list(groups)):
        for place in groups[one]:
            for match in groups[other][:MOST]:
                if match < place:
                    differs = _differs(incoming[place], incoming[match])
                    found[place].append(Match(match, why, score, differs))
    return [_best(matches) for matches in found]


def _best(matches: list[Match]) -> tuple[Match, ...]:
    return tuple(sorted(matches, key=lambda match: (-match.score, match.other))[:MOST])


def _grouped(studies: Iterable[Study]) -> dict[_Traits, list[int]]:
    groups: dict[_Traits, list[int]] = defaultdict(list)
    for place, study in enumerate(studies):
        groups[_traits(study)].append(place)
    return dict(groups)


def _traits(study: Study) -> _Traits:
    doi = make_doi(study.doi) or make_doi(study.url)
    where = f"{study.container} {study.publisher} {study.url} {study.number}"
    preprint = bool(PREPRINT.match(doi) if doi else SERVER.search(where))
    preprint = preprint or study.type == "unpublished"
    return _Traits(
        make_title(study.title),
        tuple(make_person(name) for name in study.people),
        study.year,
        doi,
        " ".join(make_title(study.container).words) if study.container else "",
        _first_number(study.volume),
        _first_number(study.number),
        _first_number(study.pages),
        _first_number(fold(study.raw.get("edition", ""))),
        study.type in _BOOKS,
        preprint,
    )


def _first_number(text: str) -> str:
    found = _NUMBER.search(text)
    return (found[0].lstrip("0") or "0") if found else text.strip().lower()


def _differs(one: Study, other: Study) -> tuple[str, ...]:
    values = ((name, getattr(one, name), getattr(other, name)) for name in _COMPARED)
    return tuple(name for name, mine, theirs in values if mine and theirs and mine != theirs)


def _judged(
    left: Sequence[_Traits], right: Sequence[_Traits]
) -> Iterator[tuple[_Traits, _Traits, Why, float]]:
    for i, j in _pairs(left, right):
        verdict = _judge(left[i], right[j])
        if verdict:
            yield left[i], right[j], *verdict


def _judge(one: _Traits, other: _Traits) -> tuple[Why, float] | None:
    """Why two studies are the same and how sure that is; None where they are two."""
    if one == other:
        return ("doi", 100.0) if one.doi else ("title", 99.0)
    who = _compare_authors(one, other)
    if one.doi and one.doi == other.doi:
        return ("doi", 100.0) if _shares_doi(one, other, who) else None
    titles = compare_titles(one.title, other.title) or _compare_places(one, other, who)
    if titles is None or (one.edition and other.edition and one.edition != other.edition):
        return None
    how, likeness = titles
    apart = abs(one.year - other.year) if one.year and other.year else 0
    score = round(min(likeness, 99.0) - 2.0 * apart, 1)
    if one.preprint or other.preprint:
        if _same_preprint(one, other, how, who, apart):
            return ("preprint" if one.preprint != other.preprint else "title"), score
        return None
    return ("title", score) if _same_study(one, other, how, who, apart) else None


def _shares_doi(one: _Traits, other: _Traits, who: int) -> bool:
    """Whether one DOI is one study: it may have been copied to another, as titles show."""
    alike = fuzz.token_set_ratio(one.title.text, other.title.text)
    if abs(one.year - other.year) > 1 or 0 <= who < 2:
        return alike >= 97 or compare_titles(one.title, other.title) is not None
    return alike >= _UNALIKE or (
        one.year == other.year and _agrees(one.page, other.page) is not False
    )


def _compare_places(one: _Traits, other: _Traits, who: int) -> tuple[How, float] | None:
    """A title with many slips, where two texts cannot begin on one page of a journal."""
    if (
        who < 2
        or one.year != other.year
        or not all(
            (mine and mine == theirs)
            for mine, theirs in ((one.page, other.page), (one.volume, other.volume))
        )
        or not compare_containers(one.container, other.container)
    ):
        return None
    mine, theirs = one.title.text, other.title.text
    likeness = fuzz.ratio(mine, theirs)
    if likeness < 85 or is_series(mine) != is_series(theirs) or _digits(mine) != _digits(theirs):
        return None
    return "typos", likeness


def _digits(text: str) -> list[str]:
    return _NUMBER.findall(text)


def _same_preprint(one: _Traits, other: _Traits, how: How, who: int, apart: int) -> bool:
    """A preprint comes up to three years before; its title and all its authors must agree."""
    return (
        apart <= 3
        and who >= 2
        and len(one.title.words) > 2
        and len(other.title.words) > 2
        and _shared(one, other) >= 0.75
        and (how != "short" or apart <= 1)
    )


def _same_study(one: _Traits, other: _Traits, how: How, who: int, apart: int) -> bool:
    container = compare_containers(one.container, other.container)
    if container is None and one.book != other.book and (one.container or other.container):
        container = False
    volume, number = _agrees(one.volume, other.volume), _agrees(one.number, other.number)
    page = None if "1" in (one.page, other.page) else _agrees(one.page, other.page)
    places = (volume, number, page)
    against = places.count(False) + (container is False)
    agreed = places.count(True) + (container is True)
    if apart > 1 or who == 0:
        return False
    if one.doi and other.doi and not (is_alias(one.doi, other.doi) and how == "same"):
        return bool(volume and page and who >= 2 and against == 0)
    if against > 1 or (against and (how != "same" or (container is False and places.count(False)))):
        return False
    size = min(len(one.title.words), len(other.title.words))
    if who == 1:
        return (against == 0 and agreed > 1) or (
            size > 3 and _shared(one, other) >= 0.75 and len(one.people) > 1
        )
    if who < 0:
        return against == 0 and agreed > 0 and apart == 0 and (size > 3 or agreed > 2)
    if size < 3:
        return against == 0 and agreed > 1
    return how == "same" or agreed > 0 or against == 0


def _agrees(one: str, other: str) -> bool | None:
    return one == other if one and other else None


def _compare_authors(one: _Traits, other: _Traits) -> int:
    """2 the first author is the same, 1 perhaps, 0 not, -1 nobody knows."""
    if not one.people or not other.people:
        return -1 if one.people or other.people else -2
    first = compare_people(one.people[0], other.people[0])
    if first == 0 and min(len(one.people), len(other.people)) > 1 and _shared(one, other) == 1:
        return 2
    return first


def _shared(one: _Traits, other: _Traits) -> float:
    """The share of the shorter list of authors that stands in the longer one."""
    short, long = sorted((one.people, other.people), key=len)
    if not short:
        return 0.0
    return sum(any(compare_people(a, b) for b in long) for a in short) / len(short)


Keys = Callable[[_Traits], Iterable[Hashable]]


def _pairs(left: Sequence[_Traits], right: Sequence[_Traits]) -> Iterator[tuple[int, int]]:
    """Pairs worth a look: those that share a key, and whose titles are alike where no DOI is."""
    counts = Counter(pair for traits in {*left, *right} for pair in set(_neighbours(traits)))

    def rare(traits: _Traits) -> Iterable[Hashable]:
        known = {pair for pair in _neighbours(traits) if counts[pair] > 1}
        return sorted(known, key=lambda pair: (counts[pair], pair))[:4]

    sure = _join(left, right, lambda traits: [traits.doi] if traits.doi else [])
    sure |= _join(left, right, lambda traits: [traits])
    maybe = _join(left, right, _heads) | _join(left, right, rare)
    maybe |= _join(left, right, _names, _names_and_years)
    maybe -= sure
    yield from sorted(sure)
    if not maybe:
        return
    listed = sorted(maybe)
    mine, theirs = [t.title.text for t in left], [t.title.text for t in right]
    ones, others = [], []
    for i, j in listed:
        one, other = mine[i], theirs[j]
        size = min(len(one), len(other)) + 2
        ones.append(one[:size])
        others.append(other[:size])
    likeness: Any = cpdist(ones, others, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    for place in np.flatnonzero(likeness).tolist():
        yield listed[place]


def _heads(traits: _Traits) -> Iterable[Hashable]:
    words = traits.title.words
    return {"".join(words[:n]) for n in (*(head for head, _ in traits.title.heads), len(words))}


def _neighbours(traits: _Traits) -> Iterable[tuple[str, str]]:
    words = traits.title.words
    return pairwise(words)


def _names(traits: _Traits) -> Iterable[Hashable]:
    return _first_names(traits, (0,))


def _names_and_years(traits: _Traits) -> Iterable[Hashable]:
    return _first_names(traits, (-1, 0, 1))


def _first_names(traits: _Traits, years: Iterable[int]) -> set[tuple[str, int]]:
    words = {word for person in traits.people[:1] for word in person.own | person.given}
    return {(word, traits.year + n) for word in words for n in years}


def _join(
    left: Sequence[_Traits], right: Sequence[_Traits], keys: Keys, others: Keys | None = None
) -> set[tuple[int, int]]:
    mine, theirs = _index(left, keys), _index(right, others or keys)
    pairs: set[tuple[int, int]] = set()
    for key, places in mine.items():
        others_places = theirs.get(key)
        if not others_places:
            continue
        if len(places) * len(others_places) <= _LARGEST:
            pairs.update((i, j) for i in places for j in others_places)
    return pairs


def _index(traits: Sequence[_Traits], keys: Keys) -> Mapping[Hashable, list[int]]:
    index: dict[Hashable, list[int]] = defaultdict(list)
    for place, item in enumerate(traits):
        for key in keys(item):
            index[key].append(place)
    return index
