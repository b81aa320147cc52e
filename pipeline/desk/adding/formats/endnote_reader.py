"""EndNote's XML export."""

from __future__ import annotations

import re

from lxml import etree

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
from pipeline.desk.adding.formats.xml_records import FOREIGN, elements, text_of, texts
from pipeline.ground.problems import InputError, Problem


def sniff(text: str) -> bool:
    """Whether it is XML with records."""
    head = text[:20_000]
    return head.lstrip().startswith("<") and bool(re.search(r"<(?:xml|records|record)[\s>]", head))


def read(text: str, name: str) -> Found:
    """Every `record` element. Raises InputError for a document type, and where none is its own."""
    found = elements(text, name, "record")
    if not _OWN.search(text):
        raise InputError([Problem(name, 0, "bad-xml", "this XML is not EndNote's", FOREIGN)])
    return gather(found, _draft)


# What no record of a library's catalogue has (MARCXML, OAI-PMH).
_OWN = re.compile(r"<(?:ref-type|rec-number|contributors|titles|dates)[\s>]")


def _draft(record: etree._Element) -> RecordDraft:
    def text(*paths: str) -> str:
        return text_of(record, *paths)

    def people(place: str) -> list[str]:
        return texts(record, f"contributors/{place}/author")

    kind = record.find("ref-type")
    named = kind.get("name", "") if kind is not None else ""
    entry = entry_type(named)
    authors, others = read_people(people("authors"), alone=True)
    # The third authors of a book are its editors, those of a chapter its series'.
    tertiary = people("tertiary-authors") if entry == "book" else []
    editors, _ = read_people(tertiary or people("secondary-authors"), alone=True)
    if named == "Edited Book" and not editors:
        authors, editors = (), authors
    year = text("dates/year")
    dates = [
        date if year in date else f"{date} {year}" for date in texts(record, "dates/pub-dates/date")
    ]
    secondary = text("titles/secondary-title")
    whole = entry in ("book", "phdthesis", "techreport")
    url = text("urls/related-urls/url", "urls/web-urls/url")
    number = text("accession-num")
    return RecordDraft(
        type=entry,
        title=text("titles/title"),
        authors=authors,
        editors=editors if entry != "article" else (),
        and_others=others,
        dates=(year, *dates),
        container=""
        if whole
        else text("periodical/full-title") or secondary or text("titles/full-title"),
        volume=text("volume"),
        number=text("number"),
        pages=text("pages"),
        publisher=text("publisher"),
        doi=find_doi(text("electronic-resource-num"), *texts(record, "urls/related-urls/url")),
        url=url,
        language=text("language"),
        abstract=text("abstract"),
        keywords=texts(record, "keywords/keyword"),
        note=text("notes") if len(text("notes")) < 200 else "",
        others={
            **standard_numbers(texts(record, "isbn")),
            **eprint([number, text("number"), url]),
            "pmid": number if number.isdigit() else "",
            "edition": text("edition") if entry != "article" else "",
            "location": text("pub-location"),
            "series": secondary if whole else text("titles/tertiary-title"),
            "type": text("work-type") if entry in ("phdthesis", "techreport") else "",
            "entrysubtype": entry_subtype(named),
            "translator": translators(people("subsidiary-authors")) if "Book" in named else "",
            "urldate": access_date(text("access-date")) if url else "",
        },
    )


FORMAT = ReferenceFormat("endnote-xml", "EndNote XML", (".xml",), sniff, read)
