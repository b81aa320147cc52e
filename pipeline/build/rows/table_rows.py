"""Rows of the published tables, and how values stand in them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlmodel import SQLModel

from pipeline.build import models  # noqa: F401  (declares the tables)
from pipeline.model.records import Document, Passage
from pipeline.model.scheme import Texts

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(slots=True)
class Tables:
    """Collects the rows of all tables; order of insertion is order in the database."""

    rows: Rows = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, *values: Any) -> None:
        self.rows[table].append(values)


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


def both(texts: Texts | None) -> tuple[str, str]:
    """English and Dutch, empty where there is no text."""
    return (texts.en, texts.nl) if texts else ("", "")


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
