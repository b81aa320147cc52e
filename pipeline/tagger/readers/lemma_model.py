"""What is learned from examples by the lemmas and vectors of a spaCy pipeline, in one language."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline.ground.caches import throw_away
from pipeline.ground.writing import write_whole
from pipeline.tagger.examples import Example
from pipeline.tagger.features import WORD_WEIGHT, Floats, tfidf
from pipeline.tagger.readers.reader import Lesson, Scores
from pipeline.tagger.readers.two_steps import fit_two_steps
from pipeline.tagger.readers.words_reader import ENOUGH, SEEN_TWICE, TOP_WORDS

SPREAD_WEIGHT = 0.12  # of meanings that are divided by their deviation
_BROKEN = (EOFError, LookupError, OSError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)
_ARRAYS = ("rarity", "centre", "deviation", "weights", "intercepts")
_UNUSED = ("ner", "parser", "entity_linker")  # what is slow, and says nothing here


@dataclass(frozen=True)
class LemmaModel:
    """Two steps of logistic regression, as `words` has it, over lemmas and a mean of vectors."""

    nlp: Language
    codes: tuple[str, ...]
    vocabulary: dict[str, int]
    rarity: Floats
    centre: Floats
    deviation: Floats
    weights: Floats
    intercepts: Floats

    @classmethod
    def fit(cls, nlp: Language, examples: Sequence[Example]) -> LemmaModel | None:
        """None where no code has enough examples."""
        counts = Counter(code for example in examples for code in example.codes)
        codes = tuple(sorted(code for code, count in counts.items() if count >= ENOUGH))
        if not codes:
            return None
        docs = list(nlp.pipe((item.text for item in examples), disable=_UNUSED))
        lines = [_lemmas(doc) for doc in docs]
        seen = Counter(lemma for line in lines for lemma in set(line))
        kept = sorted(lemma for lemma, count in seen.items() if count >= SEEN_TWICE)
        frequency = np.array([seen[lemma] for lemma in kept])
        meanings = np.array([_meaning(doc) for doc in docs])
        model = cls(
            nlp,
            codes,
            {lemma: index for index, lemma in enumerate(kept)},
            (np.log((1 + len(docs)) / (1 + frequency)) + 1).astype(np.float32),
            meanings.mean(axis=0),
            np.maximum(meanings.std(axis=0), 1e-6),
            np.zeros((0, 0), dtype=np.float32),
            np.zeros(0, dtype=np.float32),
        )
        answers = np.array([[code in item.codes for code in codes] for item in examples])
        asked = np.array([[code not in item.unasked for code in codes] for item in examples])
        weights, intercepts = fit_two_steps(model._features(docs), answers, asked)
        return replace(model, weights=weights, intercepts=intercepts)

    def scores(self, texts: Sequence[str]) -> list[Scores]:
        """The probability of each code: of any code, times of this one if there is any."""
        docs = list(self.nlp.pipe(texts, disable=_UNUSED))
        logits = self._features(docs) @ self.weights + self.intercepts
        sure = 1 / (1 + np.exp(-np.asarray(logits)))
        rows = np.round(sure[:, :1] * sure[:, 1:], 3)
        return [dict(zip(self.codes, row, strict=True)) for row in rows.tolist()]

    def words(self, text: str, code: str) -> list[tuple[int, int]]:
        """The lemmas that speak most for a code."""
        columns = [0, self.codes.index(code) + 1]
        doc = self.nlp(text)
        weighed = [
            (float(self.weights[index, columns].sum() * self.rarity[index]), token.i)
            for token in doc
            if (index := self.vocabulary.get(_lemma(token), -1)) >= 0
        ]
        best = sorted(item for item in weighed if item[0] > 0)[-TOP_WORDS:]
        tokens = [doc[place] for place in sorted(place for _, place in best)]
        return [(token.idx, token.idx + len(token.text)) for token in tokens]

    def _features(self, docs: Sequence[Doc]) -> csr_matrix:
        words = tfidf([_lemmas(doc) for doc in docs], self.vocabulary, self.rarity)
        meanings = (np.array([_meaning(doc) for doc in docs]) - self.centre) / self.deviation
        return hstack([words * WORD_WEIGHT, csr_matrix(meanings * SPREAD_WEIGHT)]).tocsr()

    def save(self, path: Path) -> None:
        """Write the model; it is a build product and can be made again at any time."""
        header = json.dumps({"codes": self.codes, "lemmas": list(self.vocabulary)}).encode()
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        buffer = io.BytesIO()
        np.savez(buffer, header=np.frombuffer(header, dtype=np.uint8), **arrays)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [buffer.getvalue()])

    @classmethod
    def load(cls, nlp: Language, path: Path) -> LemmaModel | None:
        """Read a model that `save` wrote; None where the file is damaged, which is then gone."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                header = json.loads(stored["header"].tobytes())
                vocabulary = {lemma: index for index, lemma in enumerate(header["lemmas"])}
                arrays = (stored[name] for name in _ARRAYS)
                return cls(nlp, tuple(header["codes"]), vocabulary, *arrays)
        except _BROKEN as error:
            throw_away(path, str(error))
            return None


def learned(nlp: Language, name: str, language: str, lesson: Lesson) -> LemmaModel | None:
    """From the cache or learned now, of the examples of a language; `name` is the pipeline's."""
    path = lesson.project.models / f"{lesson.dimension.id}-{lesson.name}-{name}.npz"
    model = LemmaModel.load(nlp, path) if path.is_file() and lesson.keep else None
    if model is None:
        examples = [item for item in lesson.examples if item.language == language]
        if lesson.keep and examples:
            lesson.tell(f"Learning {lesson.dimension.id} by {nlp.meta['name']} (once) …")
        model = LemmaModel.fit(nlp, examples)
        if model is not None and lesson.keep:
            model.save(path)
    return model


def _lemmas(doc: Doc) -> list[str]:
    """Lemmas and neighbouring pairs of them; marks and figures left out."""
    row = [lemma for token in doc if (lemma := _lemma(token))]
    return row + [f"{one} {other}" for one, other in itertools.pairwise(row)]


def _lemma(token: Token) -> str:
    return (token.lemma_ or token.lower_).lower() if token.is_alpha else ""


def _meaning(doc: Doc) -> Floats:
    """The mean vector of the words that are no stop words; zeros without any."""
    size = doc.vocab.vectors_length
    words = (token for token in doc if token.is_alpha and not token.is_stop) if size else ()
    rows: list[Any] = [token.vector for token in words]
    return np.stack(rows).mean(axis=0) if rows else np.zeros(max(size, 1), dtype=np.float32)
