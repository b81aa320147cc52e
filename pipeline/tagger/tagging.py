"""From texts to suggestions. A pure function of a batch, so that any engine can spread it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ground.problems import InputError
from pipeline.model.indicators import IndicatorSet
from pipeline.model.records import Span, Suggestion
from pipeline.model.scheme import LANGUAGES, Dimension, Scheme
from pipeline.tagger.components import FOUND, IndicatorHit, indicator_pipeline
from pipeline.tagger.readers.averaged_reader import AveragedReader, Calibration
from pipeline.tagger.readers.reader import Lesson, Reader, Scores
from pipeline.tagger.readers.reader_registry import ChosenReaders
from pipeline.tagger.reviewed_passages import Showing, Training

BATCH = 512
EXAMPLES, REVIEWED = "examples", "reviewed"  # what the models of a code have learned from
Learned = dict[str, tuple[float, Reader]]
# A code of a study needs this share of the score of the study's strongest code.
STANDING_OUT = 0.45
TITLE_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class TextUnit:
    """What is tagged: a text in a language; `weight` counts in the codes of its study."""

    language: str
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tagger says of a text: suggestions, strongest first, and the score of every code.

    A code that nothing speaks for has no score. `found` are indicators of dimensions of studies.
    """

    suggestions: tuple[Suggestion, ...] = ()
    scores: Scores = field(default_factory=dict)
    found: tuple[IndicatorHit, ...] = ()


@dataclass(slots=True)
class Tagger:
    """Suggests codes by indicators, and by readers where there are examples or models.

    `models` are the readers of each dimension, `reviewed` those that learned from reviewed
    passages too.
    """

    scheme: Scheme
    sets: tuple[IndicatorSet, ...]
    models: dict[str, AveragedReader] = field(default_factory=dict)
    reviewed: dict[str, AveragedReader] = field(default_factory=dict)
    training: Training = field(default_factory=Training)
    _pipelines: dict[str, Language] = field(default_factory=dict)
    readers: ChosenReaders = field(default_factory=ChosenReaders)

    def pipeline(self, language: str) -> Language:
        """The spaCy pipeline of a language; English stands in for languages without one."""
        if language not in LANGUAGES:
            language = LANGUAGES[0]
        if language not in self._pipelines:
            nlp, problems = indicator_pipeline(language, self.sets)
            if problems:
                raise InputError(problems)
            self._pipelines[language] = nlp
        return self._pipelines[language]

    def bare(self) -> Tagger:
        """The same tagger going by its indicators alone."""
        return Tagger(self.scheme, self.sets, _pipelines=self._pipelines)

    def other(self, models: dict[str, AveragedReader], training: Training) -> Tagger:
        """One with these readers in place of its own."""
        return Tagger(
            self.scheme,
            self.sets,
            models,
            training=training,
            _pipelines=self._pipelines,
            readers=self.readers,
        )

    def suggest(self, units: Sequence[TextUnit]) -> list[tuple[Suggestion, ...]]:
        """For each passage the suggestions of dimensions that code passages, strongest first."""
        return [reading.suggestions for reading in self.read(units)]

    def learn(self, source: str, lesson: Lesson) -> None:
        """Have the readers open a lesson; nothing changes where none knows anything of it."""
        dimension = lesson.dimension.id
        model = self.readers.open(lesson, self.calibration(dimension))
        if model is not None:
            self._models[source][dimension] = model

    @property
    def _models(self) -> dict[str, dict[str, AveragedReader]]:
        return {EXAMPLES: self.models, REVIEWED: self.reviewed}

    def showing(self, dimension: str) -> Showing | None:
        """From which scores codes of a dimension are shown, where that was measured."""
        return self.training.showing(dimension, self.readers.names)

    def calibration(self, dimension: str) -> Mapping[str, Calibration]:
        """What brings the scores of each reader to how often coders agreed."""
        showing = self.showing(dimension)
        return showing.calibration if showing else {}

    def likely(self, dimension: Dimension) -> float:
        """From which score of its readers a code is suggested."""
        showing = self.showing(dimension.id)
        return showing.likely if showing else dimension.threshold

    def possible(self, dimension: Dimension) -> float:
        """From which score a code is possible."""
        showing = self.showing(dimension.id)
        return showing.possible if showing else dimension.threshold / 2

    def words(self, unit: TextUnit, code: str) -> tuple[Span, ...]:
        """The words of a passage that speak most for a code, whatever its score."""
        (doc,) = self.pipeline(unit.language).pipe([unit.text])
        spans = {
            span for item in doc.user_data[FOUND] if item.code == code for span in _spans(doc, item)
        }
        for model in () if spans else self.models.values():
            spans |= set(model.words(doc, code))
        return _in_order(spans)

    def read(self, units: Sequence[TextUnit]) -> list[Reading]:
        """What there is to say of each passage."""
        result = [Reading()] * len(units)
        by_language: dict[str, list[int]] = defaultdict(list)
        for index, unit in enumerate(units):
            by_language[unit.language].append(index)
        for language, indexes in by_language.items():
            docs = self.pipeline(language).pipe(
                (units[index].text for index in indexes), batch_size=BATCH
            )
            for start in range(0, len(indexes), BATCH):
                chunk = indexes[start : start + BATCH]
                batch = [next(docs) for _ in chunk]
                for index, read in zip(chunk, self._read_batch(batch), strict=True):
                    result[index] = read
        return result

    def of_study(
        self, units: Sequence[TextUnit], found: Sequence[Iterable[IndicatorHit]]
    ) -> tuple[Suggestion, ...]:
        """Suggested codes of a study (its sector), from what was found in all its texts."""
        suggestions = []
        for dimension in self.scheme.dimensions:
            if dimension.unit == "study":
                suggestions += _of_study(dimension, units, found)
        return tuple(suggestions)

    def _read_batch(self, docs: Sequence[Doc]) -> list[Reading]:
        found: list[list[IndicatorHit]] = [doc.user_data[FOUND] for doc in docs]
        merged: list[list[Suggestion]] = [[] for _ in docs]
        scores: list[Scores] = [{} for _ in docs]
        for dimension in self.scheme.dimensions:
            if dimension.unit != "passage":
                continue
            likely = self.likely(dimension)
            learned = self._learned(dimension, docs)
            for index, doc in enumerate(docs):
                here = [item for item in found[index] if item.dimension == dimension.id]
                if learned[index] or here:
                    own = _scored(here, learned[index])
                    scores[index] |= own
                    merged[index] += _of_passage(dimension, doc, here, own, learned[index], likely)
        studies = {dim.id for dim in self.scheme.dimensions if dim.unit == "study"}
        return [
            Reading(
                tuple(sorted(items, key=lambda item: (-item.score, item.code))),
                own,
                tuple(item for item in group if item.dimension in studies),
            )
            for items, own, group in zip(merged, scores, found, strict=True)
        ]

    def _learned(self, dimension: Dimension, docs: Sequence[Doc]) -> list[Learned]:
        """Of each passage the learned score of each code, by the readers chosen for the code."""
        rows: list[Learned] = [{} for _ in docs]
        learned = self.training.of(dimension.id)
        chosen = {code: item.source for code, item in learned.codes.items()} if learned else {}
        for source, models in self._models.items():
            model = models.get(dimension.id)
            codes = [c for c in model.codes if chosen.get(c, EXAMPLES) == source] if model else []
            if model is None or not codes:
                continue
            for row, scores in zip(rows, model.scores(docs), strict=True):
                row.update((code, (scores[code], model)) for code in codes if code in scores)
        return rows


def _scored(found: Iterable[IndicatorHit], learned: Learned) -> Scores:
    """The score of each code: the learned one, or how likely one of its indicators is right."""
    weights: dict[str, list[float]] = defaultdict(list)
    for item in found:
        weights[item.code].append(item.weight)
    scores = {code: _noisy_or(items) for code, items in weights.items()}
    scores |= {code: score for code, (score, _) in learned.items()}
    return {code: round(score, 3) for code, score in sorted(scores.items())}


def _of_passage(
    dimension: Dimension,
    doc: Doc,
    found: Sequence[IndicatorHit],
    scores: Scores,
    learned: Learned,
    likely: float,
) -> list[Suggestion]:
    result = []
    for code, score in scores.items():
        _, model = learned.get(code, (0.0, None))
        if score < (likely if model else dimension.threshold):
            continue
        items = [item for item in found if item.code == code]
        spans = {span for item in items for span in _spans(doc, item)}
        names = sorted({item.indicator for item in items})
        if not items and model is not None:
            spans = set(model.words(doc, code))
            names = [model.id]
        result.append(Suggestion(dimension.id, code, score, _in_order(spans), tuple(names)))
    return result


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: (span.start, span.end, span.indicator)))


def _of_study(
    dimension: Dimension, units: Sequence[TextUnit], found: Sequence[Iterable[IndicatorHit]]
) -> list[Suggestion]:
    strength: dict[str, float] = defaultdict(float)
    names: dict[str, set[str]] = defaultdict(set)
    for unit, items in zip(units, found, strict=True):
        for item in items:
            if item.dimension == dimension.id:
                strength[item.code] += item.weight * unit.weight
                names[item.code].add(item.indicator)
    if not strength:
        return []
    top = max(strength.values())
    result = []
    for code, value in strength.items():
        score = value / (value + 1)
        if score >= dimension.threshold and value >= STANDING_OUT * top:
            result.append(
                Suggestion(dimension.id, code, round(score, 3), (), tuple(sorted(names[code])))
            )
    return sorted(result, key=lambda item: (-item.score, item.code))


def _spans(doc: Doc, found: IndicatorHit) -> list[Span]:
    """Runs of neighbouring matched words as character spans."""
    spans: list[Span] = []
    start = previous = found.tokens[0]
    for token in (*found.tokens[1:], len(doc) + 1):
        if token > previous + 1:
            last = doc[previous]
            spans.append(Span(doc[start].idx, last.idx + len(last.text), found.indicator))
            start = token
        previous = token
    return spans


def _noisy_or(weights: Iterable[float]) -> float:
    """How likely at least one of several independent reasons is right."""
    miss = 1.0
    for weight in weights:
        miss *= 1 - weight
    return 1 - miss
