"""Rows of the published tables, and how values stand in them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, ParamSpec

from sqlalchemy import JSON
from sqlmodel import SQLModel

from pipeline.build import models  # noqa: F401  (declares the tables)
from pipeline.model.records import Document, Passage
from pipeline.model.scheme import Texts

Rows = dict[str, list[tuple[Any, ...]]]
Columns = ParamSpec("Columns")


@dataclass(slots=True)
class Tables:
    """Collects the rows of all tables; order of insertion is order in the database."""

    rows: Rows = field(default_factory=lambda: defaultdict(list))

    def add(
        self, table: Callable[Columns, SQLModel], *_: Columns.args, **values: Columns.kwargs
    ) -> None:
        """A row, by the names of its table's columns: no more and no fewer, or a TypeError."""
        name, as_row = _row_of(table)
        self.rows[name].append(as_row(values))


@cache
def _row_of(table: Any) -> tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]]:
    """A table's name, and what puts named values into the order of its columns."""
    name = str(table.__tablename__)
    names = columns(name)
    in_order = itemgetter(*names)
    size = len(names)
    lists = [item.name for item in table.__table__.columns if isinstance(item.type, JSON)]

    def as_row(values: dict[str, Any]) -> tuple[Any, ...]:
        try:
            for of in lists:
                values[of] = as_json(values[of])
            row: tuple[Any, ...] = in_order(values)
        except KeyError:
            row = ()
        if len(values) != size or not row:
            wrong = ", ".join(sorted(values.keys() ^ {*names}))
            raise TypeError(f"columns of {name} that are missing or unknown: {wrong}")
        return row

    return name, as_row


def picked(rows: Rows, table: str, *names: str) -> Iterator[tuple[Any, ...]]:
    """Some columns of a table's rows."""
    found = rows.get(table)
    if not found:
        return iter(())
    known = columns(table)
    return map(itemgetter(*(known.index(name) for name in names)), found)


@lru_cache(maxsize=64)
def columns(table: str) -> tuple[str, ...]:
    """Names of a table's columns in the order in which rows give them."""
    return tuple(column.name for column in SQLModel.metadata.tables[table].columns)


def both(name: str, texts: Texts | None) -> dict[str, str]:
    """The columns of a text in English and Dutch, empty where there is none."""
    en, nl = (texts.en, texts.nl) if texts else ("", "")
    return {f"{name}_en": en, f"{name}_nl": nl}


def as_json(value: Iterable[str]) -> str:
    """A JSON array of texts; the same few recur, so they are kept."""
    return _encoded(tuple(value))


@lru_cache(maxsize=65536)
def _encoded(value: tuple[str, ...]) -> str:
    return json.dumps(value, ensure_ascii=False)


def excerpt(document: Document, passage: Passage, limit: int) -> str:
    """The words of a passage that may be published: of a full text at most `limit` characters."""
    if document.kind == "digest" or len(passage.text) <= limit:
        return passage.text
    return passage.text[: limit - 1] + "…"


def join_names(names: list[str], others: bool) -> str:
    """Names in running text: A, B and C."""
    if others:
        return ", ".join([*names, "et al."])
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def slug(text: str) -> str:
    """A name in plain letters, for addresses."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "unnamed"
