"""From texts to suggestions. A pure function of a batch, so that any engine can spread it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.model.indicators import IndicatorSet, read_indicators
from pipeline.model.records import Span, Suggestion
from pipeline.model.scheme import LANGUAGES, Dimension, Scheme
from pipeline.tagger.components import FOUND, Found, indicator_pipeline
from pipeline.tagger.examples import Example, read_examples
from pipeline.tagger.linear_model import ORIGIN, REVIEWED, ExampleModel, fingerprint, train
from pipeline.tagger.reviewed_passages import REPEAT, Training, read_training, reviewed_passages
from pipeline.tagger.word_vectors import WordVectors

BATCH = 512
Scores = dict[str, tuple[float, ExampleModel]]
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
    models: dict[str, ExampleModel] = field(default_factory=dict)
    reviewed: dict[str, ExampleModel] = field(default_factory=dict)
    training: Training = field(default_factory=Training)
    _pipelines: dict[str, Language] = field(default_factory=dict)

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
    ) -> list[tuple[tuple[Suggestion, ...], tuple[Found, ...]]]:
        """Suggestions of each passage, and the indicators found for dimensions of studies."""
        result: list[tuple[tuple[Suggestion, ...], tuple[Found, ...]]] = [((), ())] * len(units)
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
        self, units: Sequence[TextUnit], found: Sequence[Iterable[Found]]
    ) -> tuple[Suggestion, ...]:
        """Suggested codes of a study (its sector), from what was found in all its texts."""
        suggestions = []
        for dimension in self.scheme.dimensions:
            if dimension.unit == "study":
                suggestions += _of_study(dimension, units, found)
        return tuple(suggestions)

    def _read_batch(
        self, docs: Sequence[Doc], language: str
    ) -> list[tuple[tuple[Suggestion, ...], tuple[Found, ...]]]:
        found: list[list[Found]] = [doc.user_data[FOUND] for doc in docs]
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
        found: Sequence[Sequence[Found]],
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


def load_tagger(
    project: Project, scheme: Scheme, tell: Callable[[str], None] = lambda _: None
) -> Tagger:
    """The tagger of a project; models are made when examples or indicators have changed.

    `tell` is called before something that takes long. Raises InputError for indicators or
    examples with faults.
    """
    sets = read_indicators(project.indicators, scheme, project.name(project.indicators))
    tagger = Tagger(scheme, sets, training=read_training(project))
    vectors = WordVectors(project.cache / "words.db")
    for group in sets:
        examples = [
            item for item in read_examples(project, scheme, group.dimension) if not item.held
        ]
        model = _learned(project, tagger, group, examples, vectors, ORIGIN, tell)
        if model is not None:
            tagger.models[group.dimension] = model
        for learned in tagger.training.learned:
            if learned.dimension != group.dimension or not any(
                choice.source == "reviewed" for choice in learned.codes.values()
            ):
                continue
            more = reviewed_passages(project, scheme, learned.dimension, learned.until) * REPEAT
            model = _learned(project, tagger, group, [*examples, *more], vectors, REVIEWED, tell)
            if model is not None:
                tagger.reviewed[group.dimension] = model
    return tagger


def _learned(
    project: Project,
    tagger: Tagger,
    group: IndicatorSet,
    examples: Sequence[Example],
    vectors: WordVectors,
    origin: str,
    tell: Callable[[str], None],
) -> ExampleModel | None:
    """The model of these examples, from the cache or made now; its version is part of its name."""
    if not examples:
        return None
    name = fingerprint(examples, source_fingerprint() + repr(group))
    path = project.cache / "models" / f"{group.dimension}-{name}.npz"
    model = ExampleModel.load(path, vectors) if path.is_file() else None
    if model is None:
        tell(f"Learning {group.dimension} from {len(examples)} passages (once) …")
        ids = [f"{code}/{indicator.id}" for code, indicator in group]
        model = train(examples, ids, tagger.pipeline, vectors)
        if model is not None:
            model.save(path)
    if model is not None:
        model.origin = f"{origin} {name[:8]}"
    return model


@lru_cache(maxsize=1)
def source_fingerprint() -> str:
    """Changes whenever the tagger's own code does."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def check_indicators(tagger: Tagger, only: str = "") -> list[Problem]:
    """Each indicator file's sentences put to the tagger: those that fail it are problems.

    `only` names the single code whose file is checked.
    """
    problems = []
    for group in tagger.sets:
        threshold = tagger.scheme.dimension(group.dimension).threshold
        is_study = tagger.scheme.dimension(group.dimension).unit == "study"
        for file in group.files:
            if only not in ("", file.code):
                continue
            for language in LANGUAGES:
                for expected, sentences in (
                    (True, file.must_match[language]),
                    (False, file.must_not_match[language]),
                ):
                    weight = TITLE_WEIGHT if is_study else 1.0
                    units = [TextUnit(language, sentence, weight) for sentence in sentences]
                    for unit, (suggestions, found) in zip(units, tagger.read(units), strict=True):
                        if is_study:
                            suggestions = tagger.of_study([unit], [found])
                        hit = any(
                            item.code == file.code and item.score >= threshold
                            for item in suggestions
                        )
                        if hit != expected:
                            problems.append(
                                _failed(group.dimension, file.code, language, unit, expected)
                            )
    return problems


def _failed(dimension: str, code: str, language: str, unit: TextUnit, expected: bool) -> Problem:
    path = f"coding/indicators/{dimension}/{code}.yml"
    verb = "is not suggested" if expected else "is wrongly suggested"
    hint = "Change an indicator, or the sentence if it does not belong to the code."
    message = f"'{code}' {verb} for a sentence ({language})"
    return Problem(path, 0, "indicator-example", message, hint, unit.text)


def _of_passage(
    dimension: Dimension,
    doc: Doc,
    found: Sequence[Found],
    scores: Scores,
) -> list[Suggestion]:
    by_code: dict[str, list[Found]] = defaultdict(list)
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
    dimension: Dimension, units: Sequence[TextUnit], found: Sequence[Iterable[Found]]
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


def _spans(doc: Doc, found: Found) -> list[Span]:
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
