"""EndNote's tagged text (`.enw`, Refer)."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

_SYNTAX = Syntax(
    re.compile(r"%([A-Z0-9@!+?~&(*^>])\s+(.*)$"), frozenset(("0",)), once=frozenset(("T", "D", "J"))
)


def sniff(text: str) -> bool:
    """Whether a line names the kind of a record."""
    return bool(re.search(r"^%0 \S", text, re.MULTILINE))


def read(text: str, name: str) -> Found:
    """Every block that begins with %0."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    authors, others = read_people(block.all("A"))
    editors, _ = read_people(block.all("E"))
    return RecordDraft(
        type=entry_type(block.first("0")),
        title=block.first("T"),
        authors=authors,
        editors=editors,
        and_others=others,
        dates=tuple(block.all("8", "D")[:2]),
        container=block.first("J", "B"),
        volume=block.first("V"),
        number=block.first("N"),
        pages=block.first("P"),
        publisher=block.first("I"),
        doi=find_doi(block.first("R"), block.first("U")),
        url=block.first("U"),
        language=block.first("G"),
        abstract=block.joined("X"),
        keywords=block.all("K"),
        others={"issn": block.first("@"), "edition": block.first("7")},
    )


FORMAT = ReferenceFormat("enw", "EndNote (tagged)", (".enw",), sniff, read)
