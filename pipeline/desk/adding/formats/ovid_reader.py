"""Ovid's tagged text ("Reprint/Medlars"), from MEDLINE, Embase, PsycINFO and others."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.other_fields import standard_numbers
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi, full_pages
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.tagged_lines import Block, Syntax, cuts

_SYNTAX = Syntax(
    re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)$"),
    begins=frozenset(("VN",)),
    title=frozenset(("TI",)),
    once=frozenset(("UI", "SO", "YR")),
    telling=frozenset(("AU", "FA", "DB")),
    prose=frozenset(("AB", "SY", "DE")),
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Spring|Summer|Autumn|Fall|Winter"
# Journal of Care. 12(3):134-141, 2019 Mar. · Acta Care August 2011;43(8):647-653
# Journal of Care, 2013(1): 3-28. · Journal of Care. Vol.95(3), 2010, pp. 474-487.
_JOURNAL = re.compile(
    rf"(.+?)(?=[.,;:]?\s+(?:Vol\b|Conference:|\(?\d|(?:{_MONTHS})[a-z]*\b[\s/\d;])|[.;]?$)"
)
_VOLUME = re.compile(r"(?:\bVol\.?\s?|[\s;,])(\d+)\s?(?:\(([^()]{1,20})\)|(?=[:,]))")
_PAGES = re.compile(
    r"(?:(?<=[\d)]):\s?|\bpp?\.?\s?(?=\d)|Article Number:\s)([A-Za-z]?\d[\w.]*(?:-\w+)?)"
)
# What stands behind a name: degrees, functions, notes on affiliations.
_BEHIND = re.compile(
    r"\s*\[[^]]*\]|(?:,?\s+(?:Ph\.?D|M\.?D|[BM]\.?Sc|MPH|MB|FACSM)\b\.?)+|[\s\d,+*]+$"
)


def sniff(text: str) -> bool:
    """Whether it begins as all of Ovid's exports do."""
    return bool(re.search(r"^VN {1,2}- Ovid Technologies", text[:50_000], re.MULTILINE))


def read(text: str, name: str) -> Found:
    """Every record that begins with VN."""
    return gather(cuts(text, _SYNTAX), _draft)


def _draft(block: Block) -> RecordDraft:
    people = [_BEHIND.sub("", name) for name in block.all("FA") or block.all("AU")]
    authors, others = read_people(people, alone=True)
    kind = entry_type(";".join(text.rstrip(".") for text in block.all("PT", "DT")), "article")
    source = block.first("SO")
    journal = match[1] if (match := _JOURNAL.match(source)) else ""
    volume = _VOLUME.search(source[len(journal) :])
    pages = _PAGES.search(source[len(journal) :])
    number = block.first("UI")
    return RecordDraft(
        type=kind,
        title=re.sub(r"\.?\s{2}\[[A-Z][\w ,]+\]$", "", block.first("TI")).rstrip("."),
        authors=authors,
        and_others=others,
        dates=(block.first("YR"), block.first("DP"), source),
        container=block.first("JN", "JT", "BT") or journal,
        volume=block.first("VI") or (volume[1] if volume else ""),
        number=block.first("IP") or (volume[2] or "" if volume else ""),
        pages=full_pages(block.first("PG") or (pages[1] if pages else "")),
        publisher=block.first("PB"),
        doi=find_doi(*block.all("DO", "DI")),
        language=block.first("LG").rstrip("."),
        abstract=block.joined("AB"),
        keywords=block.all("KW"),
        others={
            **standard_numbers(block.all("IS", "IB")),
            "pmid": number if "MEDLINE" in block.first("DB") and number.isdigit() else "",
            "edition": block.first("EN"),
            "location": block.first("PL"),
        },
    )


FORMAT = ReferenceFormat("ovid", "Ovid (tagged)", (".txt", ".ovd"), sniff, read)
