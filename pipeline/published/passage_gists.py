"""Passages in other languages than their own, as the database holds them."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.ground.texts import said
from pipeline.published.terms import Words

GISTS = """
SELECT gist.passage, gist.language, gist.text, gist.by_en, gist.by_nl, gist.nature
FROM json_each(?) AS wanted JOIN gist ON gist.passage = wanted.value
ORDER BY gist.passage, gist.language
"""


class Gist(NamedTuple):
    """The words of a passage in another language; `by` is the function of who put them so."""

    language: str
    text: str
    by: Words
    nature: str

    def said(self, language: str) -> str:
        """What it is, and by whom: it goes before the words of the passage itself."""
        nature = said(f"nature.{self.nature}", language)
        return said(f"gist.{self.language}", language, who=self.by.get(language), nature=nature)


Gists = Mapping[str, Gist]  # by language


def read_gists(connection: sqlite3.Connection, passages: Iterable[str]) -> dict[str, Gists]:
    """The gists of these passages, by passage and language; none for one that has none."""
    found: dict[str, dict[str, Gist]] = defaultdict(dict)
    rows = connection.execute(GISTS, [json.dumps([*passages])])
    for passage, language, text, en, nl, nature in rows:
        found[passage][language] = Gist(language, text, Words(en, nl), nature)
    return defaultdict(dict, found)
