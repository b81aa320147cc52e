"""What the columns of a table of references hold, by their headers: `csv_columns.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from pipeline.ground.yamlfile import read_yaml

Field = Literal[
    "title", "authors", "editors", "year", "date", "container", "volume", "number", "pages",
    "first", "last", "article", "doi", "url", "abstract", "keywords", "publisher", "language",
    "type", "key", "issn", "isbn", "pmid", "edition", "location", "series", "citation",
]  # fmt: skip
FIELDS: tuple[Field, ...] = get_args(Field)
Headers = Mapping[Field, tuple[str, ...]]
# How several people stand in one cell, where a database writes them in its own way.
People = Literal["", "commas", "glued"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableSource(_Data):
    """A database, known by headers that its files have together."""

    name: str
    known_by: tuple[str, ...]
    columns: Headers = {}
    ignored: tuple[str, ...] = ()
    people: People = ""

    def wrote(self, headers: set[str]) -> bool:
        """Whether a file with these headers is of it."""
        return headers.issuperset(map(letters, self.known_by))


class KnownColumns(_Data):
    """The headers of all sources by field, best first, and what is particular to some."""

    fields: Headers
    sources: tuple[TableSource, ...]

    @model_validator(mode="after")
    def _once(self) -> KnownColumns:
        names = [letters(name) for some in self.fields.values() for name in some]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"headers of two fields: {', '.join(twice)}")
        return self


@dataclass(frozen=True)
class Columns:
    """The header of a table; `places` are the columns of each field, the best first."""

    header: tuple[str, ...]
    places: Mapping[Field, tuple[int, ...]]
    people: People = ""

    @property
    def is_known(self) -> bool:
        """Whether it names what a reference has."""
        return "title" in self.places and len(self.places) > 1

    @cached_property
    def fields(self) -> tuple[Field | None, ...]:
        """Of each column the field that it is read as."""
        by_place = {place: name for name, some in self.places.items() for place in some}
        return tuple(by_place.get(place) for place in range(len(self.header)))

    @property
    def left_out(self) -> tuple[str, ...]:
        """Headers of columns that are not read."""
        pairs = zip(self.header, self.fields, strict=True)
        return tuple(name for name, read_as in pairs if name and read_as is None)


def columns_of(header: Sequence[str], by_hand: Mapping[str, str]) -> Columns:
    """What the columns hold. `by_hand` names fields by header, or nothing."""
    names = [letters(cell[:100]) for cell in header]
    known, present = known_columns(), set(names)
    source = next((item for item in known.sources if item.wrote(present)), None)
    own: Headers = source.columns if source else {}
    said = {letters(name): read_as for name, read_as in by_hand.items()}
    claimed = {*said, *(letters(name) for some in own.values() for name in some)}
    claimed |= {*map(letters, source.ignored)} if source else set()
    places: dict[Field, tuple[int, ...]] = {}
    taken: set[int] = set()
    for field in FIELDS:
        wanted = [letters(name) for name in own.get(field, ()) if letters(name) not in said]
        wanted += [
            name for name in map(letters, known.fields.get(field, ())) if name not in claimed
        ]
        mine = [place for place, name in enumerate(names) if said.get(name) == field]
        mine += [place for name in wanted for place, cell in enumerate(names) if cell == name]
        if found := tuple(place for place in dict.fromkeys(mine) if place not in taken):
            places[field] = found
            taken |= {*found}
    return Columns(tuple(header), places, source.people if source else "")


@lru_cache(maxsize=1)
def known_columns() -> KnownColumns:
    """The data file. Raises InputError where it does not hold together."""
    path = Path(__file__).with_suffix(".yml")
    return read_yaml(path, KnownColumns, path.name)


@lru_cache(maxsize=4096)
def letters(header: str) -> str:
    """A header as it is compared: letters and digits in lower case."""
    return "".join(sign for sign in header.casefold() if sign.isalnum())
