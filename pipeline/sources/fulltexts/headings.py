"""Headings: which lines are one, and which parts of a text they leave out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from pipeline.sources.fulltexts.shapes import HEADINGS, LEFT_OUT, SMALL_WORDS

LONGEST = 12  # words of a heading
BOXES = ("authors", "keywords", "imprint")  # parts that stand within the text, on one page
_REACH = 500  # characters in which a heading that leads a paragraph stands
_AHEAD = 3  # by how much the number of a heading may be more than the last
BOLD = 7  # level of a heading that is only a bold paragraph
_NUMBER = re.compile(
    r"^\s*(?:(?:chapter|hoofdstuk|section|paragraaf)\s+)?"
    r"(?:(\d{1,2}(?:\.\d{1,2}){0,4})\.?(?:\s*[|│:]\s*|\s+)|[IVX]{1,5}\.\s+|[A-Z]\.\s+)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2}){0,4}\.?(?:\s*[|│]\s*|\s+)[A-Z][^\W\d_]+")
_LETTERED = re.compile(r"^\s*(?:[a-z]|[ivx]{1,4})\)\s+")
_SPACED = re.compile(r"(?:\w ){3,}\w(?!\w)")  # A B S T R A C T
_RUN_IN = re.compile(
    r"(\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[A-Z][^.:?!\n]{2,80})[.:]\s+(?=[\"“‘(]?[A-Z])"
    rf"|((?i:{HEADINGS['abstract'].pattern}|A B S T R A C T))\s?[:.—–|-]+\s*(?=[\"“‘(]?[A-Z])"
    r"|((?i:abstract)) (?=[A-Z])"
)
_ADDRESS = re.compile(r"@|https?:|www\.|©")
# Volume, issue and pages, as a reference ends: 12(2), 132–141.
_PAGES = re.compile(r"\b\d{1,4}\s?\(\d{1,3}(?:[-–/]\d{1,3})?\)\s?[,:]\s?(?:pp?\.\s?)?\d")
_WORD = re.compile(r"[^\W\d_]{4}")
_BARE = " \t*#_–—-•·|=.:■▪●"


def bare(heading: str) -> str:
    """A heading without number and decoration, in lower case: '7. References:' is 'references'."""
    words = _NUMBER.sub("", heading.strip(_BARE)).strip(_BARE)
    joined = _SPACED.sub(lambda match: match[0].replace(" ", ""), words).casefold()
    whole = "".join(joined.split())
    return whole if _known(whole) else " ".join(joined.split())


def _known(words: str) -> bool:
    return any(shape.fullmatch(words) for shape in (HEADINGS["running"], LEFT_OUT))


def in_one_case(line: str, other: str) -> bool:
    """Whether both lines are in capitals, but for a few as in 'SALTS OF Mg', or neither is."""
    return line.isupper() == other.isupper() or _capital(line) == _capital(other)


def _capital(line: str) -> bool:
    return 2 * sum(map(str.isupper, line)) > sum(map(str.isalpha, line))


def unnumbered(line: str) -> str:
    return _NUMBER.sub("", line)


def is_numbered(line: str) -> bool:
    """Whether a line begins as '3.1 Partners' does."""
    return _NUMBERED.match(line) is not None


def depth(heading: str) -> int:
    """1 for '2 Methods' and all without number, 2 for '2.1 Sample'."""
    match = _NUMBER.match(heading)
    return match[1].count(".") + 1 if match and match[1] else 1


def left_out(heading: str) -> str:
    """Why what stands under a heading is no running text; '' where it is."""
    match = LEFT_OUT.fullmatch(bare(heading))
    return (match.lastgroup or "") if match else ""


def before_text(heading: str) -> bool:
    """Whether a heading may stand on a title page before the text: an abstract, keywords."""
    words = bare(heading)
    return HEADINGS["abstract"].fullmatch(words) is not None or bool(left_out(heading))


def is_named(heading: str) -> bool:
    """A heading known by its words alone, such as 'Results' or 'Bijlage A'."""
    return bool(left_out(heading)) or _begins_again(heading)


def is_cited(line: str) -> bool:
    """'Article 3(1)', as texts cite what laws say; the heading is 'Article 3'."""
    return HEADINGS["cited"].match(line.strip()) is not None


def _begins_again(heading: str) -> bool:
    """Whether running text begins here, as its words alone say."""
    words = bare(heading)
    return bool(
        HEADINGS["running"].fullmatch(words)
        or HEADINGS["chapter"].match(heading.strip())
        or (HEADINGS["appendix"].match(words) and len(words.split()) <= LONGEST)
    )


def is_heading(line: str, alone: bool, strong: bool = False, front: bool = False) -> bool:
    """Whether a line that nothing runs into is a heading.

    `alone`: blank lines around it; `strong`: set larger or bolder; `front`: on a title page,
    where names and titles look like headings.
    """
    words = line.split()
    first = _LETTERED.sub("", line).lstrip(_BARE)[:1]
    if run_in(line)[0]:
        return False
    if not 0 < len(words) <= LONGEST or len(line) > 100 or not (first.isupper() or first.isdigit()):
        return False
    if is_named(line):
        return True
    asks = line.rstrip()[-1] == "?" and (strong or _NUMBERED.match(line))
    if (line.rstrip()[-1] in ".,;:!?-" and not asks) or _ADDRESS.search(line):
        return False
    if _PAGES.search(line):
        return False
    if _NUMBERED.match(line):
        return strong or depth(line) > 1 or "," not in line
    letters = [word for word in words if word[0].isalpha()]
    if len(letters) * 2 <= len(words) or (not strong and "," in line):
        return False
    if front or not _WORD.search(line):
        return False
    titled = all(word[0].isupper() or SMALL_WORDS.fullmatch(word) for word in letters)
    return strong or (alone and titled)


def run_in(paragraph: str) -> tuple[str, str]:
    """The heading with which a paragraph begins, and the rest: '2.4. Analysis. The broker …'."""
    match = _RUN_IN.match(paragraph[:_REACH])
    if match is None:
        return "", paragraph
    return match[1] or match[2] or match[3], paragraph[match.end() :]


def _numbers(line: str) -> tuple[int, ...]:
    match = _NUMBERED.match(line) and _NUMBER.match(line)
    return tuple(map(int, match[1].split("."))) if match and match[1] else ()


def leading(paragraph: str, lead: int) -> tuple[str, str]:
    """The heading that so many letters set bold or italic are, and the rest, as `run_in` does."""
    places = [place for place, letter in enumerate(paragraph[:_REACH]) if not letter.isspace()]
    if not 0 < lead < len(places):
        return "", paragraph
    head, rest = paragraph[: places[lead]].strip(), paragraph[places[lead] :]
    sure = (
        (head[-1:] in ".:—" or is_named(head))
        and head[:1].isupper()
        and rest[:1].isupper()
        and len(head.split()) <= 2 * LONGEST
        and _WORD.search(head) is not None
    )
    return (head, rest) if sure else ("", paragraph)


@dataclass(slots=True)
class Outline:
    """Where in a text we are: its last heading, and why what follows is left out."""

    skip: Iterable[str] = ()
    heading: str = ""
    met: list[str] = field(default_factory=list)
    _skipped_from: int = 0  # depth of the heading that the options leave out; 0: nothing is
    _why: str = ""
    _boxed: bool = False
    _text: tuple[str, str] = ("", "")  # heading and `why` of the text around a box
    _number: tuple[int, ...] = ()

    def enter(self, heading: str, level: int | None = None, small: bool = False) -> None:
        """Go on under this heading; `small`: it and its text are set smaller than running text.

        A reference list ends only where running text begins again, reviews not before the end.
        """
        level = level or depth(heading)
        words = bare(heading)
        self.met.append(words)
        if not self._boxed:
            self._text = (self.heading, self._why)
        why = left_out(heading)
        if self._why != "reviews" and (why or _begins_again(heading) or self._why != "references"):
            self._why = why
        self._boxed = small or self._why in BOXES
        if number := _numbers(heading):
            self._number = number
        if not self._skipped_from or level <= self._skipped_from:
            self._skipped_from = level if words in {bare(name) for name in self.skip} else 0
        self.heading = " ".join(heading.split())[:80].rstrip(" .:–-")

    def turn_page(self, listed: bool) -> None:
        """On a new page no box goes on, a list of contents only where parts are `listed`."""
        if self.why in BOXES:
            self.leave_box()
        elif self.why == "contents" and not listed:
            self.leave_contents()

    def leave_box(self) -> None:
        """Go back to the heading under which a box stood, such as one with authors' addresses."""
        if self._boxed:
            self.heading, self._why = self._text
            self._boxed = False

    def leave_contents(self) -> None:
        """What follows a list of contents stands under no heading."""
        self.heading = self._why = ""

    def counts_on(self, line: str) -> bool:
        """Whether the number of a line, if it has one, comes after that of the last heading."""
        number, last = _numbers(line), self._number
        if not number or not last:
            return not number or (number[0] > 0 and (len(number) > 1 or number[0] <= _AHEAD))
        shared = sum(takewhile(bool, (a == b for a, b in zip(number, last, strict=False))))
        if shared == len(last):
            return len(number) > shared
        return len(number) > shared and 0 < number[shared] - last[shared] <= _AHEAD

    @property
    def abstract(self) -> bool:
        return HEADINGS["abstract"].fullmatch(bare(self.heading)) is not None

    @property
    def why(self) -> str:
        """Why what stands here is no running text, of WHYS; '' where it is."""
        return self._why or ("skipped" if self._skipped_from else "")
