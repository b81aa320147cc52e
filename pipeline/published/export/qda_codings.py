"""Who gave which code to a study or passage, with which words marked, for REFI-QDA projects."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pipeline.model.records import EVIDENCE_STATUSES
from pipeline.published.selection import Selection

SETTLED, SUGGESTED = ":settled", ":suggested"  # beside coders, of whom none is called so
CODINGS = """
SELECT id, dimension, code, status, passage, coders FROM coding WHERE study = ? ORDER BY id
"""
LINES = """
SELECT coder, consensus, unit, dimension, codes, decided_at, quote, note FROM decision
WHERE study = ? AND standing = 'current' ORDER BY decided_at, id
"""


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code as somebody gave it; `passage` is empty where it was given to the study.

    `user` is a coder, or SETTLED or SUGGESTED; `at` is when, empty where nobody says.
    """

    passage: str
    dimension: str
    code: str
    user: str
    at: str = ""
    quote: str = ""
    note: str = ""


def given_codes(selection: Selection, study: str, chosen: Collection[str]) -> list[GivenCode]:
    """The `chosen` evidence of a study, by id, and what stands of it in the other dimensions."""
    lines = _lines(selection, study)
    found = []
    cursor = selection.connection.execute(CODINGS, [study])
    for identity, dimension, code, status, passage, coders in cursor:
        if dimension == selection.terms.evidence:
            wanted = identity in chosen
        else:
            wanted = status in EVIDENCE_STATUSES
        if not wanted:
            continue
        unit = passage or study
        for user in (*json.loads(coders), SETTLED) if status != "suggested" else (SUGGESTED,):
            line = _line(lines.get((unit, dimension, user), []), code)
            if line is not None:
                found.append(GivenCode(passage or "", dimension, code, user, *line))
            elif user != SETTLED:
                found.append(GivenCode(passage or "", dimension, code, user))
    return found


def _lines(selection: Selection, study: str) -> dict[tuple[str, str, str], list[Any]]:
    """The lines that stand, by unit, dimension and who wrote or settled them."""
    found: dict[tuple[str, str, str], list[Any]] = {}
    for row in selection.connection.execute(LINES, [study]):
        coder, consensus, unit, dimension, *rest = row
        user = SETTLED if consensus else coder
        found.setdefault((unit, dimension, user), []).append(rest)
    return found


def _line(lines: list[Any], code: str) -> tuple[str, str, str] | None:
    """When, with which words and which note the code was last given."""
    for codes, at, quote, note in reversed(lines):
        if code in json.loads(codes):
            return at, quote, note
    return None
