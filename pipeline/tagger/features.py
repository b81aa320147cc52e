"""Numbers for a passage: its words and pairs of words, its meaning, its indicators."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from spacy.tokens import Doc
from spacy.util import get_lang_class

from pipeline.tagger.components import IndicatorHit
from pipeline.tagger.word_vectors import SIZE, WordVectors
from pipeline.tagger.words import words_of

WORD_WEIGHT = 6.0
MEANING_WEIGHT = 1.0
INDICATOR_WEIGHT = 0.5
STRENGTH_WEIGHT = 2.0
Floats = NDArray[np.float32]


@dataclass(slots=True)
class Lexicon:
    """What is known of each word form of a language, filled as words turn up."""

    language: str
    vectors: WordVectors
    keys: dict[int, str] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    _matrix: list[Floats] = field(default_factory=list)
    _stacked: Floats | None = None

    def meet(self, docs: Sequence[Doc], forms: Sequence[Sequence[int]]) -> None:
        """Learn the forms not met before, all at once. Stop words have no meaning of their own."""
        strings = docs[0].vocab.strings
        stop = _stop_words(self.language)
        new = {form for line in forms for form in line if form not in self.keys}
        if not new:
            return
        words = words_of(self.language)
        meaning: list[tuple[int, str]] = []
        for form in sorted(new):
            text = strings[form]
            alphabetic = text.isalpha()
            self.keys[form] = f"{self.language}:{words.key(text)}" if alphabetic else ""
            self.rows[form] = -1
            if alphabetic and text.lower() not in stop:
                meaning.append((form, text.lower()))
        vectors = self.vectors.of(text for _, text in meaning)
        for form, text in meaning:
            self.rows[form] = len(self._matrix)
            self._matrix.append(vectors[text])
        self._stacked = None

    @property
    def matrix(self) -> Floats:
        """One row a known word form."""
        if self._stacked is None:
            self._stacked = np.array(self._matrix, dtype=np.float32).reshape(-1, SIZE)
        return self._stacked


def forms_of(docs: Sequence[Doc]) -> list[list[int]]:
    """The word forms (spaCy's orth numbers) of each passage."""
    return [doc.to_array("ORTH").tolist() for doc in docs]


def word_features(forms: Sequence[int], keys: Mapping[int, str]) -> list[str]:
    """Keys of words and of neighbouring pairs, in their order; marks and figures left out."""
    row = [key for form in forms if (key := keys[form])]
    return row + [f"{one} {other}" for one, other in itertools.pairwise(row)]


def tfidf(lines: Sequence[Sequence[str]], known: Mapping[str, int], rarity: Floats) -> csr_matrix:
    """Words weighted by rarity, each passage's row of length 1 (Salton & Buckley 1988)."""
    indices: list[int] = []
    pointer = [0]
    for line in lines:
        indices += [index for word in line if (index := known.get(word, -1)) >= 0]
        pointer.append(len(indices))
    ones = np.ones(len(indices), dtype=np.float32)
    matrix = csr_matrix((ones, indices, pointer), shape=(len(lines), len(known)))
    matrix.sum_duplicates()
    matrix.data = (1 + np.log(matrix.data)) * rarity[matrix.indices]
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    lengths = np.sqrt(np.maximum(squares, 1e-12))
    matrix.data /= np.repeat(lengths, np.diff(matrix.indptr)).astype(np.float32)
    return matrix


def meanings(forms: Sequence[Sequence[int]], lexicon: Lexicon, table: Floats) -> Floats:
    """The mean over each passage's words of their rows in `table` (shape: forms × any)."""
    indices: list[int] = []
    pointer = [0]
    for line in forms:
        indices += [row for form in line if (row := lexicon.rows[form]) >= 0]
        pointer.append(len(indices))
    counts = np.diff(pointer)
    ones = np.ones(len(indices), dtype=np.float32)
    chosen = csr_matrix((ones, indices, pointer), shape=(len(forms), len(table)))
    total: Floats = np.asarray(chosen @ table, dtype=np.float32)
    total /= np.maximum(counts, 1)[:, None].astype(np.float32)
    return total


def indicator_features(
    found: Sequence[Iterable[IndicatorHit]], indicators: Mapping[str, int], codes: Mapping[str, int]
) -> Floats:
    """A column for each indicator (found or not), then one for each code's joint strength."""
    matrix = np.zeros((len(found), len(indicators) + len(codes)), dtype=np.float32)
    offset = len(indicators)
    for row, items in enumerate(found):
        for item in items:
            if item.indicator in indicators:
                matrix[row, indicators[item.indicator]] = 1.0
            if item.code in codes:
                column = offset + codes[item.code]
                matrix[row, column] = 1 - (1 - matrix[row, column]) * (1 - item.weight)
    matrix[:, offset:] *= STRENGTH_WEIGHT
    return matrix


@lru_cache(maxsize=8)
def _stop_words(language: str) -> set[str]:
    return set(get_lang_class(language).Defaults.stop_words)
