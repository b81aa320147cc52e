"""Two versions of the scheme side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.model.scheme import LANGUAGES, Code, Dimension, Scheme, Texts

FIELDS = ("label", "definition", "include", "exclude", "example")
What = Literal["added", "gone", "changed", "retired", "back"]


@dataclass(frozen=True)
class Difference:
    """What is not the same of a code, dimension or rule. `field` is empty for the whole of it."""

    what: What
    dimension: str
    code: str
    label: Texts
    field: str = ""
    language: str = ""
    before: str = ""
    after: str = ""


def compare(one: Scheme, other: Scheme) -> list[Difference]:
    """Every difference from one scheme to another: dimensions, codes in order, then rules."""
    return list(_differences(one, other))


def _differences(one: Scheme, other: Scheme) -> Iterator[Difference]:
    for dimension in other.dimensions:
        old = one.by_id.get(dimension.id)
        if old is None:
            yield Difference("added", dimension.id, "", dimension.label)
            continue
        yield from _texts(dimension, old, dimension.id, "")
        before = {code.id: code for code in old.codes}
        for code in dimension.codes:
            yield from _code(dimension, before.get(code.id), code)
        yield from _order(old, dimension)
    for dimension in one.dimensions:
        kept = other.by_id.get(dimension.id)
        if kept is None:
            yield Difference("gone", dimension.id, "", dimension.label)
            continue
        for code in dimension.codes:
            if code.id not in kept.code_ids:
                yield Difference("gone", dimension.id, code.id, code.label)
    for place in range(max(len(one.rules), len(other.rules))):
        yield from _rule(one, other, place)
    yield from _boundaries(one, other)


def _code(dimension: Dimension, old: Code | None, code: Code) -> Iterator[Difference]:
    if old is None:
        yield Difference("added", dimension.id, code.id, code.label)
        return
    if (old.retired is None) != (code.retired is None):
        what: What = "retired" if code.retired is not None else "back"
        yield Difference(what, dimension.id, code.id, code.label, after=", ".join(code.reads_as))
    yield from _texts(code, old, dimension.id, code.id)
    for place in range(max(len(old.near_misses), len(code.near_misses))):
        yield from _near_miss(dimension, old, code, place)
    if old.parent != code.parent:
        yield Difference(
            "changed",
            dimension.id,
            code.id,
            code.label,
            "parent",
            "",
            old.parent or "",
            code.parent or "",
        )


def _texts(
    new: Code | Dimension, old: Code | Dimension, dimension: str, code: str
) -> Iterator[Difference]:
    for field in FIELDS:
        before: Texts | None = getattr(old, field, None)
        after: Texts | None = getattr(new, field, None)
        for language in LANGUAGES:
            was = before[language] if before else ""
            now = after[language] if after else ""
            if was != now:
                yield Difference("changed", dimension, code, new.label, field, language, was, now)


def _near_miss(dimension: Dimension, old: Code, code: Code, place: int) -> Iterator[Difference]:
    was, now = (
        item.near_misses[place] if place < len(item.near_misses) else None for item in (old, code)
    )
    for language in LANGUAGES:
        texts = [f"{item.code}: {item[language]}" if item else "" for item in (was, now)]
        if texts[0] != texts[1]:
            yield Difference(
                "changed", dimension.id, code.id, code.label, "near_miss", language, *texts
            )


def _boundaries(one: Scheme, other: Scheme) -> Iterator[Difference]:
    """The questions by the two codes that they tell apart."""
    before, after = (
        {frozenset(item.between): item for item in scheme.boundaries} for scheme in (one, other)
    )
    for pair in dict.fromkeys([*before, *after]):
        names = [other.codes[name] for name in sorted(pair) if name in other.codes]
        label = Texts(
            **{code: " / ".join(item.label[code] for item in names) for code in LANGUAGES}
        )
        for language in LANGUAGES:
            was, now = (
                f"{item.ask[language]} → {item.yes} / {item.no}" if item else ""
                for item in (before.get(pair), after.get(pair))
            )
            if was != now:
                what: What = "changed" if was and now else "added" if now else "gone"
                yield Difference(what, "boundary", "", label, "ask", language, was, now)


def _order(old: Dimension, new: Dimension) -> Iterator[Difference]:
    both = old.code_ids & new.code_ids
    before = [code.id for code in old.codes if code.id in both]
    after = [code.id for code in new.codes if code.id in both]
    if before != after:
        yield Difference(
            "changed", new.id, "", new.label, "order", "", ", ".join(before), ", ".join(after)
        )


def _rule(one: Scheme, other: Scheme, place: int) -> Iterator[Difference]:
    before = one.rules[place] if place < len(one.rules) else None
    after = other.rules[place] if place < len(other.rules) else None
    for language in LANGUAGES:
        was = before[language] if before else ""
        now = after[language] if after else ""
        if was != now:
            label = after or before
            assert label is not None
            what: What = "changed" if before and after else "added" if after else "gone"
            yield Difference(what, "", "", label, f"rule {place + 1}", language, was, now)
