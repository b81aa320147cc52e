"""From a form to answers, and from answers to what a form shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.desk.review.answer_rules import (
    Answer,
    Refused,
    overrides,
    tidy,
    tidy_quote,
    without_controls,
)
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.texts import spoken
from pipeline.model.answers import NONE
from pipeline.model.people import Round
from pipeline.model.records import Decision, Passage
from pipeline.model.scheme import Dimension, Scheme
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says

Form = dict[str, list[str]]


@dataclass(frozen=True)
class Field:
    """One dimension as a form shows it."""

    dimension: Dimension
    chosen: frozenset[str] | None = None
    confidence: str = ""
    note: str = ""
    quote: str = ""
    extra: bool = False


class Given(NamedTuple):
    """An answer as a page shows it that takes no other."""

    question: str
    words: str
    line: Decision


@dataclass(frozen=True)
class Shut:
    """Since when a round takes no more answers, or is closed, and who did it."""

    on: str
    by: str


def given_answers(desk: Desk, standing: Mapping[str, Decision], language: str) -> list[Given]:
    """What a coder answered, question by question."""
    return [
        Given(
            desk.scheme.dimension(name).label[language],
            as_words(desk.scheme, line, language),
            line,
        )
        for name, line in standing.items()
    ]


def shut(desk: Desk, item: Round) -> Shut | None:
    """When a round left off taking answers; None while it takes them."""
    if item.state == "open":
        return None
    step = item.history[-1]
    by = desk.coders.get(step.by)
    return Shut(step.at[:10], by.name[spoken()] if by else step.by)


def fields(
    desk: Desk, item: Round, unit: str, passage: Passage | None, standing: Mapping[str, Decision]
) -> list[Field]:
    """What a unit's form asks, filled with what stands."""
    asked = desk.asked(item, passage is not None)
    extras = overrides(desk.scheme) if passage is not None else ()
    return [
        _field(dimension, standing.get(dimension.id), dimension in extras)
        for dimension in (*asked, *extras)
    ]


def refilled(before: Iterable[Field], form: Form) -> list[Field]:
    """The same fields with what was sent, so that nothing typed is lost."""
    return [
        Field(
            item.dimension,
            _chosen(form, item.dimension.id),
            first(form, f"confidence.{item.dimension.id}"),
            without_controls(tidy(first(form, f"note.{item.dimension.id}"))),
            first(form, f"quote.{item.dimension.id}"),
            item.extra,
        )
        for item in before
    ]


def read_answers(
    form: Form, asked: Sequence[Field], passage: Passage | None, scheme: Scheme
) -> list[Answer]:
    """The answers in a form. Raises Refused where it contradicts itself or asks something else."""
    known = {item.dimension.id for item in asked}
    sent = {name.partition(".")[2] for name in form if name.startswith("codes.")}
    reasons = [
        review_says("answer.is_not_asked_here", name=name[:60]) for name in sorted(sent - known)
    ]
    answers = []
    for item in asked:
        name = item.dimension.id
        given = form.get(f"codes.{name}", [])
        if NONE in given and len(given) > 1:
            reasons.append(
                review_says("answer.none_of_them_or_some", label=item.dimension.label[spoken()])
            )
            continue
        chosen = _chosen(form, name)
        if chosen is None and name == scheme.evidence:
            reasons.append(
                review_says(
                    "answer.choose_a_or_none_of", lower=item.dimension.label[spoken()].lower()
                )
            )
            continue
        if chosen is None and item.chosen is None:
            continue
        answers.append(
            Answer(
                name,
                chosen,
                first(form, f"confidence.{name}") if chosen is not None else "",
                tidy(first(form, f"note.{name}")) if chosen is not None else "",
                tidy_quote(first(form, f"quote.{name}"), passage) if chosen is not None else "",
            )
        )
    if reasons:
        raise Refused(reasons)
    return answers


def as_words(scheme: Scheme, decision: Decision | None, language: str = "") -> str:
    """An answer in words: the labels of its codes, in the language spoken or another."""
    if decision is None or decision.codes is None:
        return review_says("answer.no_answer")
    labels = [
        code.label[language or spoken()]
        + (review_says("answer.out_of_use") if code.retired is not None else "")
        for code in scheme.dimension(decision.dimension).codes
        if code.id in decision.codes
    ]
    return ", ".join(labels) or review_says("answer.none_of_them")


def _field(dimension: Dimension, decision: Decision | None, extra: bool) -> Field:
    if decision is None:
        return Field(dimension, extra=extra)
    return Field(
        dimension, decision.codes, decision.confidence, decision.note, decision.quote, extra
    )


def _chosen(form: Form, name: str) -> frozenset[str] | None:
    given = [value for value in form.get(f"codes.{name}", []) if value]
    return frozenset(value for value in given if value != NONE) if given else None
