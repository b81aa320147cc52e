"""Datasette's tables in the words of the site: what tables, columns, comparisons and values are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from datasette.utils import to_css_class
from markupsafe import Markup

from pipeline.ground.project import DATABASE_NAME
from pipeline.ground.texts import LANGUAGES
from pipeline.web.named_queries import rows
from pipeline.web.served_index import state_of
from pipeline.web.site_language import language_of, say, texts

# Columns whose values are told in words: how the keys of these begin in the texts of the site.
VALUES: Mapping[str, str] = {
    **{name: name for name in ("status", "checked", "access", "confidence", "standing", "nature")},
    **{name: name for name in ("state", "stage", "unit", "suggestions", "kind", "reason", "type")},
    **{name: name for name in ("language", "shown")},
    "read": "access",
    "source": "agreement.source",
    "what": "agreement.what",
}
FLAGS = (
    *("absent", "active", "blind", "consensus", "editor"),
    *("is_evidence", "is_map", "many", "screened"),
)
# Columns that hold names of the scheme or of coders: by id, or in English for who reads the file.
NAMED = (
    *("codes", "coders", "hidden_from", "undecided", "sectors", "roles", "countries"),
    *("role", "sector", "reason", "suggestions", "dimension", "code", "parent", "country"),
    *("round", "coder", "settled_by"),
)
NAMES = """
SELECT id AS name, label_en AS en, label_nl AS nl FROM code
UNION ALL SELECT id, label_en, label_nl FROM dimension
UNION ALL SELECT id, name_en, name_nl FROM coder
UNION ALL SELECT id, title_en, title_nl FROM round
UNION ALL SELECT code, name_en, name_nl FROM country
UNION ALL SELECT name, en, nl FROM wording WHERE name IN ('none', 'undecided')
UNION ALL SELECT label_en, label_en, label_nl FROM code
UNION ALL SELECT name_en, name_en, name_nl FROM country
UNION ALL SELECT en, en, nl FROM wording
"""
# What is written in one language in the files, whatever the site speaks, and what is in none: names
# of people and of publications, ids, addresses.
WRITTEN = {
    **dict.fromkeys(("setting", "method", "orchestrator", "summary", "note", "based_on"), "en"),
    **dict.fromkeys(("kind", "why", "changes", "source", "sources"), "en"),
    **dict.fromkeys(("remark", "words", "quote", "unconfirmed", "en"), "en"),
    "nl": "nl",
}
OF_ROW = ("text", "locator")  # in the language that the row names
SIGNS = (
    *(
        "id",
        "key",
        "unit",
        "passage",
        "piece",
        "document",
        "csl",
        "entry",
        "scheme",
        "digest",
        "migration",
    ),
    *("role_id", "sector_id", "field", "name", "value", "indicator", "indicators", "instructions"),
    *("file", "doi", "url", "alias", "suggestion", "shown", "title", "container", "publisher"),
    *("authors", "author", "family", "given", "label", "study", "number", "pages", "volume"),
)
_kept: dict[Path, tuple[object, dict[str, dict[str, str]]]] = {}


def functions(datasette: Any) -> dict[str, Any]:
    """Functions of templates: what a table, a column, a value and a choice of rows are called."""
    t = say(language_of(datasette))

    @cache
    def described() -> dict[str, Any]:
        return dict(datasette.metadata(database=DATABASE_NAME) or {})

    @cache
    def column_name(name: str) -> str:
        return str(described().get("names", {}).get(name, name))

    def table_name(name: str) -> str:
        return str(described().get("tables", {}).get(name, {}).get("title", name))

    def operator(key: str) -> Markup | str:
        return t(f"operator.{key}") if f"operator.{key}" in texts() else key

    async def value_name(column: str, value: Any) -> Any:
        told = value_words(datasette, column, value)
        return told or await name_of(datasette, value) if column in NAMED else told or value

    async def chosen(filters: Any, search: str | None, sort: str, descending: str) -> str:
        parts = [t("table.words", words=search)] if search else []
        for column, lookup, value in filters.selections():
            shown = await value_name(column, value) if value else ""
            parts.append(t("table.chosen" if value else "table.without", column=column_name(column),
                           operator=operator(lookup), value=shown))  # fmt: skip
        said = [t("table.where", what=Markup("; ").join(parts))] if parts else []
        if by := descending or sort:
            said.append(t("table.sorted.down" if descending else "table.sorted.up",
                          column=column_name(by)))  # fmt: skip
        return Markup(", ").join(said)

    @cache
    def look(column: str, kind: str) -> Markup:
        text = Markup('<td class="col-{} type-{}" data-label="{}"')
        return text.format(to_css_class(column), kind, column_name(column))

    def looks_of(row: list[dict[str, Any]]) -> list[Markup]:
        """The opened tag of each cell of a row, found at once: a page has thousands."""
        site = language_of(datasette)
        return [look(cell["column"], cell["value_type"]) + _spoken(cell, row, site) for cell in row]

    return {
        "column_name": column_name,
        "table_name": table_name,
        "operator": operator,
        "value_name": value_name,
        "chosen_rows": chosen,
        "spoken": lambda cell, row: _spoken(cell, row, language_of(datasette)),
        "looks_of": looks_of,
    }


def value_words(datasette: Any, column: str, value: Any) -> Markup | None:
    """The words of a value of a column with few values; None for any other."""
    t = say(language_of(datasette))
    if column in FLAGS and str(value) in ("0", "1"):
        return t(f"flag.{value}")
    key = f"{VALUES.get(column)}.{value}"
    return t(key) if isinstance(value, str) and value and key in texts() else None


async def name_of(datasette: Any, value: Any) -> str:
    """What is called so, by id or in English, in the language of the site; else as it stands."""
    found = await names(datasette)
    return found.get(str(value), {}).get(language_of(datasette)) or str(value)


def _spoken(cell: Mapping[str, Any], row: Sequence[Mapping[str, Any]], site: str) -> Markup:
    """The attributes of a cell that say in which language it is, or that it is in none."""
    if cell["value_type"] == "pk" or cell["column"] in SIGNS:
        return Markup(' translate="no"')
    own = _language(cell, row)
    return Markup(' lang="{}"').format(own) if own and own != site else Markup()


def _language(cell: Mapping[str, Any], row: Sequence[Mapping[str, Any]]) -> str:
    """The language of what stands in a cell, empty where it is that of the site."""
    column = str(cell["column"])
    if column in OF_ROW:
        return next((str(item["raw"]) for item in row if item["column"] == "language"), "en")
    last = column.rpartition("_")[2]
    if last in LANGUAGES and last != column:
        return last
    if isinstance(cell["value"], Markup) and column not in ("changes", "sources", "unconfirmed"):
        return ""
    return WRITTEN.get(column, "")


async def names(datasette: Any) -> dict[str, dict[str, str]]:
    """What codes, dimensions, coders, rounds and countries are called in each language."""
    path = Path(datasette.get_database(DATABASE_NAME).path or "")
    state = state_of(path)
    kept = _kept.get(path)
    if kept is None or kept[0] != state:
        found = await rows(datasette, NAMES)
        kept = (state, {str(row["name"]): {"en": row["en"], "nl": row["nl"]} for row in found})
        _kept[path] = kept
    return kept[1]
