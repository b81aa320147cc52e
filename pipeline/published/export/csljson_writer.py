"""CSL-JSON, as citation processors and Zotero read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.published.export.bibliography_entries import entries
from pipeline.published.provenance import about
from pipeline.published.selection import Selection


def write(selection: Selection) -> Iterator[bytes]:
    """An array of items, each with what is to be known of it, and of the file."""
    file = about(selection).fields()
    yield from array(
        {
            **entry.csl,
            **({"note": entry.note} if entry.note else {}),
            "custom": {**entry.csl.get("custom", {}), **file},
        }
        for entry in entries(selection)
    )


def array(items: Iterable[Any]) -> Iterator[bytes]:
    """A JSON array, one item at a time."""
    separator = b"[\n"
    for item in items:
        yield separator + json.dumps(item, ensure_ascii=False).encode()
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"
