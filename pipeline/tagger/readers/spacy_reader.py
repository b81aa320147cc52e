"""A spaCy pipeline of the user's own, for its labels, or for its lemmas and vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

import spacy
from pydantic import model_validator
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project
from pipeline.model.records import Span
from pipeline.model.scheme import LANGUAGES
from pipeline.tagger.readers.lemma_model import learned
from pipeline.tagger.readers.reader import Lesson, Options, Scores

_UNREADABLE = (OSError, ImportError, ValueError, LookupError, TypeError, AttributeError)


class SpacyOptions(Options):
    """Of each language the pipeline, by the name of its package or by its folder in the project.

    `labels`: which code a label is that is not called like it. `spans_key`: where a span
    categoriser writes.
    """

    en: str = ""
    nl: str = ""
    labels: Mapping[str, str] = {}
    spans_key: str = "sc"

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if not self.pipelines:
            raise ValueError("name a pipeline for en or nl")
        return self

    @property
    def pipelines(self) -> dict[str, str]:
        given = {language: getattr(self, language) for language in LANGUAGES}
        return {language: name for language, name in given.items() if name}

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(self.pipelines.values())


class Voice(Protocol):
    """What a pipeline of one language says; see `Reader`."""

    @property
    def codes(self) -> tuple[str, ...]: ...

    def scores(self, texts: Sequence[str]) -> list[Scores]: ...

    def words(self, text: str, code: str) -> list[tuple[int, int]]: ...


@dataclass(frozen=True)
class Labels:
    """A pipeline that labels texts (`doc.cats`) or stretches of them (`doc.spans`) with codes."""

    nlp: Language
    labels: Mapping[str, str]  # to codes
    spans_key: str

    @classmethod
    def of(cls, nlp: Language, options: SpacyOptions, known: frozenset[str]) -> Labels | None:
        """None where none of its labels is a code."""
        names = {str(label) for some in nlp.pipe_labels.values() for label in some}
        labels = {name: options.labels.get(name, name) for name in names}
        own = {name: code for name, code in labels.items() if code in known}
        return cls(nlp, own, options.spans_key) if own else None

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.labels.values())))

    def scores(self, texts: Sequence[str]) -> list[Scores]:
        """The score of a text, or of its likeliest stretch."""
        return [self._scores(doc) for doc in self.nlp.pipe(texts)]

    def words(self, text: str, code: str) -> list[tuple[int, int]]:
        """The stretches; a label of a whole text names none."""
        doc = self.nlp(text)
        spans = doc.spans.get(self.spans_key, ())
        found = (span for span in spans if self.labels.get(span.label_) == code)
        return [(span.start_char, span.end_char) for span in found]

    def _scores(self, doc: Doc) -> Scores:
        scores = dict.fromkeys(self.codes, 0.0)
        given: list[tuple[str, Any]] = [*doc.cats.items()]
        if (group := doc.spans.get(self.spans_key)) is not None:
            of_spans = group.attrs.get("scores", [1.0] * len(group))
            given += [(span.label_, score) for span, score in zip(group, of_spans, strict=True)]
        for label, score in given:
            if (code := self.labels.get(label)) is not None:
                scores[code] = max(scores[code], round(float(score), 3))
        return scores


@dataclass(frozen=True)
class SpacyReader:
    """The pipelines of several languages as one reader."""

    id: str
    voices: Mapping[str, Voice]  # by language

    @classmethod
    def open(cls, lesson: Lesson, options: SpacyOptions) -> SpacyReader | None:
        """None where there is nothing to learn, and no label either. Raises InputError."""
        voices: dict[str, Voice] = {}
        digest = hashlib.blake2b(repr(options).encode(), digest_size=4)
        for language, name in options.pipelines.items():
            nlp, weights = _opened(lesson.project, language, name)
            voice = Labels.of(nlp, options, lesson.dimension.code_ids) or learned(
                nlp, f"{language}-{weights.hex()}", language, lesson
            )
            if voice is not None:
                voices[language] = voice
                digest.update(weights)
        if not voices:
            return None
        names = ", ".join(options.pipelines[language] for language in voices)
        return cls(f"{names} {digest.hexdigest()}", voices)

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(self.voices)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted({code for voice in self.voices.values() for code in voice.codes}))

    def scores(self, docs: Sequence[Doc]) -> list[Scores]:
        """Of each passage the score of every code that its language's pipeline knows."""
        return self.voices[docs[0].lang_].scores([doc.text for doc in docs]) if docs else []

    def words(self, doc: Doc, code: str) -> list[Span]:
        """The words that decide, where the pipeline can tell."""
        found = self.voices[doc.lang_].words(doc.text, code)
        return [Span(start, end, self.id) for start, end in found]


def _opened(project: Project, language: str, name: str) -> tuple[Language, bytes]:
    """A pipeline, and the hash of its files. Raises InputError."""
    folder = project.root / name
    try:
        return _loaded(str(folder) if folder.is_dir() else name)
    except _UNREADABLE as error:
        hint = "Install it beside this program, or name its folder from the project's."
        message = f"spacy.{language}: '{name}' cannot be loaded: {first_line(str(error))}"
        problem = Problem(project.name(project.tagger), 0, "no-pipeline", message, hint)
        raise InputError([problem]) from None


@lru_cache(maxsize=4)
def _loaded(where: str) -> tuple[Language, bytes]:
    nlp = spacy.load(where)
    folder = Path(nlp.path)
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return nlp, digest.digest()
