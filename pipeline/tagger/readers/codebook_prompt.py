"""What a language model is told before it reads a passage: the codebook, and how to answer."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ground.texts import Wording
from pipeline.model.scheme import LANGUAGES, Code, Dimension, Scheme


class Prompt(Wording):
    package = __package__ or ""


def instructions(scheme: Scheme, dimension: Dimension) -> dict[str, str]:
    """By language, the codebook of a dimension as a model is given it."""
    return {language: _told(scheme, dimension, language) for language in LANGUAGES}


def _told(scheme: Scheme, dimension: Dimension, language: str) -> str:
    says = Prompt(language)
    parts = [says("read.task"), dimension.definition[language]]
    if dimension.id == scheme.evidence and scheme.rules:
        parts.append(
            "\n".join([says("read.rules"), *(f"- {rule[language]}" for rule in scheme.rules)])
        )
    parts += ["\n".join(_of_code(code, says)) for code in dimension.codes if code.retired is None]
    neighbours = [
        says(
            "read.boundary",
            one=item.between[0],
            other=item.between[1],
            ask=item.ask[language],
            yes=item.yes,
            no=item.no,
        )
        for item in scheme.boundaries
        if {*item.between} <= dimension.code_ids
    ]
    if neighbours:
        parts.append("\n".join([says("read.boundaries"), *(f"- {line}" for line in neighbours)]))
    return "\n\n".join([*parts, says("read.answer")])


def _of_code(code: Code, says: Prompt) -> Iterator[str]:
    language = says.language
    yield says("read.code", id=code.id, label=code.label[language])
    for name in ("definition", "include", "exclude", "example"):
        if text := getattr(code, name):
            yield says(f"read.{name}", text=text[language])
    for miss in code.near_misses:
        yield says("read.near_miss", code=miss.code, text=miss[language])
