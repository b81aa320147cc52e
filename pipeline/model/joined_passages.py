"""Neighbouring passages taken as one: its words, where it stands, what is suggested of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.model.passages import digest_of
from pipeline.model.records import Document, JoinedPassage, Passage, Suggestion

MOST = 8  # passages that one may join
DIGITS = 12  # of an id: so many that no sentence of the text has them by chance
_PLACE = re.compile(r"(p\. |¶ )([^,–-]+)(,.*)?", re.DOTALL)


def joined(passages: Sequence[Passage]) -> JoinedPassage:
    """Passages of one document as one: their words joined by spaces, on the page of the first."""
    first, last = passages[0], passages[-1]
    text = " ".join(passage.text for passage in passages)
    return JoinedPassage(
        id=f"{first.study}-{digest_of(text)[:DIGITS]}",
        study=first.study,
        position=last.position,
        text=text,
        locator=_from_to(first.locator, last.locator),
        language=first.language,
        line=first.line,
        page=first.page,
        parts=tuple(passage.id for passage in passages),
    )


def suggested_together(
    passages: Iterable[Passage], suggestions: Mapping[str, Iterable[Suggestion]]
) -> tuple[Suggestion, ...]:
    """What is suggested of any of these passages, as of all of them as one."""
    found: dict[tuple[str, str], Suggestion] = {}
    start = 0
    for passage in passages:
        for item in suggestions.get(passage.id, ()):
            key = (item.dimension, item.code)
            before = found.get(key, replace(item, spans=(), indicators=()))
            spans = (
                replace(span, start=span.start + start, end=span.end + start) for span in item.spans
            )
            found[key] = replace(
                before,
                score=max(before.score, item.score),
                spans=(*before.spans, *spans),
                indicators=tuple(dict.fromkeys((*before.indicators, *item.indicators))),
            )
        start += len(passage.text) + 1
    return tuple(sorted(found.values(), key=lambda item: -item.score))


def suggested_of_joined(
    document: Document, suggestions: Mapping[str, Iterable[Suggestion]]
) -> dict[str, tuple[Suggestion, ...]]:
    """What is suggested of each joined passage of a document whose parts are here."""
    own = {item.id: item for item in document.passages}
    found = {
        item.id: suggested_together([own[part] for part in item.parts], suggestions)
        for item in document.joined
        if all(part in own for part in item.parts)
    }
    return {unit: items for unit, items in found.items() if items}


def scores_of_joined(
    document: Document, scores: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Of each joined passage the highest score of each code among its parts."""
    found: dict[str, dict[str, float]] = {}
    for item in document.joined:
        own = found.setdefault(item.id, {})
        for part in item.parts:
            for code, score in scores.get(part, {}).items():
                own[code] = max(score, own.get(code, 0.0))
    return {unit: own for unit, own in found.items() if own}


def _from_to(first: str, last: str) -> str:
    """From one locator to another: p. 3–4, Results."""
    if first == last:
        return first
    one, other = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
    if one and other and (one[1], one[3]) == (other[1], other[3]):
        return f"{one[1]}{one[2]}–{other[2]}{one[3] or ''}"
    return " – ".join(filter(None, (first, last)))
