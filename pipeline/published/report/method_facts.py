"""How the evidence came to be, read from the database: coders, rounds, agreement."""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.build.models.measure_columns import ENDINGS
from pipeline.ground.texts import clean
from pipeline.model.coefficients import COEFFICIENTS
from pipeline.published.report.report_texts import Wording
from pipeline.published.terms import Terms, Words

CODERS = """
SELECT coder.name_en, coder.name_nl, coder.nature, coder.kind, count(decision.id) AS lines
FROM coder JOIN decision ON decision.coder = coder.id
GROUP BY coder.id ORDER BY coder.id
"""
ROUNDS = "SELECT id, title_en, title_nl, coders, blind, state, note_en, note_nl FROM round"
NAMES = "SELECT id, name_en, name_nl FROM coder"
AGREEMENT = f"""
SELECT agreement.round, agreement.what, agreement.code, agreement.units,
       {", ".join(f"agreement.{name}{end}" for name in COEFFICIENTS for end in ENDINGS)}
FROM agreement
JOIN dimension ON dimension.id = agreement.dimension AND dimension.is_evidence
LEFT JOIN code ON code.id = agreement.code
ORDER BY agreement.round, agreement.what != 'code', code.position, agreement.what
"""
LAST = "SELECT max(decided_at) FROM decision"
WHAT = {"any code": "agreement.any", "whole answer": "agreement.whole"}


@dataclass(frozen=True)
class Coder:
    """Somebody who decided, and how often."""

    name: str
    nature: str
    kind: str
    lines: int


@dataclass(frozen=True)
class Round:
    """A coding round in words, and what is to be known of it."""

    said: str
    note: str


@dataclass(frozen=True)
class Agreed:
    """Agreement in one round: a row of texts for each code and for the answer as a whole."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    incomplete: bool


@dataclass(frozen=True)
class Method:
    """What is said of coding; `last` is when the last decision was written."""

    scheme: str
    version: str
    last: str
    coders: tuple[Coder, ...]
    rounds: tuple[Round, ...]
    agreement: tuple[Agreed, ...]


def read_method(
    connection: sqlite3.Connection, terms: Terms, roles: tuple[str, ...], language: str
) -> Method:
    """The method behind the evidence for these roles."""
    say = Wording(language)
    meta = dict(connection.execute("SELECT name, value FROM meta").fetchall())
    title = Words(meta.get("scheme_title_en", ""), meta.get("scheme_title_nl", ""))
    return Method(
        scheme=clean(title.get(language)),
        version=str(meta["scheme_version"]),
        last=connection.execute(LAST).fetchone()[0] or "",
        coders=tuple(
            Coder(clean(Words(en, nl).get(language)), nature, clean(kind), lines)
            for en, nl, nature, kind, lines in connection.execute(CODERS)
        ),
        rounds=_rounds(connection, say),
        agreement=_agreement(connection, terms, roles, say),
    )


def date_of(stamp: str) -> datetime.date | None:
    """The day of a time as decisions have it."""
    return datetime.date.fromisoformat(stamp[:10]) if stamp else None


def _rounds(connection: sqlite3.Connection, say: Wording) -> tuple[Round, ...]:
    names = {key: Words(en, nl).get(say.language) for key, en, nl in connection.execute(NAMES)}
    found = []
    for _, en, nl, coders, blind, state, note_en, note_nl in connection.execute(ROUNDS):
        said = say(
            "method.round",
            title=Words(en, nl).get(say.language),
            coders=", ".join(names.get(coder, coder) for coder in json.loads(coders)),
            blind=say("method.blind" if blind else "method.seen"),
            state=say(f"state.{state}"),
        )
        found.append(Round(clean(said), clean(Words(note_en, note_nl).get(say.language))))
    return tuple(found)


def _agreement(
    connection: sqlite3.Connection, terms: Terms, roles: tuple[str, ...], say: Wording
) -> tuple[Agreed, ...]:
    titles = {row[0]: Words(row[1], row[2]) for row in connection.execute(ROUNDS)}
    labels = {code.id: code.label.get(say.language) for code in terms.by_id[terms.evidence].codes}
    heads = (say("agreement.what"), *(say(f"agreement.{name}") for name in COEFFICIENTS))
    rows: dict[str, list[tuple[str, ...]]] = {}
    units: dict[str, int] = {}
    for item, what, code, number, *values in connection.execute(AGREEMENT):
        if what == "code" and code not in roles:
            continue
        label = labels[code] if what == "code" else say(WHAT[what])
        cells = [_measured(values[at : at + 3], say) for at in range(0, len(values), 3)]
        rows.setdefault(item, []).append((clean(label), *cells))
        units[item] = max(units.get(item, 0), number)
    return tuple(
        Agreed(
            caption=say(
                "agreement.caption",
                round=clean(titles[item].get(say.language)),
                units=say.number(units[item]),
            ),
            heads=heads,
            rows=tuple(own),
            incomplete=any("–" in row for row in own),
        )
        for item, own in rows.items()
    )


def _measured(values: Sequence[float | None], say: Wording) -> str:
    """A coefficient with its interval, where it has one."""
    value, low, high = values
    if value is None:
        return "–"
    if low is None or high is None or low == high:
        return say.decimal(value)
    interval = {"low": say.decimal(low), "high": say.decimal(high)}
    return say("agreement.interval", value=say.decimal(value), **interval)
