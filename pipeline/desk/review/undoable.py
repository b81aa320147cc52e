"""What a coder did, in order, so that it can be undone step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.model.answers import by_time
from pipeline.model.records import Decision


@dataclass(frozen=True)
class Action:
    """What was saved in one go for one unit, and what had stood there before."""

    decisions: tuple[Decision, ...]
    before: tuple[Decision, ...]

    @property
    def unit(self) -> str:
        return self.decisions[0].unit


def standing_actions(lines: Iterable[Decision]) -> list[Action]:
    """A coder's actions that were not undone, oldest first.

    A withdrawal takes back the last action on its unit and dimension in its round. The line right
    after it, if it repeats the answer before that action, belongs to the undoing and is no action
    of its own.
    """
    stack: list[dict[str, Decision]] = []
    befores: list[dict[str, Decision]] = []
    current: dict[tuple[str, str, str], Decision | None] = {}
    repeated: dict[tuple[str, str, str], Decision | None] = {}
    for line in by_time(lines):
        key = (line.unit, line.dimension, line.round)
        if line.codes is None:
            undone = _pop(stack, befores, key)
            repeated[key] = undone
            current[key] = None
            continue
        expected = repeated.pop(key, None)
        before = current.get(key)
        current[key] = line
        if expected is not None and _same(expected, line):
            continue
        if stack and _together(stack[-1], line):
            stack[-1][line.dimension] = line
        else:
            stack.append({line.dimension: line})
            befores.append({})
        if before is not None:
            befores[-1][line.dimension] = before
    return [
        Action(tuple(group.values()), tuple(befores[index].values()))
        for index, group in enumerate(stack)
        if group
    ]


def _pop(
    stack: list[dict[str, Decision]], befores: list[dict[str, Decision]], key: tuple[str, str, str]
) -> Decision | None:
    """Take the last decision on this unit and dimension off; what had stood before it."""
    unit, dimension, name = key
    for index in range(len(stack) - 1, -1, -1):
        group = stack[index]
        line = group.get(dimension)
        if line is not None and (line.unit, line.round) == (unit, name):
            del group[dimension]
            return befores[index].pop(dimension, None)
    return None


def _together(group: dict[str, Decision], line: Decision) -> bool:
    return any(
        (item.unit, item.round, item.decided_at) == (line.unit, line.round, line.decided_at)
        for item in group.values()
    )


def _same(one: Decision, other: Decision) -> bool:
    return (one.codes, one.confidence, one.note, one.quote) == (
        other.codes,
        other.confidence,
        other.note,
        other.quote,
    )
