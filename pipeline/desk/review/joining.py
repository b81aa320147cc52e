"""Neighbouring passages coded as one: which may be, and writing it down with the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Answer, Refused
from pipeline.desk.review.review_desk import Desk
from pipeline.model.joined_passages import MOST, joined
from pipeline.model.people import Round, stamp
from pipeline.model.records import Decision, Document, JoinedPassage, Passage
from pipeline.sources.joined_lines import append_joined


def join(desk: Desk, first: str, last: str) -> Passage:
    """The passages of a document from the first to the last as one; a single one as it is.

    Raises Refused.
    """
    document = document_of(desk, first)
    own = document.passages if document else ()
    places = {item.id: place for place, item in enumerate(own)}
    if first not in places:
        raise Refused([desk_says("answer.there_is_no_passage_or", unit=first[:80])])
    if last not in places:
        raise Refused([desk_says("joining.not_of_one_document")])
    start, end = sorted((places[first], places[last]))
    taken = own[start : end + 1]
    if len(taken) > MOST:
        raise Refused([desk_says("joining.too_many", number=len(taken), most=MOST)])
    if taken[-1].position - taken[0].position != len(taken) - 1:
        raise Refused([desk_says("joining.text_is_not_here")])
    return taken[0] if len(taken) == 1 else joined(taken)


def passage_to(desk: Desk, coder: str, unit: str, last: str = "") -> Passage | None:
    """A passage that a coder may see, or all from it to the last as one. Raises Refused."""
    passage = desk.passage_for(coder, unit)
    return join(desk, unit, last) if passage is not None and last else passage


def save_unit(
    desk: Desk,
    coder: str,
    item: Round,
    unit: str,
    given: Sequence[Answer],
    seen: str | None = None,
    passage: Passage | None = None,
) -> list[Decision]:
    """Save answers to a study or a passage; `passage` is one that may be joined with them.

    Raises Refused, Stale or NotSaved.
    """
    passage = passage or desk.passages.get(unit)
    if isinstance(passage, JoinedPassage):
        return _save_joined(desk, coder, item, passage, given, seen)
    return desk.save(coder, item, unit, given, seen)


def document_of(desk: Desk, unit: str) -> Document | None:
    """The document in which a passage stands, or those that it joins."""
    passage = desk.passages.get(unit)
    if passage is None:
        return None
    documents = desk.documents[passage.study]
    return next((item for item in documents if any(one.id == unit for one in item.units)), None)


def around(desk: Desk, passage: Passage, number: int) -> tuple[list[Passage], list[Passage], int]:
    """So many passages of the study before and after one, and which of them all it is, from 0."""
    own = desk.passages_of[passage.study]
    if not all(unit in own for unit in passage.sentences):  # of a text that is not here
        return [], [], sum(desk.passages[unit].position < passage.position for unit in own)
    first, last = own.index(passage.sentences[0]), own.index(passage.sentences[-1])
    before, after = own[max(first - number, 0) : first], own[last + 1 : last + 1 + number]
    return [desk.passages[u] for u in before], [desk.passages[u] for u in after], first


def _save_joined(
    desk: Desk,
    coder: str,
    item: Round,
    passage: JoinedPassage,
    given: Sequence[Answer],
    seen: str | None,
) -> list[Decision]:
    """Write down that a coder takes passages as one, then the answers to it; what was written.

    Nothing is joined without an answer. Of one that another joined, the text need not be here.
    """
    item = desk.rounds.get(item.id, item)
    desk.sync(passage.study, coder)
    if reasons := desk.reasons_against(coder, item, passage.id, given, passage):
        raise Refused(reasons)
    known = desk.joined[passage.study].get(passage.id)
    if known is None or (coder, item.id) not in known.makers:
        if known is None:
            join(desk, passage.parts[0], passage.parts[-1])  # the text may have been read anew
        now = stamp(datetime.now(UTC))
        append_joined(desk.project, passage, coder, item.id, now)
        desk.sync_joined(passage.study)
    return desk.save(coder, item, passage.id, given, seen)
