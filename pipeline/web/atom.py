"""What stands in the feed."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from pipeline.published.choice import Choice
from pipeline.published.index import Index
from pipeline.published.pieces import read_pieces
from pipeline.web.filters import in_words
from pipeline.web.language import say

SIZE = 50
# When each passage was last decided; a build without any decision has nothing newer than its start.
MOMENTS = """
SELECT unit, max(decided_at) FROM decision
WHERE standing = 'current' AND dimension = ? GROUP BY unit ORDER BY 2 DESC, 1
"""
START = "1970-01-01T00:00:00Z"


_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(value: object) -> Markup:
    """Text that can stand in XML 1.0: escaped, without characters that it forbids."""
    return escape(_FORBIDDEN.sub("", str(value)))


def entries(
    connection: sqlite3.Connection, index: Index, choice: Choice, language: str
) -> dict[str, Any]:
    """The fifty pieces decided last, each with the moment."""
    positions = index.select(connection, choice)
    rows = {int(row) for row in index.words[positions]}
    moments: dict[int, str] = {}
    wanted = connection.execute(MOMENTS, [index.terms.evidence])
    places = dict(connection.execute(
        "SELECT id, rowid FROM passage WHERE rowid IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(rows))],
    )) if rows else {}  # fmt: skip
    for unit, moment in wanted:
        if unit in places:
            moments[places[unit]] = moment
            if len(moments) >= SIZE:
                break
    own = positions[np.isin(index.words[positions], list(moments))] if moments else positions[:0]
    ordered = sorted(own, key=lambda place: moments[int(index.words[place])], reverse=True)[:SIZE]
    pieces = [
        {"piece": piece, "moment": moments[int(index.words[place])]}
        for place, piece in zip(ordered, read_pieces(connection, index, ordered), strict=True)
    ]
    return {
        "entries": pieces,
        "updated": pieces[0]["moment"] if pieces else START,
        "terms": index.terms,
        "chosen": in_words(index, choice, language, say(language)),
    }
