"""Several files of a project changed together: all of them, durably, or none."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ground.problems import InputError, Mendable, Problem
from pipeline.ground.project import Project
from pipeline.ground.writing import sync_folder

try:
    import fcntl
except ImportError:  # Windows: one command at a time changes a project's files there
    fcntl = None  # type: ignore[assignment]

PLAN = "plan.json"
SYNC_ALL: Callable[[], None] | None = getattr(os, "sync", None)  # not on Windows
_STAGED = re.compile(r"(?:[0-9]+\.new)?")
MANY = 50  # files from which on the whole disk is synced at once
Step = Callable[[str], None]
_REVERSED: ContextVar[list[Changeset] | None] = ContextVar("reversed", default=None)


class Collision(Mendable):
    """A file is no longer what the change was based on; nothing was changed."""

    def __init__(self, names: list[str]) -> None:
        super().__init__([f"changed meanwhile: {', '.join(names)}"])
        self.names = names


@dataclass
class Changeset:
    """What shall stand in which files. Nothing is touched before `commit`.

    Write-ahead: new contents are staged and synced in `.journal/`, then a plan is renamed into
    place; from that moment the change is made, by this process or by `recover` in the next one.
    """

    project: Project
    _new: dict[Path, bytes | None] = field(default_factory=dict)
    _based_on: dict[Path, str] = field(default_factory=dict)

    def read(self, path: Path) -> bytes:
        """A file's bytes, as they will be; the change will insist that nobody else changes it."""
        if path in self._new:
            return self._new[path] or b""
        data = _bytes_of(path)
        self._based_on.setdefault(path, _hash(data))
        return data or b""

    def write(self, path: Path, data: bytes) -> None:
        """Let a file have these contents."""
        self.read(path)
        self._new[path] = data

    def remove(self, path: Path) -> None:
        """Let a file be gone."""
        self.read(path)
        self._new[path] = None

    def based_on(self, path: Path, digest: str) -> None:
        """Insist that a file is still the one with this digest (see `digest_of`)."""
        self._based_on[path] = digest

    @property
    def paths(self) -> list[str]:
        """The files that will change, as the user knows them."""
        return sorted(self.project.name(path) for path in self._new)

    def commit(self, after: Step = lambda name: None) -> None:
        """Make the change. Raises Collision or OSError; then nothing has changed.

        `after` is told the name of each step once it is done.
        """
        folder = self.project.journal
        folder.mkdir(exist_ok=True)
        with _locked(folder):
            _finish(self.project)
            gone = [path for path, seen in self._based_on.items() if digest_of(path) != seen]
            if gone:
                raise Collision(sorted(self.project.name(path) for path in gone))
            for path in self._new:
                path.parent.mkdir(parents=True, exist_ok=True)
                if not os.access(path.parent, os.W_OK):
                    raise PermissionError(13, "folder is not writable", str(path.parent))
            back = self._reversed()
            each = SYNC_ALL is None or len(self._new) < MANY
            plan = []
            for number, (path, data) in enumerate(self._new.items()):
                staged = ""
                if data is not None:
                    staged = f"{number}.new"
                    _write_synced(folder / staged, data, each)
                    after(f"staged {self.project.name(path)}")
                plan.append({"path": self.project.name(path), "staged": staged})
            if SYNC_ALL is not None and not each:
                SYNC_ALL()  # one wait for all of them rather than one for each
            _write_synced(folder / f"{PLAN}.part", json.dumps(plan).encode())
            after("planned")
            os.replace(folder / f"{PLAN}.part", folder / PLAN)
            sync_folder(folder)
            after("committed")
            _finish(self.project, after)
        if (kept := _REVERSED.get()) is not None:
            kept.append(back)

    def _reversed(self) -> Changeset:
        """The change that gives every file back as it is before this one."""
        back = Changeset(self.project)
        for path, data in self._new.items():
            back._new[path] = _bytes_of(path)
            back.based_on(path, _hash(data))
        return back


@contextlib.contextmanager
def taken_back() -> Iterator[Callable[[], None]]:
    """Gives what takes back, byte for byte, every change that is committed inside.

    It raises Collision where a file has been changed since, or OSError.
    """
    kept: list[Changeset] = []

    def take_back() -> None:
        while kept:
            kept.pop().commit()

    token = _REVERSED.set(kept)
    try:
        yield take_back
    finally:
        _REVERSED.reset(token)


def recover(project: Project) -> None:
    """Finish a change that was cut off after it was decided; forget one cut off before."""
    folder = project.journal
    if folder.is_dir() and any(item.name != "lock" for item in folder.iterdir()):
        with _locked(folder):
            _finish(project)


def digest_of(path: Path) -> str:
    """Tells one state of a file from another; a file that is not there has one too."""
    return _hash(_bytes_of(path))


def _finish(project: Project, after: Step = lambda name: None) -> None:
    folder = project.journal
    plan = folder / PLAN
    if plan.is_file():
        folders = set()
        for item in _planned(project, plan):
            path = project.root / item["path"]
            staged = folder / item["staged"]
            if not item["staged"]:
                path.unlink(missing_ok=True)
            elif staged.is_file():  # otherwise it is in its place already
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged, path)
            folders.add(path.parent)
            after(f"placed {item['path']}")
        for changed in folders:
            sync_folder(changed)
        plan.unlink()
    for rest in folder.iterdir():
        if rest.name != "lock":
            rest.unlink()


def _planned(project: Project, plan: Path) -> list[dict[str, str]]:
    """The steps of a plan. Raises InputError for one that is not of this project's own making."""
    try:
        found: list[dict[str, str]] = json.loads(plan.read_text(encoding="utf-8"))
        root = project.root.resolve()
        whole = all(
            set(item) == {"path", "staged"}
            and (root / item["path"]).resolve().is_relative_to(root)
            and ".git" not in Path(item["path"]).parts
            and _STAGED.fullmatch(item["staged"])
            for item in found
        )
    except (ValueError, TypeError, OSError, RuntimeError):
        whole = False
    if not whole:
        hint = "Delete the folder .journal, and look at what stands in the files."
        message = "no plan of a change that was made here"
        raise InputError([Problem(project.name(plan), 0, "bad-journal", message, hint)])
    return found


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _hash(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _write_synced(path: Path, data: bytes, sync: bool = True) -> None:
    with path.open("wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
