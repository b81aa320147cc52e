"""Screening files, `coding/screening/<coder>.csv`: lines are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.ground.formulas import guarded, unguarded
from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.model.candidacy import VERDICTS, ScreeningLine, followed
from pipeline.sources.ledger import Fault, LedgerRow, LinePlace, append_rows, no_time, read_ledger
from pipeline.sources.merges import read_merges

COLUMNS = ["decided_at", "study", "stage", "decision", "reason", "note", "settles"]
YES = "yes"


def read_screening(project: Project) -> tuple[tuple[ScreeningLine, ...], tuple[Problem, ...]]:
    """The lines of all screeners, and what is wrong with any."""
    lines: list[ScreeningLine] = []
    problems: list[Problem] = []
    for path in sorted(project.screening.glob("*.csv")):
        read, found = read_file(path, project.name(path))
        lines += read
        problems += found
    return tuple(followed(lines, read_merges(project).kept)), tuple(problems)


def read_file(path: Path, name: str) -> tuple[list[ScreeningLine], list[Problem]]:
    """One screener's lines."""
    rows, problems = read_ledger(path, name, COLUMNS, _faults)
    return [_line(row, path.stem, name) for row in rows], problems


def append_lines(project: Project, lines: list[ScreeningLine]) -> LinePlace:
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


def _faults(value: Mapping[str, str]) -> Iterator[Fault]:
    yield from no_time(value["decided_at"])
    if value["decision"] not in ("", *VERDICTS):
        hint = f"Write {', '.join(VERDICTS)}, or nothing to withdraw."
        yield "bad-decision", f"decision '{value['decision']}'", hint
    if value["settles"] not in ("", YES):
        yield "bad-row", f"settles '{value['settles']}'", "Write yes, or nothing."


def _line(row: LedgerRow, coder: str, name: str) -> ScreeningLine:
    time, study, stage, decision, reason, note, settles = row.cells.values()
    verdict = next((known for known in VERDICTS if known == decision), None)
    settled = settles == YES
    return ScreeningLine(
        time, coder, study, stage, verdict, reason, unguarded(note), settled, name, row.number
    )
