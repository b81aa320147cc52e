"""Words of a full text marked as running text or not, and what that leaves to be coded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from pipeline.desk.review.review_desk import Desk
from pipeline.model.answers import standing
from pipeline.model.passages import normalise
from pipeline.model.people import stamp
from pipeline.model.records import Document
from pipeline.sources.corpus import Source, read_source
from pipeline.sources.running_text import (
    Mark,
    Verdict,
    append_marks,
    read_marks,
    without_marked,
    words_of,
)


def mark_words(desk: Desk, coder: str, key: str, texts: Iterable[str], verdict: Verdict) -> None:
    """Write down what a coder says of words of the full text with this key. Raises NotSaved."""
    now = stamp(datetime.now(UTC))
    marks = [Mark(now, coder, words_of(text), verdict) for text in texts]
    append_marks(desk.project, key, marks)


def last_left_out(desk: Desk, coder: str) -> tuple[str, list[Mark]]:
    """What a coder marked last as no running text and is so still: in which text, the marks.

    Empty where the coder has answered anything since.
    """
    own = [
        (mark.decided_at, key, mark)
        for key, marks in read_marks(desk.project)[0].items()
        for mark in marks.values()
        if (mark.coder, mark.verdict) == (coder, "not")
    ]
    at, key = max(((at, key) for at, key, _ in own), default=("", ""))
    action = desk.last_action(coder)
    if action is not None and action.decisions[-1].decided_at > at:
        return "", []
    return key, [mark for *place, mark in own if place == [at, key]]


def last_marks(desk: Desk, coder: str, key: str) -> list[Mark]:
    """What a coder said last of words of this full text, and stands so."""
    own = [
        mark for mark in read_marks(desk.project)[0].get(key, {}).values() if mark.coder == coder
    ]
    if not own:
        return []
    last = max(own, key=lambda mark: (mark.decided_at, mark.number))
    same = (last.decided_at, last.verdict)
    return [mark for mark in own if (mark.decided_at, mark.verdict) == same]


def passages_of_marks(desk: Desk, key: str, marks: Iterable[Mark]) -> list[str]:
    """The passages of a text with the words of these marks, in order."""
    said = {mark.words for mark in marks}
    units = desk.passages_of.get(key, ())
    return [unit for unit in units if words_of(desk.passages[unit].text) in said]


def take_back(desk: Desk, key: str, marks: Iterable[Mark], verdict: Verdict = "text") -> None:
    """Say otherwise of the words of these marks. Raises NotSaved."""
    now = stamp(datetime.now(UTC))
    given = [replace(mark, decided_at=now, verdict=verdict) for mark in marks]
    append_marks(desk.project, key, given)


def stands_alone(desk: Desk, key: str) -> bool:
    """Whether a full text is that of one study, here, and as it was when all files were read."""
    kept = desk.book.kept
    return (
        _fulltext(desk, key) is not None
        and key not in {*kept, *kept.values()}
        and not desk.changed_texts(key)
    )


def bring_back(desk: Desk, key: str, marks: Iterable[Mark]) -> None:
    """Take marks back and read the text again that they are of: it alone, which `stands_alone`.

    Raises NotSaved.
    """
    take_back(desk, key, marks)
    before = _fulltext(desk, key)
    assert before is not None
    path = desk.project.root / before.path
    said = read_marks(desk.project)[0].get(key, {})
    source = Source(path, key, "fulltext", said, desk.project.kept_texts)
    document, _ = read_source(source, before.path)
    if document is not None:
        own = [document if item is before else item for item in desk.documents[key]]
        desk.take_documents(key, own)
        desk.join_again(key)
        desk.book.take_again(key)


def _fulltext(desk: Desk, key: str) -> Document | None:
    own = desk.documents.get(key, ())
    return next((item for item in own if item.kind == "fulltext" and not item.absent), None)


def mark_passages(desk: Desk, study: str, texts: Iterable[str]) -> None:
    """The passages of a full text with these words are no running text."""
    said = {normalise(text) for text in texts}
    desk.take_documents(study, [_marked(item, said) for item in desk.documents[study]])
    desk.book.changed.add(study)


def leave_out_marked(desk: Desk) -> None:
    """What is marked and not answered, or not any more, is not coded, in studies just changed.

    Pages that are being put together must see all of it or nothing.
    """
    for study in list(desk.book.changed):
        before = desk.documents[study]
        if any(passage.marked for document in before for passage in document.passages):
            answered = {line.unit for line in standing(desk.lines(study).never_shown)}
            desk.take_documents(study, [without_marked(item, answered) for item in before])


def _marked(document: Document, said: Collection[str]) -> Document:
    if document.kind != "fulltext":
        return document
    passages = tuple(
        replace(item, marked=True) if item.text in said else item for item in document.passages
    )
    return replace(document, passages=passages)
