"""The recipe: read, check, tag, resolve, write. What has not changed is not done again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.ground.allocation import garbage_left_alone
from pipeline.ground.links import refuse_links
from pipeline.ground.problems import InputError, Problem, errors
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, Tell

if TYPE_CHECKING:
    from pipeline.build.inputs import Inputs
    from pipeline.tagger.tagging import Tagger


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    path: Path
    fresh: bool
    problems: tuple[Problem, ...] = ()
    studies: int = 0
    passages: int = 0
    tagged: int = 0


def build(
    project: Project,
    output: Path | None = None,
    tell: Tell = lambda _: None,
    progress: Progress = lambda done, total: None,
) -> Built:
    """Make the database. Raises InputError, and leaves the old one, when an input has errors."""
    refuse_links(project)
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
    from pipeline.build.database_file import write_database
    from pipeline.build.gathering import gather
    from pipeline.build.inputs import of_review
    from pipeline.build.rows.all_rows import make_rows
    from pipeline.model.resolve import resolve
    from pipeline.model.standing import Answers
    from pipeline.tagger.tagging import load_tagger

    with garbage_left_alone():
        scheme = _scheme(project)
        tagger = load_tagger(project, scheme, tell)
        inputs, texts = gather(project, tagger, tell, progress)
        problems = all_problems(project, inputs, tagger)
        if errors(problems):
            raise InputError(problems)
        if number := keep_places(project, inputs, problems):
            tell(f"Places of {number} coded passages written to coding/places/: commit them.")
            state = _state(project, output)
        tell("Writing the database …")
        answers = Answers(scheme, inputs.codings)
        codings = resolve(scheme, texts.suggestions, answers)
        rows = make_rows(inputs, tagger.sets, texts.suggestions, codings, answers)
        write_database(output, rows)
    published = of_review(inputs)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps({"state": state, "output": _file_state(output)}))
    return Built(
        output,
        True,
        tuple(problems),
        len(published.references.studies),
        sum(len(document.passages) for document in published.corpus.documents),
        texts.tagged,
    )


def keep_places(project: Project, inputs: Inputs, problems: list[Problem]) -> int:
    """Write down where coded passages of full texts stand, so that no clone loses them; how many.

    Where that cannot be written it is a problem among the others, and nothing else is lost.
    """
    from pipeline.sources.ledger import NotSaved
    from pipeline.sources.places import record_places

    lines = inputs.codings.never_shown
    try:
        return record_places(project, inputs.corpus.documents, lines)
    except NotSaved as error:
        hint = "Without it, what was coded in a full text is missing where the text is."
        problems.append(Problem(error.name, 0, "not-saved", error.reason, hint, "", "warning"))
        return 0


def all_problems(project: Project, inputs: Inputs, tagger: Tagger) -> list[Problem]:
    """Everything `evidence check` reports once scheme and indicators could be read."""
    from pipeline.build.rules import check
    from pipeline.tagger.documents import tagger_fingerprint
    from pipeline.tagger.tagging import check_indicators

    # The sentences of the indicators are put to the tagger once for each state of it.
    passed = project.cache / "passed" / tagger_fingerprint(project, tagger)
    found = [] if passed.is_file() else check_indicators(tagger)
    if not found and not passed.is_file():
        shutil.rmtree(passed.parent, ignore_errors=True)
        passed.parent.mkdir(parents=True)
        passed.touch()
    return sorted([*check(inputs), *found])


def _scheme(project: Project) -> Any:
    from pipeline.model.scheme import read_scheme

    return read_scheme(project.scheme, project.name(project.scheme))


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
