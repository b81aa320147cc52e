"""What edited indicators would change, found by tagging only what can have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ground.problems import InputError, Problem
from pipeline.model.indicators import Indicator, IndicatorFile, IndicatorSet, PerLanguage
from pipeline.model.records import Document, Passage, Suggestion
from pipeline.model.scheme import LANGUAGES, Scheme
from pipeline.tagger.components import Found, IndicatorFinder
from pipeline.tagger.measures import Score, compare
from pipeline.tagger.tagging import Tagger, TextUnit, check_indicators
from pipeline.tagger.word_index import WordIndex, make_index

Progress = Callable[[int, int], None]
Reviewed = Mapping[str, Mapping[str, bool]]  # yes or no to a code, of each passage


@dataclass(frozen=True)
class Shift:
    """A passage that would newly be suggested a code, or would no longer be."""

    passage: Passage
    before: Suggestion | None
    after: Suggestion | None


@dataclass(frozen=True)
class Trial:
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


@dataclass
class Bench:
    """The passages of a project, by language, ready for trials. Made once; then read only.

    `documents`, one a study, and titles are for codes of studies.
    """

    tagger: Tagger
    passages: Sequence[Passage]
    suggestions: Mapping[str, Sequence[Suggestion]]
    documents: Sequence[Document] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    _by_language: dict[str, list[Passage]] = field(default_factory=dict)
    _indexes: dict[str, WordIndex] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the indexes of words."""
        if self._indexes:
            return
        for language in LANGUAGES:
            self.tagger.pipeline(language)
        groups: dict[str, list[Passage]] = {}
        for passage in self.passages:
            language = passage.language if passage.language in LANGUAGES else LANGUAGES[0]
            groups.setdefault(language, []).append(passage)
        self._by_language = groups
        self._indexes = {
            language: make_index([item.text for item in group], language)
            for language, group in groups.items()
        }

    @cached_property
    def of_studies(self) -> Bench:
        """Every text from which codes of studies are suggested."""
        texts = [text for item in self.documents for text in _texts(self, item)]
        return Bench(self.tagger, texts, {})

    def can_change(
        self, before: IndicatorSet | None, after: IndicatorSet, code: str
    ) -> list[Passage]:
        """Passages in which an indicator that is not the same any more can fire."""
        self.prepare()
        old, new = _indicators(before, code), _indicators(after, code)
        classes = {**(before.classes if before else {}), **after.classes}
        changed_words = {
            name
            for name in classes
            if before is None or before.classes.get(name) != after.classes.get(name)
        }
        names = {
            name
            for name in {*old, *new}
            if old.get(name) != new.get(name)
            or _names_any(old.get(name), changed_words)
            or _names_any(new.get(name), changed_words)
        }
        found: list[Passage] = []
        for language, index in self._indexes.items():
            group = self._by_language[language]
            places: set[int] = set()
            for source, items in ((before, old), (after, new)):
                chosen = [items[name] for name in names if name in items]
                if source is None or not chosen:
                    continue
                if any(item.matcher[language] for item in chosen):
                    places.update(range(len(group)))
                phrases = [phrase for item in chosen for phrase in item.phrases[language]]
                words = {name: forms[language] for name, forms in source.classes.items()}
                places.update(index.may_match(phrases, words).tolist())
            found += [group[place] for place in sorted(places)]
        return found


def try_indicators(
    bench: Bench,
    scheme: Scheme,
    dimension: str,
    file: IndicatorFile,
    classes: Mapping[str, PerLanguage] | None = None,
    reviewed: Reviewed | None = None,
) -> Trial:
    """Tag with this file in place of the code's present one. Raises InputError for bad patterns.

    `scheme` may have codes that the project does not have yet. `reviewed` holds the answers that
    people gave, by passage. The learned models stay as they are: they learn anew when it is saved.
    """
    if scheme.dimension(dimension).unit == "study":
        return _try_on_studies(bench, scheme, dimension, file, classes)
    tagger = bench.tagger
    old = next((group for group in tagger.sets if group.dimension == dimension), None)
    kept = tuple(item for item in old.files if item.code != file.code) if old else ()
    words = dict(classes if classes is not None else (old.classes if old else _classes(tagger)))
    new = IndicatorSet(dimension, (*kept, file), words)
    changed = Tagger(
        scheme,
        (new,),
        {name: model for name, model in tagger.models.items() if name == dimension},
        {name: model for name, model in tagger.reviewed.items() if name == dimension},
        tagger.training,
        # Bad patterns are found here, before anything is read.
        {language: _reading(tagger.pipeline(language), [new]) for language in LANGUAGES},
    )
    can_change = bench.can_change(old, new, file.code)
    differ = _differing(tagger, can_change, old, new, file.code)
    after = changed.suggest([TextUnit(item.language, item.text) for item in differ])
    gained, lost, rescored = [], [], 0
    now: dict[str, bool] = {}
    for passage, suggestions in zip(differ, after, strict=True):
        was = _of(bench.suggestions.get(passage.id, ()), file.code)
        became = _of(suggestions, file.code)
        now[passage.id] = became is not None
        if was is None and became is not None:
            gained.append(Shift(passage, was, became))
        elif was is not None and became is None:
            lost.append(Shift(passage, was, became))
        elif was is not None and became is not None and was.score != became.score:
            rescored += 1
    faults = check_indicators(changed, file.code)
    return Trial(
        file.code,
        len(bench.passages),
        len(can_change),
        tuple(sorted(gained, key=lambda item: -(item.after.score if item.after else 0))),
        tuple(sorted(lost, key=lambda item: -(item.before.score if item.before else 0))),
        rescored,
        tuple(faults),
        _quality(bench, file.code, now, reviewed or {}),
    )


def _try_on_studies(
    bench: Bench,
    scheme: Scheme,
    dimension: str,
    file: IndicatorFile,
    classes: Mapping[str, PerLanguage] | None,
) -> Trial:
    """The same for a code of studies, which is suggested from all texts of a document."""
    from pipeline.tagger.documents import tag

    tagger = bench.tagger
    old = next((group for group in tagger.sets if group.dimension == dimension), None)
    kept = tuple(item for item in old.files if item.code != file.code) if old else ()
    words = dict(classes if classes is not None else (old.classes if old else _classes(tagger)))
    new = IndicatorSet(dimension, (*kept, file), words)
    pipelines = {name: _reading(tagger.pipeline(name), [new]) for name in LANGUAGES}
    changed = Tagger(scheme, (new,), _pipelines=pipelines)
    studies = {text.study for text in bench.of_studies.can_change(old, new, file.code)}
    documents = [item for item in bench.documents if item.study in studies]
    tagged = tag(changed, documents, dict(bench.titles))
    gained, lost, rescored = [], [], 0
    for document in documents:
        was = _of(bench.suggestions.get(document.study, ()), file.code)
        became = _of(tagged.get(document.id, {}).get(document.study, ()), file.code)
        shown = _texts(bench, document)[0]
        if was is None and became is not None:
            gained.append(Shift(shown, was, became))
        elif was is not None and became is None:
            lost.append(Shift(shown, was, became))
        elif was is not None and became is not None and was.score != became.score:
            rescored += 1
    faults = tuple(check_indicators(changed, file.code))
    count = len(bench.documents)
    return Trial(
        file.code, count, len(documents), tuple(gained), tuple(lost), rescored, faults, None
    )


def _texts(bench: Bench, document: Document) -> list[Passage]:
    """Title, summary and passages of a document, as passages."""
    title = bench.titles.get(document.study, "")
    heads = [
        Passage(document.study, document.study, 0, text, "", document.language)
        for text in (title, document.summary)
    ]
    return [*heads, *document.passages]


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


def _fired(found: Iterable[Found]) -> frozenset[tuple[str, float]]:
    return frozenset((item.indicator, item.weight) for item in found)


def _quality(
    bench: Bench, code: str, now: Mapping[str, bool], reviewed: Reviewed
) -> tuple[Score, Score] | None:
    units = sorted(unit for unit, codes in reviewed.items() if code in codes)
    if not units:
        return None
    given = [frozenset((code,)) if reviewed[unit][code] else frozenset() for unit in units]
    before = [
        frozenset((code,)) if _of(bench.suggestions.get(unit, ()), code) else frozenset()
        for unit in units
    ]
    after = [
        (frozenset((code,)) if now[unit] else frozenset()) if unit in now else was
        for unit, was in zip(units, before, strict=True)
    ]
    return compare([code], given, before)[0], compare([code], given, after)[0]


def _of(suggestions: Iterable[Suggestion], code: str) -> Suggestion | None:
    return next((item for item in suggestions if item.code == code), None)


def _indicators(group: IndicatorSet | None, code: str) -> dict[str, Indicator]:
    files = group.files if group else ()
    return {item.id: item for file in files if file.code == code for item in file.indicators}


def _names_any(indicator: Indicator | None, classes: Iterable[str]) -> bool:
    if indicator is None:
        return False
    texts = [
        text
        for group in (indicator.phrases, indicator.unless)
        for language in LANGUAGES
        for text in group[language]
    ]
    return any(f"<{name}>" in text for name in classes for text in texts)


def _classes(tagger: Tagger) -> dict[str, PerLanguage]:
    return next((group.classes for group in tagger.sets), {})
