"""The recipe: read, check, tag, resolve, write. What has not changed is not done again."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.build.datasette_file import write_datasette_file
from pipeline.build.spreading import ALONE, Spread
from pipeline.build.text_list import ListedText, listed_texts
from pipeline.ground.allocation import garbage_left_alone
from pipeline.ground.file_format import refuse_unreadable
from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, Tell, silent

if TYPE_CHECKING:
    from pipeline.build.checked_project import CheckedProject


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did; `read` is what it read, for who goes on with it."""

    path: Path
    fresh: bool
    problems: tuple[Problem, ...] = ()
    studies: int = 0
    passages: int = 0
    tagged: int = 0
    texts: tuple[ListedText, ...] = ()
    read: CheckedProject | None = None


def build(
    project: Project,
    output: Path | None = None,
    tell: Tell = lambda _: None,
    progress: Progress = silent,
    spread: Spread = ALONE,
) -> Built:
    """Make the database; reading and tagging may be `spread`, for the same bytes.

    Raises InputError, and leaves the old one, when an input has errors; Mendable where it cannot
    be spread.
    """
    refuse_unreadable(project)
    write_datasette_file(project)
    output = output or project.database
    state = _state(project, output)
    stamp = (
        project.cache
        / "builds"
        / f"{hashlib.blake2b(str(output.resolve()).encode(), digest_size=8).hexdigest()}.json"
    )
    if _unchanged(stamp, state, output):
        return Built(output, fresh=False)
    # Everything heavy is imported here, so that an unchanged project is answered at once.
    from pipeline.build.checked_project import read_checked
    from pipeline.build.database_file import write_database
    from pipeline.build.inputs import of_review
    from pipeline.build.rows.all_rows import make_rows
    from pipeline.model.resolve import resolve
    from pipeline.model.standing import Answers

    with garbage_left_alone():
        read = read_checked(project, tell, progress, spread)
        if read.placed:
            tell(f"Places of {read.placed} coded passages written to coding/places/: commit them.")
            state = _state(project, output)
        tell("Writing the database …")
        inputs, tagged = read.inputs, read.texts.said
        answers = Answers(inputs.scheme, inputs.codings)
        codings = resolve(inputs.scheme, tagged.suggestions, answers)
        rows = make_rows(inputs, read.tagger.sets, tagged, codings, answers)
        write_database(output, rows)
    published = of_review(inputs)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps({"state": state, "output": _file_state(output)}))
    return Built(
        output,
        True,
        read.problems,
        len(published.references.studies),
        sum(len(document.passages) for document in published.corpus.documents),
        read.texts.tagged,
        listed_texts(inputs.corpus.documents, read.problems),
        read,
    )


def _unchanged(stamp: Path, state: str, output: Path) -> bool:
    try:
        known = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    return known == {"state": state, "output": _file_state(output)} and output.is_file()


def _state(project: Project, output: Path) -> str:
    """A hash over name, size and time of every input and of our own code."""
    digest = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent.parent
    for folder, pattern in (
        (project.root, "references.bib"),
        (project.corpus, "**/*"),
        (project.coding, "**/*"),
        (package, "**/*.py"),
        (package, "**/*.sql"),
    ):
        for name, size, time in _files(folder, pattern):
            digest.update(f"{name}\0{size}\0{time}\n".encode())
    return digest.hexdigest()


def _files(folder: Path, pattern: str) -> list[tuple[str, int, int]]:
    if pattern.startswith("**/"):
        found = []
        suffix = pattern.removeprefix("**/*")
        stack = [str(folder)]
        while stack:
            try:
                entries = list(os.scandir(stack.pop()))
            except OSError:
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        stack.append(entry.path)
                elif entry.name.endswith(suffix):
                    stat = entry.stat()
                    found.append((entry.path, stat.st_size, stat.st_mtime_ns))
        return sorted(found)
    path = folder / pattern
    size, time = _file_state(path)
    return [(str(path), size, time)] if path.is_file() else []


def _file_state(path: Path) -> list[int]:
    try:
        stat = path.stat()
    except OSError:
        return [0, 0]
    return [stat.st_size, stat.st_mtime_ns]
