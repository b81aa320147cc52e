"""Rows of what was found."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.build import models
from pipeline.build.rows.table_rows import Tables
from pipeline.model.synthesis import Synthesis

SYNTHESIS_TABLES = ("synthesis", "synthesis_sentence", "synthesis_piece")


def synthesis_rows(tables: Tables, items: Iterable[Synthesis]) -> None:
    """Syntheses, their sentences, and what these rest on."""
    for item in items:
        identity = f"{item.name}.{item.language}"
        code, *within = item.codes
        tables.add(
            models.Synthesis,
            id=identity,
            name=item.name,
            code=code,
            within=within[0] if within else None,
            language=item.language,
            by=item.by,
            written=item.written,
            checked_by=item.checked_by or None,
            checked=item.checked,
        )
        for position, sentence in enumerate(item.sentences, 1):
            own = f"{identity}-{position}"
            tables.add(
                models.SynthesisSentence,
                id=own,
                synthesis=identity,
                position=position,
                text=sentence.text,
            )
            for place, piece in enumerate(sentence.pieces, 1):
                tables.add(models.SynthesisPiece, sentence=own, position=place, piece=piece)
