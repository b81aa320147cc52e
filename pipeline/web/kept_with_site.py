"""What we keep with a site, for every page of it, in any language."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

T = TypeVar("T")
_BEGIN = "_evidence_"


class Kept(Generic[T]):
    """One such thing, by its name; a site that was not started by us has none."""

    def __init__(self, name: str) -> None:
        self._name = f"{_BEGIN}{name}"

    def put(self, datasette: Any, value: T) -> None:
        setattr(datasette, self._name, value)

    def of(self, datasette: Any) -> T | None:
        found: T | None = getattr(datasette, self._name, None)
        return found


def hand_on(datasette: Any, sibling: Any) -> None:
    """Let the site in another language have all that is kept with this one."""
    for name, value in vars(datasette).items():
        if name.startswith(_BEGIN):
            setattr(sibling, name, value)
