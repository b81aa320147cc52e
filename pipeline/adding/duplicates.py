"""Which records are studies that are here already, or twice in one file."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_RAREST = 4  # neighbouring words of a title by which it is looked up
_ALIKE = 78.0  # likeness of titles, 0 to 100, from which a pair is looked at
_PREPRINT_YEARS = 3  # by which a preprint may come before the article
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
    for one, other, why, score in _judged(list(groups), None):
        for a, b in {(one, other), (other, one)}:
            for place in groups[a]:
                for match in groups[b][:MOST]:
                    if match >= place:
                        break
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
    left: Sequence[_Traits], right: Sequence[_Traits] | None
) -> Iterator[tuple[_Traits, _Traits, Why, float]]:
    """Pairs that are one study; where `right` is None, those among `left`, each once."""
    others = left if right is None else right
    for traits in set(left).intersection(others):
        yield traits, traits, "doi" if traits.doi else "title", 100.0 if traits.doi else 99.0
    for i, j in _pairs(left, others, right is None):
        one, other = left[i], others[j]
        verdict = _judge(one, other) if one != other else None
        if verdict:
            yield one, other, *verdict


def _judge(one: _Traits, other: _Traits) -> tuple[Why, float] | None:
    """Why two studies are the same and how sure that is; None where they are two."""
    who = _compare_authors(one, other)
    if one.doi and one.doi == other.doi:
        return ("doi", 100.0) if _shares_doi(one, other, who) else None
    apart = abs(one.year - other.year) if one.year and other.year else 0
    placed = _same_place(one, other)
    if (who == 0 and not placed) or apart > (
        _PREPRINT_YEARS if one.preprint or other.preprint else 1
    ):
        return None
    titles = compare_titles(one.title, other.title)
    if titles is None and placed:
        titles = _compare_loosely(one.title, other.title)
    if who == 0 and titles and titles[0] != "same":
        return None
    if titles is None or (one.edition and other.edition and one.edition != other.edition):
        return None
    how, likeness = titles
    score = round(min(likeness, 99.0) - 2.0 * apart, 1)
    if one.preprint or other.preprint:
        if _same_preprint(one, other, how, who, apart):
            return ("preprint" if one.preprint != other.preprint else "title"), score
        return None
    return ("title", score) if placed or _same_study(one, other, how, who, apart) else None


def _shares_doi(one: _Traits, other: _Traits, who: int) -> bool:
    """Whether one DOI is one study: it may have been copied to another, as titles show."""
    alike = fuzz.token_set_ratio(one.title.text, other.title.text)
    if abs(one.year - other.year) > 1 or 0 <= who < 2:
        return alike >= 97 or compare_titles(one.title, other.title) is not None
    return alike >= _UNALIKE or (
        one.year == other.year and _agrees(one.page, other.page) is not False
    )


def _same_place(one: _Traits, other: _Traits) -> bool:
    """Whether both begin on one page of one volume of a journal, as two texts hardly do."""
    return (
        bool(one.page and one.volume)
        and (one.page, one.volume, one.year) == (other.page, other.volume, other.year)
        and bool(compare_containers(one.container, other.container))
    )


def _compare_loosely(one: Title, other: Title) -> tuple[How, float] | None:
    """Titles with many slips."""
    mine, theirs = one.text, other.text
    likeness = fuzz.ratio(mine, theirs)
    digits = _NUMBER.findall(mine) == _NUMBER.findall(theirs)
    if likeness < 85 or is_series(mine) != is_series(theirs) or not digits:
        return None
    return "typos", likeness


def _same_preprint(one: _Traits, other: _Traits, how: How, who: int, apart: int) -> bool:
    """A preprint comes up to three years before; its title and all its authors must agree."""
    return (
        who >= 2
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
    pairs = ((one.people, other.people), (other.people, one.people))
    shortest = min(len(one.people), len(other.people))
    return min(
        (
            sum(any(compare_people(a, b) for b in long) for a in short) / shortest
            for short, long in pairs
            if 0 < len(short) == shortest
        ),
        default=0.0,
    )


Keys = Callable[[_Traits], Iterable[str]]


def _pairs(
    left: Sequence[_Traits], right: Sequence[_Traits], is_one: bool
) -> Iterator[tuple[int, int]]:
    """Pairs worth a look: of one DOI, or of a common key, with titles alike and years near."""
    counts = Counter(pair for side in (left, right) for t in side for pair in _neighbours(t))
    least = 2 if is_one else 1

    def rare(traits: _Traits) -> Iterable[str]:
        known = [(counts[pair], pair) for pair in _neighbours(traits) if counts[pair] > least]
        return (pair for _, pair in sorted(known)[:_RAREST])

    joins = [
        _join(left, right, _identities, _identities),
        _join(left, right, _heads, _heads),
        _join(left, right, rare, rare, _LARGEST // 100),
        _join(left, right, _names, _names_and_years),
    ]
    if not any(map(len, joins)):
        return
    if is_one:
        joins = [codes[codes // len(right) <= codes % len(right)] for codes in joins]
    codes = _once(np.concatenate([joins[0], _alike(np.concatenate(joins[1:]), left, right)]))
    rows, columns = np.divmod(codes, len(right))
    yield from zip(rows.tolist(), columns.tolist(), strict=True)


def _alike(codes: Any, left: Sequence[_Traits], right: Sequence[_Traits]) -> Any:
    """The pairs whose years are near and whose titles begin alike, as far as the shorter goes."""
    rows, columns = np.divmod(_once(codes), len(right))
    mine, theirs = (
        np.array([(t.year, t.preprint) for t in side], dtype=np.int64).reshape(-1, 2).T
        for side in (left, right)
    )
    one, other = mine[:, rows], theirs[:, columns]
    apart = np.abs(one[0] - other[0])
    near = (apart <= np.where(one[1] | other[1], _PREPRINT_YEARS, 1)) | (one[0] * other[0] == 0)
    rows, columns = rows[near], columns[near]
    texts, others = ([t.title.text for t in side] for side in (left, right))
    pairs = [(texts[i], others[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]
    sizes = [min(len(one), len(other)) + 2 for one, other in pairs]
    likeness = cpdist(
        [one[:size] for (one, _), size in zip(pairs, sizes, strict=True)],
        [other[:size] for (_, other), size in zip(pairs, sizes, strict=True)],
        scorer=fuzz.ratio,
        score_cutoff=_ALIKE,
    )
    found = [place for place in np.flatnonzero(likeness).tolist() if _may_count(*pairs[place])]
    return rows[found] * len(right) + columns[found]


def _may_count(one: str, other: str) -> bool:
    """Whether the numbers of one title stand in the other."""
    mine, theirs = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    return mine <= theirs or theirs <= mine


def _once(codes: Any) -> Any:
    """Sorted, each once; faster here than numpy's unique, which hashes."""
    codes = np.sort(codes)
    return codes[np.diff(codes, prepend=-1) > 0]


def _identities(traits: _Traits) -> Iterator[str]:
    if traits.doi:
        yield traits.doi
    if traits.page:
        yield f"{traits.title.text}|{traits.year}|{traits.volume}|{traits.page}"


def _heads(traits: _Traits) -> Iterable[str]:
    words = traits.title.words
    return {"".join(words[:n]) for n in (*(head for head, _ in traits.title.heads), len(words))}


def _neighbours(traits: _Traits) -> Iterable[str]:
    return {f"{one} {other}" for one, other in pairwise(traits.title.words)}


def _names(traits: _Traits) -> Iterator[str]:
    for person in traits.people[:1]:
        yield from (f"{traits.year} {word}" for word in person.own)
        yield from (f"{traits.year} given {word}" for word in person.given)


def _names_and_years(traits: _Traits) -> Iterator[str]:
    """Family names as such, and either name taken for the other; but no two given names."""
    for person in traits.people[:1]:
        for year in (traits.year - 1, traits.year, traits.year + 1):
            yield from (f"{year} {word}" for word in person.own | person.given)
            yield from (f"{year} given {word}" for word in person.own)


def _join(
    left: Sequence[_Traits],
    right: Sequence[_Traits],
    keys: Keys,
    others: Keys,
    largest: int = _LARGEST,
) -> Any:
    """Pairs of places with a key in common, as row times columns plus column.

    Of a key that makes more than `largest` pairs none: studies of finer keys are found by those.
    """
    numbers: dict[str, int] = {}
    mine, rows = _numbered(left, keys, numbers)
    theirs, columns = _numbered(right, others, numbers)
    if not len(mine) or not len(theirs):
        return np.empty(0, dtype=np.int64)
    order = np.argsort(theirs, kind="stable")
    theirs, columns = theirs[order], columns[order]
    sizes = np.bincount(theirs, minlength=len(numbers))
    sizes[sizes * np.bincount(mine, minlength=len(numbers)) > largest] = 0
    starts = np.searchsorted(theirs, mine)
    partners = sizes[mine]
    ends = np.cumsum(partners)
    steps = np.arange(ends[-1]) - np.repeat(ends - partners, partners)
    return np.repeat(rows, partners) * len(right) + columns[np.repeat(starts, partners) + steps]


def _numbered(studies: Sequence[_Traits], keys: Keys, numbers: dict[str, int]) -> tuple[Any, Any]:
    """The numbers of all keys, new ones given where need be, and the places of their studies."""
    found: list[int] = []
    places: list[int] = []
    for place, traits in enumerate(studies):
        for key in keys(traits):
            found.append(numbers.setdefault(key, len(numbers)))
            places.append(place)
    return np.array(found, dtype=np.int64), np.array(places, dtype=np.int64)
