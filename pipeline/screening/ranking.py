"""Which candidate to screen next, learnt from the decisions so far.

A linear model of words and pairs of words, as van de Schoot et al. (2021, Nature Machine
Intelligence 3:125) found to save much work. Logistic regression: on made-up studies it saved as
much as a support vector machine, and as much as naive Bayes or more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from pipeline.screening.vectors import vectorise

FREEDOM = 0.1  # of the model to follow single decisions (C)


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
        self._weights = self._seed

    def rank(
        self, relevant: Collection[str], irrelevant: Collection[str]
    ) -> list[tuple[str, float]]:
        """Undecided keys, most likely relevant first, with a score of 0 to 1; ties by key.

        By likeness to the seeds until something is decided both ways. The score orders; it is no
        probability. Keys without a text are passed over; what is said both ways is relevant.
        """
        decided = {key: 0 for key in irrelevant if key in self._places}
        decided |= {key: 1 for key in relevant if key in self._places}
        if self._words and len(set(decided.values())) == 2:
            scores = self._learn(decided)
        else:
            self._weights = self._seed
            scores = self._rows @ self._seed
        # Rounded, so that the last digits of a machine do not part what is the same.
        scores = np.clip(np.round(scores, 9), 0, 1)
        order = np.argsort(-scores, kind="stable")  # keys are in order already
        ranked = ((self._keys[place], float(scores[place])) for place in order)
        return [(key, score) for key, score in ranked if key not in decided]

    def words_for(self, key: str, n: int = 6) -> tuple[str, ...]:
        """The words of a candidate that spoke most for it in the last ranking, at most `n`."""
        if key not in self._places:
            return ()
        row = self._rows[[self._places[key]]]
        spoken = row.data * self._weights[row.indices]
        found: list[str] = []
        for place in np.lexsort((row.indices, -spoken)):
            if spoken[place] <= 0 or len(found) == n:
                break
            word = self._words[row.indices[place]]
            if not any(_overlap(word, other) for other in found):
                found.append(word)
        return tuple(found)

    def _learn(self, decided: Mapping[str, int]) -> Any:
        keys = sorted(decided)
        rows = self._rows[[self._places[key] for key in keys]]
        answers = [decided[key] for key in keys]
        if self._seed.any():
            rows = sparse.vstack([rows, sparse.csr_array(self._seed[np.newaxis])])
            answers.append(1)
        model = LogisticRegression(C=FREEDOM, class_weight="balanced", max_iter=300)
        model.fit(rows, answers)
        self._weights = model.coef_[0]
        return model.predict_proba(self._rows)[:, 1]


def rank(
    texts: Mapping[str, str],
    relevant: Collection[str],
    irrelevant: Collection[str],
    seed_texts: Sequence[str] = (),
) -> list[tuple[str, float]]:
    """Ranks once; see `Ranker.rank`."""
    return Ranker(texts, seed_texts).rank(relevant, irrelevant)


def _overlap(word: str, other: str) -> bool:
    """Whether one of the two says the other too: weaver, weaver guild."""
    return not set(word.split()).isdisjoint(other.split())
