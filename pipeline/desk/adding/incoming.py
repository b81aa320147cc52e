"""Records on their way in: as they stand in a file of references, before anybody said yes."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model.records import Study


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a record that is read all the same, in which line, and how to mend it."""

    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record that can be read. `study.key` is its own key in the file, or empty.

    `study.raw` holds BibLaTeX fields that `Study` has no place for (issn, isbn, pmid, eprint).
    """

    number: int
    line: int
    raw: str
    study: Study
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be added as it stands, with its own words and how to mend it."""

    number: int
    line: int
    raw: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One file of references, read: every record is in one of the two.

    `digest` is the SHA-256 of its bytes, by which the very same file is known again; of a table
    `columns_left_out` are those that were not read.
    """

    name: str
    format: str
    records: tuple[Incoming, ...]
    broken: tuple[Broken, ...]
    digest: str = ""
    columns_left_out: tuple[str, ...] = ()
