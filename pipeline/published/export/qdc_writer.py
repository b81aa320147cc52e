"""The codebook as REFI-QDA codebook 1.0, for NVivo, ATLAS.ti, MAXQDA and others."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from lxml import etree

from pipeline.published.selection import Selection
from pipeline.published.terms import DimensionTerm, Term, Words

NAMESPACE = "urn:QDA-XML:codebook:1.0"
# GUIDs are made from permanent ids, so that a renamed code stays the same code.
IDENTITY = uuid.uuid5(uuid.NAMESPACE_URL, "urn:orchestration-evidence:codebook")
# Told apart by colour-blind readers (Okabe and Ito 2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#F0E442", "#000000")
LABELS = {
    "include": Words("Include", "Wel"),
    "exclude": Words("Exclude", "Niet"),
    "example": Words("Example (made up)", "Voorbeeld (verzonnen)"),
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(selection: Selection) -> Iterator[bytes]:
    """Dimensions as codes that cannot be given, with their codes nested below."""
    root = etree.Element(
        f"{{{NAMESPACE}}}CodeBook", nsmap={None: NAMESPACE}, origin="Orchestration Evidence"
    )
    codes = etree.SubElement(root, f"{{{NAMESPACE}}}Codes")
    for dimension in selection.terms.dimensions:
        _dimension(codes, dimension, selection.language)
    yield etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def guid(*names: str) -> str:
    """The permanent GUID of a dimension or a code."""
    return str(uuid.uuid5(IDENTITY, "/".join(names)))


def _dimension(parent: etree._Element, dimension: DimensionTerm, language: str) -> None:
    own = _element(
        parent,
        guid(dimension.id),
        dimension.label.get(language),
        dimension.definition.get(language),
        codable=False,
    )
    elements: dict[str, etree._Element] = {}
    known = {code.id for code in dimension.codes}
    left = list(dimension.codes)
    while left:
        # A parent is written before what is nested in it; a circle cannot pass the checks.
        code = next(
            (code for code in left if code.parent not in known or code.parent in elements), left[0]
        )
        left.remove(code)
        above = elements.get(code.parent or "", own)
        elements[code.id] = _element(
            above,
            guid(dimension.id, code.id),
            code.label.get(language),
            _description(code, language),
            colour=COLOURS[(code.position - 1) % len(COLOURS)],
        )


def _element(
    parent: etree._Element,
    identity: str,
    name: str,
    description: str,
    codable: bool = True,
    colour: str = "",
) -> etree._Element:
    element = etree.SubElement(
        parent,
        f"{{{NAMESPACE}}}Code",
        guid=identity,
        name=_text(name),
        isCodable="true" if codable else "false",
    )
    if colour:
        element.set("color", colour)
    if description:
        etree.SubElement(element, f"{{{NAMESPACE}}}Description").text = _text(description)
    return element


def _description(code: Term, language: str) -> str:
    parts = [code.definition.get(language)]
    for name, label in LABELS.items():
        words: Words = getattr(code, name)
        if words.get(language):
            parts.append(f"{label.get(language)}: {words.get(language)}")
    return "\n\n".join(part for part in parts if part)


def _text(text: str) -> str:
    return _FORBIDDEN.sub("", text)
