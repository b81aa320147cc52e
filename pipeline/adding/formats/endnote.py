"""EndNote's XML export; entities, document types and the network are off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.adding.formats.draft import Draft, Unusable, find_doi
from pipeline.adding.formats.format import Cut, Format, Found, gather
from pipeline.adding.formats.names import read_people
from pipeline.adding.formats.types import entry_type
from pipeline.problems import InputError, Problem


def sniff(text: str) -> bool:
    """Whether it is XML with records."""
    head = text[:20_000]
    return head.lstrip().startswith("<") and bool(re.search(r"<(?:xml|records|record)[\s>]", head))


def read(text: str, name: str) -> Found:
    """Every `record` element. Raises InputError for a document type, and for XML cut off early."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        message = "an XML file with a document type or entities is refused"
        raise InputError([Problem(name, 1, "refused", message, "Export it from EndNote again.")])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    body = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    try:
        root = etree.fromstring(body.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(
            [Problem(name, 0, "bad-xml", f"not XML: {error}", "Export it again.")]
        ) from None
    if root is None:
        raise InputError([Problem(name, 0, "bad-xml", "not XML", "Export it again.")])
    faults = [error for error in parser.error_log if error.level >= 2]
    return gather(_cuts(root, faults[0].line if faults else 0), _draft)


def _cuts(root: etree._Element, broken_from: int) -> Iterator[Cut[etree._Element]]:
    records = [root] if root.tag == "record" else list(root.iter("record"))
    for place, record in enumerate(records):
        raw = etree.tostring(record, encoding="unicode", with_tail=False)
        line = int(record.sourceline or 0)
        following = records[place + 1].sourceline if place + 1 < len(records) else None
        torn = broken_from and line <= broken_from and (not following or following > broken_from)
        if torn:
            fault = Unusable("its XML is broken or cut off", "Export the file again.")
            yield Cut(line, raw, fault)
        else:
            yield Cut(line, raw, record)


def _draft(record: etree._Element) -> Draft:
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
    return Draft(
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


FORMAT = Format("endnote-xml", "EndNote XML", (".xml",), sniff, read)
