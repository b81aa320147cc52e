"""Web of Science's tagged text ("Plain Text File")."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import institutions, read_people
from pipeline.desk.adding.formats.other_fields import standard_numbers
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi, page_range
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

_SYNTAX = Syntax(
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|)$"),
    begins=frozenset(("PT",)),
    title=frozenset(("TI",)),
    ends=frozenset(("ER",)),
    once=frozenset(("SO", "PY")),
    telling=frozenset(("AU", "AF", "BE", "CA", "DI")),
    per_line=frozenset(("AU", "AF", "BE", "CR", "CA")),
    skipped=frozenset(("FN", "VR", "EF")),
)


def sniff(text: str) -> bool:
    """Whether the file names its maker, or a line begins a record."""
    return text.startswith("FN ") or bool(re.search(r"^PT [A-Z]$", text, re.MULTILINE))


def read(text: str, name: str) -> Found:
    """Every record from PT to ER, or to where the next one begins."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    people = block.all("AF") or block.all("AU")
    authors, others = read_people(people, alone=True)
    editors, _ = read_people(block.all("BE", "ED"), alone=True)
    kind = entry_type(block.first("DT"), "article")
    kind = {"B": "book", "C": "inproceedings"}.get(block.first("PT"), kind)
    if kind == "book" and block.first("SO") and block.first("DT").lower().startswith("book chap"):
        kind = "incollection"
    return RecordDraft(
        type=kind,
        title=block.joined("TI"),
        authors=authors + institutions(block.all("CA")),
        editors=editors,
        and_others=others,
        dates=(f"{block.first('PD')} {block.first('PY')}".strip(), block.first("PY", "EA")),
        container=_calm(block.joined("SO")),
        volume=block.first("VL"),
        number=block.first("IS"),
        pages=page_range(block.first("BP"), block.first("EP")) or block.first("PS", "AR"),
        publisher=_calm(block.first("PU")),
        doi=find_doi(block.first("DI")),
        language=block.first("LA"),
        abstract=block.joined("AB"),
        keywords=block.joined("DE", "ID").split(";"),
        others={
            **standard_numbers(block.all("BN", "SN", "EI")),
            "pmid": block.first("PM"),
            "location": block.first("PI").title(),
            "series": _calm(block.joined("SE")),
            "eventtitle": block.joined("CT"),
            "venue": block.joined("CL").title(),
        },
    )


def _calm(text: str) -> str:
    """JOURNAL OF CARE as Journal of Care."""
    if not text.isupper():
        return text
    small = {"OF", "AND", "THE", "FOR", "IN", "ON", "TO", "A", "AN"}
    words = [
        word.lower() if place and word in small else word.capitalize()
        for place, word in enumerate(text.split())
    ]
    return " ".join(words)


FORMAT = ReferenceFormat("wos", "Web of Science (plain text)", (".txt", ".ciw"), sniff, read)
