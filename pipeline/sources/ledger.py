"""Decision files, written: lines are only ever added, whole, and synced to disk."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.formulas import guarded
from pipeline.ground.problems import Mendable
from pipeline.ground.project import Project
from pipeline.ground.writing import sync_folder
from pipeline.model.answers import CONSENSUS, NONE
from pipeline.model.records import Decision
from pipeline.sources.decisions import COLUMNS, CONSENSUS_COLUMNS

try:
    import fcntl
except ImportError:  # Windows: one server at a time writes a project's files there
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Place:
    """Where in a file lines were written, in bytes from its start."""

    start: int
    end: int


class NotSaved(Mendable):
    """The lines are not in the file, which is as it was before."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__([f"{name} could not be written: {reason}"])
        self.name = name
        self.reason = reason


def path_of(project: Project, coder: str, study: str) -> Path:
    """Where a coder's lines on a study stand; those of the consensus have a folder of their own."""
    if coder == CONSENSUS:
        return project.consensus / f"{study}.csv"
    return project.decisions / coder / f"{study}.csv"


def append(project: Project, path: Path, decisions: Sequence[Decision]) -> Place:
    """Add lines to a file: all of them, durably, or none. Raises NotSaved."""
    columns = CONSENSUS_COLUMNS if decisions[0].coder == CONSENSUS else COLUMNS
    return append_rows(project, path, [_cells(item, columns) for item in decisions], columns)


def append_rows(
    project: Project, path: Path, rows: Sequence[Sequence[str]], columns: Sequence[str]
) -> Place:
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
        return Place(size, size + len(data))
    except OSError as error:
        raise NotSaved(name, error.strerror or str(error)) from None


def write_codes(codes: frozenset[str] | None) -> str:
    """Codes as they stand in a file: a;b, or none, or nothing for a withdrawal."""
    if codes is None:
        return ""
    return ";".join(sorted(codes)) or NONE


def _cells(item: Decision, columns: Sequence[str]) -> list[str]:
    value = {
        "decided_at": item.decided_at,
        "unit": item.unit,
        "dimension": item.dimension,
        "codes": write_codes(item.codes),
        "confidence": item.confidence,
        "note": guarded(item.note),
        "quote": guarded(item.quote),
        "shown": item.shown,
        "scheme": str(item.scheme),
        "round": item.round,
        "text": guarded(item.text),
        "settled_by": item.settled_by,
    }
    return [value[column] for column in columns]


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
