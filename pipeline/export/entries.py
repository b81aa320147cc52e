"""Entries of the bibliography as they are written in files, read a few at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.export.selection import Selection

CHUNK = 500
ENTRIES = """
SELECT reference.study, reference.entry, reference.csl
FROM json_each(?) AS wanted JOIN reference ON reference.study = wanted.value
"""


@dataclass(frozen=True)
class Entry:
    """An entry: its type, its fields as written, and what they mean as CSL-JSON."""

    key: str
    type: str
    fields: dict[str, str]
    csl: dict[str, Any]


def entries(selection: Selection) -> Iterator[Entry]:
    """Entries of the studies of a selection, by key."""
    keys = selection.study_keys
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        found = {}
        for key, entry, csl in selection.connection.execute(ENTRIES, [json.dumps(some)]):
            written = json.loads(entry)
            found[key] = Entry(key, written["type"], written["fields"], json.loads(csl))
        yield from (found[key] for key in some)


def bib(kind: str, key: str, fields: dict[str, str]) -> bytes:
    """An entry in BibTeX's syntax. A value whose braces do not balance loses them."""
    lines = [f"@{kind}{{{key},"]
    for name, value in fields.items():
        if not _balanced(value):
            value = value.replace("{", "").replace("}", "")
        lines.append(f"  {name} = {{{value}}},")
    return ("\n".join([*lines, "}"]) + "\n\n").encode()


def _balanced(value: str) -> bool:
    depth = 0
    escaped = False
    for sign in value:
        if sign in "{}" and not escaped:
            depth += 1 if sign == "{" else -1
            if depth < 0:
                return False
        escaped = sign == "\\" and not escaped
    return depth == 0 and not escaped
