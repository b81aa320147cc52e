"""What is exported: a choice of evidence, with its studies, read a few at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.published.choice import Choice
from pipeline.published.citation.attribution import Attributions
from pipeline.published.evidence_index import Index
from pipeline.published.pieces import Piece, read_pieces, read_studies
from pipeline.published.terms import Terms


@dataclass(frozen=True)
class Selection:
    """What is exported and how.

    `studies` are named where studies themselves are exported rather than evidence; `itself`: the
    database is exported as a reference, in place of them. `address` is that of the site, without a
    slash at its end, or empty; `cache` is where formatted citations are kept; `place` is the path
    and query of the list, where that is neither of evidence nor of studies; `mark` begins a CSV
    file with a byte order mark.
    """

    connection: sqlite3.Connection
    index: Index
    choice: Choice
    language: str = "en"
    style: str = "apa"
    address: str = ""
    cache: Path | None = None
    studies: tuple[str, ...] | None = None
    place: str = ""
    itself: bool = False
    mark: bool = False

    @property
    def root(self) -> Path:
        """The folder of the database, in which its own citation and metadata lie."""
        return Path(self.connection.execute("PRAGMA database_list").fetchone()[2]).parent

    @property
    def terms(self) -> Terms:
        return self.index.terms

    @cached_property
    def positions(self) -> Any:
        """Places in the index of the chosen pieces, in the order of lists."""
        return self.index.select(self.connection, self.choice)

    @cached_property
    def study_keys(self) -> list[str]:
        """The studies behind what is exported, by key."""
        if self.studies is not None:
            return list(self.studies)
        return self.index.study_keys(self.positions)

    def pieces(self) -> Iterator[Piece]:
        return read_pieces(self.connection, self.index, self.positions)

    def study_rows(self) -> Iterator[dict[str, Any]]:
        return read_studies(self.connection, self.study_keys)

    @cached_property
    def attributions(self) -> Attributions:
        """What is to be said with each piece."""
        return Attributions(
            self.connection, self.terms, self.language, self.style, self.address, self.cache
        )

    def link(self, path: str) -> str:
        """A permanent address: of the site, or its path where the site has no known address."""
        return f"{self.address}{path}"
