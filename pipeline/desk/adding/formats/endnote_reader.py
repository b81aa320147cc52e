"""EndNote's XML export; entities, document types and the network are off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.record_draft import RecordDraft, Unusable, find_doi
from pipeline.desk.adding.formats.reference_format import Cut, Found, ReferenceFormat, gather
from pipeline.ground.problems import InputError, Problem


def sniff(text: str) -> bool:
    """Whether it is XML with records."""
    head = text[:20_000]
    return head.lstrip().startswith("<") and bool(re.search(r"<(?:xml|records|record)[\s>]", head))


def read(text: str, name: str) -> Found:
    """Every `record` element. Raises InputError for a document type, and where there is none."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        message = "an XML file with a document type or entities is refused"
        raise InputError([Problem(name, 1, "refused", message, "Export it from EndNote again.")])
    if not _START.search(text):
        raise InputError([Problem(name, 0, "bad-xml", "no record in this XML", "Export it again.")])
    return gather(_cuts(text), _draft)


_START = re.compile(r"<record(?:\s[^<>]*)?>")
_END = "</record>"


def _cuts(text: str) -> Iterator[Cut[etree._Element]]:
    """Each record is read by itself, so that one that is broken spoils no other."""
    starts = [match.start() for match in _START.finditer(text)]
    line, counted = 1, 0
    if _END in text[: starts[0]]:  # its beginning is lost
        yield Cut(line, text[: starts[0]], _broken())
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", counted, start)
        counted = start
        raw, end, rest = text[start:following].partition(_END)
        yield Cut(line, raw + end, _element(raw + end) if end else _broken())
        if _END in rest:
            yield Cut(line + raw.count("\n"), rest, _broken())


def _element(text: str) -> etree._Element | Unusable:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return _broken()


def _broken() -> Unusable:
    return Unusable("its XML is broken or cut off", "Export the file again.")


def _draft(record: etree._Element) -> RecordDraft:
    def texts(path: str) -> list[str]:
        return [
            text for item in record.iterfind(path) if (text := "".join(item.itertext()).strip())
        ]

    def text(*paths: str) -> str:
        return next((found for path in paths for found in texts(path)), "")

    kind = record.find("ref-type")
    named = kind.get("name", "") if kind is not None else ""
    authors, others = read_people(texts("contributors/authors/author"))
    editors, _ = read_people(texts("contributors/secondary-authors/author"))
    entry = entry_type(named)
    return RecordDraft(
        type=entry,
        title=text("titles/title"),
        authors=authors,
        editors=editors if entry != "article" else (),
        and_others=others,
        dates=tuple(texts("dates/pub-dates/date") + texts("dates/year"))[::-1],
        container=text("periodical/full-title", "titles/secondary-title", "titles/full-title"),
        volume=text("volume"),
        number=text("number"),
        pages=text("pages"),
        publisher=text("publisher"),
        doi=find_doi(text("electronic-resource-num"), *texts("urls/related-urls/url")),
        url=text("urls/related-urls/url", "urls/web-urls/url"),
        language=text("language"),
        abstract=text("abstract"),
        keywords=texts("keywords/keyword"),
        note=text("notes") if len(text("notes")) < 200 else "",
        others={
            "issn": text("isbn"),
            "pmid": text("accession-num") if text("accession-num").isdigit() else "",
        },
    )


FORMAT = ReferenceFormat("endnote-xml", "EndNote XML", (".xml",), sniff, read)
