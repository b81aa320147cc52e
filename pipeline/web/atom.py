"""What stands in the feed."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from typing import Any

from markupsafe import Markup, escape

from pipeline.published.choice import Choice
from pipeline.published.index import Index
from pipeline.published.pieces import read_pieces
from pipeline.web.citing import attributions
from pipeline.web.filters import in_words
from pipeline.web.language import say

SIZE = 50
START = "1970-01-01T00:00:00Z"  # of a feed in which nothing was decided
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(value: object) -> Markup:
    """Text that can stand in XML 1.0: escaped, without characters that it forbids."""
    return escape(_FORBIDDEN.sub("", str(value)))


def entries(
    connection: sqlite3.Connection, index: Index, choice: Choice, language: str, address: str
) -> dict[str, Any]:
    """The fifty pieces decided last, each with the moment."""
    mask = index.mask(connection, choice) & (index.moment != "")
    newest = index.recent[mask[index.recent]][:SIZE]
    said_with = replace(attributions(connection, index.terms, language, address), retrieved="")
    pieces = [
        {"piece": piece, "moment": str(index.moment[place]), "found": said_with.of(piece)}
        for place, piece in zip(newest, read_pieces(connection, index, newest), strict=True)
    ]
    return {
        "entries": pieces,
        "updated": pieces[0]["moment"] if pieces else START,
        "terms": index.terms,
        "chosen": in_words(index, choice, language, say(language)),
    }
