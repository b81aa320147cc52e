"""PubMed's `.nbib` (MEDLINE format, National Library of Medicine)."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

_SYNTAX = Syntax(
    re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)$"),
    frozenset(("PMID",)),
    once=frozenset(("TI", "DP", "JT", "PMID")),
)


def sniff(text: str) -> bool:
    """Whether a line names a PubMed record."""
    return bool(re.search(r"^PMID- ?\d", text, re.MULTILINE))


def read(text: str, name: str) -> Found:
    """Every block that begins with its PMID."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    authors, others = read_people([*(block.all("FAU") or block.all("AU")), *block.all("CN")])
    editors, _ = read_people(block.all("FED") or block.all("ED"))
    marked = [value for value in block.all("LID", "AID") if "[doi]" in value]
    pages = _full(block.first("PG"))
    return RecordDraft(
        type=entry_type(";".join(block.all("PT")), "article"),
        title=re.sub(r"(?<=[^.])\.$", "", block.first("TI", "BTI").strip("[]")),
        authors=authors,
        editors=editors,
        and_others=others,
        dates=tuple(block.all("DP", "DEP", "PHST")[:2]),
        container=block.first("JT", "TA", "BTI"),
        volume=block.first("VI"),
        number=block.first("IP"),
        pages=pages,
        publisher=block.first("PB"),
        doi=find_doi(*(value.replace("[doi]", "") for value in marked)),
        language=block.first("LA"),
        abstract=block.joined("AB"),
        keywords=[value.lstrip("*") for value in block.all("OT", "MH")],
        others={"pmid": block.first("PMID"), "issn": block.first("IS").partition(" ")[0]},
    )


def _full(pages: str) -> str:
    """Pages with the whole last number: 101-9 is 101-109."""
    match = re.fullmatch(r"(\d+)-(\d+)", pages.strip())
    if match and len(match[2]) < len(match[1]):
        return f"{match[1]}-{match[1][: len(match[1]) - len(match[2])]}{match[2]}"
    return pages


FORMAT = ReferenceFormat("nbib", "PubMed (.nbib)", (".nbib",), sniff, read)
