"""RIS, as Zotero, Mendeley, EndNote, Scopus, Web of Science and publishers write it."""

from __future__ import annotations

import re

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

# Within a text "ER - in this paper" ends nothing, and "TY  - as a label of it" begins nothing.
_LINE = re.compile(
    r"\s{0,3}(?!ER {1,2}- ?\s*\S|TY {1,2}- ?(?:[a-z]\S*\s+\S|(?:\S+\s+){3}\S))"
    r"([A-Za-z][A-Za-z0-9]) {1,2}- ?(.*)$"
)
_SYNTAX = Syntax(
    _LINE,
    begins=frozenset(("TY",)),
    title=frozenset(("TI", "T1")),
    ends=frozenset(("ER",)),
    once=frozenset(("PY", "Y1", "VL", "JO", "JF")),
    telling=frozenset(("AU", "A1", "A2", "ED", "T2", "BT", "CT", "DO")),
    prose=frozenset(("AB", "N1", "N2")),
    per_line=frozenset(("KW",)),
)
_TYPES = {
    "JOUR": "article", "JFULL": "article", "MGZN": "article", "NEWS": "article",
    "ABST": "article", "INPR": "article", "EJOUR": "article",
    "BOOK": "book", "EDBOOK": "book", "EBOOK": "book", "SER": "book",
    "CHAP": "incollection", "ECHAP": "incollection", "ENCYC": "incollection",
    "DICT": "incollection",
    "CONF": "inproceedings", "CPAPER": "inproceedings",
    "THES": "phdthesis", "RPRT": "techreport", "GOVDOC": "techreport", "STAND": "techreport",
    "ELEC": "online", "WEB": "online", "BLOG": "online", "ICOMM": "online",
    "DATA": "dataset", "AGGR": "dataset", "COMP": "software", "PAT": "patent",
    "UNPB": "unpublished", "UNPD": "unpublished", "MANSCPT": "unpublished", "PAMP": "booklet",
    "MPCT": "video", "VIDEO": "video", "SOUND": "audio",
}  # fmt: skip
_SUBTYPES = {"MGZN": "magazine", "NEWS": "newspaper"}
# Where the secondary title stands for a series, and the first page for how many there are.
_WHOLE = ("book", "phdthesis", "techreport", "booklet")


def sniff(text: str) -> bool:
    """Whether a line begins a record."""
    return bool(re.search(r"^\s{0,3}TY {1,2}- ?\S", text, re.MULTILINE))


def read(text: str, name: str) -> Found:
    """Every record from TY to ER, or to where the next one begins."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    given = block.first("TY").upper()
    kind = _TYPES.get(given, "misc")
    authors, others = read_people(block.all("AU", "A1"), alone=True)
    editors, _ = read_people([*block.all("ED"), *_editors(block, kind)], alone=True)
    if given == "EDBOOK" and not editors:
        authors, editors = (), authors
    url = next((url for url in block.all("UR", "L2", "LK") if "doi.org" not in url), "")
    whole = kind in _WHOLE
    start, end = block.first("SP"), block.first("EP")
    counted = whole and start.isdigit() and not end
    return RecordDraft(
        type=kind,
        title=block.first("TI", "T1", "CT") or (block.first("BT") if kind == "book" else ""),
        authors=authors,
        editors=editors,
        and_others=others,
        dates=tuple(block.all("PY", "Y1", "DA")[:4]),
        container=_container(block, kind),
        volume=block.first("VL"),
        number=_number(block, kind),
        pages="" if counted else page_range(start, end),
        publisher=block.first("PB"),
        doi=find_doi(block.first("DO"), *block.all("M3", "UR", "L3")) or doi_alone(block.all("N1")),
        url=url,
        language=block.first("LA"),
        abstract=block.joined("AB") or block.joined("N2"),
        keywords=block.all("KW"),
        key=block.first("ID"),
        others={
            **standard_numbers(block.all("SN")),
            **eprint(block.all("M1", "IS", "SN", "AN", "M3", "UR", "JO", "N1")),
            "edition": "" if kind == "software" else block.first("ET"),
            "version": block.first("ET") if kind == "software" else "",
            "series": block.first(*(("T2", "T3") if whole else ("T3",))),
            **_places(block, kind),
            "eventtitle": block.first("T2") if block.first("C3") else "",
            "type": _type_of_work(block, kind),
            "entrysubtype": _SUBTYPES.get(given, ""),
            "pagetotal": start if counted else "",
            "translator": translators(block.all("A4")) if "book" in kind or whole else "",
            "urldate": access_date(block.first("Y2")) if url else "",
        },
    )


def _editors(block: Block, kind: str) -> list[str]:
    """Those of a volume; of a book the third ones are, where second ones are its series'."""
    if kind == "book":
        return block.all("A3") or block.all("A2")
    return [] if kind == "article" else block.all("A2")


def _places(block: Block, kind: str) -> dict[str, str]:
    """Where it was published; of a paper CY is where the conference was."""
    if kind == "inproceedings":
        return {"venue": block.first("CY"), "location": block.first("PP")}
    return {"location": block.first("CY", "PP")}


def _container(block: Block, kind: str) -> str:
    if kind == "article":
        return block.first("JF", "T2", "JO", "JA", "J2")
    if kind in _WHOLE:
        return ""
    return block.first("C3", "T2", "JO", "JF", "JA", "J2", "BT")


def _number(block: Block, kind: str) -> str:
    """The issue, or the number of a report or patent. M1 holds many other things too."""
    pages = block.first("SP")  # some write the number of an article in both
    also = [text for text in block.all("M1") if len(text) < 30 and text != pages]
    if kind in ("techreport", "patent"):
        own = [text for text in block.all("SN") if not standard_numbers([text])]
        return next(iter([*block.all("IS"), *also, *own]), "")
    return next(iter([*block.all("IS"), *(also if kind == "article" else [])]), "")


def _type_of_work(block: Block, kind: str) -> str:
    text = block.first("M3")
    return text if kind in ("phdthesis", "techreport") and "10." not in text else ""


FORMAT = ReferenceFormat("ris", "RIS", (".ris",), sniff, read)
