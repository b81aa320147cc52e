"""Words that stand in a full text and are left out of what is read of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.ground.problems import InputError
from pipeline.model.passages import normalise
from pipeline.sources.fulltexts.cut_text import is_read, judged, pieces
from pipeline.sources.running_text import Marks


def left_out_of(
    path: Path, name: str, kept: Path | None, marks: Marks, texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Of texts by name those that are left out of a full text, each with the reason.

    Spaces and punctuation do not count.
    """
    from pipeline.sources.fulltexts.kept_texts import read_kept  # and all that reads any format

    try:
        text = read_kept(path, name, kept)
    except InputError:
        return
    wanted = {name: letters for name, text in texts.items() if (letters := _letters(text))}
    for block, found in text.parts:
        if not is_read(block, marks):
            own = _letters(block.text)
            yield from ((unit, block.why) for unit, letters in wanted.items() if letters in own)
            continue
        for piece in judged(block, found or pieces(block, text.language), marks):
            if piece.why:
                own = _letters(piece.stretch.text)
                yield from ((unit, piece.why) for unit, its in wanted.items() if its == own)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, normalise(text)))
