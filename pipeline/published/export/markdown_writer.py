"""Markdown for pandoc: passages by role or studies, each cited by its citation key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from pipeline.published.export.record_tables import study_facts
from pipeline.published.pieces import Piece, read_pieces
from pipeline.published.provenance import about, titled
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~^$@&\"'=:])")


def write(selection: Selection) -> Iterator[bytes]:
    """What the file is, then what was chosen, each with its key and address, and references.

    Only excerpts are set as quotations.
    """
    say = Wording(selection.language)
    yield f"# {escaped(titled(selection))}\n\n".encode()
    yield "".join(f"{escaped(line)}\n\n" for line in about(selection).lines).encode()
    yield f"{say('markdown.render')}\n\n".encode()
    yield from _by_role(selection) if selection.studies is None else _studies(selection)
    yield f"## {escaped(say('references'))}\n\n::: {{#refs}}\n:::\n".encode()


def _by_role(selection: Selection) -> Iterator[bytes]:
    """A heading for each role, and its passages."""
    roles = selection.index.role[selection.positions]
    for place, role in enumerate(selection.terms.by_id[selection.terms.evidence].codes):
        own = selection.positions[np.flatnonzero(roles == place)]
        if not len(own):
            continue
        yield f"## {escaped(role.label.get(selection.language))}\n\n".encode()
        for piece in read_pieces(selection.connection, selection.index, own):
            yield _passage(selection, piece).encode()


def _passage(selection: Selection, piece: Piece) -> str:
    """Where another publication was read, its citation goes before that of the study."""
    found = selection.attributions.of(piece)
    where = f", {escaped(piece.locator)}" if piece.locator and not piece.instead else ""
    cited = f"[@{{{piece.study}}}{where}]"
    if piece.instead:
        cited = f"{escaped(found.cited)} {cited}"
    said = _linked(found.said, found.address)
    if found.quotation:
        return f"> {escaped(found.text)}\n>\n> {cited} {said}\n\n"
    return f"{escaped(found.text)}\n\n{cited} {said}\n\n"


def _studies(selection: Selection) -> Iterator[bytes]:
    """A heading for each study, and its digest in our words."""
    for facts in study_facts(selection):
        row = facts.row
        yield f"## {escaped(row['title'] or row['key'])}\n\n".encode()
        if row["summary"]:
            yield f"{escaped(row['summary'])}\n\n".encode()
        said = "; ".join(part for part in (facts.words, facts.read_instead, facts.link) if part)
        yield f"[@{{{row['key']}}}] {_linked(said, facts.link)}\n\n".encode()


def _linked(text: str, address: str) -> str:
    return escaped(text).replace(escaped(address), f"<{address}>")


def escaped(text: str) -> str:
    """Text in one line that Markdown takes as text."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
