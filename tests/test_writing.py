"""Whole files: a disk that fills up, or a process that is killed, costs nothing that was there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.ground.project import Project
from pipeline.ground.writing import write_whole
from tests.conftest import Evidence


@pytest.mark.parametrize(
    "command",
    [
        ("export", "--format", "ris", "-o", "out.ris"),
        ("report", "-o", "out.md"),
        ("map", "-o", "out.svg"),
        ("prisma", "-o", "out.svg"),
        ("review", "export", "--coder", "first", "-o", "out.csv"),
    ],
    ids=lambda command: command[0],
)
def test_a_file_stays_as_it_was_where_the_disk_is_full(
    small: Project,
    evidence: Evidence,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    assert evidence("build", small).exit_code == 0
    *before, name = command
    path = tmp_path / name
    path.write_text("what stood here")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = evidence(before[0], small, *before[1:], str(path))
    assert answer.exit_code == 2, answer.output
    assert f"{path} cannot be written: No space left on device." in answer.output
    assert path.read_text() == "what stood here"
    assert [item.name for item in tmp_path.iterdir() if item.suffix == ".part"] == []


def test_what_a_killed_writer_left_goes_and_what_a_living_one_writes_stays(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, living = (tmp_path / f"out.ris.{number}.part" for number in (gone.pid, os.getppid()))
    for path in (left, living):
        path.write_text("half")
    write_whole(tmp_path / "out.ris", [b"a", b"b"])
    assert {path.name for path in tmp_path.iterdir()} == {"out.ris", living.name}
    assert (tmp_path / "out.ris").read_bytes() == b"ab"
