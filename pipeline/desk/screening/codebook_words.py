"""What the codebook says belongs to the review, before anything is decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.model.indicators import IndicatorFile, IndicatorSet
from pipeline.model.scheme import LANGUAGES, Code, Scheme

_CLASS = re.compile(r"<(\w+)>")
_WORD = re.compile(r"[^\W\d_][\w-]*")


def codebook_texts(scheme: Scheme, sets: Iterable[IndicatorSet]) -> list[str]:
    """A text for each code that makes evidence, in each language.

    It has the code's label, definition, rule and example, what its indicators look for, and the
    sentences that they must match. What a code is not (`exclude`, near misses, `unless`) stays out.
    """
    target = scheme.dimension(scheme.evidence)
    looked_for = {
        file.code: (file, found.classes)
        for found in sets
        if found.dimension == target.id
        for file in found.files
    }
    texts = []
    for code in target.codes:
        if code.retired is not None:
            continue
        for language in LANGUAGES:
            words = list(_said(code, language))
            if code.id in looked_for:
                file, classes = looked_for[code.id]
                members = {name: " ".join(item[language]) for name, item in classes.items()}
                words += _looked_for(file, members, language)
            texts.append(" ".join(words))
    return texts


def _said(code: Code, language: str) -> Iterator[str]:
    for text in (code.label, code.definition, code.include, code.example):
        if text:
            yield text[language]


def _looked_for(file: IndicatorFile, members: dict[str, str], language: str) -> Iterator[str]:
    """Words of the patterns, those of their word classes once, and whole sentences."""
    patterns = " ".join(line for item in file.indicators for line in item.phrases[language])
    for name in sorted(set(_CLASS.findall(patterns))):
        yield from _WORD.findall(members.get(name, ""))
    yield from _WORD.findall(_CLASS.sub(" ", patterns))
    yield from file.must_match[language]
