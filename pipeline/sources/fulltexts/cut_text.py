"""Running text cut into sentences, each with the place at which it begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.model.passages import Stretch
from pipeline.sources.fulltexts.text_blocks import Block

SHORTEST, LONGEST = 4, 120  # words of a passage


def cut(blocks: Iterable[Block], language: str) -> Iterator[Stretch]:
    """The sentences of running text; too short or too long is no passage."""
    from pipeline.model.sentence_splitter import sentences  # spaCy, which takes its time

    for block in blocks:
        if block.why:
            continue
        end = 0
        for sentence in sentences(block.text, language):
            start = max(block.text.find(sentence, end), end)
            end = start + len(sentence)
            words = sentence.split()
            if SHORTEST <= len(words) <= LONGEST and _mostly_words(words):
                page = block.page(start)
                number = page.number if page else 0
                yield Stretch(sentence, block.locator(start), page=number)


def _mostly_words(words: Sequence[str]) -> bool:
    return sum(word[:1].isalpha() or word[:1] in "('\"“‘" for word in words) * 2 > len(words)
