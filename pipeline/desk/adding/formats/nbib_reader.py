"""PubMed's `.nbib` (MEDLINE format, National Library of Medicine), also as ERIC writes it."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import institutions, read_people
from pipeline.desk.adding.formats.other_fields import standard_numbers
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi, full_pages
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

_SYNTAX = Syntax(
    re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)$"),
    begins=frozenset(("PMID",)),
    title=frozenset(("TI",)),
    once=frozenset(("DP", "JT", "OWN")),
    telling=frozenset(("FAU", "AU", "BTI", "TA", "CN", "FED", "ED")),
    prose=frozenset(("AB",)),
)
# Also of a file that is cut off at its beginning, and of ERIC's, which knows no PMID.
_TELLING = re.compile(r"^(?:PMID- ?\d|(?:OWN |OID |STAT|FAU |PHST|JT  )- ?\S)", re.MULTILINE)


def sniff(text: str) -> bool:
    """Whether a line is one that only this format has."""
    return bool(_TELLING.search(text))


def read(text: str, name: str) -> Found:
    """Every record, whether it begins with its PMID or, as ERIC's, with its owner."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    authors, others = read_people(block.all("FAU") or block.all("AU"), alone=True)
    editors, _ = read_people(block.all("FED") or block.all("ED"), alone=True)
    marked = [value for value in block.all("LID", "AID") if "[doi]" in value]
    container = block.first("JT", "TA", "BTI")
    kind = entry_type(";".join(block.all("PT")), "article")
    publisher = block.first("PB")
    number = block.first("OID")
    if number.startswith("EJ"):
        kind = "article"
    elif number.startswith("ED"):  # ERIC gives who published a document as its journal
        container, publisher = "", publisher or container
    return RecordDraft(
        type=kind,
        title=re.sub(r"(?<=[^.])\.$", "", block.first("TI", "BTI").strip("[]")),
        authors=authors + institutions(block.all("CN")),
        editors=editors,
        and_others=others,
        dates=tuple(block.all("DP", "DEP")[:2]),
        container=container,
        volume=block.first("VI"),
        number=block.first("IP"),
        pages=full_pages(block.first("PG")),
        publisher=publisher,
        doi=find_doi(*(value.replace("[doi]", "") for value in marked)),
        url=next((value for value in block.all("LID", "AID") if value.startswith("http")), ""),
        language=block.first("LA"),
        abstract=block.joined("AB"),
        keywords=[value.lstrip("*") for value in block.all("OT", "MH")],
        others={
            "pmid": block.first("PMID"),
            **standard_numbers(block.all("IS", "ISSN", "ISBN")),
            "edition": block.first("EN"),
            "series": block.first("CTI"),
            "location": block.first("PL") if publisher else "",
        },
    )


FORMAT = ReferenceFormat("nbib", "PubMed (.nbib)", (".nbib",), sniff, read)
