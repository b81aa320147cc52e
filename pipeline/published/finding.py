"""What was found: sentences, the pieces they rest on, and what became of these."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.ground.texts import LANGUAGES
from pipeline.model.people import moment
from pipeline.model.synthesis import JOIN, PieceNow, Sentence, Synthesis, doubt, is_newer
from pipeline.published.choice import NOTICE, STATUSES, Choice
from pipeline.published.evidence_index import Index
from pipeline.published.pieces import Piece, pieces_of
from pipeline.published.record_rows import records

SYNTHESES = """
SELECT synthesis.*, coder.nature AS nature, coder.name_en AS name_en, coder.name_nl AS name_nl
FROM synthesis JOIN coder ON coder.id = synthesis.by
"""
SENTENCES = "SELECT id, text FROM synthesis_sentence WHERE synthesis = ? ORDER BY position"
PIECES = """
SELECT synthesis_piece.sentence AS sentence, synthesis_piece.piece AS piece
FROM synthesis_piece JOIN synthesis_sentence
  ON synthesis_sentence.id = synthesis_piece.sentence AND synthesis_sentence.synthesis = ?
ORDER BY synthesis_sentence.position, synthesis_piece.position
"""
NAMES = "SELECT name, language FROM synthesis"


@dataclass(frozen=True, slots=True)
class Cited:
    """A piece that sentences rest on; `piece` is None where it is not there any more."""

    number: int
    id: str
    doubt: str
    piece: Piece | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and what it rests on."""

    text: str
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody wrote on codes; `nature` is that of its author.

    `newer` counts pieces that were decided since and are not cited; `name` is that of the author in
    both languages, `language` that of the words.
    """

    synthesis: Synthesis
    claims: tuple[Claim, ...]
    cited: tuple[Cited, ...]
    nature: str
    name: tuple[str, str]
    newer: int

    @property
    def language(self) -> str:
        return self.synthesis.language

    @property
    def is_stale(self) -> bool:
        """Whether anything it rests on is not as it was, or something came after it."""
        return bool(self.newer) or any(item.doubt for item in self.cited)


def choice_of_codes(index: Index, codes: Iterable[str]) -> Choice:
    """The evidence on these codes."""
    found = Choice()
    for code in codes:
        found = found.with_code(index.terms.codes[code].dimension, code)
    return found


def read_finding(
    connection: sqlite3.Connection, index: Index, codes: Sequence[str], language: str
) -> Finding | None:
    """What was written on codes, in this language or else in another; None where nothing was."""
    rows = records(connection, f"{SYNTHESES} WHERE synthesis.name = ?", JOIN.join(codes))
    found = {row["language"]: row for row in rows}
    row = next((found[name] for name in (language, *LANGUAGES) if name in found), None)
    if row is None:
        return None
    rests: dict[str, list[str]] = {}
    for item in records(connection, PIECES, row["id"]):
        rests.setdefault(item["sentence"], []).append(item["piece"])
    sentences = tuple(
        Sentence(item["text"], tuple(rests.get(item["id"], ())))
        for item in records(connection, SENTENCES, row["id"])
    )
    synthesis = Synthesis(
        tuple(codes), row["language"], row["by"], row["written"], sentences,
        row["checked_by"] or "", row["checked"],
    )  # fmt: skip
    cited = {item.id: item for item in _cited(connection, index, synthesis)}
    return Finding(
        synthesis,
        tuple(Claim(one.text, tuple(cited[name] for name in one.pieces)) for one in sentences),
        tuple(cited.values()),
        row["nature"],
        (row["name_en"], row["name_nl"]),
        newer_pieces(connection, index, synthesis),
    )


def written(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """In which languages something was written on what, by its name."""
    found: dict[str, frozenset[str]] = {}
    for name, language in connection.execute(NAMES):
        found[name] = found.get(name, frozenset()) | {language}
    return found


def newer_pieces(connection: sqlite3.Connection, index: Index, of: Synthesis) -> int:
    """How many pieces of its codes that it does not cite were decided since it was looked at."""
    positions = index.select(connection, choice_of_codes(index, of.codes))
    day = np.array(of.seen[:10])
    some = positions[index.moment[positions] >= day]
    return sum(is_newer(of, index.ids[at], moment(str(index.moment[at]))) for at in some)


def _cited(connection: sqlite3.Connection, index: Index, of: Synthesis) -> Iterable[Cited]:
    pieces = pieces_of(connection, index, of.cited)
    for number, name in enumerate(of.cited, 1):
        at = index.places.get(name)
        now = _now(index, at, pieces[name]) if at is not None else None
        yield Cited(number, name, doubt(of, now), pieces.get(name))


def _now(index: Index, at: int, piece: Piece) -> PieceNow:
    decided = moment(piece.decided_at) if piece.decided_at else ""
    codes = (piece.role, *(code for own in piece.placed.values() for code in own))
    notice = NOTICE[index.notice[index.study[at]]]
    return PieceNow(STATUSES[index.status[at]], decided, codes, notice)
