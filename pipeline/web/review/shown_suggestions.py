"""What the machine says of a passage, as its coder may see it: likely codes, and possible ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.desk.review.review_desk import Desk
from pipeline.model.people import Coder, Round
from pipeline.model.records import Passage, Span, Suggestion
from pipeline.model.scheme import Boundary, Code, Scheme
from pipeline.tagger.tagging import TextUnit
from pipeline.web.marked_text import labelled


@dataclass(frozen=True)
class Chip:
    """A code that is suggested: why, and between which two the codebook's question decides.

    `tone` is its colour; `boundary` that with its likeliest neighbour, `rival`.
    """

    code: Code
    tone: int
    score: float
    words: tuple[str, ...]
    indicators: tuple[str, ...] = ()
    boundary: Boundary | None = None
    rival: Code | None = None


def marked_text(desk: Desk, item: Round, coder: Coder, passage: Passage, language: str) -> Any:
    """The passage with the words marked that speak for what this coder may see suggested."""
    tones, scheme = _tones(desk.scheme), desk.scheme
    return labelled(
        passage.text,
        [
            {
                "start": span.start,
                "end": span.end,
                "label": scheme.codes[entry.code].label[language],
                "tone": tones[entry.code],
            }
            for entry in _of_evidence(desk, item, coder, passage) or ()
            for span in entry.spans
        ],
    )


def suggested(
    desk: Desk, item: Round, coder: Coder, passage: Passage, language: str
) -> dict[str, Any]:
    """The suggestions that this coder may see, and the passage with their words marked."""
    shown = _of_evidence(desk, item, coder, passage)
    dimension = desk.scheme.dimension(desk.scheme.evidence)
    scores = desk.scores_of(passage)
    likely = [
        _chip(desk, scores, passage, entry.code, entry.spans, entry.indicators)
        for entry in shown or ()
    ]
    possible = [] if shown is None else desk.possible(passage, shown)
    unit = TextUnit(passage.language, passage.text)
    return {
        "hidden": shown is None,
        "likely": likely,
        "possible": [
            _chip(desk, scores, passage, code, desk.tagger.words(unit, code)) for code in possible
        ],
        "measured": desk.tagger.showing(dimension.id),
        "marked_text": marked_text(desk, item, coder, passage, language),
        "suggested": [chip.code.id for chip in likely],
    }


def _of_evidence(
    desk: Desk, item: Round, coder: Coder, passage: Passage
) -> list[Suggestion] | None:
    shown = desk.shown(item, coder.id, passage.id, passage)
    if shown is None:
        return None
    return [entry for entry in shown if entry.dimension == desk.scheme.evidence]


def _chip(
    desk: Desk,
    scores: Mapping[str, float],
    passage: Passage,
    code: str,
    spans: Iterable[Span],
    indicators: tuple[str, ...] = (),
) -> Chip:
    words = dict.fromkeys(passage.text[span.start : span.end] for span in spans)
    rivals = {
        name: boundary
        for boundary in desk.scheme.neighbours
        if code in boundary.between
        for name in boundary.between
        if name != code
    }
    rival = max(rivals, key=lambda name: scores.get(name, 0.0), default="")
    return Chip(
        code=desk.scheme.codes[code],
        tone=_tones(desk.scheme)[code],
        score=scores.get(code, 0.0),
        words=tuple(words),
        indicators=indicators,
        boundary=rivals.get(rival),
        rival=desk.scheme.codes.get(rival),
    )


def _tones(scheme: Scheme) -> dict[str, int]:
    codes = scheme.dimension(scheme.evidence).codes
    return {code.id: place for place, code in enumerate(codes, 1)}
