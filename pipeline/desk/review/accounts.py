"""Signing in: one-time links on one's own machine, names and passwords on a shared host."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.ground.writing import write_whole

LINK_LASTS = 15 * 60  # seconds
PASSWORDS_VARIABLE = "EVIDENCE_PASSWORDS"
FREE = 5  # wrong passwords for a name, from one address, that cost no time
SLOWEST = 30.0  # seconds between two tries, in the end
FORGOTTEN = 15 * 60  # seconds after the last try
LONGEST_NAME = 200  # characters that are kept of a name
Clock = Callable[[], float]


@dataclass
class Links:
    """Links that sign a coder in once, for a quarter of an hour."""

    clock: Clock = time.monotonic
    _open: dict[str, tuple[str, float]] = field(default_factory=dict)

    def make(self, coder: str) -> str:
        self._open = {key: open for key, open in self._open.items() if self.clock() <= open[1]}
        token = secrets.token_urlsafe(24)
        self._open[token] = (coder, self.clock() + LINK_LASTS)
        return token

    def use(self, token: str) -> str | None:
        """The coder, the first time and in time; None for any other token."""
        coder, until = self._open.pop(token, (None, 0.0))
        return coder if self.clock() <= until else None


@dataclass
class Attempts:
    """Slows guessing down, for each name from each address apart: nobody can lock another out.

    From the sixth wrong password on, the pause before the next try grows from 1 to 30 seconds. An
    address has one try at a time.
    """

    clock: Clock = time.monotonic
    _wrong: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)

    @contextmanager
    def turn(self, name: str, address: str) -> Iterator[float]:
        """Seconds to wait first. Where there are none, the try counts as wrong until `right`."""
        now = self.clock()
        self._wrong = {key: was for key, was in self._wrong.items() if now - was[1] < FORGOTTEN}
        key = (name[:LONGEST_NAME], address)
        count, last = self._wrong.get(key, (0, now))
        pause = min(2.0 ** (count - FREE), SLOWEST) if count >= FREE else 0.0
        wait = 1.0 if address in self._busy else max(last + pause - now, 0.0)
        if wait:
            yield wait
            return
        self._wrong[key] = (count + 1, now)
        self._busy.add(address)
        try:
            yield 0.0
        finally:
            self._busy.discard(address)

    def right(self, name: str, address: str) -> None:
        self._wrong.pop((name[:LONGEST_NAME], address), None)


@dataclass
class Ended:
    """Sessions that somebody signed out of, kept in a file, so that a restart opens none again."""

    file: Path | None = None
    clock: Clock = time.time
    _until: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.is_file():
            for line in self.file.read_text(encoding="utf-8", errors="replace").splitlines():
                session, _, until = line.partition(" ")
                if until.isascii() and until.isdecimal():  # else the line is damaged
                    self._until[session] = float(until)

    def __contains__(self, session: object) -> bool:
        return session in self._until

    def add(self, session: str, seconds: float) -> None:
        """End a session that would have lasted so long. Raises OSError where it cannot be kept."""
        now = self.clock()
        self._until = {name: until for name, until in self._until.items() if until > now}
        self._until[session] = now + seconds
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            lines = "".join(f"{name} {until:.0f}\n" for name, until in self._until.items())
            write_whole(self.file, [lines.encode()])


@dataclass
class Passwords:
    """Argon2 hashes by coder."""

    hashes: Mapping[str, str]
    _hasher: PasswordHasher = field(default_factory=PasswordHasher)

    def fits(self, coder: str, password: str) -> bool:
        """Whether it is the coder's password; takes as long for coders that do not exist."""
        known = self.hashes.get(coder) or _anybody(self._hasher)
        try:
            return self._hasher.verify(known, password) and coder in self.hashes
        except (VerificationError, InvalidHashError):
            return False


@dataclass
class Accounts:
    """All ways to sign in to one running review."""

    links: Links = field(default_factory=Links)
    attempts: Attempts = field(default_factory=Attempts)
    passwords: Passwords | None = None
    ended: Ended = field(default_factory=Ended)

    @classmethod
    def of(cls, project: Project) -> Accounts:
        """Those of a project: who signed out of a review before stays out."""
        return cls(ended=Ended(project.cache / "review" / "signed-out.txt"))


def hash_password(password: str) -> str:
    """An Argon2id hash, as it stands in a password file."""
    return PasswordHasher().hash(password)


def add_password(path: Path, line: str) -> None:
    """Add a line to a password file that only its owner may read. Raises OSError."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as file:
        os.chmod(path, 0o600)
        before = file.read()
        gap = b"" if before.endswith(b"\n") or not before else b"\n"
        file.write(gap + line.encode() + b"\n")


def read_passwords(project: Project, path: Path | None) -> Passwords:
    """Hashes from a file outside the project, or from EVIDENCE_PASSWORDS: lines of coder:hash.

    Raises InputError for lines that cannot be read, for a file inside the project, and for one
    that others than its owner can read or change.
    """
    name = str(path) if path else PASSWORDS_VARIABLE
    problems: list[Problem] = []
    if path is None:
        text = os.environ.get(PASSWORDS_VARIABLE)
        if not text:
            hint = f"Name a file with --passwords, or set {PASSWORDS_VARIABLE}."
            raise InputError([Problem(name, 0, "no-passwords", "no passwords given", hint)])
    else:
        if path.resolve().is_relative_to(project.root):
            hint = "Keep it outside, so that it is never committed."
            raise InputError([Problem(name, 0, "inside", "it lies inside the project", hint)])
        try:
            if os.name == "posix" and path.stat().st_mode & 0o077:
                hint = f"Keep it to yourself: chmod 600 {name}"
                problems.append(Problem(name, 0, "readable", "others can read it", hint))
            text, faults = decode_utf8(path.read_bytes(), name)
        except OSError as error:
            hint = "Make it with: evidence review password CODER"
            message = error.strerror or "unreadable"
            raise InputError([Problem(name, 0, "no-passwords", message, hint)]) from None
        if faults:  # not those themselves, which show what stands in it
            hint = "Make it anew with: evidence review password CODER"
            raise InputError([Problem(name, 0, "not-utf8", "it is no text", hint)])
    hashes: dict[str, str] = {}
    entries = (
        (number, item) for number, line in enumerate(text.split("\n"), 1) for item in line.split()
    )
    for number, entry in entries:
        coder, _, value = entry.partition(":")
        if not value.startswith("$argon2"):
            hint = "Make it with: evidence review password CODER"
            problems.append(Problem(name, number, "bad-hash", "not coder:hash", hint))
        else:
            hashes[coder] = value
    if problems:
        raise InputError(problems)
    return Passwords(hashes)


@lru_cache(maxsize=1)
def _anybody(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe())
