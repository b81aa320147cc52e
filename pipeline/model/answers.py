"""Answers of coders as lines in order of time, and which of them are the latest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pipeline.ground.caches import FileState
from pipeline.ground.problems import Problem
from pipeline.model.people import Coder, Round, moment
from pipeline.model.records import Decision
from pipeline.model.secrecy import OpenLines, SecretLines, open_lines

NONE = "none"
CONFIDENCES = ("", "low", "medium", "high")
CONSENSUS = "consensus"
MOVED = "Moved from"  # how the note of a decision ends that a coder moved to another passage
_HASH = re.compile(r"(?<=.)-[0-9a-f]{8,64}\Z")


@dataclass(frozen=True, slots=True)
class Codings:
    """Everything people decided: the lines in order of time, coders, rounds, problems.

    `files`: the state of each file before it was read, so that later changes are seen.
    """

    decisions: SecretLines
    consensus: SecretLines
    coders: tuple[Coder, ...]
    rounds: tuple[Round, ...]
    problems: tuple[Problem, ...]
    instructions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[Path, FileState] = field(default_factory=dict)

    @property
    def open(self) -> OpenLines:
        """What anybody may see: decisions, then consensus."""
        return open_lines(self.decisions.open, self.consensus.open)

    @property
    def never_shown(self) -> tuple[Decision, ...]:
        """Every line, for what must know all and shows none."""
        return (*self.decisions.never_shown, *self.consensus.never_shown)

    def of_lines(self, lines: Iterable[Decision]) -> Codings:
        """The same with these lines in the place of all, as secret as before."""
        decisions, consensus = SecretLines(lines, self.rounds).apart(CONSENSUS)
        return replace(self, decisions=decisions, consensus=consensus)


@lru_cache(maxsize=1 << 20)
def study_of(unit: str) -> str:
    """The citekey of a unit, be it a study or a passage."""
    return unit[: match.start()] if (match := _HASH.search(unit)) else unit


def is_passage(unit: str) -> bool:
    """Whether a unit is a passage's id (a citekey and a hash)."""
    return study_of(unit) != unit


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str, str], Decision]:
    """Each coder's current answer by (unit, dimension, coder), or the withdrawal of all.

    A withdrawal takes back what the coder answered in its round, or in every round where it names
    none; an answer in another round stands.
    """
    current: dict[tuple[str, str, str], Decision] = {}
    rounds: dict[tuple[str, str, str], dict[str, Decision]] = {}
    for item in decisions:
        key = (item.unit, item.dimension, item.coder)
        before = current.get(key)
        current[key] = item
        if before is None or (before.round == item.round and key not in rounds):
            continue
        # Only what stands in several rounds needs to be told apart.
        known = rounds.setdefault(key, {before.round: before})
        if item.codes is None and not item.round:
            known.clear()
        known.pop(item.round, None)
        known[item.round] = item
        standing = [line for line in known.values() if line.codes is not None]
        if standing:
            current[key] = standing[-1]
    return current


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """Each coder's last answers in each round, without those withdrawn, in their order."""
    last: dict[tuple[str, str, tuple[str, str], str], Decision] = {}
    for item in decisions:
        who = (item.coder, item.settled_by)  # each who settles has a say of their own
        if item.codes is None and not item.round:
            for key in [key for key in last if key[:3] == (item.unit, item.dimension, who)]:
                del last[key]
        key = (item.unit, item.dimension, who, item.round)
        last.pop(key, None)
        last[key] = item
    return [item for item in last.values() if item.codes is not None]


def by_time(decisions: Iterable[Decision]) -> list[Decision]:
    """In order of time; lines of the same moment in the order in which they stand."""
    return sorted(
        decisions, key=lambda item: (moment(item.decided_at), item.coder, item.path, item.number)
    )
