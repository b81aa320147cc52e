"""The one line of trust beside every piece and every answer: who says it, on what it rests.

Who decided a piece is told by `published/voices`; what follows that, and all of an answer, here.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.published.finding import Finding
from pipeline.published.pieces import Piece
from pipeline.web.site_language import say


def of_piece(piece: Piece, language: str) -> Iterator[str]:
    """What was read of it, or in its place; how sure coders were; what was said of its study."""
    t = say(language)
    if piece.instead:
        yield t("read.instead", what=piece.instead.get(language))
    elif piece.read:
        yield t(f"access.{piece.read}")
    if piece.confidence:
        yield t("confidence.said", how=t(f"confidence.{piece.confidence}"))
    if piece.notice:
        yield t(f"notice.{piece.notice}")


def of_finding(finding: Finding, language: str) -> Iterator[str]:
    """Who wrote it, of what nature, when; whether a person has checked it, and if it is old."""
    t, of = say(language), finding.synthesis
    nature = finding.nature or "coder"
    yield t("finding.by", who=t(f"who.{nature}.a"), day=of.written[:10])
    if of.checked_by:
        yield t("finding.checked", day=of.checked[:10])
    elif nature != "person":
        yield t("checked.unchecked")
    if finding.is_stale:
        yield t("finding.stale")
