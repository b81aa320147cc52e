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
from pipeline.desk.codebooks.qda_xml import (
    AGAIN,
    children,
    description_of,
    identity,
    parse,
    space_of,
    tag_of,
    words,
)
from pipeline.ground.problems import InputError, Problem, errors, first_line

# 1.0 is the standard; 1:0 and 0:4 are what some versions of programs write; some write none.
_NAMESPACE = re.compile(r"(?:urn:QDA-XML:codebook\b.*)?\Z", re.IGNORECASE)
PROJECT = "urn:qda-xml:project"
_FALSE = ("false", "0")
_TRUE = ("true", "1", "")


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
    root = parse(text, name)
    space, tag = space_of(root), tag_of(root)
    if space.lower().startswith(PROJECT) or tag == "project":
        message = "this is the inside of a project (.qde), not a codebook"
        hint = "Take the whole .qdpx file, or export the codebook alone as .qdc."
        raise InputError([Problem(name, root.sourceline or 0, "whole-project", message, hint)])
    if tag != "codebook" or not _NAMESPACE.match(space):
        message = f"XML, but no REFI-QDA codebook: its root is '{first_line(root.tag, 80)}'"
        raise InputError([Problem(name, root.sourceline or 0, "unknown-xml", message, AGAIN)])
    return codes_of(root, root, name)


def codes_of(codes: etree._Element, sets: etree._Element, name: str) -> Codebook:
    """The codebook below one element, with the sets below another; in projects these are two.

    Raises InputError with everything that is wrong.
    """
    reading = _Reading(name)
    places: dict[etree._Element, int] = {}
    for element in islice(_below(codes, "codes", "code"), MOST_CODES + 1):
        places[element] = len(reading.entries)
        reading.entries.append(_entry(element, places.get(element.getparent()), reading))
    found_sets = tuple(_set(element, reading) for element in _below(sets, "sets", "set"))
    found = [*errors(reading.problems), *faults(reading.entries, name)]
    if found:
        raise InputError(found)
    origin = sets.get("origin", "")
    problems = tuple(reading.problems)
    return Codebook(name, "qdc", tuple(reading.entries), found_sets, origin, problems)


def _below(root: etree._Element, part: str, tag: str) -> Iterator[etree._Element]:
    """The elements of a part of the codebook, at whatever depth, in the order of the file."""
    for child in children(root, part):
        yield from (item for item in child.iterdescendants("{*}*") if tag_of(item) == tag)


def _entry(element: etree._Element, parent: int | None, reading: _Reading) -> CodebookEntry:
    line = element.sourceline or 0
    name = words(element.get("name", ""))
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
        description=description_of(element),
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
    name = words(element.get("name", ""))
    members: dict[int, None] = {}
    for member in children(element, "membercode"):
        place = reading.by_guid.get(identity(member.get("guid") or member.get("targetGUID")))
        if place is None:
            message = f"the set '{first_line(name, 60)}' names a code that is not there"
            reading.warn(member.sourceline or 0, "unknown-member", message)
        else:
            members[place] = None
    return CodeSet(name, tuple(members), description_of(element), element.get("guid", "").strip())


FORMAT = CodebookFormat(
    "qdc", "REFI-QDA codebook", lambda text: text.lstrip().startswith("<"), read
)
