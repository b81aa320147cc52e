"""Which candidate to screen next, learnt from the decisions so far.

A linear model of words and pairs of words, as van de Schoot et al. (2021, Nature Machine
Intelligence 3:125) found to save much work: a support vector machine, for which the few relevant
studies weigh more than the many others. docs/screening.md says how it does on public reviews.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit
from sklearn.svm import LinearSVC

from pipeline.desk.screening.text_vectors import tells, vectorise

FREEDOM = 0.11  # of the model to follow single decisions (C)
WEIGHT = 9.8  # of all relevant studies together, where all irrelevant ones together weigh 1
EARLY = 300  # decisions, until which what is undecided speaks too
UNDECIDED = 0.3  # what it weighs together, where a decision weighs 1


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
            if tells(word) and not any(_overlap(word, other) for other in found):
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
        self._word = vectors.word
        self._rows = vectors.rows[: len(self._keys)]
        self._seed = self._middle(vectors.rows[len(self._keys) :])

    def rank(self, relevant: Collection[str], irrelevant: Collection[str]) -> Ranking:
        """By likeness to the seeds and what is relevant, until there is something to tell it from.

        Keys without a text are passed over; what is said both ways is relevant.
        """
        decided = {key: 0 for key in irrelevant if key in self._places}
        decided |= {key: 1 for key in relevant if key in self._places}
        places = [self._places[key] for key in sorted(decided)]
        answers = [decided[key] for key in sorted(decided)]
        rows = self._rows[places]
        if self._seed.any():
            rows = sparse.vstack([rows, sparse.csr_array(self._seed[np.newaxis])], format="csr")
            answers.append(1)
        if self._rows.nnz and len(set(answers)) == 2:
            rest = self._rows[self._some_undecided(places)]
            scores, weights = self._learn(rows, np.array(answers), rest)
        else:
            weights = self._middle(rows[np.flatnonzero(answers)])
            scores = self._rows @ weights
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
            yield self._word(row.indices[place])

    def _middle(self, rows: Any) -> Any:
        """The direction of all rows together in the words that tell something, of length 1.

        Learning finds out by itself what a word is worth; likeness has to be told.
        """
        middle = rows.sum(axis=0)
        for column in np.flatnonzero(middle).tolist():
            if not tells(self._word(column)):
                middle[column] = 0
        return middle / (np.linalg.norm(middle) or 1.0)

    def _some_undecided(self, places: Sequence[int]) -> Any:
        """A hundred or so of them, evenly spread: most of what is undecided is irrelevant."""
        if len(places) >= EARLY:
            return []
        rest = np.setdiff1d(np.arange(len(self._keys)), places)
        return rest[:: max(1, len(rest) // 100)]

    def _learn(self, rows: Any, answers: Any, rest: Any) -> tuple[Any, Any]:
        """Scores of all texts, and weights of all words."""
        share, others = answers.mean(), rest.shape[0]
        weights = np.where(answers == 1, WEIGHT / share, 1 / (1 - share))
        weights = np.append(weights / weights.mean(), np.full(others, UNDECIDED / max(others, 1)))
        model = LinearSVC(C=FREEDOM, random_state=0)
        model.fit(
            sparse.csr_matrix(sparse.vstack([rows, rest])),
            np.append(answers, np.zeros(others)),
            weights,
        )
        return expit(model.decision_function(self._rows)), model.coef_[0]


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
