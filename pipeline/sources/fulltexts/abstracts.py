"""Abstracts kept beside the bibliography: tagged for screening, never published."""

from __future__ import annotations

from pathlib import Path

from pipeline.ground.problems import Problem
from pipeline.ground.project import key_of
from pipeline.ground.text import decode_utf8
from pipeline.model.passages import make_passages, normalise
from pipeline.model.records import Document
from pipeline.sources.fulltexts.cut_text import cut
from pipeline.sources.fulltexts.language_guess import guess_language
from pipeline.sources.fulltexts.text_blocks import Block

LOCATOR = "abstract"


def read_abstract(path: Path, name: str) -> tuple[Document | None, list[Problem]]:
    """The sentences of `corpus/abstracts/<key>.txt`; the whole of it as summary."""
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems:
        return None, problems
    language = guess_language(text)
    parts = cut([Block(normalise(text), LOCATOR)], language)
    passages, _ = make_passages(key_of(path), language, parts, name)
    document = Document(
        study=key_of(path),
        kind="abstract",
        language=language,
        access="abstract",
        path=name,
        passages=tuple(passages),
        summary=" ".join(text.split()),
    )
    return document, []
