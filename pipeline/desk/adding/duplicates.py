"""Which records are studies that are here already, or twice in one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.desk.adding.pairing import find_pairs
from pipeline.desk.adding.traits import Traits, make_traits
from pipeline.desk.adding.verdict import Pair, Why, judge
from pipeline.model.records import Study

MOST = 10  # matches told of one record
_COMPARED = (
    "title", "authors", "editors", "year", "container", "volume", "number", "pages", "publisher",
    "doi", "url", "language",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """A study that a record is: its place, why, the score (100 for the same DOI).

    `differs` names the fields of Study that both have and that differ.
    """

    other: int
    why: Why
    score: float
    differs: tuple[str, ...]


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


def _grouped(studies: Iterable[Study]) -> dict[Traits, list[int]]:
    groups: dict[Traits, list[int]] = defaultdict(list)
    for place, study in enumerate(studies):
        groups[make_traits(study)].append(place)
    return dict(groups)


def _differs(one: Study, other: Study) -> tuple[str, ...]:
    values = ((name, getattr(one, name), getattr(other, name)) for name in _COMPARED)
    return tuple(name for name, mine, theirs in values if mine and theirs and mine != theirs)


def _judged(
    left: Sequence[Traits], right: Sequence[Traits] | None
) -> Iterator[tuple[Traits, Traits, Why, float]]:
    """Pairs that are one study; where `right` is None, those among `left`, each once."""
    others = left if right is None else right
    for traits in set(left).intersection(others):
        yield traits, traits, "doi" if traits.doi else "title", 100.0 if traits.doi else 99.0
    for i, j in find_pairs(left, others, right is None):
        one, other = left[i], others[j]
        verdict = judge(Pair(one, other)) if one != other else None
        if verdict:
            yield one, other, *verdict
