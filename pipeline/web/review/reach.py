"""How far the passage of a coding page reaches, and how to take more sentences in, or fewer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.desk.review.joining import document_of
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.addresses import address_part
from pipeline.model.joined_passages import MOST
from pipeline.model.people import Round
from pipeline.model.records import Passage
from pipeline.web.review.answer_form import Field
from pipeline.web.review.coding_path import CodingPath
from pipeline.web.review.review_texts import review_says

_MARKED = re.compile(r"(\d{1,6})-(\d{1,6})")


@dataclass(frozen=True)
class Step:
    """A way to another stretch of sentences: its key, its words, and where it leads.

    Where it leads nowhere, `why` says so.
    """

    key: str
    words: str
    address: str = ""
    why: str = ""


@dataclass(frozen=True)
class Overlap:
    """A passage with some of the same words that the coder has answered."""

    words: str
    address: str


@dataclass(frozen=True)
class Reach:
    """The sentences that a page takes as one passage, and its own address."""

    path: CodingPath
    passage: Passage
    known: bool
    steps: tuple[Step, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def number(self) -> int:
        return len(self.passage.sentences)

    @property
    def first(self) -> str:
        return self.passage.sentences[0]

    @property
    def last(self) -> str:
        return self.passage.sentences[-1]

    @property
    def most(self) -> int:
        return MOST

    def here(self, **more: str) -> str:
        if self.known:
            return self.path.unit(self.passage.id, **more)
        return self.path.unit(self.first, to=self.last, **more)

    @property
    def leave_out(self) -> str:
        """Where all of it is marked as no running text."""
        unit, more = (self.passage.id, {}) if self.known else (self.first, {"to": self.last})
        place = f"/review/{self.path.round}/unit/{address_part(unit)}"
        return f"{place}/leave-out{self.path.query(**more)}"


def reach_of(desk: Desk, item: Round, path: CodingPath, coder: str, passage: Passage) -> Reach:
    """How far a passage reaches that a coder looks at."""
    document = document_of(desk, passage.sentences[0])
    own = [one.id for one in document.passages] if document else []
    known = desk.passage_in(item, coder, passage.id) is not None
    overlaps = (
        Overlap(desk.passages[unit].text, path.unit(unit))
        for unit in desk.over(item, coder, passage)
        if unit in desk.passages
    )
    return Reach(path, passage, known, tuple(_steps(path, own, passage)), tuple(overlaps))


def quoting(given: Iterable[Field], passage: Passage, marked: str) -> list[Field]:
    """The fields with the marked words of a passage as those that carry the answer.

    `marked` says from which character to which: 12-80.
    """
    found = list(given)
    match = _MARKED.fullmatch(marked)
    if match and found:
        quote = passage.text[int(match[1]) : int(match[2])].strip()
        found[0] = replace(found[0], quote=quote or found[0].quote)
    return found


def _steps(path: CodingPath, own: list[str], passage: Passage) -> list[Step]:
    parts = passage.sentences
    if not all(part in own for part in parts):
        return []
    start, end = own.index(parts[0]), own.index(parts[-1])
    steps = [("<", "before", start - 1, end), ("+", "after", start, end + 1)]
    if len(parts) > 1:
        steps += [("-", "without_last", start, end - 1)]
        steps += [(">", "without_first", start + 1, end)]
    found = []
    for key, name, first, last in steps:
        step = Step(key, review_says(f"join.step.{name}"))
        if first < 0 or last >= len(own):
            step = replace(step, why=review_says("join.no_more"))
        elif last - first >= MOST:
            step = replace(step, why=review_says("join.too_many", most=MOST))
        else:
            to = {"to": own[last]} if last > first else {}
            step = replace(step, address=path.unit(own[first], **to))
        found.append(step)
    return found
