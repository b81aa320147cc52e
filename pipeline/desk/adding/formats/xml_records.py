"""Records of an XML file; entities, document types of its own and the network are off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.desk.adding.formats.record_draft import Unusable
from pipeline.desk.adding.formats.reference_format import Cut
from pipeline.ground.problems import InputError, Problem

FOREIGN = "EndNote's and PubMed's XML is read; export other references as RIS or BibTeX."
_TYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# One that only names who wrote the rules, as PubMed does.
_NAMED = re.compile(r"<!DOCTYPE\s+\w+\s+(?:PUBLIC|SYSTEM)\s[^<>\[\]]*>", re.IGNORECASE)


def elements(text: str, name: str, tags: str) -> Iterator[Cut[etree._Element]]:
    """Each element of one of the `tags` (`a|b`), read by itself: a broken one spoils no other.

    Raises InputError for a document type of the file's own, and where there is no such element.
    """
    if _TYPE.search(_NAMED.sub("", text, count=1)):
        message = "an XML file with a document type or entities is refused"
        raise InputError([Problem(name, 1, "refused", message, "Export it again, without them.")])
    starts = [match.start() for match in re.finditer(rf"<(?:{tags})(?:\s[^<>]*)?>", text)]
    if not starts:
        raise InputError([Problem(name, 0, "bad-xml", "no record in this XML", FOREIGN)])
    return _cuts(text, starts, re.compile(rf"</(?:{tags})>"))


def _cuts(text: str, starts: list[int], end: re.Pattern[str]) -> Iterator[Cut[etree._Element]]:
    line, counted = 1, 0
    if end.search(text, 0, starts[0]):  # its beginning is lost
        yield Cut(line, text[: starts[0]], _broken())
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", counted, start)
        counted = start
        match = end.search(text, start, following)
        raw = text[start : match.end() if match else following]
        yield Cut(line, raw, _element(raw) if match else _broken())
        if match and end.search(text, match.end(), following):
            rest = text[match.end() : following]
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


def texts(element: etree._Element, path: str) -> list[str]:
    """What stands in each element of a path, empty ones left out."""
    return [text for item in element.iterfind(path) if (text := "".join(item.itertext()).strip())]


def text_of(element: etree._Element, *paths: str) -> str:
    """The first text of the first path that has one."""
    return next((found for path in paths for found in texts(element, path)), "")
