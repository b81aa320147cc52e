"""Rows of the published tables, and how values stand in them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
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

    def adder(self, table: Callable[Columns, SQLModel]) -> Callable[Columns, None]:
        """Adds rows to a table by the names of its columns: all and no other, or a TypeError."""
        name, adding = _adding(table)
        return partial(adding, self.rows[name].append)

    def add(
        self, table: Callable[Columns, SQLModel], *_: Columns.args, **values: Columns.kwargs
    ) -> None:
        """One row; where there are many, `adder` is quicker."""
        name, adding = _adding(table)
        adding(self.rows[name].append, **values)


@cache
def _adding(table: Any) -> tuple[str, Callable[..., None]]:
    """A table's name, and a function with its columns as keywords.

    Made from the columns as dataclasses make theirs from fields: nothing is quicker, and Python
    itself refuses a name that is missing or unknown.
    """
    name = str(table.__tablename__)
    known = table.__table__.columns
    values = (
        f"as_json({item.name})" if isinstance(item.type, JSON) else item.name for item in known
    )
    keywords = ", ".join(columns(name))
    made: dict[str, Any] = {"as_json": as_json}
    exec(f"def add_{name}(append_, *, {keywords}): append_(({', '.join(values)},))", made)
    return name, made[f"add_{name}"]


def picked(
    rows: Mapping[str, list[tuple[Any, ...]]], table: str, *names: str
) -> Iterator[tuple[Any, ...]]:
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
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def slug(text: str) -> str:
    """A name in plain letters, for addresses."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "unnamed"
