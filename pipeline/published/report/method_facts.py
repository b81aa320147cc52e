"""How the evidence came to be, in the words of a report: coders, rounds, agreement."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.build.models.measure_columns import ENDINGS
from pipeline.ground.texts import clean
from pipeline.model.coefficients import COEFFICIENTS
from pipeline.published import method
from pipeline.published.record_rows import Record
from pipeline.published.report_texts import Wording
from pipeline.published.terms import Terms, Words

WHAT = {"any code": "agreement.any", "whole answer": "agreement.whole"}


@dataclass(frozen=True)
class CoderFacts:
    """Somebody who decided, and how often."""

    name: str
    nature: str
    kind: str
    lines: int


@dataclass(frozen=True)
class RoundFacts:
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
    coders: tuple[CoderFacts, ...]
    rounds: tuple[RoundFacts, ...]
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
        last=max((row["last"] for row in method.versions(connection)), default=""),
        coders=tuple(
            CoderFacts(
                clean(_own(row, "name", say)), row["nature"], clean(row["kind"]), row["lines"]
            )
            for row in method.coders(connection)
            if row["lines"]
        ),
        rounds=_rounds(connection, say),
        agreement=_agreement(connection, terms, roles, say),
    )


def date_of(stamp: str) -> datetime.date | None:
    """The day of a time as decisions have it."""
    return datetime.date.fromisoformat(stamp[:10]) if stamp else None


def _own(row: Record, column: str, say: Wording) -> str:
    """What a row says in the language of the report."""
    return Words(row[f"{column}_en"], row[f"{column}_nl"]).get(say.language)


def _rounds(connection: sqlite3.Connection, say: Wording) -> tuple[RoundFacts, ...]:
    names = {row["id"]: _own(row, "name", say) for row in method.coders(connection)}
    found = []
    for row in method.rounds(connection):
        said = say(
            "method.round",
            title=_own(row, "title", say),
            coders=", ".join(names.get(coder, coder) for coder in row["coders"]),
            blind=say("method.blind" if row["blind"] else "method.seen"),
            state=say(f"state.{row['state']}"),
        )
        found.append(RoundFacts(clean(said), clean(_own(row, "note", say))))
    return tuple(found)


def _agreement(
    connection: sqlite3.Connection, terms: Terms, roles: tuple[str, ...], say: Wording
) -> tuple[Agreed, ...]:
    titles = {row["id"]: _own(row, "title", say) for row in method.rounds(connection)}
    labels = {code.id: code.label.get(say.language) for code in terms.by_id[terms.evidence].codes}
    heads = (say("agreement.what"), *(say(f"agreement.{name}") for name in COEFFICIENTS))
    rows: dict[str, list[tuple[str, ...]]] = {}
    units: dict[str, list[int]] = {}
    for row in method.agreement(connection):
        item, what, code = row["round"], row["what"], row["code"]
        if what == "code" and code not in roles:
            continue
        label = labels[code] if what == "code" else say(WHAT[what])
        cells = [_measured([row[f"{name}{end}"] for end in ENDINGS], say) for name in COEFFICIENTS]
        rows.setdefault(item, []).append((clean(label), *cells))
        units.setdefault(item, []).append(row["units"])
    return tuple(
        Agreed(
            caption=say(
                "agreement.caption",
                round=clean(titles[item]),
                units=_range(units[item], say),
            ),
            heads=heads,
            rows=tuple(own),
            incomplete=any("–" in row for row in own),
        )
        for item, own in rows.items()
    )


def _range(numbers: list[int], say: Wording) -> str:
    """One number where all are alike: a code may have been asked of fewer than another."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return say.number(high)
    return say("agreement.range", low=low, high=high)


def _measured(values: Sequence[float | None], say: Wording) -> str:
    """A coefficient with its interval, where it has one."""
    value, low, high = values
    if value is None:
        return "–"
    if low is None or high is None or low == high:
        return say.decimal(value)
    interval = {"low": say.decimal(low), "high": say.decimal(high)}
    return say("agreement.interval", value=say.decimal(value), **interval)
