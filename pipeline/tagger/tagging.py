"""From texts to suggestions. A pure function of a batch, so that any engine can spread it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ground.problems import InputError
from pipeline.model.indicators import IndicatorSet
from pipeline.model.records import Span, Suggestion
from pipeline.model.scheme import LANGUAGES, Dimension, Scheme
from pipeline.tagger.components import FOUND, IndicatorHit, indicator_pipeline
from pipeline.tagger.passage_model import PassageModel
from pipeline.tagger.reviewed_passages import Training

BATCH = 512
Scores = dict[str, tuple[float, PassageModel]]
# A code of a study needs this share of the score of the study's strongest code.
STANDING_OUT = 0.45
TITLE_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class TextUnit:
    """What is tagged: a text in a language; `weight` counts in the codes of its study."""

    language: str
    text: str
    weight: float = 1.0


@dataclass(slots=True)
class Tagger:
    """Suggests codes by indicators, and by example sentences where they have proved better."""

    scheme: Scheme
    sets: tuple[IndicatorSet, ...]
    models: dict[str, PassageModel] = field(default_factory=dict)
    reviewed: dict[str, PassageModel] = field(default_factory=dict)
    training: Training = field(default_factory=Training)
    _pipelines: dict[str, Language] = field(default_factory=dict)
    learner: str = ""  # the kind of its models

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

    def suggest(self, units: Sequence[TextUnit]) -> list[tuple[Suggestion, ...]]:
        """For each passage the suggestions of dimensions that code passages, strongest first."""
        return [suggestions for suggestions, _ in self.read(units)]

    def read(
        self, units: Sequence[TextUnit]
    ) -> list[tuple[tuple[Suggestion, ...], tuple[IndicatorHit, ...]]]:
        """Suggestions of each passage, and the indicators found for dimensions of studies."""
        result: list[tuple[tuple[Suggestion, ...], tuple[IndicatorHit, ...]]] = [((), ())] * len(
            units
        )
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
                for index, read in zip(chunk, self._read_batch(batch, language), strict=True):
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

    def _read_batch(
        self, docs: Sequence[Doc], language: str
    ) -> list[tuple[tuple[Suggestion, ...], tuple[IndicatorHit, ...]]]:
        found: list[list[IndicatorHit]] = [doc.user_data[FOUND] for doc in docs]
        merged: list[list[Suggestion]] = [[] for _ in docs]
        for dimension in self.scheme.dimensions:
            if dimension.unit != "passage":
                continue
            here = [[item for item in items if item.dimension == dimension.id] for items in found]
            scores = self._scores(dimension, docs, language, here)
            for index, doc in enumerate(docs):
                if scores[index] or here[index]:
                    merged[index] += _of_passage(dimension, doc, here[index], scores[index])
        studies = {dim.id for dim in self.scheme.dimensions if dim.unit == "study"}
        return [
            (
                tuple(sorted(items, key=lambda item: (-item.score, item.code))),
                tuple(item for item in group if item.dimension in studies),
            )
            for items, group in zip(merged, found, strict=True)
        ]

    def _scores(
        self,
        dimension: Dimension,
        docs: Sequence[Doc],
        language: str,
        found: Sequence[Sequence[IndicatorHit]],
    ) -> list[Scores]:
        """Of each passage the learned score of each code, by the model chosen for the code."""
        rows: list[Scores] = [{} for _ in docs]
        chosen = {
            code: choice.source
            for learned in self.training.learned
            if learned.dimension == dimension.id
            for code, choice in learned.codes.items()
        }
        for source, models in (("examples", self.models), ("reviewed", self.reviewed)):
            model = models.get(dimension.id)
            codes = [c for c in model.codes if chosen.get(c, "examples") == source] if model else []
            if model is None or not codes:
                continue
            for row, scores in zip(rows, model.scores(docs, language, found), strict=True):
                row.update((code, (scores[code], model)) for code in codes)
        return rows


def _of_passage(
    dimension: Dimension,
    doc: Doc,
    found: Sequence[IndicatorHit],
    scores: Scores,
) -> list[Suggestion]:
    by_code: dict[str, list[IndicatorHit]] = defaultdict(list)
    for item in found:
        by_code[item.code].append(item)
    result = []
    for code in {*by_code, *scores}:
        items = by_code.get(code, [])
        score, model = scores.get(code) or (_noisy_or(item.weight for item in items), None)
        if score < dimension.threshold:
            continue
        spans = {span for item in items for span in _spans(doc, item)}
        names = sorted({item.indicator for item in items})
        if not items and model is not None:
            spans = set(model.spans(doc, code))
            names = [model.origin]
        result.append(
            Suggestion(
                dimension.id,
                code,
                round(score, 3),
                tuple(sorted(spans, key=lambda span: (span.start, span.end, span.indicator))),
                tuple(names),
            )
        )
    return result


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
