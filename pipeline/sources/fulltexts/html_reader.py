"""Web pages: paragraphs and list items under their headings, without what surrounds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, ParserRejectedMarkup
from bs4.element import PreformattedString, Tag

from pipeline.ground.problems import Problem
from pipeline.ground.text import codec_of, foreign_text
from pipeline.sources.fulltexts.fulltext_bytes import checked, read_bytes
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import Outline
from pipeline.sources.fulltexts.noise import is_noise
from pipeline.sources.fulltexts.text_blocks import Block, Reading, clean, unusable

_NEVER = "script,style,template,noscript,svg,iframe,object,head,select,textarea,button"
_AROUND = (
    "nav,footer,aside,form,dialog,table,figure,figcaption,caption,header,[hidden],"
    "[aria-hidden=true],[role=navigation],[role=banner],[role=contentinfo],[role=search],"
    "[role=dialog],[role=complementary],[role=doc-bibliography]"
)
_NAMES = re.compile(
    r"cookie|consent|gdpr|breadcrumb|newsletter|paywall|related-(?:articles|content)|recommend"
    r"|social-|share-|advert|^(?:references|bibliography|ref-list)$",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"h[1-6]|p|li|blockquote|div|section|article|main|body|html|d[dtl]|[uo]l|pre|t[dhr]|table|tbody"
    r"|header|footer|aside|figure|figcaption|center|fieldset|form|address|hr|\[document\]"
)
_MARK = re.compile(r"[\[(]?[\d\s,;–*†‡§-]+[\])]?|[a-z]\)?")
_BREAK = "\x1e"


def read_html(path: Path, name: str, options: Options) -> Reading:
    """Blocks by heading, by number of the paragraph before the first. Raises InputError."""
    text, problems = decode_html(read_bytes(path, name), name)
    try:
        soup = BeautifulSoup(text, "html.parser")
    except (ParserRejectedMarkup, AssertionError, ValueError) as error:
        hint = "Open it in a browser and save it again."
        raise unusable(name, "broken-html", f"not a readable web page: {error}", hint) from None
    _strip(soup)
    blocks: list[Block] = []
    outline = Outline(options.skip)
    count = 0
    for tag, words in _paragraphs(soup):
        if re.fullmatch("h[1-6]", tag):
            outline.enter(words, int(tag[1]))
            continue
        count += 1
        if not outline.silent and not is_noise(words):
            blocks.append(Block(words, outline.heading, count))
    return Reading(blocks, tuple(problems), tuple(outline.met))


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


def _strip(soup: BeautifulSoup) -> None:
    """Take out what is not the article, unless the article itself stands in it."""
    for element in soup.select(_NEVER):
        if not element.decomposed:
            element.decompose()
    whole = len(soup.get_text())
    named = [element for element in soup(True) if _is_named(element)]
    around = [
        element
        for element in [*soup.select(_AROUND), *named]
        if len(element.get_text()) * 2 <= whole
        and not (element.name == "header" and element.find_parent(["article", "main", "section"]))
    ]
    for element in around:
        if not element.decomposed:
            element.decompose()
    for mark in soup("sup"):
        if not mark.decomposed and _MARK.fullmatch(mark.get_text().strip()):
            mark.decompose()
    for line_break in soup("br"):
        line_break.replace_with(_BREAK)


def _is_named(element: Tag) -> bool:
    names = [str(element.get("id") or ""), *(element.get_attribute_list("class"))]
    return any(_NAMES.search(str(name)) for name in names if name)


def _paragraphs(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """Tag and words of each stretch of text that no block interrupts."""
    owners: dict[int, Tag] = {}
    last: Tag | None = None
    words: list[str] = []
    for text in soup.find_all(string=True):
        if isinstance(text, PreformattedString) or text.parent is None:
            continue
        owner = _owner(text.parent, owners)
        if owner is not last and last is not None:
            yield from _split(last.name, words)
            words = []
        last = owner
        words.append(str(text))
    if last is not None:
        yield from _split(last.name, words)


def _owner(element: Tag, owners: dict[int, Tag]) -> Tag:
    """The nearest block around it; each element is asked once, however deep."""
    passed = []
    while id(element) not in owners and not _BLOCK.fullmatch(element.name) and element.parent:
        passed.append(element)
        element = element.parent
    owner = owners.get(id(element), element)
    owners.update((id(item), owner) for item in passed)
    return owner


def _split(tag: str, words: list[str]) -> Iterator[tuple[str, str]]:
    for part in re.split(rf"{_BREAK}\s*{_BREAK}", "".join(words)):
        folded = " ".join(clean(part.replace(_BREAK, " ")).split())
        if folded:
            yield tag, folded
