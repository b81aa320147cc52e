"""What a format of reference files is, and how its records become studies or broken ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.desk.adding.formats.csv_columns import Columns
from pipeline.desk.adding.formats.record_draft import RecordDraft, Unusable, bounded
from pipeline.desk.adding.incoming import Broken, Doubt, Incoming
from pipeline.model.records import Study
from pipeline.sources.bibliography.entry_kinds import lacking

MOST_RECORDS = 50_000  # of one file; every one of them becomes an entry and two files
SHOWN = 20_000  # characters of a record that a preview shows
HINT = "Add it to the file, or later to its entry in references.bib."
DAY_HINT = "A spreadsheet makes days of what looks like one (5-12); correct it in references.bib."
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_COUNTED = ("volume", "number", "pages")
T = TypeVar("T")
Found = tuple[list[Incoming], list[Broken]]
ByHand = Mapping[str, str]  # headers of columns, and the field that each holds, or nothing


class TooMany(Exception):
    """A file of more than MOST_RECORDS records."""


@dataclass(frozen=True, slots=True)
class ReferenceFormat:
    """`sniff` says whether a text looks like it; `read` takes the text and the file's name.

    `read` raises `InputError` where no record can be told from another, and `TooMany`. Formats
    of tables have `read_by_hand` too, for columns that a person has named.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    sniff: Callable[[str], bool]
    read: Callable[[str, str], Found]
    read_by_hand: Callable[[str, str, ByHand], tuple[Found, Columns]] | None = None


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """One record as it stands in the file, and what a format's parser made of it."""

    line: int
    raw: str
    content: T | Unusable


def gather(cuts: Iterable[Cut[T]], draft: Callable[[T], RecordDraft]) -> Found:
    """Every cut ends as a record or as a broken one, numbered from 1 in the file's order.

    Raises TooMany.
    """
    records: list[Incoming] = []
    broken: list[Broken] = []
    for number, cut in enumerate(cuts, 1):
        if number > MOST_RECORDS:
            raise TooMany
        try:
            if isinstance(cut.content, Unusable):
                raise cut.content
            study = bounded(draft(cut.content).study(cut.line))
        except Unusable as fault:
            broken.append(Broken(number, cut.line, cut.raw[:SHOWN], fault.message, fault.hint))
        else:
            doubts = doubts_of(study, cut.line)
            records.append(Incoming(number, cut.line, cut.raw[:SHOWN], study, doubts))
    return records, broken


def doubts_of(study: Study, line: int) -> tuple[Doubt, ...]:
    """What a reference to the study will lack, and what a spreadsheet has taken for a day."""
    days = {name: value for name in _COUNTED if _DAY.fullmatch(value := getattr(study, name))}
    return (
        *(Doubt(line, f"no {field}", HINT) for field in lacking(study)),
        *(Doubt(line, f"{name} '{day}': a day?", DAY_HINT) for name, day in days.items()),
    )
