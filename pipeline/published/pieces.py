"""Pieces of evidence and studies as records, read from the database a few at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.published.evidence_index import Index
from pipeline.published.passage_gists import Gists, read_gists
from pipeline.published.terms import LANGUAGES, Words

CHUNK = 500
PIECES = """
SELECT coding.rowid AS row, coding.id AS id, coding.code AS role, coding.status AS status,
       coding.study AS study, coding.passage AS passage, coding.text AS text,
       coding.locator AS locator, coding.language AS language, coding.access AS access,
       coding.year AS year, coding.confidence AS confidence, coding.score AS score,
       coding.coders AS coders, coding.settled_by AS settled_by, coding.checked AS checked,
       study.label AS label, study.authors AS authors, study.title AS title,
       study.container AS container, study.doi AS doi,
       study.unconfirmed AS unconfirmed, study.notice AS notice, document.kind AS kind,
       related.what_en AS what_en, related.what_nl AS what_nl
FROM json_each(?) AS wanted
JOIN coding ON coding.rowid = wanted.value
JOIN study ON study.key = coding.study
JOIN passage ON passage.id = coding.passage
JOIN document ON document.id = passage.document
LEFT JOIN related ON related.study = coding.study
"""
# With what the digest rests on, and how many passages the full text has and how many are coded,
# those that one of several sentences joins each for itself.
STUDIES = """
SELECT study.*, digest.access AS digest_access, fulltext.passages AS fulltext_passages,
       (SELECT count(DISTINCT coalesce(part.sentence, decision.unit))
        FROM decision
        LEFT JOIN part ON part.unit = decision.unit
        LEFT JOIN passage ON passage.id = coalesce(part.sentence, decision.unit)
        WHERE decision.study = study.key AND decision.unit != study.key
          AND decision.standing = 'current'
          AND (passage.id IS NULL OR digest.id IS NULL OR passage.document != digest.id)
       ) AS fulltext_coded
FROM json_each(?) AS wanted
JOIN study ON study.key = wanted.value
LEFT JOIN document AS digest ON digest.study = study.key AND digest.kind = 'digest'
LEFT JOIN document AS fulltext ON fulltext.study = study.key AND fulltext.kind = 'fulltext'
"""


@dataclass(frozen=True)
class Piece:
    """A passage with a role: evidence, or a suggestion where that was asked for.

    `placed` are codes of every other dimension and of countries, by its name, UNDECIDED among them;
    `label` names the study, as in "Smit (2020)", and `container` is the journal or book it is in.
    `kind` is that of the document: only those of a digest are our own words. `instead` is what was
    read where the study itself was not, `unconfirmed` are facts of the study's reference, `notice`
    is what was said of the study since;
    `decided_at` is when the passage was decided last, empty where nobody did; `gists` are its words
    in other languages.
    """

    id: str
    role: str
    status: str
    study: str
    passage: str
    text: str
    locator: str
    language: str
    access: str | None
    year: int | None
    confidence: str
    score: float | None
    coders: tuple[str, ...]
    settled_by: str | None
    checked: str
    label: str
    authors: str
    title: str
    container: str
    doi: str
    unconfirmed: tuple[str, ...]
    notice: str
    kind: str
    instead: Words | None
    decided_at: str
    placed: Mapping[str, tuple[str, ...]]
    sectors: tuple[str, ...]
    gists: Gists

    @property
    def in_languages(self) -> dict[str, str]:
        """Its words in each language of the site, empty where there are none in it."""
        gists = {name: gist.text for name, gist in self.gists.items()}
        return {name: gists.get(name, "") for name in LANGUAGES} | {self.language: self.text}

    @property
    def read(self) -> str | None:
        """Where it was read: `text` in the full text itself, else how much was for its digest."""
        return "text" if self.kind == "fulltext" else self.access

    @property
    def verbatim(self) -> bool:
        """Whether these are words of the study's authors."""
        return self.kind != "digest"


def read_pieces(
    connection: sqlite3.Connection, index: Index, positions: Sequence[int]
) -> Iterator[Piece]:
    """The pieces at these positions of the index, in that order, a few at a time."""
    for start in range(0, len(positions), CHUNK):
        some = positions[start : start + CHUNK]
        rows = [int(index.row[position]) for position in some]
        cursor = connection.execute(PIECES, [json.dumps(rows)])
        names = [column[0] for column in cursor.description]
        found = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
        placed = index.placed(some)
        gists = read_gists(connection, {row["passage"] for row in found.values()})
        for position, row, places in zip(some, rows, placed, strict=True):
            values = found[row]
            del values["row"]
            values["coders"] = tuple(json.loads(values["coders"]))
            values["unconfirmed"] = tuple(json.loads(values["unconfirmed"]))
            what = (values.pop("what_en"), values.pop("what_nl"))
            # A digest rests on something else than its study; a full text is that of the study.
            rests = values["kind"] == "digest" and what[0] is not None
            values["instead"] = Words(*what) if rests else None
            values["decided_at"] = str(index.moment[position])
            values["placed"] = places
            values["sectors"] = places[index.terms.map]
            values["gists"] = gists[values["passage"]]
            yield Piece(**values)


def pieces_of(
    connection: sqlite3.Connection, index: Index, names: Iterable[str]
) -> dict[str, Piece]:
    """Those of these pieces that are there, by their ids."""
    known = [name for name in names if name in index.places]
    pieces = read_pieces(connection, index, [index.places[name] for name in known])
    return dict(zip(known, pieces, strict=True))


def read_studies(connection: sqlite3.Connection, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of the table `study` and what was read of it, in the order of the keys, a few a time."""
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        cursor = connection.execute(STUDIES, [json.dumps(some)])
        names = [column[0] for column in cursor.description]
        found = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
        yield from (found[key] for key in some)
