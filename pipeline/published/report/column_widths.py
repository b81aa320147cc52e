"""How wide the columns of a table are, so that no word is broken where there is room."""

from __future__ import annotations

from pipeline.published.lettering import width
from pipeline.published.report.document_parts import Table
from pipeline.published.report.text_runs import text_of

BESIDE = 10.8  # points at both sides of a cell together, as Word has it
SLACK = 1.2  # for words, since another typeface may be so much wider than Arial
MOST = 280  # points: what a column of long texts is given at first


def column_widths(table: Table, room: float, size: float) -> list[float]:
    """Points for each column, `room` in all: for its longest word, the rest by what it holds."""
    columns = [
        [(head, True), *((text_of(row[place]), False) for row in table.rows)]
        for place, head in enumerate(table.head)
    ]
    least, wished = [], []
    for cells in columns:
        words = [(word, bold) for text, bold in cells for word in text.split() or [""]]
        word, whole = (
            max(width(text, size, bold) for text, bold in texts) for texts in (words, cells)
        )
        least.append(BESIDE + SLACK * word)
        wished.append(BESIDE + min(MOST, whole + 1))
    left = room - sum(least)
    if left < 0:
        return [room * one / sum(least) for one in least]
    more = [max(wish - one, 1) for wish, one in zip(wished, least, strict=True)]
    return [one + left * part / sum(more) for one, part in zip(least, more, strict=True)]
