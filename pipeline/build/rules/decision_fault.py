"""A fault of a decision line."""

from __future__ import annotations

from pipeline.ground.problems import Problem, Severity, first_line
from pipeline.model.records import Decision


def fault(item: Decision, kind: str, message: str, hint: str, warning: bool = False) -> Problem:
    """With the words that it is about, and the line where it stands."""
    raw = first_line(item.quote or item.text)
    severity: Severity = "warning" if warning else "error"
    return Problem(item.path, item.line, kind, message, hint, raw, severity)
