"""Readers for full texts: each gives (locator, paragraph) pairs."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.problems import decode_utf8

Blocks = list[tuple[str, str]]

_HYPHEN = re.compile(r"(\w)[-\u2010\u00ad]\n\s*([^\W\d_])")
_DIGITS = re.compile(r"\d+")
_REFERENCES = re.compile(
    r"^\s*(?:\d+\.?\s+)?(references|bibliography|literature cited|literatuur(?:lijst)?|"
    r"referenties|bronnen)\s*:?\s*$",
    re.IGNORECASE,
)
_MARGIN = 3  # lines at the top and bottom of a page that can be running heads


class UnreadableText(Exception):
    """A full text that holds no text for us."""

    def __init__(self, kind: str, message: str, hint: str, line: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.hint = hint
        self.line = line


def read_plain(path: Path) -> Blocks:
    """Paragraphs between blank lines; form feeds count pages."""
    pages = _decoded(path).split("\f")
    if len(pages) == 1:
        return [("", paragraph) for paragraph in _paragraphs(pages[0])]
    return _paged(pages)


def read_markdown(path: Path) -> Blocks:
    """Paragraphs and list items; the nearest heading is the locator. No code, no tables."""
    from markdown_it import MarkdownIt

    blocks: Blocks = []
    heading = ""
    tokens = MarkdownIt("commonmark").enable("table").parse(_without_front_matter(_decoded(path)))
    inside: list[str] = []
    for token in tokens:
        if token.nesting == 1:
            inside.append(token.type)
        elif token.nesting == -1:
            inside.pop()
        elif token.type == "inline":
            words = " ".join(
                child.content if child.type in ("text", "code_inline") else " "
                for child in token.children or ()
            )
            if "heading_open" in inside:
                heading = words.strip()
                if _REFERENCES.match(heading):
                    break
            elif "table_open" not in inside:
                blocks.append((heading, words))
    return blocks


def read_html(path: Path) -> Blocks:
    """Paragraphs and list items of a page; the nearest heading is the locator."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(path.read_bytes(), "html.parser")
    for element in soup(
        ["script", "style", "nav", "header", "footer", "aside", "table", "noscript"]
    ):
        element.decompose()
    blocks: Blocks = []
    heading = ""
    for element in soup.find_all(["h1", "h2", "h3", "h4", "p", "li", "blockquote"]):
        words = element.get_text(" ", strip=True)
        if element.name.startswith("h"):
            heading = words
            if _REFERENCES.match(heading):
                break
        elif words and element.find(["p", "li"]) is None:
            blocks.append((heading, words))
    if not blocks:
        blocks = [("", paragraph) for paragraph in _paragraphs(soup.get_text("\n"))]
    return blocks


def read_pdf(path: Path) -> Blocks:
    """Text of a PDF by page. Scanned and encrypted files raise UnreadableText."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted()
        pages = [page.extract_text() or "" for page in reader.pages]
    except (FileNotDecryptedError, DependencyError):
        raise _encrypted() from None
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        # pypdf meets broken files with any of these.
        hint = "Open it in a PDF reader and print it to a new PDF."
        raise UnreadableText("broken-pdf", f"not a readable PDF: {error}", hint) from None
    letters = sum(character.isalpha() for page in pages for character in page)
    if letters < 20 * max(len(pages), 1):
        hint = "It seems to be scanned: run text recognition (OCR) on it first."
        raise UnreadableText("scanned-pdf", "this PDF holds hardly any text", hint)
    return _paged(pages)


READERS: dict[str, Callable[[Path], Blocks]] = {
    ".txt": read_plain,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}


def guess_language(text: str) -> str:
    """'en' or 'nl', whichever has more of its stop words in the text."""
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.nl.stop_words import STOP_WORDS as DUTCH

    words = re.findall(r"[a-z]+", text.lower())
    english = sum(word in ENGLISH and word not in DUTCH for word in words)
    dutch = sum(word in DUTCH and word not in ENGLISH for word in words)
    return "nl" if dutch > english else "en"


def _encrypted() -> UnreadableText:
    hint = "Save a copy without a password."
    return UnreadableText("encrypted-pdf", "this PDF is encrypted", hint)


def _decoded(path: Path) -> str:
    text, problems = decode_utf8(path.read_bytes(), path)
    if problems:
        raise UnreadableText("not-utf8", problems[0].message, problems[0].hint, problems[0].line)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_front_matter(text: str) -> str:
    match = re.match(r"---\n.*?\n---\n", text, re.DOTALL)
    return text[match.end() :] if match else text


def _paged(pages: Sequence[str]) -> Blocks:
    """Paragraphs of pages, running heads removed, a paragraph that runs on joined to its start."""
    kept = _without_running_heads([page.split("\n") for page in pages])
    blocks: Blocks = []
    for number, lines in enumerate(kept, 1):
        end = next((i for i, line in enumerate(lines) if _REFERENCES.match(line)), None)
        for paragraph in _paragraphs("\n".join(lines[:end])):
            last = blocks[-1][1] if blocks else ""
            if last and blocks[-1][0] != f"p. {number}" and last[-1:] not in ".!?:;”\"'":
                joined = _HYPHEN.sub(r"\1\2", f"{last}\n{paragraph}").replace("\n", " ")
                blocks[-1] = (blocks[-1][0], joined)
            else:
                blocks.append((f"p. {number}", paragraph))
        if end is not None:
            break
    return blocks


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """Leave out lines at the edge of pages that recur, whatever their number, on most pages."""
    edges = [
        {_DIGITS.sub("#", line.strip()) for line in _edge(page) if line.strip()} for page in pages
    ]
    counts = Counter(line for edge in edges for line in edge)
    often = {line for line, count in counts.items() if count >= max(3, len(pages) // 3)}
    often.add("#")
    return [
        [
            line
            for index, line in enumerate(page)
            if not (
                (index < _MARGIN or index >= len(page) - _MARGIN)
                and _DIGITS.sub("#", line.strip()) in often
            )
        ]
        for page in pages
    ]


def _edge(page: list[str]) -> list[str]:
    return page[:_MARGIN] + page[-_MARGIN:]


def _paragraphs(text: str) -> list[str]:
    text = _HYPHEN.sub(r"\1\2", text)
    return [
        " ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part and not part.isspace()
    ]
