"""From suggestions and answers to one status for each unit and code: people win over machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.model.answers import CONFIDENCES
from pipeline.model.records import EVIDENCE_STATUSES, Checked, Coding, Decision, Status, Suggestion
from pipeline.model.scheme import Scheme
from pipeline.model.standing import Answers, Held, Key, stance, time_of, voice

__all__ = ["EVIDENCE_STATUSES", "resolve"]


def resolve(
    scheme: Scheme, suggestions: Mapping[str, Iterable[Suggestion]], answers: Answers
) -> list[Coding]:
    """The codings of all units, in a fixed order. A pure function.

    A code younger than the scheme version of an answer was not considered in it: that answer says
    neither yes nor no to the code. Which answers stand is told by `standing`. A consensus that
    repeats what two or more coders all answered leaves their codes agreed; one that models settled
    does not end the dispute of a person.
    """
    codes: dict[Key, set[str]] = defaultdict(set)
    proposed: dict[Key, dict[str, float]] = defaultdict(dict)
    for unit, group in suggestions.items():
        for suggestion in group:
            codes[unit, suggestion.dimension].add(suggestion.code)
            proposed[unit, suggestion.dimension][suggestion.code] = suggestion.score
    for key in answers:
        codes[key].update(answers.codes(key))
    found = []
    for key in sorted(codes):
        for code in sorted(codes[key]):
            held = answers.held(key, scheme.codes.get(code))
            coding = _resolve_one(answers, key, code, held, proposed[key].get(code))
            if coding is not None:
                found.append(coding)
    return found


def _resolve_one(
    answers: Answers, key: Key, code: str, held: Held, score: float | None
) -> Coding | None:
    settled = held.settled
    said = [*held.answers, *held.asides]
    given = [line for line in said if code in (line.codes or ())]
    coders = tuple(sorted({voice(line) for line in given}))
    deciding = answers.deciding(held)
    if not deciding:
        return None if score is None else Coding(*key, code, "suggested", (), score)
    holds = stance(deciding, code)
    if holds is False:
        return None
    sure = _least(line.confidence for line in given)
    by = settled.settled_by if settled else ""
    status: Status
    if holds is None:
        status = "disputed"
    elif settled is None:
        status = "single" if len(coders) == 1 else "agreed"
    elif len(held.answers) > 1 and all(line.codes == settled.codes for line in held.answers):
        status = "agreed"
    else:
        status, sure = "adjudicated", settled.confidence or sure
    people = [line for line in deciding if answers.is_person(line)]
    return Coding(*key, code, status, coders, score, sure, by, _checked(code, people))


def _checked(code: str, people: Iterable[Decision]) -> Checked:
    """What people say of a code. Who changes their mind contradicts nobody but others."""
    said: dict[str, list[bool]] = defaultdict(list)
    for line in sorted(people, key=time_of):
        said[voice(line)].append(code in (line.codes or ()))
    stances = [stance for own in said.values() for stance in own]
    if all(stances):
        return "checked" if stances else "unchecked"
    of_one = len(said) == 1 and any(stances)
    return "changed" if of_one or all(own[-1] for own in said.values()) else "contradicted"


def _least(said: Iterable[str]) -> str:
    return min(filter(None, said), key=CONFIDENCES.index, default="")
