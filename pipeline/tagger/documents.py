"""Whole documents put to the tagger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.ground.project import Project
from pipeline.model.joined_passages import scores_of_joined, suggested_of_joined
from pipeline.model.records import Document, Suggestion
from pipeline.sources.reader_state import readers_fingerprint
from pipeline.tagger.readers.reader import Scores
from pipeline.tagger.tagger_loading import source_fingerprint
from pipeline.tagger.tagging import TITLE_WEIGHT, Tagger, TextUnit


@dataclass(slots=True)
class Tagged:
    """What is said of units: suggestions, and of passages the score of every code."""

    suggestions: dict[str, tuple[Suggestion, ...]] = field(default_factory=dict)
    scores: dict[str, Scores] = field(default_factory=dict)

    def take(self, other: Tagged) -> None:
        """What is said of units of which nothing is said yet."""
        for unit, suggestions in other.suggestions.items():
            self.suggestions.setdefault(unit, suggestions)
        for unit, scores in other.scores.items():
            self.scores.setdefault(unit, scores)

    def take_joined(self, document: Document) -> None:
        """What is said of the joined passages of a document, from that of their parts."""
        self.suggestions |= suggested_of_joined(document, self.suggestions)
        self.scores |= scores_of_joined(document, self.scores)


def tag(tagger: Tagger, documents: Iterable[Document], titles: dict[str, str]) -> dict[str, Tagged]:
    """What is said of each document, by its id. A pure function of its arguments."""
    units: list[TextUnit] = []
    owners: list[tuple[Document, str]] = []
    for document in documents:
        title = titles.get(document.study, "")
        for text, weight in ((title, TITLE_WEIGHT), (document.summary, 1.0)):
            if text:
                units.append(TextUnit(document.language, text, weight))
                owners.append((document, ""))
        for item in document.passages:
            units.append(TextUnit(item.language, item.text))
            owners.append((document, item.id))
    result: dict[str, Tagged] = {}
    of_study: dict[str, tuple[list[TextUnit], list[Any]]] = {}
    for unit, (document, passage), reading in zip(units, owners, tagger.read(units), strict=True):
        own = result.setdefault(document.id, Tagged())
        if passage and reading.suggestions:
            own.suggestions[passage] = reading.suggestions
        if passage and reading.scores:
            own.scores[passage] = reading.scores
        texts, founds = of_study.setdefault(document.id, ([], []))
        texts.append(unit)
        founds.append(reading.found)
    for document in {id(item): item for item, _ in owners}.values():
        suggestions = tagger.of_study(*of_study[document.id])
        if suggestions:
            result[document.id].suggestions[document.study] = suggestions
    return result


def tagger_fingerprint(project: Project, tagger: Tagger) -> str:
    """Changes when any suggestion could change."""

    digest = hashlib.blake2b(digest_size=12)
    digest.update(
        (source_fingerprint() + readers_fingerprint() + tagger.scheme.model_dump_json()).encode()
    )
    digest.update(
        repr(tagger.readers.options).encode() + tagger.training.model_dump_json().encode()
    )
    for name, model in (*tagger.models.items(), *tagger.reviewed.items()):
        digest.update(f"{name} {model.id}".encode())
    for folder in (project.indicators, project.examples, project.readings):
        for path in sorted(folder.rglob("*.*")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
