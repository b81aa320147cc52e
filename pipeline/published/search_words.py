"""What searched words mean: one rule for the search page, filters, downloads and questions.

A word stands for its forms in English and Dutch, `begin*` for every word that begins so, and
"words in quotes" for themselves; where the words are meant exactly, each does. All must be there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from pipeline.published.stems import beginnings, stems, tokens

LAST = "\U0010ffff"  # stands after all other letters
MOST = 200  # forms of one word that are looked for
MATCHES = "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ?"
NOTHING = '""'  # what finds nothing in full-text search
FORMS = """
SELECT term FROM passage_fts_words WHERE term >= ? AND term < ?
UNION SELECT term FROM study_fts_words WHERE term >= ? AND term < ?
"""


@dataclass(frozen=True)
class Sought:
    """One of the things that must be there: any of `forms`, each some words in a row.

    `asked` is as it was written; with `begins` the last of the words may go on; `inflected` where
    it is one word in any form.
    """

    asked: str
    forms: tuple[str, ...]
    begins: bool = False
    inflected: bool = False

    @property
    def query(self) -> str:
        """As SQLite's full-text search takes it; every form is quoted."""
        mark = " *" if self.begins else ""
        return "(" + " OR ".join(f'"{form}"{mark}' for form in self.forms) + ")"

    def stands_in(self, words: Sequence[str]) -> bool:
        """Whether it stands among these words; `words` are as `stems.tokens` gives them."""
        if self.inflected and any(stems(self.forms[0]) & stems(word) for word in words):
            return True
        text = f" {' '.join(words)} "
        end = "" if self.begins else " "
        return any(f" {form}{end}" in text for form in self.forms)


def read_words(connection: sqlite3.Connection, words: str, exact: bool) -> tuple[Sought, ...]:
    """What must be there for these words to be found; nothing where they hold no letter."""
    found = []
    for asked, is_phrase in _parts(words):
        own = tokens(asked)
        begins = asked.endswith("*") and not is_phrase
        if not own:
            continue
        forms = [" ".join(own)]
        inflected = not (exact or is_phrase or begins)
        if inflected:
            rows = product(*(_forms(connection, word) for word in own))
            forms = [" ".join(row) for row in islice(rows, MOST)]
        found.append(Sought(asked, tuple(forms), begins, inflected and len(own) == 1))
    return tuple(found)


def query_of(sought: Sequence[Sought]) -> str:
    """All of it together, as SQLite's full-text search takes it."""
    return " AND ".join(item.query for item in sought) or NOTHING


def matching(connection: sqlite3.Connection, words: str, exact: bool = False) -> list[int]:
    """Row numbers of the passages that hold all these words."""
    query = query_of(read_words(connection, words, exact))
    return [row for (row,) in connection.execute(MATCHES, [query])]


def _parts(words: str) -> Iterator[tuple[str, bool]]:
    """Words and phrases as they were written, and which of them are phrases."""
    parts = words.split('"')
    for place, part in enumerate(parts):
        # Between two quotation marks stands a phrase; a last mark without its partner is none.
        if place % 2 == 1 and place < len(parts) - 1:
            yield part.strip(), True
        else:
            yield from ((word, False) for word in part.split())


def _forms(connection: sqlite3.Connection, word: str) -> list[str]:
    """The word itself, and what the passages and studies hold that has a stem in common with it."""
    own = stems(word)
    ranges = [(start, start + LAST) for start in beginnings(word)]
    terms = (term for ends in ranges for (term,) in connection.execute(FORMS, (*ends, *ends)))
    found = {str(term) for term in terms if own & stems(term)}
    return [word, *sorted(found - {word})]
