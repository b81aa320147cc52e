"""Which codes of the scheme an entry of a codebook is, or is like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from pipeline.desk.codebooks.code_texts import labels, normal, parts
from pipeline.desk.codebooks.codebook import Codebook, CodebookEntry
from pipeline.model.scheme import LANGUAGES, Code, Dimension, Scheme, Texts
from pipeline.published.export.qda_guids import guid

ALIKE = 85.0  # likeness of labels or definitions, 0 to 100, from which a person must choose
SHORTEST, LONGEST = 20, 4000  # characters of definitions that are compared
_SCORERS = (fuzz.ratio, fuzz.token_sort_ratio)
_ELSEWHERE = 4


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """A code that an entry is or may be. Of two entries for one code the lower rank has it.

    `elsewhere`: a code of the same label that stands under another parent, so another code.
    """

    code: Code
    dimension: str
    score: float
    why: str
    rank: int = 0
    elsewhere: bool = False

    @property
    def reason(self) -> str:
        """Why, and that the code is retired if it is."""
        retired = self.code.retired
        return self.why if retired is None else f"{self.why}; retired in version {retired}"


class Codes:
    """The codes of a scheme, to be found by GUID, id, label and likeness."""

    def __init__(self, scheme: Scheme) -> None:
        self.all = [(item, code) for item in scheme.dimensions for code in item.codes]
        self.by_id = {code.id: (item, code) for item, code in self.all}
        self.by_guid = {guid(item.id, code.id): (item, code) for item, code in self.all}
        self.dimensions = {
            key: item
            for item in scheme.dimensions
            for key in (guid(item.id), *_labels(item), normal(item.id))
        }
        self._by_label: dict[tuple[str, str], list[Code]] = defaultdict(list)
        for item, code in self.all:
            for label in dict.fromkeys(_labels(code)):
                self._by_label[item.id, label].append(code)

    def same(
        self, entry: CodebookEntry, dimension: str, over: CodebookEntry | None = None
    ) -> list[CodeMatch]:
        """The code that it is; several where codes of the dimension share the label.

        `over` is what it is nested in: a code of the same label under another parent is another.
        """
        if found := self.by_guid.get(entry.identity):
            return [CodeMatch(found[1], found[0].id, 100.0, "the GUID is that of our export")]
        if found := self.by_id.get(entry.id):
            return [CodeMatch(found[1], found[0].id, 100.0, "the id is the same", 1)]
        names = dict.fromkeys(map(normal, (entry.name, *labels(entry))))
        codes = {code.id: code for name in names for code in self._by_label[dimension, name]}
        ranks = {name: self._rank(code, over) for name, code in codes.items()}
        near = [code for name, code in codes.items() if ranks[name] < _ELSEWHERE]
        if near:
            used = [code for code in near if code.retired is None] or near
            least = min(ranks[code.id] for code in used)
            why = "the label is the same"
            return [
                CodeMatch(code, dimension, 100.0, why, least)
                for code in used
                if ranks[code.id] == least
            ]
        found = self.by_id.get(entry.name)
        if found and found[0].id == dimension:
            return [CodeMatch(found[1], dimension, 100.0, "the name is our id", _ELSEWHERE)]
        return []

    def _rank(self, code: Code, over: CodebookEntry | None) -> int:
        """How surely a code of the same label is meant: 2 under the same parent, 3 where one of
        the two has none, 4 under another."""
        if code.parent is None or over is None:
            return 2 if code.parent is None and over is None else 3
        _, parent = self.by_id[code.parent]
        names = {over.id, *map(normal, (over.name, *labels(over)))}
        exported = self.by_guid.get(over.identity)
        is_parent = exported is not None and exported[1] is parent
        return 2 if is_parent or names & {parent.id, *_labels(parent)} else _ELSEWHERE

    def alike(
        self, entries: Sequence[tuple[CodebookEntry, str]]
    ) -> Iterator[tuple[float, list[CodeMatch]]]:
        """For each entry with its dimension: the best likeness, and codes like it, best first."""
        asked = [[normal(name) for name in (entry.name, *labels(entry))] for entry, _ in entries]
        names = list(dict.fromkeys(name for group in asked for name in group))
        rows = {name: row for row, name in enumerate(names)}
        scores = self._likeness(names)
        defined = self._defined([entry for entry, _ in entries])
        for place, ((_, dimension), group) in enumerate(zip(entries, asked, strict=True)):
            own = scores[[rows[name] for name in group]].max(axis=0)
            found = list(self._near(own, defined[place], dimension, group))
            found.sort(key=lambda item: (-item.score, item.dimension != dimension))
            yield max([float(own.max(initial=0.0)), *(item.score for item in found)]), found

    def _likeness(self, names: list[str]) -> Any:
        """How like each name is to each code, by the code's nearest label, from 0 to 100."""
        ours = [label for _, code in self.all for label in _labels(code)]
        if not ours or not names:
            return np.zeros((len(names), len(self.all)))
        scores = np.maximum(*(cdist(names, ours, scorer=scorer) for scorer in _SCORERS))
        best = scores.reshape(len(names), len(self.all), len(LANGUAGES)).max(axis=2)
        return best.astype(float).round(1)

    def _defined(self, entries: Sequence[CodebookEntry]) -> Any:
        """How like the definition of each entry is to that of each code, as a whole; else 0."""
        theirs = [_definitions(entry) for entry in entries]
        ours = [_comparable(code.definition, language)
                for _, code in self.all for language in LANGUAGES]  # fmt: skip
        texts = list(dict.fromkeys(text for group in theirs for text in group))
        best = np.zeros((len(entries), len(self.all)))
        if not texts or not any(ours):
            return best
        scores = cdist(texts, ours, scorer=fuzz.ratio, score_cutoff=ALIKE)
        scores[:, [not text for text in ours]] = 0
        nearest = scores.reshape(len(texts), len(self.all), len(LANGUAGES)).max(axis=2)
        rows = {text: row for row, text in enumerate(texts)}
        for place, group in enumerate(theirs):
            for text in group:
                best[place] = np.maximum(best[place], nearest[rows[text]])
        return best.astype(float).round(1)

    def _near(
        self, scores: Any, defined: Any, dimension: str, names: Sequence[str]
    ) -> Iterator[CodeMatch]:
        for (item, code), score, definition in zip(
            self.all, scores.tolist(), defined.tolist(), strict=True
        ):
            where = "" if item.id == dimension else f" of '{item.label.en}'"
            if not where and not set(names).isdisjoint(_labels(code)):
                why = "the label is the same, but it stands under another parent"
                yield CodeMatch(code, item.id, 100.0, why, elsewhere=True)
            elif score >= ALIKE:
                why = f"the label is {score:.0f} % like '{code.label.en}'{where}"
                yield CodeMatch(code, item.id, score, why)
            elif not where and definition >= ALIKE:
                why = f"the definition is {definition:.0f} % like that of '{code.label.en}'"
                yield CodeMatch(code, item.id, definition, why)

    def nodes(self, book: Codebook) -> dict[int, Dimension]:
        """The entries that are dimensions: by GUID, or by label with codes nested below."""
        above = {entry.parent for entry in book.entries}
        found: dict[int, Dimension] = {}
        for place, entry in enumerate(book.entries):
            node = self.dimensions.get(entry.identity)
            if node is None and entry.parent is None and (place in above or not entry.is_codable):
                node = self.dimensions.get(normal(entry.name))
            if node is not None:
                found[place] = node
        return found

    def homes(self, book: Codebook, nodes: dict[int, Dimension]) -> Iterator[str]:
        """The dimension that each entry says it belongs to, or nothing."""
        for place, entry in enumerate(book.entries):
            own = self.dimensions.get(normal(entry.dimension)) if entry.dimension else None
            over = (nodes[item] for item in book.above(place) if item in nodes)
            own = own or next(over, None)
            yield own.id if own else ""


def _labels(item: Code | Dimension) -> Iterable[str]:
    return [normal(item.label[language]) for language in LANGUAGES]


def _definitions(entry: CodebookEntry) -> list[str]:
    """What an entry says it is, as it is compared."""
    said = [text for column, text in entry.languages.items() if column.startswith("definition_")]
    own = parts(entry.description).get("definition", "")
    return [text for text in map(_long_enough, (own, *said)) if text]


def _comparable(text: Texts | None, language: str) -> str:
    return _long_enough(text[language]) if text is not None else ""


def _long_enough(text: str) -> str:
    plain = normal(text) if len(text) <= LONGEST else ""
    return plain if len(plain) >= SHORTEST else ""
