"""Who says so, in words: how many people and language models gave a code, or settled it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from pipeline.ground.texts import said, shared

NATURES = ("person", "model", "")


def who_says(
    status: str,
    coders: Sequence[str],
    settled_by: str | None,
    natures: Mapping[str, str],
    language: str,
) -> str:
    """A status with those behind it: two language models agree. `natures` is by coder."""
    if status == "adjudicated" and settled_by:
        who = said(f"who.{natures.get(settled_by) or 'coder'}.a", language)
        return said("who.adjudicated", language, who=who)
    count = Counter(natures.get(name, "") for name in coders)
    parts = [_many(nature, count[nature], language) for nature in NATURES if count[nature]]
    return said(f"who.{status}", language, who=said("who.and", language).join(parts))


class Said(Protocol):
    """A coding as tables and pages have it."""

    @property
    def status(self) -> str: ...
    @property
    def coders(self) -> Sequence[str]: ...
    @property
    def settled_by(self) -> str | None: ...
    @property
    def checked(self) -> str: ...


def says(coding: Said, natures: Mapping[str, str], language: str) -> str:
    """A coding's status in words, and whether a person has checked it."""
    words = who_says(coding.status, coding.coders, coding.settled_by, natures, language)
    if coding.status == "suggested":
        return words
    key = coding.checked
    if key == "unchecked" and not all(natures.get(name) for name in coding.coders):
        key = "unsaid"
    elif key == "checked" and coding.status == "disputed":
        key = "given"
    return f"{words} · {said(f'checked.{key}', language)}"


def _many(nature: str, count: int, language: str) -> str:
    key = f"who.{nature or 'coder'}"
    if count == 1:
        return said(f"{key}.one", language)
    number = f"count.{count}"
    return said(
        f"{key}.many", language, count=said(number, language) if number in shared() else count
    )
