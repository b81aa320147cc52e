"""What a register of pages says of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

View = Callable[[Any, Any], Awaitable[Any]]


@dataclass(frozen=True)
class Page:
    """The address of a page as a pattern, and the function that answers it.

    `menu`: the text of its entry in the menu, for a page without parts in its address. `room`:
    bytes that it takes, where they are more than a form needs; `takes_files`: as files, too.
    """

    pattern: str
    view: View
    menu: str = ""
    room: int = 0
    takes_files: bool = False

    @property
    def path(self) -> str:
        return self.pattern.strip("^$")
