"""In what a code of a codebook differs from the code of the scheme that it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.desk.codebooks.code_texts import wording
from pipeline.desk.codebooks.codebook_csv import IN_LANGUAGES
from pipeline.desk.codebooks.mapped import Mapped, ancestors
from pipeline.desk.codebooks.matching import Codes


def compared(mapped: Sequence[Mapped], codes: Codes, said: Sequence[str]) -> Iterator[Mapped]:
    """Each entry, with what differs where it is a code of ours.

    `said` are the dimensions the book itself names. What no entry of the book has (descriptions,
    a language, nesting) is not compared: its format has no place for it.
    """
    columns = {column for item in mapped for column in item.texts}
    nested = any(item.entry.parent is not None for item in mapped)
    for item in mapped:
        if item.state != "same":
            yield item
            continue
        differs = [*_texts(item, codes, columns)]
        _, code = codes.by_id[item.code]
        if said[item.place] not in ("", item.dimension):
            differs.append(("dimension", item.dimension, said[item.place]))
        if nested and (code.parent or "") != (theirs := _parent(mapped, item)):
            differs.append(("parent", code.parent or "", theirs))
        yield replace(item, differs=tuple(differs))


def _texts(item: Mapped, codes: Codes, columns: set[str]) -> Iterator[tuple[str, str, str]]:
    ours = wording(codes.by_id[item.code][1])
    languages = {column.rpartition("_")[2] for column in item.texts}
    for column in IN_LANGUAGES:
        part, _, language = column.rpartition("_")
        theirs = item.texts.get(column, "")
        if column not in columns or language not in languages or (part == "label" and not theirs):
            continue
        # Programs break lines of a memo anew; that is no difference.
        if theirs.split() != ours.get(column, "").split():
            yield column, ours.get(column, ""), theirs


def _parent(mapped: Sequence[Mapped], item: Mapped) -> str:
    """The id of what it is nested in, be it a code of ours or one that would be; or nothing."""
    above = (other.code if other.state == "same" else other.proposed
             for other in ancestors(mapped, item))  # fmt: skip
    return next(filter(None, above), "")
