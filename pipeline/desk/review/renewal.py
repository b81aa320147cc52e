"""A running review over changed files: everything is read again beside it, then swapped in."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.build.recipe import build
from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.review_desk import Desk, open_desk
from pipeline.ground import catalogue
from pipeline.ground.changeset import recover
from pipeline.ground.problems import InputError, Mendable, Problem, errors
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, silent

Done = Callable[[Desk], None]


@dataclass
class Renewal:
    """Reading a project again in a thread of its own; pages ask how far it is.

    Meanwhile it holds the lock under which everything is saved.
    """

    project: Project
    copy: Path
    lock: threading.Lock
    done: Done
    undo: Callable[[], object] = lambda: None
    told: str = ""
    share: float | None = None
    reasons: tuple[str, ...] = ()
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def said(self) -> str:
        """What it is at, in words."""
        return catalogue.said(self.told) or desk_says("renewal.reading_the_files")

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within that time."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.is_running

    def _run(self) -> None:
        # Nobody saves from the first file that is read until the desk over it is in its place.
        with self.lock:
            try:
                self.done(renew(self.project, self.copy, self._tell, self._progress))
            except (InputError, OSError, sqlite3.Error) as error:
                problems: Sequence[Problem] = errors(getattr(error, "problems", ()))
                self.reasons = tuple(map(self._told, problems)) or (str(error),)
                self._take_back()

    def _take_back(self) -> None:
        """What was just saved cannot be read with the rest."""
        try:
            self.undo()
        except (Mendable, OSError) as error:
            self.reasons += (str(error),)

    def _told(self, problem: Problem) -> str:
        """A problem in words; of what coders decided only where it is, not what it says."""
        if Path(problem.path).is_relative_to(self.project.name(self.project.decisions)):
            return desk_says(
                "renewal.evidence_check_says_what_is", place=f"{problem.path}:{problem.line}"
            )
        return str(problem)

    def _tell(self, message: str) -> None:
        self.told, self.share = message, None

    def _progress(self, done: int, total: int, what: str = "", /) -> None:
        self.share = done / total if total else None


def renew(
    project: Project,
    copy: Path,
    tell: Callable[[str], None] = lambda _: None,
    progress: Progress = silent,
) -> Desk:
    """Build anew, and let the working copy of a review hold the result. Raises InputError."""
    recover(project)
    built = copy.with_name("next.db")
    read = build(project, built, tell, progress).read
    desk = open_desk(project, tell, progress, read)
    source = sqlite3.connect(built)
    target = sqlite3.connect(copy, timeout=60)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
        built.unlink(missing_ok=True)
    return desk
