"""Which codes of the scheme an entry of a codebook is, or is like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from pipeline.desk.codebooks.code_texts import labels, normal, words
from pipeline.desk.codebooks.codebook import Codebook, CodebookEntry
from pipeline.model.scheme import LANGUAGES, Code, Dimension, Scheme
from pipeline.published.export.qdc_writer import guid

ALIKE = 85.0  # likeness of labels, 0 to 100, from which a person must choose
SHORTEST = 4  # letters of a name that is looked for in definitions
_SCORERS = (fuzz.ratio, fuzz.token_sort_ratio)


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """A code that an entry is or may be. Of two entries for one code the lower rank has it."""

    code: Code
    dimension: str
    score: float
    why: str
    rank: int = 0

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
        self._definitions = {
            code.id: "".join(
                words(text[language])
                for text in (code.definition, code.include)
                if text is not None
                for language in LANGUAGES
            )
            for _, code in self.all
        }

    def same(self, entry: CodebookEntry, dimension: str) -> list[CodeMatch]:
        """The code that it is; several where codes of the dimension share the label."""
        if found := self.by_guid.get(entry.identity):
            return [CodeMatch(found[1], found[0].id, 100.0, "the GUID is that of our export")]
        if found := self.by_id.get(entry.id):
            return [CodeMatch(found[1], found[0].id, 100.0, "the id is the same", 1)]
        names = dict.fromkeys(map(normal, (entry.name, *labels(entry))))
        codes = {code.id: code for name in names for code in self._by_label[dimension, name]}
        if codes:
            used = [code for code in codes.values() if code.retired is None]
            why = "the label is the same"
            return [CodeMatch(code, dimension, 100.0, why, 2) for code in used or codes.values()]
        found = self.by_id.get(entry.name)
        if found and found[0].id == dimension:
            return [CodeMatch(found[1], dimension, 100.0, "the name is our id", 3)]
        return []

    def alike(
        self, entries: Sequence[tuple[CodebookEntry, str]]
    ) -> Iterator[tuple[float, list[CodeMatch]]]:
        """For each entry with its dimension: the best likeness, and codes like it, best first."""
        asked = [[normal(name) for name in (entry.name, *labels(entry))] for entry, _ in entries]
        names = list(dict.fromkeys(name for group in asked for name in group))
        rows = {name: row for row, name in enumerate(names)}
        scores = self._likeness(names)
        for (entry, dimension), group in zip(entries, asked, strict=True):
            own = scores[[rows[name] for name in group]].max(axis=0)
            found = list(self._near(own, entry, dimension))
            found.sort(key=lambda item: (-item.score, item.dimension != dimension))
            yield float(own.max(initial=0.0)), found

    def _likeness(self, names: list[str]) -> Any:
        """How like each name is to each code, by the code's nearest label, from 0 to 100."""
        ours = [label for _, code in self.all for label in _labels(code)]
        if not ours or not names:
            return np.zeros((len(names), len(self.all)))
        scores = np.maximum(*(cdist(names, ours, scorer=scorer) for scorer in _SCORERS))
        best = scores.reshape(len(names), len(self.all), len(LANGUAGES)).max(axis=2)
        return best.astype(float).round(1)

    def _near(self, scores: Any, entry: CodebookEntry, dimension: str) -> Iterator[CodeMatch]:
        name = words(entry.name)
        for (item, code), score in zip(self.all, scores.tolist(), strict=True):
            where = "" if item.id == dimension else f" of '{item.label.en}'"
            if score >= ALIKE:
                why = f"the label is {score:.0f} % like '{code.label.en}'{where}"
                yield CodeMatch(code, item.id, score, why)
            elif not where and len(name.strip()) >= SHORTEST and name in self._definitions[code.id]:
                why = f"the name stands in the definition of '{code.label.en}'"
                yield CodeMatch(code, item.id, score, why)

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
