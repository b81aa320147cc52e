"""A record as another screening program gives it back, and what was said of it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.model.candidacy import Verdict


@dataclass(frozen=True, slots=True)
class ReturnedRecord:
    """What tells which study it is, and everything that stands in it.

    `cells` are by the header's letters and digits in lower case; notes and keywords of RIS are
    `notes` and `keywords` there, other tags are as they are.
    """

    number: int
    line: int
    title: str = ""
    doi: str = ""
    key: str = ""
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """The first cell of these that is filled."""
        filled = (text for name in names for text in self.cells.get(name, ()) if text)
        return next(filled, "")


@dataclass(frozen=True, slots=True)
class Said:
    """Answers by who gave them (nobody's name where a program has one screener), and why."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScreeningProgram:
    """A program that candidates are screened in; `reads` gives None where nothing is of it."""

    name: str
    reads: Callable[[ReturnedRecord], Said | None]
