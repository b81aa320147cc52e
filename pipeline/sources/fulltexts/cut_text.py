"""Running text cut into sentences, each with the place at which it begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.model.passages import Stretch
from pipeline.sources.fulltexts.text_blocks import Block
from pipeline.sources.running_text import Mark, Marks, last_mark

SHORTEST, LONGEST = 4, 120  # words of a passage
MARKED = "marked"  # why something is left out that a person marked


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence: `why` it is no passage, empty where it is one; `mark` is who said so, or not."""

    stretch: Stretch
    why: str = ""
    mark: Mark | None = None


Part = tuple[Block, tuple[Piece, ...]]


def cut(blocks: Iterable[Block], language: str) -> Iterator[Stretch]:
    """The sentences of running text."""
    return cut_as_marked(parts_of(blocks, language), language, {})


def parts_of(blocks: Iterable[Block], language: str) -> tuple[Part, ...]:
    """Blocks with their pieces; what is left out is cut once somebody says that it is text."""
    return tuple((block, () if block.why else tuple(pieces(block, language))) for block in blocks)


def cut_as_marked(parts: Iterable[Part], language: str, marks: Marks) -> Iterator[Stretch]:
    """The sentences of running text as people left it, also those that are marked as none."""
    for block, found in parts:
        if is_read(block, marks):
            for piece in judged(block, found or pieces(block, language), marks):
                if not piece.why or piece.why == MARKED:
                    yield replace(piece.stretch, marked=bool(piece.why))


def words_in(parts: Iterable[Part], language: str) -> Iterator[str]:
    """All of which somebody can say whether it is running text: paragraphs, then sentences."""
    parts = tuple(parts)
    yield from (block.text for block, _ in parts)
    for block, found in parts:
        yield from (piece.stretch.text for piece in found or pieces(block, language))


def is_read(block: Block, marks: Marks) -> bool:
    """Whether a block is running text, or somebody said that it is: may it be taken back since."""
    return not block.why or last_mark(marks, block.text) is not None


def pieces(block: Block, language: str) -> Iterator[Piece]:
    """The sentences of a block; too short, too long or of figures is no passage."""
    from pipeline.model.sentence_splitter import sentences  # spaCy, which takes its time

    end = 0
    for sentence in sentences(block.text, language):
        start = max(block.text.find(sentence, end), end)
        end = start + len(sentence)
        page = block.page(start)
        number = page.number if page else 0
        stretch = Stretch(sentence, block.locator(start), page=number)
        yield Piece(stretch, _why(sentence.split()))


def judged(block: Block, cut: Iterable[Piece], marks: Marks) -> list[Piece]:
    """The pieces of a block as people left them: what was said last of a piece or its block."""
    of_block = last_mark(marks, block.text)
    return [_judged(piece, last_mark(marks, piece.stretch.text), of_block) for piece in cut]


def _judged(piece: Piece, own: Mark | None, of_block: Mark | None) -> Piece:
    said = [mark for mark in (own, of_block) if mark]
    if not said:
        return piece
    mark = max(said, key=lambda item: item.number)
    if mark.verdict == "not":
        return replace(piece, why=MARKED, mark=mark)
    is_own = own is not None and own.verdict == "text"
    return replace(piece, why="" if is_own else piece.why, mark=mark)


def _why(words: Sequence[str]) -> str:
    """What keeps a sentence of running text from being a passage."""
    if len(words) < SHORTEST:
        return "short"
    if len(words) > LONGEST:
        return "long"
    return "" if _mostly_words(words) else "figures"


def _mostly_words(words: Sequence[str]) -> bool:
    """Most are, and two are longer than what stands in formulas."""
    letters = sum(len(word) > 2 and word.strip(",.;:").isalpha() for word in words)
    begun = sum(word[:1].isalpha() or word[:1] in "('\"“‘" for word in words)
    return letters > 1 and begun * 2 > len(words)
