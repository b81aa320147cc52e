"""A text cut where something is marked in it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any


def cut(text: str, spans: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Stretches of the text, cut at the borders of all spans, each with the spans over it."""
    borders = sorted({0, len(text), *(s["start"] for s in spans), *(s["end"] for s in spans)})
    return [
        (
            text[start:end],
            [span for span in spans if span["start"] <= start and span["end"] >= end],
        )
        for start, end in itertools.pairwise(borders)
    ]


def labelled(text: str, spans: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stretches, each with the labels of the spans over it and the first of their tones."""
    return [
        {
            "text": stretch,
            "labels": sorted({span["label"] for span in over}),
            "tone": min((span["tone"] for span in over), default=0),
        }
        for stretch, over in cut(text, spans)
    ]
