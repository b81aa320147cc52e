"""A passage with the words marked that made the machine suggest something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.ground.texts import spoken
from pipeline.model.records import Passage, Suggestion
from pipeline.model.scheme import Scheme
from pipeline.web.marked_text import labelled


def marked(scheme: Scheme, passage: Passage, suggestions: Iterable[Suggestion]) -> Any:
    """The stretches of a passage's text, those that speak for a code of the evidence labelled."""
    places = {
        code.id: (place, code.label[spoken()])
        for place, code in enumerate(scheme.dimension(scheme.evidence).codes, 1)
    }
    spans = [
        {"start": span.start, "end": span.end, "label": label, "tone": (place - 1) % 12 + 1}
        for item in suggestions
        if item.code in places
        for span in item.spans
        for place, label in (places[item.code],)
    ]
    return labelled(passage.text, spans)
