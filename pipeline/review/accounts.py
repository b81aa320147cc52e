"""Signing in: one-time links on one's own machine, names and passwords on a shared host."""

from __future__ import annotations

import os
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.problems import InputError, Problem
from pipeline.project import Project

LINK_LASTS = 15 * 60  # seconds
PASSWORDS_VARIABLE = "EVIDENCE_PASSWORDS"
ATTEMPTS = 5  # wrong passwords for one name within WINDOW seconds
ATTEMPTS_FROM_ADDRESS = 50  # and from one address, which a whole team may share
WINDOW = 15 * 60
Clock = Callable[[], float]


@dataclass
class Links:
    """Links that sign a coder in once, for a quarter of an hour."""

    clock: Clock = time.monotonic
    _open: dict[str, tuple[str, float]] = field(default_factory=dict)

    def make(self, coder: str) -> str:
        token = secrets.token_urlsafe(24)
        self._open[token] = (coder, self.clock() + LINK_LASTS)
        return token

    def use(self, token: str) -> str | None:
        """The coder, the first time and in time; None for any other token."""
        coder, until = self._open.pop(token, ("", 0.0))
        return coder if coder and self.clock() <= until else None


@dataclass
class Attempts:
    """Counts wrong passwords, by name and by address, so that nobody can guess for long."""

    clock: Clock = time.monotonic
    _wrong: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def too_many(self, name: str, address: str) -> bool:
        by_name, by_address = self._recent(f"name {name}"), self._recent(f"address {address}")
        return len(by_name) >= ATTEMPTS or len(by_address) >= ATTEMPTS_FROM_ADDRESS

    def wrong(self, name: str, address: str) -> None:
        self._recent(f"name {name}").append(self.clock())
        self._recent(f"address {address}").append(self.clock())

    def right(self, name: str) -> None:
        self._wrong.pop(f"name {name}", None)

    def _recent(self, item: str) -> deque[float]:
        times = self._wrong[item]
        while times and times[0] < self.clock() - WINDOW:
            times.popleft()
        return times


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


def hash_password(password: str) -> str:
    """An Argon2id hash, as it stands in a password file."""
    return PasswordHasher().hash(password)


def read_passwords(project: Project, path: Path | None) -> Passwords:
    """Hashes from a file outside the project, or from EVIDENCE_PASSWORDS: lines of coder:hash.

    Raises InputError for lines that cannot be read, and for a file inside the project.
    """
    name = str(path) if path else PASSWORDS_VARIABLE
    if path is None:
        text = os.environ.get(PASSWORDS_VARIABLE, "")
        if not text:
            hint = f"Name a file with --passwords, or set {PASSWORDS_VARIABLE}."
            raise InputError([Problem(name, 0, "no-passwords", "no passwords given", hint)])
    else:
        if path.resolve().is_relative_to(project.root):
            hint = "Keep it outside, so that it is never committed."
            raise InputError([Problem(name, 0, "inside", "it lies inside the project", hint)])
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            hint = "Make it with: evidence review password CODER"
            message = error.strerror or "unreadable"
            raise InputError([Problem(name, 0, "no-passwords", message, hint)]) from None
    hashes: dict[str, str] = {}
    problems = []
    for number, line in enumerate(text.split(), 1):
        coder, colon, value = line.partition(":")
        if not colon or not value.startswith("$argon2"):
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
