"""Which candidate to screen next, learnt from the decisions so far.

A linear model of words and pairs of words, as van de Schoot et al. (2021, Nature Machine
Intelligence 3:125) found to save much work. Logistic regression: on made-up studies it saved as
much as a support vector machine, and as much as naive Bayes or more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from pipeline.screening.vectors import vectorise

FREEDOM = 0.1  # of the model to follow single decisions (C)


@dataclass(frozen=True)
class Ranking:
    """All candidates with a score of 0 to 1, most likely relevant first, ties by key.

    The score orders; it is no probability.
    """

    scores: tuple[tuple[str, float], ...]
    decided: frozenset[str]
    _ranker: Ranker
    _weights: Any

    @property
    def undecided(self) -> list[tuple[str, float]]:
        return [(key, score) for key, score in self.scores if key not in self.decided]

    def words_for(self, key: str, n: int = 6) -> tuple[str, ...]:
        """The words of a candidate that speak most for it, at most `n`."""
        found: list[str] = []
        for word in self._ranker.spoken(key, self._weights):
            if len(found) == n:
                break
            if not any(_overlap(word, other) for other in found):
                found.append(word)
        return tuple(found)


class Ranker:
    """Ranks the same texts again after every decision; they are made into vectors only once.

    `texts` by key of the study; `seeds` are texts known to be about the subject, which together
    count as one relevant study.
    """

    def __init__(self, texts: Mapping[str, str], seeds: Sequence[str] = ()) -> None:
        self._keys = sorted(texts)
        self._places = {key: place for place, key in enumerate(self._keys)}
        vectors = vectorise([*(texts[key] for key in self._keys), *seeds])
        self._rows = vectors.rows[: len(self._keys)]
        self._words = vectors.words
        middle = vectors.rows[len(self._keys) :].sum(axis=0)
        self._seed = middle / (np.linalg.norm(middle) or 1.0)

    def rank(self, relevant: Collection[str], irrelevant: Collection[str]) -> Ranking:
        """By likeness to the seeds until something is decided both ways.

        Keys without a text are passed over; what is said both ways is relevant.
        """
        decided = {key: 0 for key in irrelevant if key in self._places}
        decided |= {key: 1 for key in relevant if key in self._places}
        if self._words and len(set(decided.values())) == 2:
            scores, weights = self._learn(decided)
        else:
            scores, weights = self._rows @ self._seed, self._seed
        # Rounded, so that the last digits of a machine do not part what is the same.
        scores = np.clip(np.round(scores, 9), 0, 1)
        order = np.argsort(-scores, kind="stable")  # keys are in order already
        ranked = tuple((self._keys[place], float(scores[place])) for place in order)
        return Ranking(ranked, frozenset(decided), self, weights)

    def spoken(self, key: str, weights: Any) -> Iterator[str]:
        """The words of a text that count for something, the heaviest first."""
        if key not in self._places:
            return
        row = self._rows[[self._places[key]]]
        heavy = row.data * weights[row.indices]
        for place in np.lexsort((row.indices, -heavy)):
            if heavy[place] <= 0:
                break
            yield self._words[row.indices[place]]

    def _learn(self, decided: Mapping[str, int]) -> tuple[Any, Any]:
        """Scores of all texts, and weights of all words."""
        keys = sorted(decided)
        rows = self._rows[[self._places[key] for key in keys]]
        answers = [decided[key] for key in keys]
        if self._seed.any():
            rows = sparse.vstack([rows, sparse.csr_array(self._seed[np.newaxis])])
            answers.append(1)
        model = LogisticRegression(C=FREEDOM, class_weight="balanced", max_iter=300)
        model.fit(rows, answers)
        return model.predict_proba(self._rows)[:, 1], model.coef_[0]


def rank(
    texts: Mapping[str, str],
    relevant: Collection[str],
    irrelevant: Collection[str],
    seed_texts: Sequence[str] = (),
) -> list[tuple[str, float]]:
    """Ranks what is undecided, once; see `Ranker.rank`."""
    return Ranker(texts, seed_texts).rank(relevant, irrelevant).undecided


def _overlap(word: str, other: str) -> bool:
    """Whether one of the two says the other too: weaver, weaver guild."""
    return not set(word.split()).isdisjoint(other.split())
