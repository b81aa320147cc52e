"""One entry of a codebook beside the scheme, and what it stands under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.desk.codebooks.codebook import Entry

State = Literal["same", "alike", "new", "category"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one entry of a codebook, the `place`th from 0, is to the scheme.

    `code` is the code of ours that it is or may be; `candidates` are all such codes with their
    dimensions, the likeliest first; `proposed` is the id that it would get as a new code of
    `dimension`. `differs` holds (field, ours, theirs). Texts of a `missing_language` will stand in
    the other one, since the scheme demands both. Replace `state`, and `code` by another candidate,
    as a person chose: alike becomes same or new, category becomes new.
    """

    place: int
    entry: Entry
    state: State
    code: str
    score: float
    why: str
    dimension: str
    proposed: str = ""
    candidates: Mapping[str, str] = field(default_factory=dict)
    differs: tuple[tuple[str, str, str], ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    missing_language: tuple[str, ...] = ()


def parent_of(mapped: Sequence[Mapped], item: Mapped) -> str:
    """The id of the code that it would stand under as things stand, or nothing.

    `mapped` is all that `map_codebook` gave, in its order. What is no code there (a category left
    out, one that nobody decided on) is passed over.
    """
    for other in ancestors(mapped, item):
        if other.state == "same" and other.candidates[other.code] == item.dimension:
            return other.code
        if other.state == "new" and other.dimension == item.dimension:
            return other.proposed
    return ""


def ancestors(mapped: Sequence[Mapped], item: Mapped) -> list[Mapped]:
    """What an entry is nested in, the nearest first."""
    found: list[Mapped] = []
    while item.entry.parent is not None:
        item = mapped[item.entry.parent]
        found.append(item)
    return found
