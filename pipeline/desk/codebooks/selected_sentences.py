"""What a selection of another program holds as one passage: neighbouring sentences are joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.desk.codebooks.passage_places import Part
from pipeline.model.joined_passages import MOST, joined
from pipeline.model.records import Passage


def as_one(parts: Sequence[Part], texts: Sequence[Sequence[Passage]]) -> Iterator[Part]:
    """Parts that are neighbours in one of these texts as one, rounded to whole sentences.

    The words that were selected stay its quote. More than a passage may join stay apart.
    """
    places = {
        passage.id: (number, passage.position)
        for number, text in reversed([*enumerate(texts)])  # of words in two, the first
        for passage in text
    }
    rows: list[list[Part]] = []
    after = (-1, 0)
    for part in parts:
        place = places.get(part.passage.id, (-1, 0))
        if rows and place[0] >= 0 and place == after:
            rows[-1].append(part)
        else:
            rows.append([part])
        after = (place[0], place[1] + 1)
    for row in rows:
        if 1 < len(row) <= MOST:
            yield _joined(row)
        else:
            yield from row


def _joined(row: Sequence[Part]) -> Part:
    made = joined([part.passage for part in row])
    first, last = row[0], row[-1]
    start, end = 0, len(last.passage.text)
    if first.quote:
        start = first.passage.text.rindex(first.quote)
    if last.quote:
        end = last.passage.text.index(last.quote) + len(last.quote)
    quote = made.text[start : len(made.text) - len(last.passage.text) + end]
    return Part(made, "" if quote == made.text else quote, tuple(row))
