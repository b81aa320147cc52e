"""Lines that are no running text: imprints, captions, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.sources.fulltexts.text_blocks import TextLine

_CAPTION = re.compile(
    r"(?:table|figure|fig\.|tabel|figuur|box|kader|scheme|schema|chart|grafiek|exhibit)\s*"
    r"(?:\d{1,3}(?:[.-]\d{1,2})?|[A-Z]\d{0,2}|[IVX]{1,5})(?:[.:|]?\s*$|\s*[.:|–—]\s|\s+[A-Z])",
    re.IGNORECASE,
)
_TABLE = re.compile(r"(?:table|tabel)\b", re.IGNORECASE)
_SOURCE = re.compile(r"(?:source|sources|bron|bronnen|noot|note)s?\s*[:.]\s", re.IGNORECASE)
_KEYWORDS = re.compile(
    r"(?:key\s?-?words?|index terms|trefwoorden|sleutelwoorden|kernwoorden"
    r"|jel(?: classification| codes?)?)"
    r"\s*(?:[:.–—-]|$)",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"(?:https?://(?:dx\.)?doi\.org/|doi\s*[:/]?\s*(?:https?://\S+|10\.\d{4}))\S*"
    r"|.*\bdoi\.org/10\.\d{4,9}/\S+\s*$"
    r"|(?:copyright|auteursrecht)\b.*\d{4}|(?:\(c\)|©)"
    r"|.*©\s*(?:the |de )?(?:authors?|auteurs?|\d{4})"
    r"|.*\b(?:all rights reserved|alle rechten voorbehouden)\b"
    r"|(?:downloaded|gedownload) (?:from|van|by|via|on|op)\b|content downloaded\b"
    r"|.*\bdownloaded from https?:"
    r"|this article (?:is|was) (?:protected|licensed|published|downloaded)\b"
    r"|authorized licensed use\b"
    r"|(?:e-?)?issn\b|isbn\b|contents lists? available\b|journal homepage\b|available online\b"
    r"|(?:article history|received|ontvangen|accepted)\b[:\s].*\d{4}"
    r"|for (?:more|additional) information see\b"
    r"|\*?\s*(?:corresponding author|correspondence|correspondentie)\b"
    r"|(?:e-?mail)(?: address(?:es)?| adres)?\s*:"
    r"|published by .*\b(?:ltd|press|b\.v\.|inc|publish\w*|elsevier|springer|wiley|sage)\b"
    r"|(?:vol(?:ume)?|jaargang|jrg)\.?\s*\d+\s*[,:(]",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"\S+@\S+\.[a-z]{2,}", re.IGNORECASE)
_INSTITUTE = re.compile(
    r"\b(?:university|universiteit|hogeschool|department of|faculty of|faculteit|vakgroep|school of"
    r"|institute (?:of|for)|instituut|college of|centre for|center for|polytechnic)\b",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(?:\.\s?){5,}\s*\w{1,6}$")
_CELL = re.compile(r"\s{3,}|\s*\t+\s*|\s*\|\s*")
_NUMERIC = re.compile(
    r"[(\[<>≤≥~±+–−-]*[€$£]?\d[\d.,:/–-]*(?:\s?[%‰kKmM])?[)\]*†‡%]*|[–—-]+|n\.?/?a\.?|n\.?v\.?t\.?"
)


def is_imprint(line: str) -> bool:
    """DOI, copyright, publisher's and correspondence lines."""
    line = line.strip()
    return bool(_IMPRINT.match(line)) or (
        _EMAIL.search(line) is not None and len(line.split()) <= 15
    )


def is_caption(line: str) -> bool:
    """'Table 3. Partners', not 'Figure 2 shows that'."""
    match = _CAPTION.match(line.strip())
    return match is not None and not line.strip()[match.end() - 1 :][:1].islower()


def heads_table(line: str) -> bool:
    return _TABLE.match(line.strip()) is not None


def is_source(line: str) -> bool:
    """The note under a table."""
    return _SOURCE.match(line.strip()) is not None


def is_keywords(line: str) -> bool:
    return _KEYWORDS.match(line.strip()) is not None


def is_affiliation(paragraph: str) -> bool:
    """An address of an institution: no sentence, and more than one comma."""
    return (
        _INSTITUTE.search(paragraph) is not None
        and paragraph.count(",") > 1
        and len(paragraph.split()) <= 60
        and paragraph.rstrip()[-1:] not in ".!?"
    )


def is_noise(paragraph: str) -> bool:
    """A whole paragraph that is a caption, a keywords line, an imprint or an address."""
    return (
        is_caption(paragraph)
        or is_keywords(paragraph)
        or (is_imprint(paragraph) and len(paragraph.split()) <= 40)
        or is_affiliation(paragraph)
    )


def cells(line: str) -> list[str]:
    return [cell for cell in _CELL.split(line.strip()) if cell]


def is_numeric(line: str) -> bool:
    """Half of three or more words are numbers, or dots lead to one as in a list of contents."""
    words = line.split()
    if _LEADERS.search(line):
        return True
    return len(words) >= 3 and sum(
        _NUMERIC.fullmatch(word) is not None for word in words
    ) * 2 >= len(words)


def table_rows(lines: Sequence[TextLine]) -> set[int]:
    """Places of lines that are rows: mostly numbers, or short cells next to another row."""
    wide = {
        index
        for index, line in enumerate(lines)
        if len(found := cells(line.text)) >= 3
        and sum(len(cell.split()) for cell in found) <= 5 * len(found)
    }
    numeric = {index for index, line in enumerate(lines) if is_numeric(line.text)}
    filled = [index for index, line in enumerate(lines) if line.text.strip()]
    around = dict(zip(filled, zip([-1, *filled], [*filled[1:], -1], strict=False), strict=False))
    return numeric | {index for index in wide if (wide | numeric).intersection(around[index])}
