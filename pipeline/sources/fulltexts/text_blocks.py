"""What readers of full texts give: paragraphs in order, each under its heading and on its pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.problems import InputError, Problem, Severity
from pipeline.model.passages import normalise
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.shapes import FIRST_PARTS, JOINING, LAST_PARTS

_HYPHEN = re.compile(r"\b(\w+)([-\u00ad])[^\S\n]*\n\s*(\w+)")
_DASH = re.compile(r"(?<=\w[–—])[^\S\n]*\n\s*(?=\w)")  # a word between dashes, or a range
_COMPOUND = re.compile(r"\b(\w+)(?=(-\w+)?)")
# Why a paragraph is no running text.
WHYS = (
    "furniture",  # running heads, page numbers, what surrounds the article of a web page
    "imprint",  # licences, dates, correspondence, how to cite
    "authors",  # names and addresses
    "keywords",
    "contents",  # also lists of figures and tables
    "dedication",  # also forewords
    "caption",
    "table",
    "footnote",
    "references",
    "reviews",  # reports of reviewers behind an article
    "acknowledgements",
    "declarations",  # funding, interests, contributions, availability of data
    "abbreviations",
    "fragment",  # titles, cells, formulas: no sentence
    "skipped",  # under a heading that the options leave out
)


@dataclass(frozen=True, slots=True)
class PageStart:
    """From which character of a block on it stands on a page.

    `number` counts the pages of the file from 1, 0 in a text without; `label` is what is cited.
    """

    at: int
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, the `count`th of its text; `why`, of WHYS, says why it is no running text."""

    text: str
    heading: str = ""
    count: int = 0
    pages: tuple[PageStart, ...] = ()
    why: str = ""

    def page(self, at: int) -> PageStart | None:
        """The page on which the character at this place stands."""
        return next((page for page in reversed(self.pages) if page.at <= at), None)

    def locator(self, at: int) -> str:
        """Where the character at this place stands: page and heading, or what there is of them."""
        page = self.page(at)
        if page is None or not page.label:
            return self.heading or f"¶ {self.count}"
        return f"p. {page.label}, {self.heading}" if self.heading else f"p. {page.label}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The blocks of a full text, the problems met, and the headings it holds."""

    blocks: list[Block]
    problems: tuple[Problem, ...] = ()
    headings: tuple[str, ...] = ()
    paged: bool = False


Reader = Callable[[Path, str, Options], Reading]


def unusable(
    name: str, kind: str, message: str, hint: str, severity: Severity = "error"
) -> InputError:
    """The error for a file that gives no text at all."""
    return InputError([Problem(name, 0, kind, message, hint, severity=severity)])


def compounds(text: str) -> frozenset[str]:
    """Words as written inside a line, with and without the next behind a hyphen."""
    whole = _HYPHEN.sub(" ", text).casefold()
    found = set(_COMPOUND.findall(whole))
    return frozenset(written for word, more in found for written in (word, word + more))


def unbroken(lines: str, known: frozenset[str] = frozenset()) -> str:
    """One line of text in its normal form, words divided at line ends joined.

    A hyphen stays before and after digits, between names, in words `known` with it, and in those
    that are nowhere known without it and have a part that stands behind or before one, or begin
    with capitals. It keeps its space too in 'in- en uitvoer'.
    """

    def join(match: re.Match[str]) -> str:
        first, sign, rest = match.groups()
        written, joined = f"{first}-{rest}", first + rest
        if sign != "-":
            return joined
        name = first[:1].isupper() and rest[:1].isupper()
        digits = first[-1:].isdigit() or rest[:1].isdigit()
        if name or digits or written.casefold() in known:
            return written
        if joined.casefold() in known:
            return joined
        if JOINING.fullmatch(rest):
            return f"{first}- {rest}"
        capitals = len(first) > 1 and first.isupper() and rest.islower()
        parts = capitals or FIRST_PARTS.fullmatch(first) or LAST_PARTS.fullmatch(rest)
        return written if parts else joined

    return normalise(_DASH.sub("", _HYPHEN.sub(join, lines)))
