"""What was found, in sentences that each name the pieces they rest on; and what became of these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from pipeline.model.publication_notice import WITHDRAWN
from pipeline.model.records import EVIDENCE_STATUSES

JOIN = "--"  # between the codes of a synthesis: neither may hold it


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the ids of the pieces it rests on; `line` is that of its file."""

    text: str
    pieces: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What was found on a code, or on a role in another code, in one language.

    `by` wrote it at `written`; `checked_by` is who held every sentence against its pieces since,
    or nobody. Both times are moments in UTC.
    """

    codes: tuple[str, ...]
    language: str
    by: str
    written: str
    sentences: tuple[Sentence, ...]
    checked_by: str = ""
    checked: str = ""
    path: str = ""

    @property
    def name(self) -> str:
        """The name of its codes, as in addresses and files."""
        return JOIN.join(self.codes)

    @property
    def seen(self) -> str:
        """When somebody last looked at its pieces."""
        return max(self.written, self.checked)

    @property
    def cited(self) -> tuple[str, ...]:
        """The pieces it rests on, in the order in which they are named first."""
        return tuple(dict.fromkeys(piece for item in self.sentences for piece in item.pieces))


@dataclass(frozen=True, slots=True)
class PieceNow:
    """How a piece stands now: its role and places, when it was decided last, its study's notice."""

    status: str
    decided_at: str
    codes: Collection[str] = field(default_factory=tuple)
    notice: str = ""


# What a reader must know of a cited piece; the first that holds is said.
DOUBTS: Mapping[str, Callable[[Synthesis, PieceNow], bool]] = {
    "disputed": lambda _, piece: piece.status == "disputed",
    "gone": lambda _, piece: piece.status not in EVIDENCE_STATUSES,
    "withdrawn": lambda _, piece: piece.notice in WITHDRAWN,
    "elsewhere": lambda of, piece: not {*of.codes} <= {*piece.codes},
    "recoded": lambda of, piece: piece.decided_at > of.seen,
}


def doubt(synthesis: Synthesis, piece: PieceNow | None) -> str:
    """One of DOUBTS, or nothing; of a piece that is not there, that it is gone."""
    if piece is None:
        return "gone"
    return next((name for name, holds in DOUBTS.items() if holds(synthesis, piece)), "")


def is_newer(synthesis: Synthesis, identity: str, decided_at: str) -> bool:
    """Whether a piece that is not cited was decided since somebody last looked."""
    return decided_at > synthesis.seen and identity not in synthesis.cited
