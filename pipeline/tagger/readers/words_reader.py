"""The reader that is always there: words, their meaning and indicators, learned from examples."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from spacy.tokens import Doc

from pipeline.ground.caches import throw_away
from pipeline.ground.writing import write_whole
from pipeline.model.records import Span
from pipeline.model.scheme import LANGUAGES
from pipeline.tagger.components import FOUND, IndicatorHit
from pipeline.tagger.examples import Example
from pipeline.tagger.features import (
    INDICATOR_WEIGHT,
    MEANING_WEIGHT,
    WORD_WEIGHT,
    Floats,
    Lexicon,
    forms_of,
    indicator_features,
    meanings,
    tfidf,
    word_features,
)
from pipeline.tagger.readers.reader import Lesson, Options, Pipelines, Scores
from pipeline.tagger.readers.two_steps import fit_two_steps
from pipeline.tagger.word_vectors import SIZE, WordVectors

_BROKEN = (EOFError, LookupError, OSError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)
SEEN_TWICE = 2  # a word must stand in that many examples to count
ENOUGH = 20  # examples a code needs before it is learned
TOP_WORDS = 4


@dataclass(slots=True)
class WordsReader:
    """Two steps of logistic regression: has it any code; which has it, if it has any.

    The score of a code is the product of both. Column 0 of the weights is the first step.
    """

    codes: tuple[str, ...]
    vocabulary: dict[str, int]
    rarity: Floats
    indicators: dict[str, int]
    word_weights: Floats
    meaning_weights: Floats
    indicator_weights: Floats
    intercepts: Floats
    centres: dict[str, Floats]
    vectors: WordVectors
    dimension: str = ""
    id: str = ""
    languages: frozenset[str] = frozenset(LANGUAGES)
    _lexicons: dict[str, Lexicon] = field(default_factory=dict)
    _tables: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def open(cls, lesson: Lesson, options: Options) -> WordsReader | None:
        """From the cache or learned now; None where there are too few examples."""
        if not lesson.examples and not lesson.known_as:
            return None
        name = f"{lesson.dimension.id}-{lesson.name}"
        path = lesson.project.models / f"{name}.npz"
        reader = cls.load(path, lesson.vectors) if path.is_file() and lesson.keep else None
        if reader is None:
            if lesson.keep:
                lesson.tell(
                    f"Learning {lesson.dimension.id} from {len(lesson.examples)} passages (once) …"
                )
            reader = cls.fit(lesson.examples, lesson.indicators, lesson.pipelines, lesson.vectors)
            if reader is not None and lesson.keep:
                reader.save(path)
        if reader is not None:
            reader.dimension = lesson.dimension.id
            reader.id = f"{lesson.origin} {lesson.name[:8]}"
        return reader

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        indicators: Sequence[str],
        pipelines: Pipelines,
        vectors: WordVectors,
    ) -> WordsReader | None:
        """Learn the codes that have enough examples; None if there are none."""
        counts = Counter(code for example in examples for code in example.codes)
        codes = tuple(sorted(code for code, count in counts.items() if count >= ENOUGH))
        if not codes:
            return None
        grouped: dict[str, list[Example]] = defaultdict(list)
        for example in examples:
            grouped[example.language].append(example)
        ordered: list[Example] = []
        lines: list[list[str]] = []
        means: list[Floats] = []
        found: list[list[IndicatorHit]] = []
        centres: dict[str, Floats] = {}
        for language, group in sorted(grouped.items()):
            lexicon = Lexicon(language, vectors)
            docs = list(pipelines(language).pipe(example.text for example in group))
            forms = forms_of(docs)
            lexicon.meet(docs, forms)
            lines += [word_features(line, lexicon.keys) for line in forms]
            mean = meanings(forms, lexicon, lexicon.matrix)
            centres[language] = mean.mean(axis=0)
            means.append(mean - centres[language])
            found += [[item for item in doc.user_data[FOUND] if item.code in codes] for doc in docs]
            ordered += group
        seen = Counter(word for line in lines for word in set(line))
        kept = sorted(word for word, count in seen.items() if count >= SEEN_TWICE)
        vocabulary = {word: index for index, word in enumerate(kept)}
        frequency = np.array([seen[word] for word in kept])
        model = cls(
            codes=codes,
            vocabulary=vocabulary,
            rarity=(np.log((1 + len(ordered)) / (1 + frequency)) + 1).astype(np.float32),
            indicators={name: index for index, name in enumerate(indicators)},
            word_weights=np.zeros((0, 0), dtype=np.float32),
            meaning_weights=np.zeros((0, 0), dtype=np.float32),
            indicator_weights=np.zeros((0, 0), dtype=np.float32),
            intercepts=np.zeros(0, dtype=np.float32),
            centres=centres,
            vectors=vectors,
        )
        number = {code: index for index, code in enumerate(codes)}
        features = hstack(
            [
                tfidf(lines, model.vocabulary, model.rarity) * WORD_WEIGHT,
                csr_matrix(np.vstack(means) * MEANING_WEIGHT),
                csr_matrix(indicator_features(found, model.indicators, number) * INDICATOR_WEIGHT),
            ]
        ).tocsr()
        answers = np.array([[code in example.codes for code in codes] for example in ordered])
        asked = np.array([[code not in example.unasked for code in codes] for example in ordered])
        weights, model.intercepts = fit_two_steps(features, answers, asked)
        end = len(vocabulary) + SIZE
        model.word_weights = weights[: len(vocabulary)] * np.float32(WORD_WEIGHT)
        model.meaning_weights = weights[len(vocabulary) : end] * np.float32(MEANING_WEIGHT)
        model.indicator_weights = weights[end:] * np.float32(INDICATOR_WEIGHT)
        return model

    def scores(self, docs: Sequence[Doc]) -> list[Scores]:
        """Of each passage, all of one language, the probability of each learned code."""
        if not docs:
            return []
        language = docs[0].lang_
        found = [
            [item for item in doc.user_data[FOUND] if item.dimension == self.dimension]
            for doc in docs
        ]
        lexicon = self._lexicon(language)
        forms = forms_of(docs)
        lexicon.meet(docs, forms)
        lines = [word_features(line, lexicon.keys) for line in forms]
        words = tfidf(lines, self.vocabulary, self.rarity)
        number = {code: index for index, code in enumerate(self.codes)}
        logits = (
            words @ self.word_weights
            + meanings(forms, lexicon, self._table(language))
            + indicator_features(found, self.indicators, number) @ self.indicator_weights
            + self.intercepts
        )
        sure = 1 / (1 + np.exp(-np.asarray(logits)))
        probabilities = sure[:, :1] * sure[:, 1:]
        return [dict(zip(self.codes, row, strict=True)) for row in probabilities.tolist()]

    def words(self, doc: Doc, code: str) -> list[Span]:
        """The words that speak most for a code, in both steps."""
        if code not in self.codes:
            return []
        lexicon = self._lexicon(doc.lang_)
        (forms,) = forms_of([doc])
        lexicon.meet([doc], [forms])
        steps = [0, self.codes.index(code) + 1]
        meaning = self._table(doc.lang_)[:, steps].sum(axis=1)
        line = tfidf([word_features(forms, lexicon.keys)], self.vocabulary, self.rarity)
        values = dict(zip(line.indices.tolist(), line.data.tolist(), strict=True))
        meant = sum(lexicon.rows[form] >= 0 for form in forms)
        weights = []
        for index, form in enumerate(forms):
            row = lexicon.rows[form]
            if row < 0:  # no word, or a stop word
                continue
            feature = self.vocabulary.get(lexicon.keys[form], -1)
            own = self.word_weights[feature, steps].sum() * values[feature] if feature >= 0 else 0
            weights.append((float(own + meaning[row] / meant), index))
        best = sorted(weight for weight in weights if weight[0] > 0)[-TOP_WORDS:]
        tokens = [doc[index] for _, index in sorted(best, key=lambda item: item[1])]
        return [Span(token.idx, token.idx + len(token.text), self.id) for token in tokens]

    def save(self, path: Path) -> None:
        """Write the model; it is a build product and can be made again at any time."""
        header = {
            "codes": self.codes,
            "vocabulary": list(self.vocabulary),
            "indicators": list(self.indicators),
            "languages": list(self.centres),
        }
        buffer = io.BytesIO()
        np.savez(
            buffer,
            header=np.frombuffer(json.dumps(header).encode(), dtype=np.uint8),
            rarity=self.rarity,
            word_weights=self.word_weights,
            meaning_weights=self.meaning_weights,
            indicator_weights=self.indicator_weights,
            intercepts=self.intercepts,
            centres=np.array(list(self.centres.values())),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [buffer.getvalue()])

    @classmethod
    def load(cls, path: Path, vectors: WordVectors) -> WordsReader | None:
        """Read a model that `save` wrote; None where the file is damaged, which is then gone."""
        try:
            return cls._load(path, vectors)
        except _BROKEN as error:
            throw_away(path, str(error))
            return None

    @classmethod
    def _load(cls, path: Path, vectors: WordVectors) -> WordsReader:
        with np.load(path, allow_pickle=False) as stored:
            header = json.loads(stored["header"].tobytes())
            return cls(
                codes=tuple(header["codes"]),
                vocabulary={word: index for index, word in enumerate(header["vocabulary"])},
                rarity=stored["rarity"],
                indicators={name: index for index, name in enumerate(header["indicators"])},
                word_weights=stored["word_weights"],
                meaning_weights=stored["meaning_weights"],
                indicator_weights=stored["indicator_weights"],
                intercepts=stored["intercepts"],
                centres=dict(zip(header["languages"], stored["centres"], strict=True)),
                vectors=vectors,
            )

    def _lexicon(self, language: str) -> Lexicon:
        if language not in self._lexicons:
            self._lexicons[language] = Lexicon(language, self.vectors)
        return self._lexicons[language]

    def _table(self, language: str) -> Floats:
        """Each known word's share in the score of each code; grows with the lexicon."""
        matrix = self._lexicon(language).matrix
        table = self._tables.get(language)
        if table is None:
            table = np.zeros((0, len(self.codes) + 1), dtype=np.float32)
        if len(table) != len(matrix):
            centre = self.centres.get(language, np.zeros(SIZE, dtype=np.float32))
            more = (matrix[len(table) :] - centre) @ self.meaning_weights
            table = np.concatenate([table, more.astype(np.float32)])
            self._tables[language] = table
        return table
