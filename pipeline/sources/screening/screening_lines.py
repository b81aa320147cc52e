"""Screening files, `coding/screening/<coder>.csv`: lines are only ever added."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.formulas import guarded, unguarded
from pipeline.ground.problems import Problem, first_line
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.model.candidacy import VERDICTS, Line, followed
from pipeline.model.people import is_time
from pipeline.sources.ledger import Place, append_rows
from pipeline.sources.merges import read_merges

COLUMNS = ["decided_at", "study", "stage", "decision", "reason", "note", "settles"]
YES = "yes"


def read_screening(project: Project) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    """The lines of all screeners, and what is wrong with any."""
    lines: list[Line] = []
    problems: list[Problem] = []
    for path in sorted(project.screening.glob("*.csv")):
        read, found = read_file(path, project.name(path))
        lines += read
        problems += found
    return tuple(followed(lines, read_merges(project).kept)), tuple(problems)


def read_file(path: Path, name: str) -> tuple[list[Line], list[Problem]]:
    """One screener's lines."""
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems:
        return [], problems
    if text and not text.endswith(("\n", "\r")):
        hint = "The last line may be cut off: compare it with what was decided, then end the line."
        problems.append(Problem(name, text.count("\n") + 1, "torn-line", "no line end", hint))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    number = 0
    try:
        if next(reader, []) != COLUMNS:
            hint = f"The first line must be: {','.join(COLUMNS)}"
            return [], [*problems, Problem(name, 1, "bad-header", "other columns", hint)]
        for row in reader:
            if not row:
                continue
            number += 1
            faults = list(_faults(row, name, reader.line_num))
            problems += faults
            if not faults:
                lines.append(_line(row, path.stem, name, number))
    except csv.Error as error:
        hint = "Look for a quotation mark that is not closed or not doubled."
        problems.append(Problem(name, reader.line_num, "bad-csv", f"not CSV: {error}", hint))
    return lines, problems


def append_lines(project: Project, lines: list[Line]) -> Place:
    """Add a screener's lines, durably, all or none. Raises `ledger.NotSaved`."""
    path = project.screening / f"{lines[0].coder}.csv"
    rows = [
        [
            line.decided_at,
            line.study,
            line.stage,
            line.verdict or "",
            line.reason,
            guarded(line.note),
            YES if line.settles else "",
        ]
        for line in lines
    ]
    return append_rows(project, path, rows, COLUMNS)


def _faults(row: list[str], name: str, line: int) -> Iterator[Problem]:
    raw = first_line(",".join(row))
    if len(row) != len(COLUMNS):
        message = f"{len(row)} fields instead of {len(COLUMNS)}"
        yield Problem(name, line, "bad-row", message, "Put texts with commas in quotes.", raw)
        return
    value = dict(zip(COLUMNS, row, strict=True))
    if not is_time(value["decided_at"]):
        hint = "Write it like 2026-11-23T14:05:00Z."
        yield Problem(name, line, "bad-time", f"'{value['decided_at']}' is no time", hint, raw)
    if value["decision"] not in ("", *VERDICTS):
        hint = f"Write {', '.join(VERDICTS)}, or nothing to withdraw."
        yield Problem(name, line, "bad-decision", f"decision '{value['decision']}'", hint, raw)
    if value["settles"] not in ("", YES):
        hint = "Write yes, or nothing."
        yield Problem(name, line, "bad-row", f"settles '{value['settles']}'", hint, raw)


def _line(row: list[str], coder: str, name: str, number: int) -> Line:
    time, study, stage, decision, reason, note, settles = row
    verdict = next((known for known in VERDICTS if known == decision), None)
    return Line(
        time, coder, study, stage, verdict, reason, unguarded(note), settles == YES, name, number
    )
