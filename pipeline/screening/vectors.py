"""Texts as vectors: words and pairs of words, weighted by how rare they are (tf-idf).

What scikit-learn's TfidfVectorizer does with sublinear_tf, several times as fast for pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import strip_accents_unicode

_WORD = re.compile(r"[^\W\d_][\w-]*\w")


@dataclass(frozen=True)
class Vectors:
    """A row of length 1 for each text (of length 0 without words), and what the columns are."""

    rows: Any
    words: tuple[str, ...]


def vectorise(texts: Sequence[str]) -> Vectors:
    """Stop words are left out, and pairs that only one text has."""
    ids: dict[str, int] = {}
    found = [[ids.setdefault(word, len(ids)) for word in _words(text)] for text in texts]
    words = np.fromiter(chain.from_iterable(found), dtype=np.int64)
    owner = np.repeat(np.arange(len(texts)), [len(item) for item in found])
    together = owner[:-1] == owner[1:]
    pairs = (words[:-1] * len(ids) + words[1:])[together]
    kinds, pairs = np.unique(pairs, return_inverse=True)
    counts = sparse.csr_array(
        (
            np.ones(len(words) + len(pairs)),
            (np.append(owner, owner[:-1][together]), np.append(words, len(ids) + pairs)),
        ),
        shape=(len(texts), len(ids) + len(kinds)),
    )
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero((seen > 1) | (np.arange(len(seen)) < len(ids)))
    rows = counts[:, kept]
    rows.data = 1 + np.log(rows.data)
    rows = rows @ sparse.diags_array(np.log((1 + len(texts)) / (1 + seen[kept])) + 1)
    lengths = np.sqrt((rows * rows).sum(axis=1))
    rows = sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ rows
    names = list(ids)
    first, second = np.divmod(kinds[kept[len(ids) :] - len(ids)], max(len(ids), 1))
    joined = (f"{names[a]} {names[b]}" for a, b in zip(first, second, strict=True))
    return Vectors(rows.tocsr(), (*names, *joined))


def _words(text: str) -> Iterator[str]:
    stop = _stop_words()
    plain = strip_accents_unicode(text.lower())
    return (word for word in _WORD.findall(plain) if word not in stop)


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    """English and Dutch ones as they come out of a text: without accents, 've' for 'I've'."""
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.nl.stop_words import STOP_WORDS as DUTCH

    return frozenset(_WORD.findall(strip_accents_unicode(" ".join(ENGLISH | DUTCH).lower())))
