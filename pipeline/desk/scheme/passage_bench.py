"""The passages of a project, and which of them edited indicators can change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.model.indicators import Indicator, IndicatorSet
from pipeline.model.records import Document, Passage, Suggestion
from pipeline.model.scheme import LANGUAGES
from pipeline.tagger.tagging import Tagger
from pipeline.tagger.word_index import WordIndex, make_index


@dataclass
class PassageBench:
    """The passages of a project, by language, ready for previews. Made once; then read only.

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
    def of_studies(self) -> PassageBench:
        """Every text from which codes of studies are suggested."""
        texts = [text for item in self.documents for text in self.texts_of(item)]
        return PassageBench(self.tagger, texts, {})

    def texts_of(self, document: Document) -> list[Passage]:
        """Title, summary and passages of a document, as passages."""
        title = self.titles.get(document.study, "")
        heads = [
            Passage(document.study, document.study, 0, text, "", document.language)
            for text in (title, document.summary)
        ]
        return [*heads, *document.passages]

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
