"""Texts as vectors: words and pairs of words, weighted by how rare they are (tf-idf).

What scikit-learn's TfidfVectorizer does with sublinear_tf, several times as fast for pairs. All
words count: on public reviews the order was worse without stop words and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import strip_accents_unicode

EVERYWHERE = 0.95  # the share of the texts, more than FEW, above which a word says nothing
FEW = 20

_WORD = re.compile(r"\w\w+")


@dataclass(frozen=True)
class Vectors:
    """A row of length 1 for each text (of length 0 without words), and what the columns are."""

    rows: Any
    _singles: tuple[str, ...]
    _columns: Any  # a word by its number, or a pair as first * number of words + second, behind

    def word(self, column: int) -> str:
        """The word, or the pair of words, that a column counts."""
        number, words = int(self._columns[column]), self._singles
        if number < len(words):
            return words[number]
        first, second = divmod(number - len(words), len(words))
        return f"{words[first]} {words[second]}"


def vectorise(texts: Sequence[str]) -> Vectors:
    """Words and pairs that nearly all texts have are left out."""
    ids: dict[str, int] = {}
    found = [
        np.array([ids.setdefault(word, len(ids)) for word in split(text)], dtype=np.int32)
        for text in texts
    ]
    words = np.concatenate([*found, np.empty(0, dtype=np.int32)])
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), [len(item) for item in found])
    together = owner[:-1] == owner[1:]
    pairs = (words[:-1].astype(np.int64) * len(ids) + words[1:])[together]
    kinds, pairs = np.unique(pairs, return_inverse=True)
    columns = np.append(words, (len(ids) + pairs).astype(np.int32))
    counts = sparse.csr_array(
        (np.ones(len(columns)), (np.append(owner, owner[:-1][together]), columns)),
        shape=(len(texts), len(ids) + len(kinds)),
    )
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero(seen <= max(FEW, EVERYWHERE * len(texts)))
    rows = counts[:, kept]
    del counts
    rows.data = 1 + np.log(rows.data)
    rows.data *= (np.log((1 + len(texts)) / (1 + seen[kept])) + 1)[rows.indices]
    lengths = np.sqrt((rows * rows).sum(axis=1))
    rows.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(rows.indptr))
    # As liblinear, which learns from them, counts.
    rows.indices, rows.indptr = rows.indices.astype(np.int32), rows.indptr.astype(np.int32)
    return Vectors(rows, tuple(ids), np.append(np.arange(len(ids)), len(ids) + kinds)[kept])


def split(text: str) -> list[str]:
    """The words of a text, of two letters or digits at least, without case and accents."""
    return _WORD.findall(strip_accents_unicode(text.lower()))


def tells(word: str) -> bool:
    """Whether a word, or a pair, tells a reader something: no stop word and no number in it."""
    return not any(part in _stop_words() or part.isdigit() for part in word.split())


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    """English and Dutch ones as they come out of a text: without accents, 've' for 'I've'."""
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.nl.stop_words import STOP_WORDS as DUTCH

    return frozenset(split(" ".join(ENGLISH | DUTCH)))
