"""How the evidence came to be, as the database holds it: who coded, when, how far they agree."""

from __future__ import annotations

import sqlite3

from pipeline.published.record_rows import Record, records

CODERS = """
SELECT coder.*, (SELECT count(*) FROM decision WHERE decision.coder = coder.id) AS lines
FROM coder ORDER BY id
"""
AGREEMENT = """
SELECT agreement.*, code.label_en, code.label_nl FROM agreement
JOIN dimension ON dimension.id = agreement.dimension AND dimension.is_evidence
LEFT JOIN code ON code.id = agreement.code
ORDER BY agreement.round, agreement.what != 'code', code.position, agreement.what
"""
VERSIONS = """
SELECT scheme, count(*) AS lines, min(decided_at) AS first, max(decided_at) AS last
FROM decision GROUP BY scheme ORDER BY scheme
"""


def coders(connection: sqlite3.Connection) -> list[Record]:
    """Everybody, also who has decided nothing, with how many lines they wrote."""
    return records(connection, CODERS)


def rounds(connection: sqlite3.Connection) -> list[Record]:
    """All rounds in the order of their file."""
    return records(connection, "SELECT * FROM round ORDER BY rowid")


def agreement(connection: sqlite3.Connection) -> list[Record]:
    """Frozen agreement on evidence, round by round: each code, then the answers as a whole."""
    return records(connection, AGREEMENT)


def versions(connection: sqlite3.Connection) -> list[Record]:
    """How many lines were written under each version of the scheme, from when to when."""
    return records(connection, VERSIONS)


def screening_agreement(connection: sqlite3.Connection) -> list[Record]:
    """How far screeners agree, stage by stage."""
    return records(connection, "SELECT * FROM screening_agreement ORDER BY id")
