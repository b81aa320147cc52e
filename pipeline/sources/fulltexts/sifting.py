"""Blocks told apart by what stands in and around them: lists of references, abstracts, titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.sources.fulltexts.headings import bare
from pipeline.sources.fulltexts.noise import LONG, is_declared, is_numeric, paragraph_why
from pipeline.sources.fulltexts.shapes import HEADINGS, INSTITUTE
from pipeline.sources.fulltexts.text_blocks import Block

ENDS = ".!?:;…”\"'’)"
# The sign at the head of an item: any that begins no sentence, also of fonts that hide it.
_SIGN = re.compile(r"\s*(?:[^\w\s\"'“”„‘’(\[{.,;:!?…#$€£%&+±<≤≥~=/\\|–—-]\s+|[–—-]\s+(?=[^\W\d_]))")
_BALL = re.compile(r"\s*[•●○▪■□◦‣⁃❖➢➤✓✔\ufffd\ue000-\uf8ff]\s*[^\W\d_]")  # no sign but of an item
BULLET = re.compile(_SIGN.pattern + r"|\s*(?:[–—-]|\(?(?:\d{1,2}|[a-z])[.)])\s+")
ABSTRACT = "Abstract"
_SENTENCE = re.compile(r"[.!?]['\"”’)]?(?:\s|$)")
_FRAGMENT = 25  # words up to which a paragraph without a full stop is no sentence, but a title
_FRONT = 2  # pages on which authors and their addresses stand
_LEAST = 3  # entries in a row that are a list of references
_LONGEST = 120  # words of an entry
_ABSTRACT = 60  # words of an abstract at least
_MARK = re.compile(r"(?:\[\d{1,3}[a-z]?\]|\(\d{1,3}\)|\d{1,3}[.)])\s*(?=[\"“‘(]?\w)")
_BRACKET = re.compile(r"\[\d{1,3}[a-z]?\]\s*\S")
_AUTHOR = re.compile(
    r"(?:(?:van|von|de|der|den|ten|ter|la|le|di|el) )*"
    r"[^\W\d_a-zß-ÿ][\w’'-]+(?:[ -][^\W\d_a-z][\w’'-]+){0,2},? (?:[A-Z]\.[ -]?|[A-Z]{1,3}\b ?){1,4}"
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b|\b(?:in press|forthcoming|n\.d\.|z\.j\.)", re.I)
_INITIALS = re.compile(r"\b[A-Z]\.(?:[\s,;:-]|[A-Z]\.)|\b[A-Z][\w’'-]+ [A-Z]{1,3}[,.;]")
_PLACE = re.compile(
    r"\d+\s?(?:\(\d+\))?\s?[:,]\s?\w?\d+\s?[–-]\s?\w?\d+|\bpp?\. ?\d|\bdoi\b|https?:", re.I
)


def sifted(blocks: Sequence[Block], paged: bool) -> list[Block]:
    """The same blocks, `why` filled where they are no running text; abstracts have a heading."""
    items = [BULLET.match(block.text) is not None for block in blocks]
    told = [_without_sign(block) for block in blocks]
    told = [block if block.why else replace(block, why=paragraph_why(block.text)) for block in told]
    places = set(_listed(told))
    told = [
        replace(block, why="references") if place in places else block
        for place, block in enumerate(told)
    ]
    if not paged:
        return told
    told = [
        block if block.why else replace(block, why=_place_why(block, item))
        for block, item in zip(told, items, strict=True)
    ]
    return _with_abstract(told)


def _place_why(block: Block, item: bool) -> str:
    """Why a block of a text with pages is no running text, by its shape and its page."""
    if block.pages[0].number <= _FRONT and _names_people(block.text):
        return "authors"
    return "fragment" if is_fragment(block.text) and not item else ""


def _names_people(text: str) -> bool:
    """Names or addresses with commas between them, as they stand before an article."""
    words = text.split()
    commas = text.count(",") + text.count(";")
    if commas * 5 < len(words) or len(words) > _LONGEST:
        return False
    names = sum(word[:1].isupper() or not word[:1].isalpha() for word in words)
    return INSTITUTE.search(text) is not None or names * 5 >= len(words) * 4


def _without_sign(block: Block) -> Block:
    """An item of a list without the sign at its head."""
    match = _SIGN.match(block.text)
    if match is None:
        return block
    pages = tuple(replace(page, at=max(page.at - match.end(), 0)) for page in block.pages)
    return replace(block, text=block.text[match.end() :], pages=pages)


def is_fragment(text: str) -> bool:
    """A title, a name, a cell: short, without a full stop, and no item of a list."""
    return (
        len(text.split()) <= _FRAGMENT
        and _SENTENCE.search(text) is None
        and text[-1:] not in ENDS
        and BULLET.match(text) is None
    )


def is_told(text: str) -> bool:
    """Whether a paragraph is long and ends as a sentence does: no entry of a list of contents."""
    return len(text.split()) > _FRAGMENT and text[-1:] in ".!?" and not is_numeric(text)


def is_abstract(text: str) -> bool:
    """Whether a paragraph is long enough to be an abstract."""
    return len(text.split()) >= _ABSTRACT


def begins_anew(line: str, first: str, last: str) -> bool:
    """Whether a line begins an item or an entry of a list, as far as is sure.

    `first` and `last` are the lines of the paragraph that it would go on with.
    """
    last = last.strip()[-1:]
    if _BALL.match(line):
        return True
    if match := _SIGN.match(line):
        again = match[0] == first[: match.end()] and line[match.end() :][:1].isalpha()
        return last in ".;:" or again
    if last == "." and is_declared(line):
        return True
    return last in ".;)" and _begins_entry(line)


def _begins_entry(line: str) -> bool:
    return _BRACKET.match(line) is not None or _AUTHOR.match(line) is not None


def is_entry(text: str) -> bool:
    """An entry of a list of references: begins with a number or an author, and has a year."""
    if len(text) > LONG or len(text.split()) > _LONGEST or not _YEAR.search(text):
        return False
    signs = bool(_INITIALS.search(text)) + bool(_PLACE.search(text))
    if _BRACKET.match(text) or _AUTHOR.match(text):
        return signs > 0
    return _MARK.match(text) is not None and signs > 1


def _listed(blocks: Sequence[Block]) -> Iterator[int]:
    """Places of running text in rows of entries, short pieces between two entries among them."""
    running = [place for place, block in enumerate(blocks) if not block.why]
    row: list[int] = []
    entries = strange = 0
    for place in [*running, -1]:
        if place >= 0 and is_entry(blocks[place].text):
            row.append(place)
            entries, strange = entries + 1, 0
            continue
        strange += 1
        if place >= 0 and row and strange == 1 and len(blocks[place].text.split()) <= _FRAGMENT:
            row.append(place)
            continue
        if entries >= _LEAST:
            yield from row[: len(row) - strange + 1] if strange > 1 else row
        row, entries, strange = [], 0, 0


def _with_abstract(blocks: list[Block]) -> list[Block]:
    """Long paragraphs before a first heading that is an introduction's are the abstract."""
    headings = (block.heading for block in blocks if block.heading not in ("", ABSTRACT))
    if not HEADINGS["first"].fullmatch(bare(next(headings, ""))):
        return blocks
    return [
        replace(block, heading=ABSTRACT)
        if not block.heading and not block.why and is_abstract(block.text)
        else block
        for block in blocks
    ]
