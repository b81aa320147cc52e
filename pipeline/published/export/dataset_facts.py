"""What catalogues are told of the database: DCAT and schema.org say the same of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.ground.metadata import metadata_in
from pipeline.ground.project import DATABASE_NAME
from pipeline.published.citation.database_citation import LICENCE, own_item
from pipeline.published.export.export_formats import FORMATS
from pipeline.published.selection import Selection
from pipeline.published.terms import LANGUAGES

URN = "urn:orchestration-evidence:database"
SQLITE = "application/vnd.sqlite3"
# Formats that hold what the dataset is, with the standard of a file that has one.
HELD = {
    "datapackage": "https://specs.frictionlessdata.io/data-package/",
    "csv": "",
    "annotations": "https://www.w3.org/TR/annotation-model/",
}
LAST = "SELECT max(decided_at) FROM decision"


@dataclass(frozen=True)
class Distribution:
    """A file that holds all of it: what its format is called, its address and media type."""

    name: str
    address: str
    media_type: str
    conforms_to: str = ""


@dataclass(frozen=True)
class Dataset:
    """The database as a dataset; `modified` is the day of the last decision, or empty.

    Texts by language; without an address nothing can be downloaded, and `id` is a URN.
    """

    id: str
    address: str
    title: str
    description: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    creators: tuple[Mapping[str, str], ...]
    version: str
    issued: str
    modified: str
    doi: str
    distributions: tuple[Distribution, ...]
    licence: str = LICENCE


def dataset(selection: Selection) -> Dataset:
    """The facts, from CITATION.cff, the metadata file and the database itself."""
    import datetime

    item = own_item(selection.root, datetime.date.today(), selection.address)
    (last,) = selection.connection.execute(LAST).fetchone()
    return Dataset(
        id=f"{selection.address}/about#dataset" if selection.address else URN,
        address=selection.address,
        title=str(item["title"]),
        description={name: _described(selection, name) for name in LANGUAGES},
        keywords={
            name: tuple(role.label.get(name) for role in selection.terms.roles)
            for name in LANGUAGES
        },
        creators=tuple(item.get("author", ())),
        version=str(item.get("version", "")),
        issued="-".join(f"{part:02}" for part in item["issued"]["date-parts"][0]),
        modified=(last or "")[:10],
        doi=str(item.get("DOI", "")),
        distributions=tuple(_distributions(selection.address)) if selection.address else (),
    )


def _described(selection: Selection, language: str) -> str:
    return " ".join(str(metadata_in(selection.root, language).get("description", "")).split())


def _distributions(address: str) -> Iterator[Distribution]:
    yield Distribution("sqlite", f"{address}/{DATABASE_NAME}.db", SQLITE)
    for name, standard in HELD.items():
        kind = FORMATS[name].media_type.partition(";")[0]
        yield Distribution(name, f"{address}/download/{name}", kind, standard)
