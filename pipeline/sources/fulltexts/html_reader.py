"""Web pages: paragraphs and list items under their headings, without what surrounds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bs4 import BeautifulSoup, ParserRejectedMarkup
from bs4.element import PreformattedString, Tag

from pipeline.ground.problems import Problem
from pipeline.ground.text import codec_of, foreign_text
from pipeline.model.passages import normalise
from pipeline.sources.fulltexts.fulltext_bytes import checked, read_bytes
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import BOLD, Outline, is_heading, run_in
from pipeline.sources.fulltexts.sifting import sifted
from pipeline.sources.fulltexts.text_blocks import Block, Reading, unusable
from pipeline.sources.fulltexts.text_lines import clean

_NEVER = "script,style,template,noscript,svg,iframe,object,head,select,textarea,button"
# Why elements are no running text, by what they are and by their names; the last that fits is told.
_AROUND = {
    "furniture": "nav,footer,aside,form,dialog,header,[hidden],[aria-hidden=true],"
    "[role=navigation],[role=banner],[role=contentinfo],[role=search],[role=dialog],"
    "[role=alertdialog],[role=complementary]",
    "table": "table,[role=table]",
    "caption": "figure,figcaption,caption",
    "references": "[role=doc-bibliography]",
    "footnote": "[role=doc-footnote],[role=doc-endnotes]",
}
_NAMES = {
    "furniture": re.compile(
        r"cookie|consent|gdpr|breadcrumb|newsletter|paywall|related-(?:articles|content)"
        r"|recommend|social-|share-|advert",
        re.IGNORECASE,
    ),
    "references": re.compile(r"(?:references|bibliography|ref-?list)", re.IGNORECASE),
}
_BLOCK = re.compile(
    r"h[1-6]|p|li|blockquote|div|section|article|main|body|html|d[dtl]|[uo]l|pre|t[dhr]|table|tbody"
    r"|header|footer|aside|figure|figcaption|center|fieldset|form|address|hr|\[document\]"
)
_MARK = re.compile(r"[\[(]?[\d\s,;–*†‡§-]+[\])]?|[a-z]\)?")
_BREAK = "\x1e"
_WHOLE = ("table", "furniture")  # what is one paragraph with all that stands in it


def read_html(path: Path, name: str, options: Options) -> Reading:
    """Blocks by heading, by number of the paragraph before the first. Raises InputError."""
    text, problems = decode_html(read_bytes(path, name), name)
    try:
        soup = BeautifulSoup(text, "html.parser")
    except (ParserRejectedMarkup, AssertionError, ValueError) as error:
        hint = "Open it in a browser and save it again."
        raise unusable(name, "broken-html", f"not a readable web page: {error}", hint) from None
    marks = _marked(soup)
    blocks: list[Block] = []
    outline = Outline(options.skip)
    count = 0
    for tag, words, why in _paragraphs(soup, marks):
        heading = re.fullmatch("h([1-6])|b", tag)
        if heading and not why and (heading[1] or is_heading(words, alone=True, strong=True)):
            outline.enter(words, int(heading[1] or BOLD))
            continue
        last = blocks[-1] if blocks else None
        if why and last and last.why == why and why in _WHOLE:
            blocks[-1] = replace(last, text=f"{last.text} {words}")
            continue
        count += 1
        title, words = run_in(words)
        if title:
            outline.enter(title, BOLD)
        blocks.append(Block(words, outline.heading, count, why=why or outline.why))
    found = sifted(blocks, paged=False)
    return Reading(found, tuple(problems), tuple(outline.met))


def decode_html(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """A page's text, with a warning where it is not what it declares."""
    found = foreign_text(data)
    text, problems = checked(found, name)
    declared = found.declared
    wrong = (
        declared
        and found.encoding == "utf-8"
        and codec_of(declared) not in ("utf-8", "ascii")
        and not problems
        and not data.isascii()
    )
    if wrong:
        message = f"this page calls itself {declared}; its text is UTF-8 and was read as such"
        hint = "Nothing needs to be done if the text looks right."
        problems.append(Problem(name, 0, "wrong-charset", message, hint, severity="warning"))
    return text, problems


def _marked(soup: BeautifulSoup) -> dict[int, str]:
    """Why elements are no running text, by their id; not where the article itself stands in one."""
    for element in soup.select(_NEVER):
        if not element.decomposed:
            element.decompose()
    whole = len(soup.get_text())
    around = [(element, why) for why, names in _AROUND.items() for element in soup.select(names)]
    around += [(element, why) for element in soup(True) if (why := _named(element))]
    marks = {
        id(element): why
        for element, why in around
        if len(element.get_text()) * 2 <= whole
        and not (element.name == "header" and element.find_parent(["article", "main", "section"]))
    }
    for mark in soup("sup"):
        if not mark.decomposed and _MARK.fullmatch(mark.get_text().strip()):
            mark.decompose()
    for line_break in soup("br"):
        line_break.replace_with(_BREAK)
    return marks


def _named(element: Tag) -> str:
    """Why an element is no running text, as its names have it."""
    names = [str(element.get("id") or ""), *map(str, element.get_attribute_list("class"))]
    if any(_NAMES["references"].fullmatch(name) for name in names):
        return "references"
    return "furniture" if any(_NAMES["furniture"].search(name) for name in names) else ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text stands: its nearest block, why that is left out, whether the text is bold."""

    owner: Tag
    why: str
    bold: bool


def _paragraphs(soup: BeautifulSoup, marks: Mapping[int, str]) -> Iterator[tuple[str, str, str]]:
    """Tag, words and `why` of stretches that no block interrupts; 'b' where all is bold."""
    places: dict[int, _Place] = {}
    last: _Place | None = None
    words: list[str] = []
    bold = True
    for text in soup.find_all(string=True):
        if isinstance(text, PreformattedString) or text.parent is None:
            continue
        place = _place(text.parent, places, marks)
        if last is not None and place.owner is not last.owner:
            yield from _split(last, words, bold)
            words, bold = [], True
        last = place
        bold = bold and (place.bold or not text.strip(f" \t\n:.{_BREAK}"))
        words.append(str(text))
    if last is not None:
        yield from _split(last, words, bold)


def _place(element: Tag, places: dict[int, _Place], marks: Mapping[int, str]) -> _Place:
    """The place of texts in this element; each element is asked once, however deep."""
    passed = []
    above: Tag | None = element
    while above is not None and id(above) not in places:
        passed.append(above)
        above = above.parent
    place = places[id(above)] if above is not None else None
    for item in reversed(passed):
        block = place is None or _BLOCK.fullmatch(item.name) is not None
        place = _Place(
            item if block or place is None else place.owner,
            marks.get(id(item)) or (place.why if place else ""),
            (not block and place is not None and place.bold) or item.name in ("b", "strong"),
        )
        places[id(item)] = place
    return places[id(element)]


def _split(place: _Place, words: list[str], bold: bool) -> Iterator[tuple[str, str, str]]:
    tag = "b" if bold and not re.fullmatch("h[1-6]", place.owner.name) else place.owner.name
    for part in re.split(rf"{_BREAK}\s*{_BREAK}", "".join(words)):
        folded = normalise(clean(part.replace(_BREAK, " ")))
        if folded:
            yield tag, folded, place.why
