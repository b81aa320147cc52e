"""Markdown for pandoc: passages by role, each cited by its citation key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from pipeline.export.selection import Format, Selection
from pipeline.published.pieces import read_pieces
from pipeline.published.terms import Words
from pipeline.published.who import says

TITLE = Words("Evidence on innovation orchestrators", "Bewijs over innovatie-orchestrators")
REFERENCES = Words("References", "Bronnen")
NOTE = Words(
    "Passages are those of our digests. Save the same list as BibTeX and render it with "
    "`pandoc --citeproc --bibliography FILE.bib`.",
    "Passages zijn die van onze samenvattingen. Bewaar dezelfde lijst als BibTeX en zet haar om "
    "met `pandoc --citeproc --bibliography FILE.bib`.",
)
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~^$@&\"'=:])")


def write(selection: Selection) -> Iterator[bytes]:
    """A heading for each role; each passage as a quotation with key, locator and address."""
    language = selection.language
    yield f"# {TITLE.get(language)}\n\n{NOTE.get(language)}\n\n".encode()
    roles = selection.index.role[selection.positions]
    for place, role in enumerate(selection.terms.by_id[selection.terms.evidence].codes):
        own = selection.positions[np.flatnonzero(roles == place)]
        if not len(own):
            continue
        yield f"## {escaped(role.label.get(language))}\n\n".encode()
        for piece in read_pieces(selection.connection, selection.index, own):
            where = f", {escaped(piece.locator)}" if piece.locator else ""
            link = selection.link(f"/evidence/{piece.id}")
            cited = f"[@{{{piece.study}}}{where}]"
            who = escaped(says(piece, selection.terms.natures, language))
            yield f"> {escaped(piece.text)}\n>\n> {cited} {who} <{link}>\n\n".encode()
    yield f"## {REFERENCES.get(language)}\n\n::: {{#refs}}\n:::\n".encode()


def escaped(text: str) -> str:
    """Text in one line that Markdown takes as text."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


FORMAT = Format(
    "markdown", "md", "text/markdown; charset=utf-8", Words("Markdown", "Markdown"), write
)
