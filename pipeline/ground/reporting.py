"""How long work tells what it does."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str], None]
Progress = Callable[[int, int], None]  # how many are done, of how many
