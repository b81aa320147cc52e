"""Whose words a piece is in, how much was read, who decided it, where, when, on what terms.

The one home of what goes along with a piece's words wherever they are copied or exported.
"""

from __future__ import annotations

import datetime
import sqlite3
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.ground.addresses import address_part
from pipeline.ground.texts import said
from pipeline.published.citation.database_citation import TITLE
from pipeline.published.citation.reference_formatter import Citations, Instead
from pipeline.published.citation.unconfirmed import fact_name
from pipeline.published.pieces import Piece
from pipeline.published.terms import Terms
from pipeline.published.voices import says

MOST_KEPT = 2_000
VERSION = "SELECT value FROM meta WHERE name = 'scheme_version'"


def quoted(piece: Piece, language: str) -> str:
    """The words of a piece, in quotation marks where they are the authors'."""
    return said("quoted", language, text=piece.text) if piece.verbatim else piece.text


@dataclass(frozen=True)
class Attribution:
    """What is to be said with the words of a piece, each fact by itself.

    `text` has quotation marks only where the words are quoted; `cited` is the citation in the text
    of what was read; `instead` is the reference of what was read in place of the study, if it has
    one; `notice` is what was said of the study since, `unconfirmed` are facts of its own reference.
    """

    text: str
    quotation: bool
    cited: str
    words: str
    read: str
    instead: str
    notice: str
    unconfirmed: str
    role: str
    decided_by: str
    decided: str
    scheme: str
    address: str
    retrieved: str
    licence: str
    language: str

    @property
    def said(self) -> str:
        """All of it in one line, as it follows the words."""
        parts = (
            self.words,
            f"{self.read}: {self.instead}" if self.instead else self.read,
            self.notice,
            self._with("unconfirmed", facts=self.unconfirmed),
            f"{self.role}: {self.decided_by}",
            self._with("decided", date=self.decided),
            self._with("scheme", version=self.scheme),
            self.address,
            self._with("retrieved", date=self.retrieved),
            self.licence,
        )
        return "; ".join(part for part in parts if part)

    @property
    def copied(self) -> str:
        """The words as they are copied: with the citation, and all that goes along."""
        return f"{self.text} {self.cited} [{self.said}]"

    def fields(self) -> dict[str, str]:
        """The facts by name, for programs."""
        return {
            "quotation": "yes" if self.quotation else "no",
            "words": self.words,
            "read": self.read,
            "read_instead": self.instead,
            "notice": self.notice,
            "unconfirmed": self.unconfirmed,
            "decided": self.decided,
            "scheme_version": self.scheme,
            "retrieved": self.retrieved,
            "licence": self.licence,
        }

    def _with(self, key: str, **value: str) -> str:
        return said(f"attribution.{key}", self.language, **value) if all(value.values()) else ""


@dataclass(frozen=True)
class Attributions:
    """Attributions of pieces of one database, in one language and citation style.

    `address` is that of the site, without a slash at its end, or empty; `retrieved` is empty where
    it has no meaning, as in a feed. References and citations that recur are kept, these in `cited`,
    which may outlive this.
    """

    connection: sqlite3.Connection
    terms: Terms
    language: str
    style: str = "apa"
    address: str = ""
    cache: Path | None = None
    retrieved: str = field(default_factory=lambda: datetime.date.today().isoformat())
    cited: dict[tuple[str, ...], str] = field(default_factory=dict)
    _instead: dict[str, Instead] = field(default_factory=dict)

    def of(self, piece: Piece, cited: bool = True) -> Attribution:
        """What is to be said with a piece; without the citation in the text unless `cited`."""
        read = self._read_instead(piece.study) if piece.instead else None
        kind = "quotation" if piece.verbatim else "digest"
        return Attribution(
            text=quoted(piece, self.language),
            quotation=piece.verbatim,
            cited=self._citation(piece) if cited else "",
            words=self._words(piece),
            read=read.what if read else self._say(f"read.{piece.read}") if piece.read else "",
            instead=read.cited.text if read and read.cited else "",
            notice=self._say(f"notice.{piece.notice}") if piece.notice else "",
            unconfirmed=", ".join(fact_name(fact, self.language) for fact in piece.unconfirmed),
            role=self.terms.codes[piece.role].label.get(self.language),
            decided_by=says(piece, self.terms.natures, self.language),
            decided=piece.decided_at[:10],
            scheme=self._version,
            address=f"{self.address}/evidence/{address_part(piece.id)}",
            retrieved=self.retrieved,
            licence=self._say(f"licence.{kind}"),
            language=self.language,
        )

    @cached_property
    def citations(self) -> Citations:
        return Citations(self.connection, self.cache)

    @cached_property
    def _version(self) -> str:
        return str(self.connection.execute(VERSION).fetchone()[0])

    def _words(self, piece: Piece) -> str:
        if piece.kind == "fulltext" and not piece.locator:
            return self._say("words.fulltext.nowhere")
        return self._say(f"words.{piece.kind}", database=TITLE, place=piece.locator)

    def _citation(self, piece: Piece) -> str:
        key = (self.style, self.language, piece.study, piece.locator, piece.kind)
        found = self.cited.get(key)
        if found is None:
            if len(self.cited) >= MOST_KEPT:
                self.cited.clear()
            found = self.cited[key] = self.citations.in_text(
                piece.study, piece.locator, self.style, self.language, not piece.verbatim
            )
        return found

    def _read_instead(self, study: str) -> Instead:
        if study not in self._instead:
            found = self.citations.read_instead([study], self.style, self.language)
            self._instead[study] = found[study]
        return self._instead[study]

    def _say(self, key: str, **values: Any) -> str:
        return said(key, self.language, **values)
