"""Which pairs of records are worth a look, found by keys that both have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from pipeline.desk.adding.traits import Traits

PREPRINT_YEARS = 3  # by which a preprint may come before the article
_LARGEST = 20_000  # pairs of records that share one key
_RAREST = 4  # neighbouring words of a title by which it is looked up
_ALIKE = 78.0  # likeness of titles, 0 to 100, from which a pair is looked at
_NUMBER = re.compile(r"\d+")

Keys = Callable[[Traits], Iterable[str]]


def find_pairs(
    left: Sequence[Traits], right: Sequence[Traits], is_one: bool
) -> Iterator[tuple[int, int]]:
    """Places of pairs worth a look: of one DOI or one place, or with titles alike and years near.

    `is_one`: both are the same list, and each pair comes once.
    """
    counts = Counter(pair for side in (left, right) for t in side for pair in _neighbours(t))
    least = 2 if is_one else 1

    def rare(traits: Traits) -> Iterable[str]:
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


def _alike(codes: Any, left: Sequence[Traits], right: Sequence[Traits]) -> Any:
    """The pairs whose years are near and whose titles begin alike, as far as the shorter goes."""
    rows, columns = np.divmod(_once(codes), len(right))
    mine, theirs = (
        np.array([(t.year, t.preprint) for t in side], dtype=np.int64).reshape(-1, 2).T
        for side in (left, right)
    )
    one, other = mine[:, rows], theirs[:, columns]
    apart = np.abs(one[0] - other[0])
    near = (apart <= np.where(one[1] | other[1], PREPRINT_YEARS, 1)) | (one[0] * other[0] == 0)
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


def _identities(traits: Traits) -> Iterator[str]:
    if traits.doi:
        yield traits.doi
    first = traits.page
    if first:
        yield f"{traits.title.text}|{traits.year}|{traits.volume}|{first}"
    for person in traits.people[:1]:
        for name in person.own:
            # What begins on one page, or stands in one issue, whatever its title.
            if traits.volume or traits.container:
                yield from (
                    f"{name}|{traits.year}|{traits.volume}|p{page}" for page in traits.pages
                )
            if traits.volume and traits.number:
                yield f"{name}|{traits.volume}|{traits.number}|{traits.container[:3]}"


def _heads(traits: Traits) -> Iterable[str]:
    words = traits.title.words
    return {"".join(words[:n]) for n in (*(head for head, _ in traits.title.heads), len(words))}


def _neighbours(traits: Traits) -> Iterable[str]:
    return {f"{one} {other}" for one, other in pairwise(traits.title.words)}


def _names(traits: Traits) -> Iterator[str]:
    for person in traits.people[:1]:
        yield from (f"{traits.year} {word}" for word in person.own)
        yield from (f"{traits.year} given {word}" for word in person.given)


def _names_and_years(traits: Traits) -> Iterator[str]:
    """Family names as such, and either name taken for the other; but no two given names."""
    for person in traits.people[:1]:
        for year in (traits.year - 1, traits.year, traits.year + 1):
            yield from (f"{year} {word}" for word in person.own | person.given)
            yield from (f"{year} given {word}" for word in person.own)


def _join(
    left: Sequence[Traits],
    right: Sequence[Traits],
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


def _numbered(studies: Sequence[Traits], keys: Keys, numbers: dict[str, int]) -> tuple[Any, Any]:
    """The numbers of all keys, new ones given where need be, and the places of their studies."""
    found: list[int] = []
    places: list[int] = []
    for place, traits in enumerate(studies):
        for key in keys(traits):
            found.append(numbers.setdefault(key, len(numbers)))
            places.append(place)
    return np.array(found, dtype=np.int64), np.array(places, dtype=np.int64)
