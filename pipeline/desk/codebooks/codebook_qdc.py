"""REFI-QDA codebooks (.qdc), as NVivo, ATLAS.ti, MAXQDA, QualCoder and Taguette write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml import etree

from pipeline.desk.codebooks.codebook import (
    MOST_CODES,
    Codebook,
    CodebookEntry,
    CodebookFormat,
    CodeSet,
    colour,
    faults,
)
from pipeline.ground.problems import InputError, Problem, errors, first_line
from pipeline.ground.text import newlines

# 1.0 is the standard; 1:0 and 0:4 are what some versions of programs write; some write none.
_NAMESPACE = re.compile(r"(?:urn:QDA-XML:codebook\b.*)?\Z", re.IGNORECASE)
_PROJECT = "urn:qda-xml:project"
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
# All that may stand before a document type. Possessive, so that no text can make it slow.
_DOCTYPE = re.compile(r"(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->))*+<!DOCTYPE", re.S | re.I)
_FALSE = ("false", "0")
_TRUE = ("true", "1", "")
_AGAIN = "Export the codebook again as REFI-QDA codebook (.qdc)."


@dataclass
class _Reading:
    """What is gathered while one file is read."""

    name: str
    entries: list[CodebookEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    by_guid: dict[str, int] = field(default_factory=dict)

    def warn(self, line: int, kind: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.name, line, kind, message, hint, severity="warning"))

    def fault(self, line: int, kind: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.name, line, kind, message, hint))


def read(text: str, name: str) -> Codebook:
    """The codes with their nesting, order, memo, GUID and colour, and the sets."""
    root = _root(text, name)
    reading = _Reading(name)
    places: dict[etree._Element, int] = {}
    for element in islice(_below(root, "codes", "code"), MOST_CODES + 1):
        places[element] = len(reading.entries)
        reading.entries.append(_entry(element, places.get(element.getparent()), reading))
    sets = tuple(_set(element, reading) for element in _below(root, "sets", "set"))
    found = [*errors(reading.problems), *faults(reading.entries, name)]
    if found:
        raise InputError(found)
    return Codebook(
        name, "qdc", tuple(reading.entries), sets, root.get("origin", ""), tuple(reading.problems)
    )


def _root(text: str, name: str) -> etree._Element:
    """The root of a codebook. No document types, no entities, nothing fetched."""
    doctype = Problem(
        name, 1, "doctype", "it declares a document type, as no codebook does", _AGAIN
    )
    if _DOCTYPE.match(text):
        raise InputError([doctype])
    # The text is decoded already: what encoding it declares does not matter any more.
    plain = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(plain.encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        hint = f"The file may be cut off. {_AGAIN}"
        message = f"not well-formed XML: {first_line(str(error.msg))}"
        raise InputError([Problem(name, line, "bad-xml", message, hint)]) from None
    if root.getroottree().docinfo.doctype:
        raise InputError([doctype])
    space, tag = _space(root), _tag(root)
    if space.lower().startswith(_PROJECT) or tag == "project":
        message = "this is a whole project, not a codebook"
        hint = "Export the codebook alone, as REFI-QDA codebook (.qdc)."
        raise InputError([Problem(name, root.sourceline or 0, "whole-project", message, hint)])
    if tag != "codebook" or not _NAMESPACE.match(space):
        message = f"XML, but no REFI-QDA codebook: its root is '{first_line(root.tag, 80)}'"
        raise InputError([Problem(name, root.sourceline or 0, "unknown-xml", message, _AGAIN)])
    return root


def _below(root: etree._Element, part: str, tag: str) -> Iterator[etree._Element]:
    """The elements of a part of the codebook, at whatever depth, in the order of the file."""
    for child in root.iterchildren("{*}*"):
        if _tag(child) == part:
            yield from (item for item in child.iterdescendants("{*}*") if _tag(item) == tag)


def _entry(element: etree._Element, parent: int | None, reading: _Reading) -> CodebookEntry:
    line = element.sourceline or 0
    name = _text(element.get("name", ""))
    guid = element.get("guid", "").strip()
    codable = element.get("isCodable", "").strip().lower()
    if codable not in _TRUE + _FALSE:
        message = f"isCodable is '{first_line(codable, 40)}'"
        reading.fault(line, "bad-value", message, "It is either true or false.")
    written = element.get("color", "").strip()
    if written and not colour(written):
        message = f"colour '{first_line(written, 40)}' was left out"
        reading.warn(line, "bad-colour", message, "A colour is written #RRGGBB.")
    entry = CodebookEntry(
        name=name,
        description=_description(element),
        guid=guid,
        color=colour(written),
        is_codable=codable not in _FALSE,
        parent=parent,
        line=line,
    )
    place = len(reading.entries)
    first = reading.by_guid.setdefault(entry.identity, place) if entry.identity else place
    if first == place:
        return entry
    message = f"the GUID is that of line {reading.entries[first].line} too and was left out"
    reading.warn(line, "same-guid", message, f"Look at '{first_line(name, 60)}'.")
    return replace(entry, guid="")


def _set(element: etree._Element, reading: _Reading) -> CodeSet:
    name = _text(element.get("name", ""))
    members: dict[int, None] = {}
    for member in element.iterchildren("{*}*"):
        if _tag(member) != "membercode":
            continue
        guid = CodebookEntry(
            "", guid=(member.get("guid") or member.get("targetGUID") or "").strip()
        )
        place = reading.by_guid.get(guid.identity)
        if place is None:
            message = f"the set '{first_line(name, 60)}' names a code that is not there"
            reading.warn(member.sourceline or 0, "unknown-member", message)
        else:
            members[place] = None
    return CodeSet(name, tuple(members), _description(element), element.get("guid", "").strip())


def _description(element: etree._Element) -> str:
    return "\n\n".join(
        text
        for child in element.iterchildren("{*}*")
        if _tag(child) == "description" and (text := _text("".join(child.itertext())))
    )


def _text(text: str) -> str:
    # XML may write the end of a line as a character of its own: &#13;
    return newlines(text).strip()


def _tag(element: etree._Element) -> str:
    return str(etree.QName(element).localname).lower()


def _space(element: etree._Element) -> str:
    return str(etree.QName(element).namespace or "")


FORMAT = CodebookFormat(
    "qdc", "REFI-QDA codebook", lambda text: text.lstrip().startswith("<"), read
)
