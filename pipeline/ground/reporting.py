"""How long work tells what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Tell = Callable[[str], None]


class Progress(Protocol):
    """Is told how many are done, of how many, and what is being done now."""

    def __call__(self, done: int, total: int, what: str = "", /) -> None: ...


def silent(done: int, total: int, what: str = "", /) -> None:
    """Progress that nobody looks at."""
