"""What is wrong in a file, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning"]


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
        text = f"{where}: {self.severity}: {self.message} [{self.kind}]"
        if self.raw:
            text += f"\n    | {self.raw}"
        if self.hint:
            text += f"\n    → {self.hint}"
        return text

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class InputError(Exception):
    """Inputs that cannot be used, with every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__(f"{len(self.problems)} problem(s)")


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Only those that stop a build."""
    return [problem for problem in problems if problem.severity == "error"]


def first_line(text: str, width: int = 120) -> str:
    """The first non-blank line of a text, cut to a width a terminal can show."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return line if len(line) <= width else line[: width - 1] + "…"


def decode_utf8(data: bytes, path: Path | str) -> tuple[str, list[Problem]]:
    """A file's text without byte order mark. Bytes that are not UTF-8 are a problem."""
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        raw = data.split(b"\n")[line - 1].decode("latin-1")
        problem = Problem(
            str(path),
            line,
            "not-utf8",
            f"byte {data[error.start]:#04x} is not UTF-8",
            "Save the file as UTF-8 (it looks like latin-1 or Windows-1252).",
            first_line(raw),
        )
        return data.decode("latin-1"), [problem]
