"""RefWorks' tagged text, as RefWorks itself, HighWire and ProQuest write it."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.entry_types import entry_subtype, entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.other_fields import (
    access_date,
    eprint,
    standard_numbers,
    translators,
)
from pipeline.desk.adding.formats.record_draft import RecordDraft, doi_alone, find_doi, page_range
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

# By name, since a line of an abstract may begin with two capitals too.
_TAGS = (
    "RT|SR|ID|A[1-6]|T[1-3]|JF|JO|YR|FD|VO|IS|SP|OP|K1|AB|NO|ED|PB|PP|SN|AV|AD|AN|LA|CL|SF|OT|LK"
    "|DO|CN|DB|DS|IP|RD|ST|U[1-9]|U1[0-5]|UL|SL|LL|CR|WT|WV|WP|OL|PMID|PMCID|ER"
)
_SYNTAX = Syntax(
    re.compile(rf"({_TAGS})(?:[ \t]+(.*)|)$"),
    begins=frozenset(("RT",)),
    title=frozenset(("T1",)),
    ends=frozenset(("ER",)),
    once=frozenset(("YR", "JF")),
    telling=frozenset(("A1", "A2", "T2", "FD", "DO")),
    prose=frozenset(("AB", "NO")),
)


def sniff(text: str) -> bool:
    """Whether a line names the kind of a record; the header lists all tags before that."""
    return bool(re.search(r"^RT[ \t]+[A-Z][a-z]", text[:50_000], re.MULTILINE))


def read(text: str, name: str) -> Found:
    """Every record that begins with RT."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    given = block.first("RT")
    kind = entry_type(given)
    book = kind == "book"
    authors, others = read_people(block.all("A1"), alone=True)
    editors, _ = read_people((book and block.all("A3")) or block.all("A2"), alone=True)
    if given == "Book, Edited" and not editors:
        authors, editors = (), authors
    year, free = block.first("YR"), block.first("FD")
    whole = kind in ("book", "phdthesis", "techreport")
    url = block.first("UL", "LK")
    return RecordDraft(
        type=kind,
        title=block.first("T1"),
        authors=authors,
        editors=editors if kind != "article" else (),
        and_others=others,
        dates=(year, _dated(free, year)),
        container="" if whole else block.first("JF", "T2", "JO"),
        volume=block.first("VO"),
        number=block.first("IS"),
        pages=page_range(block.first("SP"), block.first("OP")),
        publisher=block.first("PB"),
        doi=find_doi(block.first("DO"), url, *block.all("LK")) or doi_alone(block.all("NO")),
        url=url,
        language=block.first("LA"),
        abstract=block.joined("AB"),
        keywords=block.all("K1"),
        others={
            **standard_numbers(block.all("SN")),
            **eprint(block.all("AN", "UL", "NO")),
            "pmid": block.first("PMID"),
            "edition": block.first("ED"),
            "location": block.first("PP"),
            "series": block.first("T2", "T3") if whole else block.first("T3"),
            "entrysubtype": entry_subtype(given),
            "translator": translators(block.all("A4")) if given.startswith("Book") else "",
            "urldate": access_date(block.first("RD")) if url else "",
        },
    )


def _dated(free: str, year: str) -> str:
    """A date in a form of its own with its year: Feb, or 03/15."""
    if re.fullmatch(r"\d{1,2}/\d{1,2}", free):
        return f"{year}/{free}"
    return free if year in free else f"{free} {year}"


FORMAT = ReferenceFormat("refworks", "RefWorks (tagged)", (".txt",), sniff, read)
