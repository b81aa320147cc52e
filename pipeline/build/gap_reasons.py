"""Why a cell of the map is as it is: the one rule, for the tables, the site and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """What there is of one code in one place.

    `evidence` is what was chosen, `decided` all that was decided; `studies` are those there,
    `unread` those of them without any passage; `considered` are the passages whose answer says yes
    or no to the code, of all `passages`.
    """

    evidence: int
    decided: int
    suggested: int
    disputed: int
    studies: int
    unread: int
    passages: int
    considered: int
    retired: bool

    @property
    def is_left(self) -> bool:
        """Whether something there has yet to be read or coded."""
        return self.considered < self.passages or self.unread > 0


# The first that holds is the reason.
REASONS: Mapping[str, Callable[[Counts], bool]] = {
    "evidence": lambda of: of.evidence > 0,
    "hidden": lambda of: of.decided > 0,
    "no-study": lambda of: not of.studies + of.suggested + of.disputed,
    "only-disputed": lambda of: of.disputed > 0,
    "only-suggested": lambda of: of.suggested > 0,
    "not-read": lambda of: of.passages == 0,
    "retired": lambda of: of.retired and of.is_left,
    "not-coded": lambda of: of.is_left,
    "none-shows": lambda of: True,
}


def reason(counts: Counts) -> str:
    """One of REASONS."""
    return next(name for name, holds in REASONS.items() if holds(counts))
