"""A file of another screening program, whatever its format, as records with what they say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.desk.adding.formats.csv_columns import letters
from pipeline.desk.adding.formats.csv_reader import read_cells
from pipeline.desk.adding.incoming import Broken, Incoming
from pipeline.desk.adding.reference_files import decode, read_columns, read_shipment
from pipeline.desk.desk_texts import desk_says
from pipeline.desk.screening.returned import PROGRAMS
from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said

_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9]) {1,2}- ?(.*)")
_NAMES = {"N1": "notes", "N2": "notes", "KW": "keywords", "TI": "title", "T1": "title"}


@dataclass(frozen=True)
class ReturnedFile:
    """Its records in their order, each with what is said of it; `program` may be nobody's."""

    name: str
    program: str
    records: tuple[tuple[ReturnedRecord, Said], ...]

    @property
    def title(self) -> str:
        """What the file is of, in words."""
        return self.program or desk_says("returned.no_program")

    @property
    def persons(self) -> tuple[str, ...]:
        """Who answered in it, where the program says so."""
        named = (person for _, said in self.records for person in said.verdicts)
        return tuple(dict.fromkeys(filter(None, named)))


def read_returned(data: bytes, name: str) -> ReturnedFile:
    """Every record. Raises InputError where the file as a whole cannot be used."""
    records = tuple(_of_table(data, name) if read_columns(data, name) else _of_list(data, name))
    best: list[Said | None] = [None] * len(records)
    program = ""
    for item in PROGRAMS:
        said = [item.reads(record) for record in records]
        if sum(map(bool, said)) > sum(map(bool, best)):
            best, program = said, item.name
    pairs = ((record, said or Said()) for record, said in zip(records, best, strict=True))
    return ReturnedFile(name, program, tuple(pairs))


def _of_table(data: bytes, name: str) -> Iterator[ReturnedRecord]:
    for number, (line, draft, cells) in enumerate(read_cells(decode(data, name)), 1):
        by_name = {letters(header): (text,) for header, text in cells.items()}
        yield ReturnedRecord(number, line, draft.title, draft.doi, draft.key, by_name)


def _of_list(data: bytes, name: str) -> Iterator[ReturnedRecord]:
    found = read_shipment(data, name)
    every: list[Incoming | Broken] = [*found.records, *found.broken]
    for record in sorted(every, key=lambda item: item.number):
        cells = _cells(record.raw)
        number, line = record.number, record.line
        if isinstance(record, Incoming):
            study = record.study
            title, doi, key = study.title, study.doi, study.key
        else:
            title, doi, key = ("".join(cells.get(tag, ())[:1]) for tag in ("title", "do", "id"))
        yield ReturnedRecord(number, line, title, doi, key, cells)


def _cells(raw: str) -> Mapping[str, tuple[str, ...]]:
    """The values of a record of tagged lines by tag; nothing of another format's."""
    found: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in raw.split("\n"):
        if match := _TAG.match(line):
            name = _NAMES.get(match[1], match[1].lower())
            found[name].append(match[2].strip())
        elif name and line.strip():
            found[name][-1] += f" {line.strip()}"
    return {name: tuple(values) for name, values in found.items()}
