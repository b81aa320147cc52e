"""A full text as it stands in its file: what is read of it, what is left out, and why."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from pipeline.ground.project import Project, key_of
from pipeline.model.records import Document
from pipeline.sources.fulltexts.cut_text import MARKED, Part, Piece, is_read, judged, pieces
from pipeline.sources.fulltexts.fulltext_options import states_of
from pipeline.sources.fulltexts.kept_texts import KeptText, read_kept
from pipeline.sources.fulltexts.text_blocks import Block
from pipeline.sources.running_text import Mark, Marks, Verdict, last_mark, read_marks, words_of

PART = 20_000  # characters shown at once
EACH = 100  # characters for which every paragraph counts beside its own
MOST = 200  # sentences of a paragraph shown at once
_CHOICE = re.compile(r"(\d{1,7})(?:\.(\d{1,7})|-(\d{1,7}))?")
_READING = threading.Lock()  # one after the other: who comes second finds what was read


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The `place`th block of a text, from 0, or the sentences of it from the `first` on.

    `why` the whole of it is left out, `mark` where a person said so, or that it is running text.
    """

    place: int
    block: Block
    pieces: tuple[Piece, ...]
    why: str = ""
    mark: Mark | None = None
    first: int = 0

    @property
    def whys(self) -> Iterator[str]:
        """Why something of it is left out."""
        return iter([self.why]) if self.why else (piece.why for piece in self.pieces if piece.why)

    @property
    def size(self) -> int:
        """What it takes to show it."""
        texts = (piece.stretch.text for piece in self.pieces)
        return EACH + (len(self.block.text) if self.why else sum(map(len, texts)))

    def split(self) -> Iterator[Paragraph]:
        """A paragraph of very many sentences in several."""
        if self.why or len(self.pieces) <= MOST:
            yield self
            return
        for first in range(0, len(self.pieces), MOST):
            yield replace(self, pieces=self.pieces[first : first + MOST], first=first)

    def may_become(self, verdict: Verdict) -> bool:
        """Whether a verdict on the whole of it would change anything."""
        if verdict == "not":
            return not self.why and any(not piece.why for piece in self.pieces)
        return bool(self.why) or any(piece.why == MARKED for piece in self.pieces)


@dataclass(frozen=True)
class WholeText:
    """The paragraphs of a full text; `state` changes with its file, `key` is that of its marks."""

    key: str
    state: str
    language: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """How much is left out for each reason."""
        return Counter(why for item in self.paragraphs for why in item.whys)

    def staying(self, passages: Collection[str]) -> int:
        """How much of what is marked as no running text is left out of nothing: these passages."""
        return sum(
            {piece.stretch.text for piece in item.pieces} <= {*passages}
            if item.why
            else sum(p.why == MARKED and p.stretch.text in passages for p in item.pieces)
            for item in self.paragraphs
            if MARKED in item.whys
        )

    def parts(self, why: str = "") -> list[list[Paragraph]]:
        """The text, or where something is left out of it for one reason, in bounded parts."""
        parts: list[list[Paragraph]] = [[]]
        length = 0
        for item in (part for whole in self.paragraphs for part in whole.split()):
            if why and why not in item.whys:
                continue
            length += item.size
            if length > PART and parts[-1]:
                parts.append([])
                length = item.size
            parts[-1].append(item)
        return parts

    @cached_property
    def pages(self) -> Mapping[int, int]:
        """On which paragraph a page of the file begins or goes on: one that is read, if any is."""
        found: dict[int, int] = {}
        for item in sorted(self.paragraphs, key=lambda item: bool(item.why)):
            for start in item.block.pages:
                found.setdefault(start.number, item.place)
        return {number: place for number, place in sorted(found.items()) if number}

    def part_of(self, text: str = "", place: int = -1) -> int:
        """In which part of the whole text words stand, or a paragraph does, from 0."""
        for number, part in enumerate(self.parts()):
            for item in part:
                if item.place == place or any(p.stretch.text == text for p in item.pieces):
                    return number
        return 0

    def chosen(self, choices: Iterable[str], verdict: Verdict) -> list[str]:
        """The words of which a verdict would change something.

        A choice is the place of a paragraph, `12`, of a sentence of it, `12.3`, a stretch of
        paragraphs, `12-95`, or a reason. What is nothing of these chooses nothing.
        """
        found: dict[str, None] = {}
        for choice in choices:
            found |= dict.fromkeys(self._chosen(choice, verdict))
        return list(found)

    def marked_by(self, marks: Iterable[Mark]) -> list[str]:
        """The paragraphs and sentences whose words these marks are of."""
        said = {mark.words for mark in marks}
        found = dict.fromkeys(
            text
            for item in self.paragraphs
            for text in (item.block.text, *(piece.stretch.text for piece in item.pieces))
        )
        return [text for text in found if words_of(text) in said]

    def passages_in(self, words: Iterable[str]) -> Iterator[str]:
        """The sentences among these words, and those of the paragraphs among them."""
        said = {*words}
        for item in self.paragraphs:
            whole = item.block.text in said
            for piece in item.pieces:
                if whole or piece.stretch.text in said:
                    yield piece.stretch.text

    def _chosen(self, choice: str, verdict: Verdict) -> Iterator[str]:
        match = _CHOICE.fullmatch(choice)
        if match is None:
            for item in self.paragraphs:
                if item.why == choice:
                    yield item.block.text
                yield from (piece.stretch.text for piece in item.pieces if piece.why == choice)
            return
        first, piece, last = (int(group) if group else None for group in match.groups())
        assert first is not None
        for item in self.paragraphs[first : (last or first) + 1]:
            if piece is None:
                if item.may_become(verdict):
                    yield item.block.text
            elif piece < len(item.pieces) and bool(item.pieces[piece].why) == (verdict == "text"):
                yield item.pieces[piece].stretch.text


def read_whole(project: Project, document: Document) -> WholeText:
    """A full text that is here, as it is kept, or read again. Raises InputError."""
    path = project.root / document.path
    states = repr(states_of(path))
    marks = read_marks(project)[0].get(key_of(path), {})
    with _READING:
        text = _kept(path, document.path, project.kept_texts, states)
    parts = (part for part in text.parts if part[0].text)
    paragraphs = tuple(
        _paragraph(place, part, text.language, marks) for place, part in enumerate(parts)
    )
    state = hashlib.sha256(states.encode()).hexdigest()[:16]
    return WholeText(key_of(path), state, text.language, paragraphs)


@lru_cache(maxsize=8)
def _kept(path: Path, name: str, folder: Path, states: str) -> KeptText:
    return read_kept(path, name, folder)


def _paragraph(place: int, part: Part, language: str, marks: Marks) -> Paragraph:
    block, found = part
    mark = last_mark(marks, block.text)
    if not is_read(block, marks):
        return Paragraph(place, block, (), block.why)
    own = tuple(judged(block, found or pieces(block, language), marks))
    if own and all(piece.why == MARKED for piece in own):
        return Paragraph(place, block, own, block.why or MARKED, own[0].mark)
    return Paragraph(place, block, own, "", mark)
