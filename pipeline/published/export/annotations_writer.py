"""Evidence as W3C Web Annotations (Recommendation, 2017) in JSON-LD, one after another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.ground.addresses import address_part
from pipeline.model.marked_words import places
from pipeline.published.citation.database_citation import LICENCE
from pipeline.published.export.skos_writer import URN, code_uri
from pipeline.published.pieces import Piece
from pipeline.published.provenance import about
from pipeline.published.selection import Selection
from pipeline.published.terms import Words

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
OWN = "oe"  # the prefix of the facts for which the standard has no name
AROUND = 32  # characters before and after marked words that tell them apart
QUOTES = """
SELECT quote FROM decision
WHERE unit = ? AND dimension = ? AND standing = 'current' AND quote != ''
  AND EXISTS (SELECT 1 FROM json_each(decision.codes) WHERE value = ?)
ORDER BY consensus DESC, id
"""
CREATORS = {"person": "Person", "model": "Software", "": "Organization"}
CODERS = "SELECT id, name_en, name_nl FROM coder"


def write(selection: Selection) -> Iterator[bytes]:
    """An annotation page whose items are written as they are read."""
    names = {row[0]: Words(row[1], row[2]) for row in selection.connection.execute(CODERS)}
    head = {
        "@context": [CONTEXT, {OWN: f"{URN}:"}],
        "id": selection.link("/download/annotations") if selection.address else f"{URN}:evidence",
        "type": "AnnotationPage",
        "rights": LICENCE,
        **{f"{OWN}:{name}": value for name, value in about(selection).fields().items()},
    }
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "items": ['
    separator = b"\n"
    for piece in selection.pieces():
        item = _annotation(selection, piece, names)
        yield separator + json.dumps(item, ensure_ascii=False).encode()
        separator = b",\n"
    yield b"\n]}\n"


def _annotation(selection: Selection, piece: Piece, names: dict[str, Words]) -> dict[str, Any]:
    language = selection.language
    label = selection.terms.codes[piece.role].label
    found = selection.attributions.of(piece, cited=False)
    return {
        "id": _name(selection, f"/evidence/{address_part(piece.id)}", f"evidence:{piece.id}"),
        "type": "Annotation",
        "motivation": "classifying",
        "rights": LICENCE,
        **({"created": piece.decided_at} if piece.decided_at else {}),
        "generated": f"{found.retrieved}T00:00:00Z",
        "creator": [
            {
                "id": f"{URN}:coder:{coder}",
                "type": CREATORS[selection.terms.natures.get(coder, "")],
                "name": names[coder].get(language) if coder in names else coder,
            }
            for coder in piece.coders
        ],
        "body": [
            {
                "type": "SpecificResource",
                "source": code_uri(selection, piece.role),
                "purpose": "classifying",
            },
            {
                "type": "TextualBody",
                "value": label.get(language),
                "language": language,
                "purpose": "tagging",
            },
            {
                "type": "TextualBody",
                "value": found.said,
                "language": language,
                "purpose": "describing",
            },
        ],
        **{f"{OWN}:{name}": value for name, value in found.fields().items()},
        f"{OWN}:decided_by": found.decided_by,
        "target": {
            "source": _name(
                selection, f"/study/{address_part(piece.study)}", f"study:{piece.study}"
            ),
            "selector": _selector(selection, piece),
        },
    }


def _name(selection: Selection, path: str, urn: str) -> str:
    return selection.link(path) if selection.address else f"{URN}:{urn}"


def _selector(selection: Selection, piece: Piece) -> dict[str, Any]:
    """The passage by its words; where a coder marked some of them, these within it."""
    selector: dict[str, Any] = {"type": "TextQuoteSelector", "exact": piece.text}
    for (quote,) in selection.connection.execute(
        QUOTES, [piece.passage, selection.terms.evidence, piece.role]
    ):
        found = places(quote, piece.text)
        if not found:
            continue
        start, end = found[0][0], found[-1][1]
        selector["refinedBy"] = {
            "type": "TextQuoteSelector",
            "exact": piece.text[start:end],
            "prefix": piece.text[max(0, start - AROUND) : start],
            "suffix": piece.text[end : end + AROUND],
            "refinedBy": {"type": "TextPositionSelector", "start": start, "end": end},
        }
        break
    return selector
