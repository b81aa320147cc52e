"""The codebook as REFI-QDA codebook 1.0, for NVivo, ATLAS.ti, MAXQDA and others."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.published.export.qda_codes import ORIGIN, add_codes
from pipeline.published.selection import Selection

NAMESPACE = "urn:QDA-XML:codebook:1.0"


def write(selection: Selection) -> Iterator[bytes]:
    """All dimensions with their codes, in the language of the selection."""
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap={None: NAMESPACE}, origin=ORIGIN)
    add_codes(root, selection.terms, selection.language)
    yield etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
