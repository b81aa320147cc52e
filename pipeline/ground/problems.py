"""What is wrong in a file, where, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipeline.ground.catalogue import said

Severity = Literal["error", "warning"]
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7}|={7})(?: .*)?$", re.MULTILINE)
MOST_CONFLICTS = 30  # lines of one file that are told
# What would steer a terminal or turn its lines around, and halves of letters.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PROSE = (".md", ".txt", ".bib")  # where a line of = may stand by itself


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of an input. `line` counts from 1; 0 when the fault is the whole file's."""

    path: str
    line: int
    kind: str
    message: str
    hint: str = ""
    raw: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        text = f"{where}: {said(self.severity)}: {said(self.message)} [{self.kind}]"
        if self.raw:
            text += f"\n    | {self.raw}"
        if self.hint:
            text += f"\n    → {said(self.hint)}"
        return _UNSEEN.sub("\ufffd", text)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Mendable(Exception):
    """Something was not done, and who asked for it can mend that: every reason, a sentence each.

    Where it is shown, it is caught by this name; who adds a kind of it derives it from here.
    """

    def __init__(self, reasons: Iterable[str] = ()) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons))


class InputError(Mendable):
    """Inputs that cannot be used, with every problem that was found; errors are the reasons."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__(map(str, errors(self.problems) or self.problems))

    def __str__(self) -> str:
        return f"{len(self.problems)} problem(s)"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Only those that stop a build."""
    return [problem for problem in problems if problem.severity == "error"]


def first_line(text: str, width: int = 120) -> str:
    """The first non-blank line of a text, cut to a width a terminal can show."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return line if len(line) <= width else line[: width - 1] + "…"


def conflicts(text: str, name: str, first: int = 1) -> list[Problem]:
    """A problem for each line that version control put into a file that two had changed."""
    if not any(sign * 7 in text for sign in "<>="):
        return []
    found = [(match.start(), match[0].strip()) for match in _CONFLICT.finditer(text)]
    if name.endswith(".csv"):  # a note in quotes may hold any line
        found = [item for item in found[:MOST_CONFLICTS] if not text.count('"', 0, item[0]) % 2]
    if name.endswith(_PROSE) and all(mark == "=======" for _, mark in found):
        return []
    keep = "all lines" if name.endswith(".csv") else "what is right"
    hint = f"Keep {keep} of both versions, and remove the lines <<<<<<<, ======= and >>>>>>>."
    return [
        Problem(
            name,
            text.count("\n", 0, place) + first,
            "merge-conflict",
            f"a merge that was not finished: '{mark[:40]}'",
            hint,
        )
        for place, mark in found[:MOST_CONFLICTS]
    ]
