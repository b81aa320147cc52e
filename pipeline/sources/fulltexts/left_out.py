"""Words that stand in a full text and are left out of what is read of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.model.passages import normalise
from pipeline.sources.fulltexts.cut_text import Part, is_read, judged, pieces
from pipeline.sources.running_text import Marks


def why_left_out(
    parts: Iterable[Part], language: str, marks: Marks, texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Of texts by name those that are left out of a full text, each with the reason.

    Spaces and punctuation do not count.
    """
    wanted = {name: letters for name, text in texts.items() if (letters := _letters(text))}
    for block, found in parts:
        if not is_read(block, marks):
            own = _letters(block.text)
            yield from ((name, block.why) for name, letters in wanted.items() if letters in own)
            continue
        for piece in judged(block, found or pieces(block, language), marks):
            if piece.why:
                own = _letters(piece.stretch.text)
                yield from ((n, piece.why) for n, letters in wanted.items() if letters == own)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, normalise(text)))
