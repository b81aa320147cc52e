"""What each code of a codebook is to the scheme: here already, like one here, new, a category."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.desk.codebooks.code_ids import make_id
from pipeline.desk.codebooks.code_texts import language_of, normal, texts_of
from pipeline.desk.codebooks.codebook import Codebook, CodebookEntry
from pipeline.desk.codebooks.codebook_csv import TEXTS
from pipeline.desk.codebooks.mapped import Mapped, State, compared, parent_of
from pipeline.desk.codebooks.matching import CodeMatch, Codes
from pipeline.model.scheme import LANGUAGES, Scheme
from pipeline.sources.migrations.scheme_changes import AddCode, NewCode

__all__ = ["Mapped", "State", "map_codebook", "parent_of", "proposals"]
_ID = re.compile(r"[a-z][a-z0-9_]*\Z")


def map_codebook(book: Codebook, scheme: Scheme, dimension: str) -> list[Mapped]:
    """Each entry in the order of the book. KeyError if there is no such dimension.

    New codes belong to `dimension` unless the book says of which dimension they are. A pure
    function: nothing is changed.
    """
    scheme.dimension(dimension)
    codes = Codes(scheme)
    language = language_of(book.entries, scheme)
    nodes = codes.nodes(book)
    said = list(codes.homes(book, nodes))
    homes = [home or dimension for home in said]
    found = {
        place: codes.same(entry, homes[place], _over(book, entry, nodes))
        for place, entry in enumerate(book.entries)
        if place not in nodes
    }
    owners = _owners(found, book)
    others = [place for place in found if place not in owners.values()]
    near = dict(
        zip(others, codes.alike([(book.entries[i], homes[i]) for i in others]), strict=True)
    )
    mapped: list[Mapped] = []
    for place, entry in enumerate(book.entries):
        if place in nodes:
            why = f"it is the dimension '{nodes[place].label.en}'"
            mapped.append(Mapped(place, entry, "category", "", 100.0, why, nodes[place].id))
        elif place in near:
            score, alike = near[place]
            known = [_taken(item, book, owners) for item in found[place]]
            alike = [one for one in alike if not (one.elsewhere and one.code.id in owners)]
            item = _other(place, entry, homes[place], score, known or alike)
            mapped.append(_worded(item, language))
        else:
            item = _same(place, entry, found[place][0])
            mapped.append(_worded(item, _language(entry, found[place][0], language)))
    return list(compared(list(_with_ids(mapped, set(codes.by_id))), codes, said))


def proposals(mapped: Sequence[Mapped], dimension: str = "") -> list[dict[str, Any]]:
    """The new codes as in scheme.yml, without `since`: all, or those of one dimension.

    `mapped` is all that `map_codebook` gave, in its order, with the states a person chose.
    """
    return [
        _proposal(item, parent_of(mapped, item))
        for item in mapped
        if item.state == "new" and item.proposed and dimension in ("", item.dimension)
    ]


def additions(mapped: Sequence[Mapped]) -> list[AddCode]:
    """The new codes as changes of the scheme, each of its dimension. ValidationError (pydantic)."""
    homes = {item.proposed: item.dimension for item in mapped}
    return [
        AddCode(dimension=homes[value["id"]], code=NewCode.model_validate(value))
        for value in proposals(mapped)
    ]


def _proposal(item: Mapped, parent: str) -> dict[str, Any]:
    code: dict[str, Any] = {"id": item.proposed}
    for part in TEXTS:
        known = [item.texts.get(f"{part}_{language}", "") for language in LANGUAGES]
        if any(known):
            usual = next(filter(None, known))
            code[part] = {
                language: text or usual for language, text in zip(LANGUAGES, known, strict=True)
            }
    return {**code, "parent": parent} if parent else code


def _over(
    book: Codebook, entry: CodebookEntry, nodes: Mapping[int, object]
) -> CodebookEntry | None:
    """What an entry is nested in, dimensions left out."""
    if entry.parent is None or entry.parent in nodes:
        return None
    return book.entries[entry.parent]


def _owners(found: Mapping[int, Sequence[CodeMatch]], book: Codebook) -> dict[str, int]:
    """The place of the one entry that is a code: the surest, then the first.

    Of two entries under different parents that are equally sure, neither is.
    """
    sure = [(items[0].rank, place, items[0].code.id)
            for place, items in found.items() if len(items) == 1]  # fmt: skip
    parents: dict[tuple[int, str], set[int | None]] = defaultdict(set)
    for rank, place, code in sure:
        parents[rank, code].add(book.entries[place].parent)
    owners: dict[str, int] = {}
    for rank, place, code in sorted(sure):
        if len(parents[rank, code]) == 1:
            owners.setdefault(code, place)
    return owners


def _taken(found: CodeMatch, book: Codebook, owners: Mapping[str, int]) -> CodeMatch:
    """Why an entry is not simply the code with the same label."""
    owner = owners.get(found.code.id)
    if owner is None:
        return replace(found, why="several codes have this label")
    return replace(found, why=f"{found.why}, but line {book.entries[owner].line} is that code")


def _same(place: int, entry: CodebookEntry, found: CodeMatch) -> Mapped:
    code, home = found.code.id, found.dimension
    return Mapped(place, entry, "same", code, 100.0, found.reason, home, candidates={code: home})


def _other(
    place: int, entry: CodebookEntry, home: str, score: float, near: Sequence[CodeMatch]
) -> Mapped:
    if not near:
        grouping = "it only groups codes there; as a code it keeps them together"
        why = "no code is like it" if entry.is_codable else grouping
        return Mapped(place, entry, "new", "", score, why, home)
    best = near[0]
    codes = {item.code.id: item.dimension for item in near}
    return Mapped(
        place, entry, "alike", best.code.id, best.score, best.reason, home, candidates=codes
    )


def _language(entry: CodebookEntry, found: CodeMatch, usual: str) -> str:
    """The language of an entry's name: that in which it is the code's label."""
    name = normal(entry.name)
    fits = [item for item in LANGUAGES if normal(found.code.label[item]) == name]
    return usual if usual in fits or not fits else fits[0]


def _worded(item: Mapped, language: str) -> Mapped:
    texts = texts_of(item.entry, language)
    fields = {column.rpartition("_")[0] for column in texts}
    missing = tuple(
        language
        for language in LANGUAGES
        if any(f"{part}_{language}" not in texts for part in fields)
    )
    return replace(item, texts=texts, missing_language=missing if item.state != "same" else ())


def _with_ids(mapped: Sequence[Mapped], taken: set[str]) -> Iterator[Mapped]:
    for item in mapped:
        if item.texts and item.state != "same":
            own = item.entry.id if _ID.match(item.entry.id) else ""
            label = item.texts.get(f"label_{LANGUAGES[0]}", item.entry.name)
            item = replace(item, proposed=make_id(own or label, taken))
            taken.add(item.proposed)
        yield item
