"""Text and XML of REFI-QDA files, codebooks and projects alike, read with nothing fetched."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.text import decode_utf8, foreign_text, newlines

# What XML forbids; in a table it is a sign that the file is none.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
# All that may stand before a document type. Possessive, so that no text can make it slow.
_DOCTYPE = re.compile(r"(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->))*+<!DOCTYPE", re.S | re.I)
AGAIN = "Export it again as REFI-QDA codebook (.qdc) or project (.qdpx)."


def decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """The text, and a warning where its encoding was guessed. InputError where it is none.

    XML says itself how it is written, so that nothing is guessed there.
    """
    found = foreign_text(data)
    if found.lost and found.encoding:
        message = f"begins like {found.encoding.upper()} but is not"
        hint = "Save the file as UTF-8."
        raise InputError([Problem(name, 0, "not-utf8", message, hint)])
    if found.lost or (found.guessed and data.lstrip().startswith(b"<")):
        raise InputError(decode_utf8(data, name)[1])
    if forbidden := _FORBIDDEN.search(found.text):
        line = found.text.count("\n", 0, forbidden.start()) + 1
        message = f"the character U+{ord(forbidden[0]):04X}, which no text holds"
        hint = "Is this a codebook? Export it again as .qdc or CSV."
        raise InputError([Problem(name, line, "not-text", message, hint)])
    if not found.guessed:
        return found.text, []
    line = found.guessed[0]
    message = "is not UTF-8 and was read as Windows-1252"
    hint = "Look whether letters with accents are right, or save the file as UTF-8."
    raw = first_line(found.line(line))
    return found.text, [Problem(name, line, "guessed-encoding", message, hint, raw, "warning")]


def parse(text: str, name: str) -> etree._Element:
    """The root. No document types, no entities, nothing fetched. Raises InputError."""
    message = "it declares a document type, as no such file does"
    doctype = Problem(name, 1, "doctype", message, AGAIN)
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
        hint = f"The file may be cut off. {AGAIN}"
        message = f"not well-formed XML: {first_line(str(error.msg))}"
        raise InputError([Problem(name, line, "bad-xml", message, hint)]) from None
    if root.getroottree().docinfo.doctype:
        raise InputError([doctype])
    return root


def tag_of(element: etree._Element) -> str:
    """The name of an element without its namespace, in small letters."""
    return str(etree.QName(element).localname).lower()


def space_of(element: etree._Element) -> str:
    """The namespace of an element."""
    return str(etree.QName(element).namespace or "")


def children(element: etree._Element, *tags: str) -> list[etree._Element]:
    """The elements right below that have one of these names."""
    return [child for child in element.iterchildren("{*}*") if tag_of(child) in tags]


def words(text: str | None) -> str:
    """A text without white space around it; XML may write a line end as a character of its own."""
    return newlines(text or "").strip()


def description_of(element: etree._Element) -> str:
    """What the descriptions of an element say."""
    said = (words("".join(child.itertext())) for child in children(element, "description"))
    return "\n\n".join(text for text in said if text)


def identity(guid: str | None) -> str:
    """A GUID without braces in small letters, as programs write it in several ways."""
    return (guid or "").strip().strip("{}").lower()
