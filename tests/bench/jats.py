"""An article in JATS, as publishers give it: its sentences under their titles, and references."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.model.passages import normalise
from pipeline.sources.fulltexts.cut_text import cut
from pipeline.sources.fulltexts.language_guess import guess_language
from pipeline.sources.fulltexts.text_blocks import Block

# What a paragraph is not in, and what is left out of one.
_ASIDE = ("fig", "fig-group", "table-wrap", "table-wrap-group", "fn", "fn-group", "caption", "ack",
          "supplementary-material", "media", "glossary", "author-notes", "notes")  # fmt: skip
_BLOCKS = ("disp-formula", "disp-formula-group", "disp-quote", "list", "boxed-text", "p")
_FORMULAS = ("inline-formula", "disp-formula", "math", "tex-math", "inline-graphic", "graphic")
_NO_TEXT = re.compile(
    r"acknowledge?ments?|fund(?:ing|ers?).*|(?:conflicts?|declarations?) of .*|competing .*"
    r"|disclosures?|authors?.? .*contributions?|abbreviations?.*|(?:data|code) .*availab.*"
    r"|availability .*|ethic.*|supplement.*|supporting .*|additional (?:information|files?).*"
    r"|consent .*|pre-?publication history|provenance .*|grant .*|how to cite.*|notes?",
    re.IGNORECASE,
)
_KINDS = ("graphical", "teaser", "toc", "executive-summary", "web-summary", "short", "precis")
_NUMBER = re.compile(r"\s*\d{1,3}(?:[\s,;–-]+\d{1,3})*[a-z]?\s*")  # of a note; no year
# Numbers of notes beside each other, with what stands before them.
_NOTES = re.compile("(^|[^ ] ?)(\ue000[^\ue001]*\ue001(?:[\\s,;–-]*\ue000[^\ue001]*\ue001)*)")
_LEAST = 5  # words of a reference, or of a passage that may be one


def words(text: str) -> str:
    """Words and numbers without punctuation and case: how sentences are compared."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def letters(text: str) -> str:
    """Letters alone: how words are found whatever their spaces and hyphens."""
    return re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True)
class Sentence:
    """A sentence under the titles of its sections, outermost first.

    `noted` is the same with the numbers of notes and references that stand raised in it, which a
    reader may keep or leave out. It `counts` unless it holds a formula, which no text shows alike, or stands in a box or an
    appendix: such a sentence is a good passage that nobody misses.
    """

    text: str
    noted: str
    titles: tuple[str, ...]
    abstract: bool
    counts: bool

    @cached_property
    def keys(self) -> tuple[str, str]:
        return words(self.text), words(self.noted)

    @cached_property
    def packed(self) -> str:
        return letters(self.text)


@dataclass(frozen=True)
class Article:
    """The sentences of abstract and body, the references, and all words in order."""

    sentences: list[Sentence]
    references: list[set[str]]
    text: list[str]

    @cached_property
    def _run(self) -> tuple[str, frozenset[int]]:
        """All words as one string, and where each begins in it."""
        return "".join(self.text), frozenset(accumulate(map(len, self.text), initial=0))

    def joins(self, packed: str) -> bool:
        """Whether the letters of a word are those of several that follow each other here."""
        if len(packed) < 4 or packed in self._known:
            return False
        run, starts = self._run
        at = run.find(packed)
        while at >= 0 and not (at in starts and at + len(packed) in starts):
            at = run.find(packed, at + 1)
        return at >= 0

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.text)

    def cites(self, text: str) -> bool:
        """Whether nearly all words of a text stand in one reference."""
        held = set(words(text).split())
        return len(held) >= _LEAST and any(
            len(held & reference) >= 0.8 * len(held) for reference in self.references
        )


def read_article(path: Path) -> Article:
    """Body and abstract of a JATS file, cut into sentences by our own splitter."""
    parser = etree.XMLParser(recover=True, load_dtd=False, no_network=True, resolve_entities=False)
    root = etree.parse(str(path), parser).getroot()
    language = guess_language(_plain(root.find("body"))) or "en"
    sentences = [sentence for piece in _pieces(root) for sentence in _cut(*piece, language)]
    references = [set(words(_spaced(ref)).split()) for ref in root.iter("ref")]
    parts = [part for part in (*root.iter("abstract"), root.find("body")) if part is not None]
    text = [letters(word) for part in parts for word in _spaced_blocks(part).split()]
    return Article(
        sentences,
        [reference for reference in references if len(reference) >= _LEAST],
        [word for word in text if word],
    )


def _pieces(root: Any) -> Iterator[tuple[str, tuple[str, ...], bool, bool]]:
    """Running text with its titles, whether it is of the abstract, and whether it counts."""
    for part in root.iterfind("front//abstract"):
        if part.get("abstract-type") not in _KINDS:
            for paragraph in part.iter("p"):
                yield from _of_paragraph(paragraph, abstract=True, counts=True)
    for part in (*root.iterfind("body"), *root.iterfind("back//app")):
        for paragraph in part.iter("p"):
            yield from _of_paragraph(paragraph, abstract=False, counts=part.tag == "body")


def _of_paragraph(
    paragraph: Any, abstract: bool, counts: bool
) -> Iterator[tuple[str, tuple[str, ...], bool, bool]]:
    above = [node.tag for node in paragraph.iterancestors()]
    titles = tuple(
        title
        for node in reversed(list(paragraph.iterancestors("sec", "app")))
        if (title := _plain(node.find("title")))
    )
    if any(tag in _ASIDE for tag in above) or any(_NO_TEXT.fullmatch(name) for name in titles):
        return
    for text in _runs(paragraph):
        yield text, titles, abstract, counts and "boxed-text" not in above


def _runs(paragraph: Any) -> Iterator[str]:
    """The text of a paragraph, broken where a block stands in it; formulas as U+FFFC."""
    run: list[str] = [paragraph.text or ""]
    for node in paragraph:
        if node.tag in _BLOCKS or node.tag in _ASIDE:
            yield "".join(run)
            run = []
        else:
            run.append(_shown(node))
        run.append(node.tail or "")
    yield "".join(run)


def _shown(node: Any) -> str:
    """The text of an element; formulas as U+FFFC, numbers of notes between U+E000 and U+E001."""
    if not isinstance(node.tag, str):
        return ""
    if etree.QName(node).localname in _FORMULAS:
        return "\ufffc"
    inner = "".join(_shown(child) + (child.tail or "") for child in node)
    text = (node.text or "") + inner
    note = node.tag == "xref" and node.get("ref-type") in ("bibr", "fn") and _NUMBER.fullmatch(text)
    return f"\ue000{text}\ue001" if note else text


def _cut(
    text: str, titles: tuple[str, ...], abstract: bool, counts: bool, language: str
) -> Iterator[Sentence]:
    text = _NOTES.sub(_raised, normalise(text))
    pieces = re.split("[\ue000\ue001]", text)  # running text and notes take turns
    plain = "".join(pieces[::2])
    notes = list(zip(accumulate(map(len, pieces[::2])), pieces[1::2], strict=False))
    end = 0
    for stretch in cut([Block(plain)], language):
        at = max(plain.find(stretch.text, end), end)
        noted, end = "", at + len(stretch.text)
        for place, note in notes:
            if at < place <= end:
                noted += plain[at:place] + note
                at = place
        whole = counts and "\ufffc" not in stretch.text
        yield Sentence(stretch.text, noted + plain[at:end], titles, abstract, whole)


def _raised(match: re.Match[str]) -> str:
    """Numbers in brackets are text; raised ones are one note, whatever stands between them."""
    before, numbers = match.groups()
    numbers = ",".join(re.findall(r"[^\s,;\ue000\ue001]+", numbers))
    if before.strip() in ("[", "("):
        return before + numbers
    return f"{before.rstrip()}\ue000{numbers}\ue001"


def _plain(node: Any) -> str:
    return "" if node is None else " ".join("".join(node.itertext()).split())


def _spaced(node: Any) -> str:
    return " ".join(node.itertext())


def _spaced_blocks(part: Any) -> str:
    """All text, with spaces between titles, paragraphs and cells."""
    return " ".join(
        _plain(node) for node in part.iter("title", "p", "td", "th") if node.find("p") is None
    )
