"""Append-only CSV files: lines are only ever added, whole, and synced to disk; read one by one."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.problems import Mendable, Problem, first_line
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.ground.writing import sync_folder
from pipeline.model.people import is_time

try:
    import fcntl
except ImportError:  # Windows: one server at a time writes a project's files there
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True)
class LinePlace:
    """Where in a file lines were written, in bytes from its start."""

    start: int
    end: int


class NotSaved(Mendable):
    """The lines are not in the file, which is as it was before."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__([f"{name} could not be written: {reason}"])
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row by its columns: the line in which it begins, and which of the rows it is, from 1."""

    line: int
    number: int
    cells: Mapping[str, str]


Fault = tuple[str, str, str]  # kind, message and hint of a problem
Faults = Callable[[Mapping[str, str]], Iterable[Fault]]


def read_ledger(
    path: Path, name: str, columns: Sequence[str], faults: Faults
) -> tuple[list[LedgerRow], list[Problem]]:
    """The rows of a file that lines are added to; each with `faults` is a problem, and kept out.

    A file without anything was made for a line that then could not be written.
    """
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems or not text:
        return [], problems
    rows, problems = read_rows(text, name, columns, faults)
    if not text.endswith(("\n", "\r")):
        hint = "The last line may be cut off: compare it with what was decided, then end the line."
        problems.append(Problem(name, text.count("\n") + 1, "torn-line", "no line end", hint))
    return rows, problems


def read_rows(
    text: str, name: str, columns: Sequence[str], faults: Faults
) -> tuple[list[LedgerRow], list[Problem]]:
    """The rows of a CSV file of ours that have no `faults`, and what is wrong with the others."""
    rows: list[LedgerRow] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line, number = 1, 0
    try:
        if next(reader, []) != [*columns]:
            hint = f"The first line must be: {','.join(columns)}"
            return [], [Problem(name, 1, "bad-header", "other columns", hint)]
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                break
            if not cells:
                continue
            number += 1
            row = LedgerRow(line, number, dict(zip(columns, cells, strict=False)))
            found = list(_width(cells, columns) or faults(row.cells))
            raw = first_line(",".join(cells)) if found else ""
            problems += [Problem(name, line, *fault, raw) for fault in found]
            if not found:
                rows.append(row)
    except csv.Error as error:
        hint = "Look for a quotation mark that is not closed or not doubled."
        problems.append(Problem(name, line, "bad-csv", f"not CSV: {error}", hint))
    return rows, problems


def no_time(text: str) -> list[Fault]:
    """The fault of a text that is no time as it stands in these files."""
    if is_time(text):
        return []
    return [("bad-time", f"'{text}' is no time", "Write it like 2026-11-23T14:05:00Z.")]


def _width(cells: Sequence[str], columns: Sequence[str]) -> list[Fault]:
    if len(cells) == len(columns):
        return []
    message = f"{len(cells)} fields instead of {len(columns)}"
    return [("bad-row", message, "Put texts with commas in quotes.")]


def append_rows(
    project: Project, path: Path, rows: Sequence[Sequence[str]], columns: Sequence[str]
) -> LinePlace:
    """Add rows to a CSV file, with a header where it is new: all of them, durably, or none.

    Raises NotSaved.
    """
    name = project.name(path)
    try:
        new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(path) as file:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) not in (b"\n", b"\r"):
                raise NotSaved(name, "its last line is cut off; run evidence check")
            data = _as_csv(rows, columns, not size)
            try:
                _write(file, data)
                os.fsync(file)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(file, size)
                raise
        if new:
            sync_folder(path.parent)
        return LinePlace(size, size + len(data))
    except OSError as error:
        raise NotSaved(name, error.strerror or str(error)) from None


def _as_csv(rows: Sequence[Sequence[str]], columns: Sequence[str], header: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
