"""Entries of the bibliography as they are written in files, read a few at a time."""

from __future__ import annotations

import json
import re
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
    """An entry in BibTeX's syntax, each value in one line, since an @ may begin no other.

    What was taken over from the entry in `crossref` stands in the fields already.
    """
    lines = [f"@{kind}{{{key},"]
    for name, value in fields.items():
        if name != "crossref":
            lines.append(f"  {name} = {{{_closed(' '.join(value.split()))}}},")
    return ("\n".join([*lines, "}"]) + "\n\n").encode()


def _closed(value: str) -> str:
    """The value as one that no reader takes beyond its end.

    BibTeX counts every brace, other readers only those without a backslash: where one of them
    finds no balance, plain braces are left out and those with a backslash become commands.
    """
    if not _balanced(value.replace("\\{", "").replace("\\}", "")) or not _balanced(value):
        value = re.sub(r"(?<!\\)[{}]", "", value)
        value = value.replace("\\{", r"{\textbraceleft}").replace("\\}", r"{\textbraceright}")
    return f"{value} " if value.endswith("\\") else value


def _balanced(value: str) -> bool:
    depth = 0
    for sign in value:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0
