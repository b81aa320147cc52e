"""Where the passages of a study stand in the text that another program has of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.desk.codebooks.qda_positions import letters
from pipeline.model.records import JoinedPassage, Passage

FEWEST = 3  # words of a passage that a selection must hold, where it holds more than this passage


@dataclass(frozen=True, slots=True)
class Part:
    """What a selection holds of a passage: the words, empty where it is all of it.

    `joins` are the parts of those that the passage joins.
    """

    passage: Passage
    quote: str
    joins: tuple[Part, ...] = ()


class PassagePlaces:
    """Passages found in a text by their letters: line ends, hyphens and signs do not count.

    `lines` are joined passages that stand in the text once more, each in a line of its own.
    """

    def __init__(
        self, text: str, passages: Sequence[Passage], lines: Iterable[JoinedPassage] = ()
    ) -> None:
        self.text = text
        self._letters, self._places = letters(text)
        self._passages = [(passage, *letters(passage.text)) for passage in passages]
        self._starts: list[int] = []
        behind = 0
        for _, own, _ in self._passages:
            at = self._letters.find(own, behind) if own else -1
            at = self._letters.find(own) if own and at < 0 else at
            self._starts.append(at)
            behind = at + len(own) if at >= 0 else behind
        known = {passage.id: passage for passage in passages}
        self._lines = [
            (item, places, at, tuple(Part(known[one], "") for one in item.parts if one in known))
            for item in sorted(lines, key=lambda item: -len(item.text))
            for own, places in [letters(item.text)]
            for at in self._in_one_line(own)
        ]

    def parts(self, start: int, end: int) -> list[Part]:
        """The passages that hold the characters of a selection, or of which it holds some words.

        Where none stands there, the one passage that has the same words.
        """
        start, end = max(start, 0), min(end, len(self.text))
        first, last = bisect_left(self._places, start), bisect_left(self._places, end)
        if first >= last:
            return []
        selected = self.text[start:end].strip()
        for item, own, at, each in self._lines:
            if at <= first and last <= at + len(own):
                part = _part(item, own, first - at, last - at, selected)
                return [replace(part, joins=each)]
        found = list(self._overlapping(first, last, selected))
        if len(found) > 1:
            found = [part for part in found
                     if not part.quote or len(part.quote.split()) >= FEWEST] or found  # fmt: skip
        return found or self._same_words(self._letters[first:last], selected)

    def _in_one_line(self, words: str) -> Iterator[int]:
        """Where the letters stand without a line end among them."""
        at = self._letters.find(words)
        while at >= 0:
            first, last = self._places[at], self._places[at + len(words) - 1]
            if "\n" not in self.text[first:last]:
                yield at
            at = self._letters.find(words, at + 1)

    def _overlapping(self, first: int, last: int, selected: str) -> Iterator[Part]:
        for (passage, own, places), at in zip(self._passages, self._starts, strict=True):
            begin, finish = max(first - at, 0), min(last - at, len(own))
            if at >= 0 and begin < finish:
                yield _part(passage, places, begin, finish, selected, last - at > len(own))

    def _same_words(self, words: str, selected: str) -> list[Part]:
        found = [(passage, places, own.find(words))
                 for passage, own, places in self._passages if words in own]  # fmt: skip
        if len(found) != 1:
            return []
        passage, places, at = found[0]
        return [_part(passage, places, at, at + len(words), selected)]


def _part(
    passage: Passage,
    places: list[int],
    begin: int,
    finish: int,
    selected: str,
    goes_on: bool = False,
) -> Part:
    """From the letters of a passage to its words, with the signs around them that were selected.

    `goes_on`: the selection goes on behind the passage, so it holds the signs at its end.
    """
    if begin == 0 and finish == len(places):
        return Part(passage, "")
    text = passage.text
    start, end = places[begin], len(text) if goes_on else places[finish - 1] + 1
    while end < len(text) and text[end] == selected[-1:] and not text[end].isalnum():
        end += 1
    if start and text[start - 1] == selected[:1] and not selected[:1].isalnum():
        start -= 1
    return Part(passage, text[start:end])
