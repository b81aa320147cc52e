"""One entry of a codebook beside the scheme: what it stands under, and in what it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.desk.codebooks.code_texts import wording
from pipeline.desk.codebooks.codebook import CodebookEntry
from pipeline.desk.codebooks.codebook_csv import IN_LANGUAGES
from pipeline.desk.codebooks.matching import Codes

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
    entry: CodebookEntry
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


def compared(mapped: Sequence[Mapped], codes: Codes, said: Sequence[str]) -> Iterator[Mapped]:
    """Each entry, with what differs where it is a code of ours.

    `said` are the dimensions the book itself names. What no entry of the book has (descriptions,
    a language, nesting) is not compared: its format has no place for it.
    """
    columns = {column for item in mapped for column in item.texts}
    nested = any(item.entry.parent is not None for item in mapped)
    for item in mapped:
        if item.state != "same":
            yield item
            continue
        differs = [*_texts(item, codes, columns)]
        _, code = codes.by_id[item.code]
        if said[item.place] not in ("", item.dimension):
            differs.append(("dimension", item.dimension, said[item.place]))
        if nested and (code.parent or "") != (theirs := _parent(mapped, item)):
            differs.append(("parent", code.parent or "", theirs))
        yield replace(item, differs=tuple(differs))


def _texts(item: Mapped, codes: Codes, columns: set[str]) -> Iterator[tuple[str, str, str]]:
    ours = wording(codes.by_id[item.code][1])
    languages = {column.rpartition("_")[2] for column in item.texts}
    for column in IN_LANGUAGES:
        part, _, language = column.rpartition("_")
        theirs = item.texts.get(column, "")
        if column not in columns or language not in languages or (part == "label" and not theirs):
            continue
        # Programs break lines of a memo anew; that is no difference.
        if theirs.split() != ours.get(column, "").split():
            yield column, ours.get(column, ""), theirs


def _parent(mapped: Sequence[Mapped], item: Mapped) -> str:
    """The id of what it is nested in, be it a code of ours or one that would be; or nothing."""
    above = (other.code if other.state == "same" else other.proposed
             for other in ancestors(mapped, item))  # fmt: skip
    return next(filter(None, above), "")
