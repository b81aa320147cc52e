"""Markdown for pandoc: passages by role, each cited by its citation key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from pipeline.published.pieces import Piece, read_pieces
from pipeline.published.provenance import about
from pipeline.published.selection import Selection
from pipeline.published.terms import Words

TITLE = Words("Evidence on innovation orchestrators", "Bewijs over innovatie-orchestrators")
REFERENCES = Words("References", "Bronnen")
NOTE = Words(
    "Save the same list as BibTeX and render this file with "
    "`pandoc --citeproc --bibliography FILE.bib`.",
    "Bewaar dezelfde lijst als BibTeX en zet dit bestand om met "
    "`pandoc --citeproc --bibliography FILE.bib`.",
)
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~^$@&\"'=:])")


def write(selection: Selection) -> Iterator[bytes]:
    """What the file is, then a heading for each role, and its passages with key and address.

    Only excerpts are set as quotations.
    """
    language = selection.language
    yield f"# {TITLE.get(language)}\n\n".encode()
    yield "".join(f"{escaped(line)}\n\n" for line in about(selection).lines).encode()
    yield f"{NOTE.get(language)}\n\n".encode()
    roles = selection.index.role[selection.positions]
    for place, role in enumerate(selection.terms.by_id[selection.terms.evidence].codes):
        own = selection.positions[np.flatnonzero(roles == place)]
        if not len(own):
            continue
        yield f"## {escaped(role.label.get(language))}\n\n".encode()
        for piece in read_pieces(selection.connection, selection.index, own):
            yield _passage(selection, piece).encode()
    yield f"## {REFERENCES.get(language)}\n\n::: {{#refs}}\n:::\n".encode()


def _passage(selection: Selection, piece: Piece) -> str:
    """Where another publication was read, its citation goes before that of the study."""
    found = selection.attributions.of(piece)
    where = f", {escaped(piece.locator)}" if piece.locator and not piece.instead else ""
    cited = f"[@{{{piece.study}}}{where}]"
    if piece.instead:
        cited = f"{escaped(found.cited)} {cited}"
    link = f"<{found.address}>"
    said = escaped(found.said).replace(escaped(found.address), link)
    if found.quotation:
        return f"> {escaped(found.text)}\n>\n> {cited} {said}\n\n"
    return f"{escaped(found.text)}\n\n{cited} {said}\n\n"


def escaped(text: str) -> str:
    """Text in one line that Markdown takes as text."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
