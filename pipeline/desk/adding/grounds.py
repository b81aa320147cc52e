"""What speaks for two records being one study, and what against it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.desk.adding.traits import make_traits
from pipeline.desk.adding.verdict import Pair
from pipeline.model.records import Study

_PLACES = (
    ("container", "journal or book"),
    ("volume", "volume"),
    ("number", "issue"),
    ("page", "first page"),
)


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
        yield pair.doi, "the same DOI" if pair.doi else "another DOI"
    yield _titles(pair)
    if min(len(pair.one.people), len(pair.other.people)):
        yield _people(pair)
    if pair.one.year and pair.other.year:
        years = "1 year apart" if pair.apart == 1 else f"{pair.apart} years apart"
        yield not pair.apart, years if pair.apart else "the same year"
    for name, words in _PLACES:
        agrees: bool | None = getattr(pair, name)
        if agrees is not None:
            yield agrees, f"the same {words}" if agrees else f"another {words}"
    if pair.one.preprint != pair.other.preprint:
        yield False, "one is a preprint"
    if {pair.one.kind, pair.other.kind} == {"article", "inproceedings"}:
        yield False, "one is an article, the other a paper of proceedings"


def _titles(pair: Pair) -> tuple[bool, str]:
    if pair.titles is None:
        return False, "the titles differ"
    how, _ = pair.titles
    said = {
        "same": "the same title",
        "typos": "titles that differ by slips of the pen",
        "short": "one title is the beginning of the other",
    }
    return True, said[how]


def _people(pair: Pair) -> tuple[bool, str]:
    if pair.everyone:
        return True, "the same authors"
    if pair.who == 2:
        return True, "the same first author"
    if pair.who == 1:
        return True, "a first author of nearly the same name"
    return False, "another first author"
