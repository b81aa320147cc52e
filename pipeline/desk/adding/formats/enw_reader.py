"""EndNote's tagged text (`.enw`, Refer)."""

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
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

_SYNTAX = Syntax(
    re.compile(r"%([A-Z0-9\]\[@!+?~&(*^>$<=#)])(?:\s+(.*)|)$"),
    begins=frozenset("0"),
    title=frozenset("T"),
    once=frozenset("DJ"),
    telling=frozenset("AEBR8"),
    prose=frozenset("XZ"),
)


def sniff(text: str) -> bool:
    """Whether a line names the kind of a record, or lines a title and more of one."""
    if re.search(r"^%0 \S", text, re.MULTILINE):
        return True
    head = text[:50_000]
    return all(re.search(rf"^%{tag} \S", head, re.MULTILINE) for tag in ("T", "[AE]", "[D8JB]"))


def read(text: str, name: str) -> Found:
    """Every record, whether it begins with %0 or with another tag."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    given = block.first("0")
    kind = entry_type(given, "article" if block.first("J") and not given else "misc")
    authors, others = read_people(block.all("A"), alone=True)
    book = kind == "book"
    editors, _ = read_people((book and block.all("Y")) or block.all("E"), alone=True)
    if given == "Edited Book" and not editors:
        authors, editors = (), authors
    whole = kind in ("book", "phdthesis", "techreport")
    url = block.first("U")
    return RecordDraft(
        type=kind,
        title=block.first("T"),
        authors=authors,
        editors=editors,
        and_others=others,
        dates=tuple(block.all("D", "8")[:2]),
        container=block.first("J") if whole else block.first("J", "B"),
        volume=block.first("V"),
        number=block.first("N"),
        pages=block.first("P", "&", "]"),
        publisher=block.first("I"),
        doi=find_doi(block.first("R"), url),
        url=url,
        language=block.first("G"),
        abstract=block.joined("X"),
        keywords=block.all("K"),
        others={
            **standard_numbers(block.all("@")),
            **eprint(block.all("M", "N", "U", "J")),
            "edition": "" if kind == "article" else block.first("7"),
            "location": block.first("C"),
            "series": block.first("B") if book else block.first("S"),
            "type": block.first("9") if kind in ("phdthesis", "techreport") else "",
            "entrysubtype": entry_subtype(given),
            "translator": translators(block.all("?")) if "book" in given.lower() else "",
            "urldate": access_date(block.first("[")) if url else "",
        },
    )


FORMAT = ReferenceFormat("enw", "EndNote (tagged)", (".enw",), sniff, read)
