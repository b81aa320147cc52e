"""Which variables a reference asked for, and which had something to say."""

from __future__ import annotations

from typing import Any

from citeproc.source import CitationItem, VariableError

Missing = VariableError
SHARED = {"editortranslator": "editor"}


class Cited(CitationItem):  # type: ignore[misc]
    """One entry while it is rendered: what was asked, and what a substitute has said already."""

    def __init__(self, reference: Any, number: str, and_others: str = "") -> None:
        super().__init__("")
        self["entry"] = reference
        self["asked"] = 0
        self["said"] = []
        self["silent"] = set()
        self["and_others"] = and_others
        self["shown_number"] = number

    @property
    def reference(self) -> Any:
        """The entry itself."""
        return self["entry"]

    @property
    def number(self) -> str:
        """What stands for its number in the list."""
        return str(self["shown_number"])


def said_of(item: Any, variable: str) -> Any:
    """The value of a variable, counted as asked for; None where it is empty or was said already."""
    name = SHARED.get(variable, variable)
    item["asked"] += 1
    if name in item["silent"]:
        return None
    value = item.reference.get(name.replace("-", "_"))
    if not value and value != 0:
        return None
    item["said"].append(name)
    return value
