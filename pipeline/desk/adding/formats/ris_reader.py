"""RIS, as Zotero, Mendeley, EndNote, Scopus, Web of Science and publishers write it."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi, page_range
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

_LINE = re.compile(r"\s{0,3}([A-Za-z][A-Za-z0-9]) {1,2}- ?(.*)$")
_TYPES = {
    "JOUR": "article", "JFULL": "article", "MGZN": "article", "NEWS": "article",
    "ABST": "article", "INPR": "article", "EJOUR": "article",
    "BOOK": "book", "EDBOOK": "book", "EBOOK": "book", "SER": "book",
    "CHAP": "incollection", "ECHAP": "incollection", "ENCYC": "incollection",
    "CONF": "inproceedings", "CPAPER": "inproceedings",
    "THES": "phdthesis", "RPRT": "techreport", "GOVDOC": "techreport", "STAND": "techreport",
    "ELEC": "online", "WEB": "online", "BLOG": "online", "ICOMM": "online",
}  # fmt: skip


def sniff(text: str) -> bool:
    """Whether a line begins a record."""
    return bool(re.search(r"^\s{0,3}TY {1,2}- ?\S", text, re.MULTILINE))


def read(text: str, name: str) -> Found:
    """Every block from TY to ER, or to the next TY where ER is missing."""
    syntax = Syntax(
        _LINE,
        frozenset(("TY",)),
        frozenset(("ER",)),
        per_line=frozenset(("KW",)),
        once=frozenset(("TI", "T1")),
    )
    return gather(cuts(text, syntax), _draft)


def _draft(block: Block) -> RecordDraft:
    kind = _TYPES.get(block.first("TY").upper(), "misc")
    authors, others = read_people(block.all("AU", "A1"))
    editors, _ = read_people(block.all("ED", "A2") if kind != "article" else block.all("ED"))
    container = block.first("T2", "JO", "JF", "JA", "J2", "BT")
    if kind == "article":
        container = block.first("JF", "T2", "JO", "JA", "J2")
    where = {
        "issn"
        if re.search(r"\d{4}-?\d{3}[\dXx]\b", number) and len(number) < 12
        else "isbn": number
        for number in block.all("SN")
    }
    return RecordDraft(
        type=kind,
        title=block.first("TI", "T1", "CT") or (block.first("BT") if kind == "book" else ""),
        authors=authors,
        editors=editors,
        and_others=others,
        dates=tuple(block.all("DA", "PY", "Y1", "Y2")[:4]),
        container=container,
        volume=block.first("VL"),
        number=block.first("IS", "M1") if kind == "article" else block.first("IS"),
        pages=page_range(block.first("SP"), block.first("EP")),
        publisher=block.first("PB"),
        doi=find_doi(block.first("DO"), *block.all("M3", "UR", "L3", "N1")),
        url=next((url for url in block.all("UR", "L2", "LK") if "doi.org" not in url), ""),
        language=block.first("LA"),
        abstract=block.joined("AB") or block.joined("N2"),
        keywords=block.all("KW"),
        key=block.first("ID"),
        others={**where, "edition": block.first("ET")},
    )


FORMAT = ReferenceFormat("ris", "RIS", (".ris",), sniff, read)
