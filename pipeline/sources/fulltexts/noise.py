"""Lines that are no running text: imprints, captions, tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pipeline.sources.fulltexts.headings import is_numbered
from pipeline.sources.fulltexts.shapes import BEGINS, INSTITUTE
from pipeline.sources.fulltexts.text_lines import TextLine

LONG = 1_500  # characters from which on a line is text, and no more of a paragraph is looked at
_EMAIL = re.compile(r"\S+@\S+\.[a-z]{2,}", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?){5,}\s*\w{1,6}$")
_ENTRY = re.compile(r"(?=.*[^\W\d_]{3}).{4,}?[\s.…·_]+(\d{1,3})")
_CELL = re.compile(r"\s{3,}|\s*\t+\s*|\s*\|\s*")
_CODE = re.compile(r"[{}]|\)\s?;|;\s?//|#(?:include|define)\b|\b\w+\.\w+\s?\(|[=!]=|&&|\+\+|\w_\w")
_NUMERIC = re.compile(
    r"[(\[<>≤≥~±+–−-]*[€$£]?\d[\d.,:/–-]*(?:\s?[%‰kKmM])?[)\]*†‡%]*|[–—-]+|n\.?/?a\.?|n\.?v\.?t\.?"
)


def is_imprint(line: str) -> bool:
    """DOI, copyright, publisher's and correspondence lines."""
    line = line.strip()
    return bool(BEGINS["imprint"].match(line)) or (
        _EMAIL.search(line) is not None and len(line.split()) <= 15
    )


def is_caption(line: str) -> bool:
    """'Table 3. Partners', not 'Figure 2 shows that'."""
    return BEGINS["caption"].match(line.strip()) is not None


def heads_table(line: str) -> bool:
    return BEGINS["table_caption"].match(line.strip()) is not None


def is_source(line: str) -> bool:
    """The note under a table."""
    return BEGINS["source"].match(line.strip()) is not None


def is_keywords(line: str) -> bool:
    return BEGINS["keywords"].match(line.strip()) is not None


def is_code(paragraph: str) -> bool:
    """Lines of a program: its signs in a tenth of the words and more."""
    found = len(_CODE.findall(paragraph))
    return found > 2 and found * 10 > len(paragraph.split())


def is_furniture(line: str) -> bool:
    """What web pages and title pages say about themselves."""
    return BEGINS["furniture"].match(line.strip()) is not None


def is_declared(line: str) -> bool:
    """'Funding. The city paid', as it may stand in the middle of a paragraph."""
    return BEGINS["declared"].match(line) is not None


def is_affiliation(paragraph: str) -> bool:
    """An address of an institution: no sentence, and more than one comma."""
    return (
        INSTITUTE.search(paragraph) is not None
        and paragraph.count(",") > 1
        and len(paragraph.split()) <= 60
        and paragraph.rstrip()[-1:] not in ".!?"
    )


def _begins(why: str, longest: int = 1_000) -> Callable[[str], bool]:
    return lambda text: BEGINS[why].match(text) is not None and len(text.split()) <= longest


# Why a whole paragraph is no running text, and how that is seen; the first that fits is told.
PARAGRAPHS: Mapping[str, Callable[[str], bool]] = {
    "caption": is_caption,
    "keywords": lambda text: is_keywords(text) and len(text.split()) <= 80,
    "imprint": lambda text: is_imprint(text) and len(text.split()) <= 150,
    "declarations": lambda text: bool(BEGINS["declarations"].match(text)) or is_declared(text),
    "acknowledgements": _begins("acknowledgements"),
    "abbreviations": _begins("abbreviations"),
    "dedication": _begins("dedication", 30),
    "furniture": lambda text: is_furniture(text) and len(text.split()) <= 40,
    "authors": is_affiliation,
    "fragment": is_code,
}


def paragraph_why(paragraph: str) -> str:
    """Why a paragraph is no running text, by its words alone; '' where it is."""
    return next((why for why, fits in PARAGRAPHS.items() if fits(paragraph[:LONG])), "")


def cells(line: str) -> list[str]:
    return [cell for cell in _CELL.split(line.strip()) if cell] if len(line) < LONG else [line]


def is_numeric(line: str) -> bool:
    """Half of three or more words are numbers, or dots lead to one as in a list of contents."""
    if len(line) >= LONG:
        return False
    words = line.split()
    if _LEADERS.search(line):
        return True
    return len(words) >= 3 and sum(
        _NUMERIC.fullmatch(word) is not None for word in words
    ) * 2 >= len(words)


def table_rows(lines: Sequence[TextLine]) -> set[int]:
    """Places of lines that are rows: short cells next to another row, or mostly numbers.

    Numbers in one line of a paragraph are a sentence's.
    """
    wide = {
        index
        for index, line in enumerate(lines)
        if len(found := cells(line.text)) >= 3
        and sum(len(cell.split()) for cell in found) <= 5 * len(found)
    }
    numeric = {
        index
        for index, line in enumerate(lines)
        if is_numeric(line.text) and not (line.strong and is_numbered(line.text))
    }
    filled = [index for index, line in enumerate(lines) if line.text.strip()]
    around = dict(zip(filled, zip([-1, *filled], [*filled[1:], -1], strict=False), strict=False))
    rows = wide | numeric
    text = set(filled) - rows
    inside = {
        index
        for index in numeric
        if index - 1 in text and (index + 1 in text or lines[index].text.rstrip()[-1] == ".")
    }
    return (numeric - inside) | {index for index in wide if rows.intersection(around[index])}


def contents_rows(lines: Sequence[TextLine]) -> set[int]:
    """Places of lines that name a part and its page: three in a row, pages that count on."""
    found: set[int] = set()
    row: list[int] = []
    last = 0
    for index, line in enumerate(lines):
        text = line.text.strip()
        match = _ENTRY.fullmatch(text) if len(text) < 200 else None
        if not text:
            continue
        if match and last <= int(match[1]) <= last + 60:
            row.append(index)
        else:
            row = [index] if match else []
        last = int(match[1]) if match else 0
        if len(row) >= 3:
            found.update(row[-3:])
    return found


def is_list_of_contents(lines: Sequence[TextLine]) -> bool:
    """Whether three lines of a page and more name a part and its page."""
    return sum(_ENTRY.fullmatch(line.text.strip()[:200]) is not None for line in lines) >= 3
