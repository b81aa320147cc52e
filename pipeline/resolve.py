"""From suggestions and decisions to one status for each unit and code: people win over machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.decisions import CONFIDENCES, latest
from pipeline.readings import considered
from pipeline.records import Coding, Decision, Status, Suggestion
from pipeline.scheme import Code, Scheme
from pipeline.secrecy import OpenLines

EVIDENCE_STATUSES = ("single", "agreed", "adjudicated")


def resolve(
    scheme: Scheme,
    suggestions: Mapping[str, Iterable[Suggestion]],
    decisions: OpenLines,
    consensus: OpenLines,
) -> list[Coding]:
    """The codings of all units, in a fixed order. A pure function.

    A code younger than the scheme version of a decision was not considered in it: that decision
    says neither yes nor no to the code. A consensus that repeats what two or more coders all
    answered leaves their codes agreed.
    """
    answers: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for (unit, dimension, _), decision in latest(decisions).items():
        if decision.codes is not None:
            answers[unit, dimension].append(decision)
    settled = {
        (unit, dimension): decision
        for (unit, dimension, _), decision in latest(consensus).items()
        if decision.codes is not None
    }
    proposed = {
        (unit, suggestion.dimension, suggestion.code): suggestion.score
        for unit, group in suggestions.items()
        for suggestion in group
    }
    keys = {*proposed}
    for (unit, dimension), group in answers.items():
        keys |= {(unit, dimension, code) for item in group for code in item.codes or ()}
    for (unit, dimension), decision in settled.items():
        keys |= {(unit, dimension, code) for code in decision.codes or ()}
    codings = []
    for unit, dimension, code in sorted(keys):
        known = scheme.codes.get(code)
        coding = _resolve_one(
            unit,
            dimension,
            code,
            [
                item
                for item in answers.get((unit, dimension), ())
                if known is None or considered(scheme, known, item.scheme, item.as_written or ())
            ],
            _considering(scheme, known, settled.get((unit, dimension))),
            proposed.get((unit, dimension, code)),
        )
        if coding is not None:
            codings.append(coding)
    return codings


def _resolve_one(
    unit: str,
    dimension: str,
    code: str,
    answers: list[Decision],
    settled: Decision | None,
    score: float | None,
) -> Coding | None:
    given = [item for item in answers if code in (item.codes or ())]
    coders = tuple(sorted(item.coder for item in given))
    sure = _least(item.confidence for item in given)
    if settled is not None:
        if code not in (settled.codes or ()):
            return None
        alike = len(answers) > 1 and all(item.codes == settled.codes for item in answers)
        status: Status = "agreed" if alike else "adjudicated"
        sure = sure if alike else settled.confidence or sure
        return Coding(unit, dimension, code, status, coders, score, sure)
    if not answers:
        return None if score is None else Coding(unit, dimension, code, "suggested", (), score)
    if not coders:
        return None
    if len(answers) == 1:
        return Coding(unit, dimension, code, "single", coders, score, sure)
    status = "agreed" if len(coders) == len(answers) else "disputed"
    return Coding(unit, dimension, code, status, coders, score, sure)


def _considering(scheme: Scheme, code: Code | None, settled: Decision | None) -> Decision | None:
    if settled is None or code is None:
        return settled
    given = settled.as_written or ()
    return settled if considered(scheme, code, settled.scheme, given) else None


def _least(said: Iterable[str]) -> str:
    return min(filter(None, said), key=CONFIDENCES.index, default="")
