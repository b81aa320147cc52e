"""What the index is made of: the database's rows as tables, and who is a member of what."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.model.joined_passages import each_sentence
from pipeline.published.terms import Terms, columns_of

CODINGS = """
SELECT coding.rowid AS row, coding.id AS id, coding.code AS code, coding.status AS status,
       coding.study AS study, coding.passage AS passage, coding.access AS access,
       coding.year AS year, coding.confidence AS confidence, coding.checked AS checked,
       passage.rowid AS words, passage.document = coding.study AS digest
FROM coding
JOIN dimension ON dimension.id = coding.dimension AND dimension.is_evidence
JOIN passage ON passage.id = coding.passage
ORDER BY coding.year DESC, coding.study, passage.document, passage.position, passage.sentences,
  coding.code
"""
STUDIES = """
SELECT key, year, access, passages, undecided, based_on != '' AS proxy, case_name, notice
FROM study ORDER BY key
"""
# What people decided of units in other dimensions; a suggestion puts nothing in its place.
OTHERS = """
SELECT dimension, code, study, passage FROM coding
WHERE dimension NOT IN (SELECT id FROM dimension WHERE is_evidence)
  AND status NOT IN ('suggested', 'disputed')
"""
# Passages of which a question put to passages is answered, be it with none of its codes.
ANSWERED = """
SELECT DISTINCT decision.dimension AS dimension, decision.passage AS passage FROM decision
JOIN dimension ON dimension.id = decision.dimension
WHERE decision.standing = 'current' AND decision.passage IS NOT NULL
  AND dimension.unit = 'passage' AND NOT dimension.is_evidence
  AND NOT EXISTS (SELECT 1 FROM coding WHERE coding.passage = decision.passage
                  AND coding.dimension = decision.dimension AND coding.status = 'disputed')
"""
COUNTRIES = "SELECT country AS code, study, NULL AS passage FROM study_country"
CONSIDERED = "SELECT study, code, passages FROM considered"
REVIEWED = """
SELECT decision.unit AS unit, MAX(decision.decided_at) AS moment
FROM decision
JOIN dimension ON dimension.id = decision.dimension AND dimension.is_evidence
WHERE decision.standing = 'current' GROUP BY decision.unit
"""


def codings_frame(connection: sqlite3.Connection) -> pd.DataFrame:
    """Codings of the evidence dimension, in the order of lists."""
    names = "row id code status study passage access year confidence checked words digest"
    return _years(pd.DataFrame(_dicts(connection, CODINGS, names)))


def studies_frame(connection: sqlite3.Connection) -> pd.DataFrame:
    """Studies by their keys."""
    names = "key year access passages undecided proxy case_name notice"
    return _years(pd.DataFrame(_dicts(connection, STUDIES, names)).set_index("key"))


def _years(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with years as numbers: none is neither before nor after any."""
    return frame.assign(year=frame["year"].astype(np.float64))


def moments(connection: sqlite3.Connection) -> dict[str, str]:
    """When each passage that somebody decided was decided last."""
    found = _dicts(connection, REVIEWED, "unit moment")
    return dict(zip(found["unit"], found["moment"], strict=True))


def sentences_of(connection: sqlite3.Connection, passages: Collection[str]) -> int:
    """How many passages these are with those that they join, each counted once."""
    parts: dict[str, list[str]] = defaultdict(list)
    for unit, sentence in connection.execute("SELECT unit, sentence FROM part"):
        parts[unit].append(sentence)
    return len(each_sentence(passages, parts))


def _dicts(connection: sqlite3.Connection, sql: str, names: str) -> dict[str, list[Any]]:
    columns = names.split()
    rows = connection.execute(sql).fetchall()
    turned = zip(*rows, strict=True) if rows else [()] * len(columns)
    return {name: list(values) for name, values in zip(columns, turned, strict=True)}


def numbered(values: pd.Series, names: Iterable[str]) -> Any:
    """Each value as its place among the names; -1 where it is none of them."""
    return pd.Index(list(names)).get_indexer(values).astype(np.int16)


def memberships(
    connection: sqlite3.Connection,
    terms: Terms,
    frame: pd.DataFrame,
    studies: pd.DataFrame,
    study: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Codes by dimension: one column each, a row for each coding, and for each study.

    What a passage has of its own goes before what its study has.
    """
    others = pd.DataFrame(_dicts(connection, OTHERS, "dimension code study passage"))
    answered = pd.DataFrame(_dicts(connection, ANSWERED, "dimension passage"))
    columns = "code study passage"
    tables = {"country": pd.DataFrame(_dicts(connection, COUNTRIES, columns))}
    for dimension in terms.dimensions:
        if dimension.id != terms.evidence:
            tables[dimension.id] = others[others["dimension"] == dimension.id]
    members = {}
    study_members = {}
    passages = pd.Index(frame["passage"].unique())
    passage = passages.get_indexer(frame["passage"])
    for name, table in tables.items():
        codes = list(terms.countries) if name == "country" else list(columns_of(terms, name))
        of_study = _matrix(table[table["passage"].isna()], "study", studies.index, codes)
        of_passage = _matrix(table[table["passage"].notna()], "passage", passages, codes)
        own = of_passage[passage]
        found = np.where(own.any(axis=1)[:, None], own, of_study[study])
        if name != "country":
            if terms.by_id[name].unit == "study":
                of_study[:, -1] = [name in json.loads(asked) for asked in studies["undecided"]]
                open_ = of_study[study, -1]
            else:
                done = answered.loc[answered["dimension"] == name, "passage"]
                open_ = ~frame["passage"].isin(done).to_numpy(dtype=bool)
            found[:, -1] = open_ & ~found[:, :-1].any(axis=1)
        members[name] = found
        # A study is also there where only some of its passages were put.
        study_members[name] = of_study | _matrix(table, "study", studies.index, codes)
    return members, study_members


def _matrix(table: pd.DataFrame, unit: str, units: Any, codes: list[str]) -> Any:
    found = np.zeros((len(units), len(codes)), dtype=bool)
    rows = units.get_indexer(table[unit])
    places = pd.Index(codes).get_indexer(table["code"])
    known = (rows >= 0) & (places >= 0)
    found[rows[known], places[known]] = True
    return found


def held(
    members: Mapping[str, Any], columns: Mapping[str, Sequence[str]], rows: Sequence[int]
) -> list[dict[str, tuple[str, ...]]]:
    """What these rows of memberships hold: codes by dimension."""
    found: list[dict[str, tuple[str, ...]]] = [{} for _ in rows]
    for name, matrix in members.items():
        known: dict[bytes, tuple[str, ...]] = {}  # most rows are like others
        for place, row in zip(found, matrix[np.asarray(rows, dtype=np.int64)], strict=True):
            key = row.tobytes()
            if key not in known:
                known[key] = tuple(np.array(columns[name], dtype=object)[row])
            place[name] = known[key]
    return found


def considered_passages(
    connection: sqlite3.Connection, roles: Sequence[str], studies: pd.DataFrame
) -> Any:
    """Passages by study and role in which somebody says yes or no to the role."""
    found = np.zeros((len(studies), len(roles)), dtype=np.int64)
    table = pd.DataFrame(_dicts(connection, CONSIDERED, "study code passages"))
    rows = studies.index.get_indexer(table["study"])
    places = pd.Index(roles).get_indexer(table["code"])
    found[rows, places] = table["passages"].to_numpy(dtype=np.int64)
    return found


def unlike(numbers: Any) -> Any:
    """The different ones among numbers from 0; without sorting, which np.unique would do."""
    return np.flatnonzero(np.bincount(numbers)) if len(numbers) else np.zeros(0, dtype=np.int64)
