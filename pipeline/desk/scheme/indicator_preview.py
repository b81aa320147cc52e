"""What edited indicators would change, found by tagging only what can have changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.desk.scheme.passage_bench import PassageBench
from pipeline.ground.problems import InputError, Problem
from pipeline.model.indicators import IndicatorFile, IndicatorSet, PerLanguage
from pipeline.model.records import Passage, Suggestion
from pipeline.model.scheme import LANGUAGES, Scheme
from pipeline.tagger.components import IndicatorFinder, IndicatorHit
from pipeline.tagger.documents import tag
from pipeline.tagger.indicator_check import check_indicators
from pipeline.tagger.measures import Score, compare
from pipeline.tagger.tagging import Tagger, TextUnit

Reviewed = Mapping[str, Mapping[str, bool]]  # yes or no to a code, of each passage
# How many units there are and were looked at, and those tagged anew.
Tagged = tuple[int, int, list[tuple[Passage, tuple[Suggestion, ...]]]]


@dataclass(frozen=True)
class Shift:
    """A passage that would newly be suggested a code, or would no longer be."""

    passage: Passage
    before: Suggestion | None
    after: Suggestion | None


@dataclass(frozen=True)
class IndicatorPreview:
    """What would change for one code. `looked_at` passages were tagged anew, of `passages`.

    `faults` are sentences of the indicator file that it fails. `quality`: before and after,
    against reviewed decisions; None where there are none.
    """

    code: str
    passages: int
    looked_at: int
    gained: tuple[Shift, ...]
    lost: tuple[Shift, ...]
    rescored: int
    faults: tuple[Problem, ...]
    quality: tuple[Score, Score] | None = None


def preview_indicators(
    bench: PassageBench,
    scheme: Scheme,
    dimension: str,
    file: IndicatorFile,
    classes: Mapping[str, PerLanguage] | None = None,
    reviewed: Reviewed | None = None,
) -> IndicatorPreview:
    """Tag with this file in place of the code's present one. Raises InputError for bad patterns.

    `scheme` may have codes that the project does not have yet. `reviewed` holds the answers that
    people gave, by passage. The learned models stay as they are: they learn anew when it is saved.
    """
    tagger, code = bench.tagger, file.code
    old = next((group for group in tagger.sets if group.dimension == dimension), None)
    kept = tuple(item for item in old.files if item.code != code) if old else ()
    before = old or next(iter(tagger.sets), None)
    words = classes if classes is not None else before.classes if before else {}
    new = IndicatorSet(dimension, (*kept, file), dict(words))
    changed = Tagger(
        scheme,
        (new,),
        {name: model for name, model in tagger.models.items() if name == dimension},
        {name: model for name, model in tagger.reviewed.items() if name == dimension},
        tagger.training,
        # Bad patterns are found here, before anything is read.
        {language: _reading(tagger.pipeline(language), [new]) for language in LANGUAGES},
        tagger.readers,
    )
    put_to = _put_to_studies if scheme.dimension(dimension).unit == "study" else _put_to_passages
    units, looked_at, tagged = put_to(bench, changed, old, new, code)
    gained, lost, rescored = [], [], 0
    for passage, suggestions in tagged:
        was, became = _of(bench.suggestions.get(passage.id, ()), code), _of(suggestions, code)
        if was is None and became is not None:
            gained.append(Shift(passage, was, became))
        elif was is not None and became is None:
            lost.append(Shift(passage, was, became))
        elif was is not None and became is not None and was.score != became.score:
            rescored += 1
    now = {passage.id: _of(suggestions, code) is not None for passage, suggestions in tagged}
    return IndicatorPreview(
        code,
        units,
        looked_at,
        tuple(sorted(gained, key=lambda item: -(item.after.score if item.after else 0))),
        tuple(sorted(lost, key=lambda item: -(item.before.score if item.before else 0))),
        rescored,
        tuple(check_indicators(changed, code)),
        _quality(bench, code, now, reviewed or {}),
    )


def _put_to_passages(
    bench: PassageBench, changed: Tagger, old: IndicatorSet | None, new: IndicatorSet, code: str
) -> Tagged:
    """How many passages there are, how many can change, and those that do, tagged anew."""
    can_change = bench.can_change(old, new, code)
    differ = _differing(bench.tagger, can_change, old, new, code)
    after = changed.suggest([TextUnit(item.language, item.text) for item in differ])
    return len(bench.passages), len(can_change), list(zip(differ, after, strict=True))


def _put_to_studies(
    bench: PassageBench, changed: Tagger, old: IndicatorSet | None, new: IndicatorSet, code: str
) -> Tagged:
    """The same for a code of studies, which is suggested from all texts of a document."""
    studies = {text.study for text in bench.of_studies.can_change(old, new, code)}
    documents = [item for item in bench.documents if item.study in studies]
    tagged = tag(changed, documents, dict(bench.titles))
    after = [
        (bench.texts_of(item)[0], tagged[item.id].suggestions.get(item.study, ()))
        for item in documents
        if item.id in tagged
    ]
    return len(bench.documents), len(documents), after


def _differing(
    tagger: Tagger,
    passages: Sequence[Passage],
    old: IndicatorSet | None,
    new: IndicatorSet,
    code: str,
) -> list[Passage]:
    """Passages in which the code's indicators fire otherwise than before."""
    found: list[Passage] = []
    by_language: dict[str, list[Passage]] = {}
    for passage in passages:
        by_language.setdefault(passage.language, []).append(passage)
    for language, group in by_language.items():
        readers = []
        for source in (old, new):
            files = [item for item in source.files if item.code == code] if source else []
            sets = [IndicatorSet(source.dimension, tuple(files), source.classes)] if source else []
            readers.append(_reading(tagger.pipeline(language), sets))
        for passage in group:
            doc = readers[0].read(passage.text)
            before, after = (_fired(reader.finder.find(doc)) for reader in readers)
            if before != after:
                found.append(passage)
    return found


@dataclass
class _Reader:
    """The tokenizer and sentencizer of a pipeline with another finder behind them."""

    nlp: Language
    finder: IndicatorFinder

    @property
    def vocab(self) -> Any:
        return self.nlp.vocab

    def read(self, text: str) -> Doc:
        return self.nlp.get_pipe("sentencizer")(self.nlp.make_doc(text))

    def pipe(self, texts: Iterable[str], batch_size: int = 0) -> Iterator[Doc]:
        return (self.finder(self.read(text)) for text in texts)


def _reading(nlp: Language, sets: Sequence[IndicatorSet]) -> Any:
    finder = IndicatorFinder(nlp)
    problems = finder.learn(sets)
    if problems:
        raise InputError(problems)
    return _Reader(nlp, finder)


def _fired(found: Iterable[IndicatorHit]) -> frozenset[tuple[str, float]]:
    return frozenset((item.indicator, item.weight) for item in found)


def _quality(
    bench: PassageBench, code: str, now: Mapping[str, bool], reviewed: Reviewed
) -> tuple[Score, Score] | None:
    units = sorted(unit for unit, codes in reviewed.items() if code in codes)
    if not units:
        return None
    only, none = frozenset((code,)), frozenset[str]()
    given = [only if reviewed[unit][code] else none for unit in units]
    was = [_of(bench.suggestions.get(unit, ()), code) is not None for unit in units]
    before = [only if suggested else none for suggested in was]
    after = [
        only if now.get(unit, suggested) else none
        for unit, suggested in zip(units, was, strict=True)
    ]
    return compare([code], given, before)[0], compare([code], given, after)[0]


def _of(suggestions: Iterable[Suggestion], code: str) -> Suggestion | None:
    return next((item for item in suggestions if item.code == code), None)
