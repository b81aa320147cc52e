"""What a coder says of a unit, and whether it may be said."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pipeline.desk.desk_texts import desk_says
from pipeline.ground.problems import Mendable
from pipeline.ground.text import newlines
from pipeline.ground.texts import spoken
from pipeline.model.answers import CONFIDENCES
from pipeline.model.marked_words import places
from pipeline.model.passages import normalise
from pipeline.model.people import Round
from pipeline.model.records import Passage
from pipeline.model.scheme import Dimension, Scheme

LONGEST_NOTE = 20_000  # characters


@dataclass(frozen=True)
class Answer:
    """The answer to one dimension: codes, none of them (empty), or withdrawn (None).

    `settled_by` is who settled it, where that is not who writes it down.
    """

    dimension: str
    codes: frozenset[str] | None
    confidence: str = ""
    note: str = ""
    quote: str = ""
    settled_by: str = ""


class Refused(Mendable):
    """Answers that cannot be saved."""


class Stale(Mendable):
    """The unit was answered meanwhile, in another window or file."""


def questions(scheme: Scheme, item: Round, of_passage: bool) -> tuple[Dimension, ...]:
    """The dimensions that a round asks of a passage or of a study, the evidence first."""
    asked = [
        dimension
        for dimension in scheme.dimensions
        if (not item.dimensions or dimension.id in item.dimensions)
        and (dimension.unit == "passage") == of_passage
    ]
    return tuple(sorted(asked, key=lambda dimension: dimension.id != scheme.evidence))


def overrides(scheme: Scheme) -> tuple[Dimension, ...]:
    """Dimensions of studies in which a passage may differ."""
    return tuple(
        dimension
        for dimension in scheme.dimensions
        if dimension.unit == "study" and dimension.overridable
    )


def faults(
    answers: Sequence[Answer],
    scheme: Scheme,
    allowed: Sequence[Dimension],
    passage: Passage | None,
    given: Collection[str] = (),
) -> Iterator[str]:
    """Everything that speaks against saving these answers, in words for the coder.

    Codes that were `given` before may be given though they are out of use.
    """
    for answer in answers:
        dimension = scheme.by_id.get(answer.dimension)
        if dimension is None:
            yield desk_says("answer.there_is_no_dimension_in", dimension=answer.dimension)
            continue
        if dimension not in allowed:
            yield desk_says("answer.is_not_asked_here", label=dimension.label[spoken()])
            continue
        yield from _code_faults(answer, dimension, given)
        if answer.confidence not in CONFIDENCES:
            yield desk_says("answer.confidence_is_low_medium_or", confidence=answer.confidence[:40])
        yield from _note_faults(answer.note)
        if passage is not None and answer.quote and not places(answer.quote, passage.text):
            yield desk_says("answer.the_marked_words_do_not")


def tidy(text: str) -> str:
    """Line ends as \\n, no white space around; the words as they were typed."""
    return newlines(text).strip()


def tidy_quote(text: str, passage: Passage | None) -> str:
    """Marked words as they stand in the passage, whose white space is folded."""
    return normalise(text) if passage is not None else tidy(text)


def without_controls(text: str) -> str:
    """The text without characters that no file should hold."""
    return "".join(character for character in text if not _is_control(character))


def _code_faults(answer: Answer, dimension: Dimension, given: Collection[str]) -> Iterator[str]:
    known = {code.id: code for code in dimension.codes}
    for name in sorted(answer.codes or ()):
        if name not in known:
            yield desk_says(
                "answer.there_is_no_code_in", name=name[:60], label=dimension.label[spoken()]
            )
        elif known[name].retired is not None and name not in given:
            yield desk_says(
                "answer.was_retired_in_version",
                label=known[name].label[spoken()],
                retired=known[name].retired,
            )
    if not dimension.many and len(answer.codes or ()) > 1:
        yield desk_says("answer.takes_one_code", label=dimension.label[spoken()])


def _note_faults(note: str) -> Iterator[str]:
    if len(note) > LONGEST_NOTE:
        yield desk_says(
            "answer.the_note_has_characters_fit", note=len(note), longest_note=LONGEST_NOTE
        )
    found = sorted({f"U+{ord(character):04X}" for character in note if _is_control(character)})
    if found:
        yield desk_says("answer.the_note_holds_control_characters", found=", ".join(found))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\n\t"
