"""Whole documents put to the tagger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from pipeline.ground.project import Project
from pipeline.model.records import Document, Suggestion
from pipeline.sources.reader_state import readers_fingerprint
from pipeline.tagger.tagger_loading import source_fingerprint
from pipeline.tagger.tagging import TITLE_WEIGHT, Tagger, TextUnit


def tag(
    tagger: Tagger, documents: Iterable[Document], titles: dict[str, str]
) -> dict[str, dict[str, tuple[Suggestion, ...]]]:
    """Suggestions by document and unit. A pure function of its arguments."""
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
    result: dict[str, dict[str, tuple[Suggestion, ...]]] = {}
    of_study: dict[str, tuple[list[TextUnit], list[Any]]] = {}
    for unit, (document, passage), (suggestions, found) in zip(
        units, owners, tagger.read(units), strict=True
    ):
        own = result.setdefault(document.id, {})
        if passage and suggestions:
            own[passage] = suggestions
        texts, founds = of_study.setdefault(document.id, ([], []))
        texts.append(unit)
        founds.append(found)
    for document in {id(item): item for item, _ in owners}.values():
        suggestions = tagger.of_study(*of_study[document.id])
        if suggestions:
            result[document.id][document.study] = suggestions
    return result


def tagger_fingerprint(project: Project, tagger: Tagger) -> str:
    """Changes when any suggestion could change."""

    digest = hashlib.blake2b(digest_size=12)
    digest.update(
        (source_fingerprint() + readers_fingerprint() + tagger.scheme.model_dump_json()).encode()
    )
    digest.update((tagger.learner + tagger.training.model_dump_json()).encode())
    for model in tagger.reviewed.values():
        digest.update(model.origin.encode())
    for folder in (project.indicators, project.examples):
        for path in sorted(folder.rglob("*.*")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
