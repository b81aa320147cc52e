"""Headings: which lines are one, and which parts of a text they leave out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

LONGEST = 12  # words of a heading
_NUMBER = re.compile(
    r"^\s*(?:(?:chapter|hoofdstuk)\s+)?(?:(\d{1,2}(?:\.\d{1,2}){0,4})\.?|[IVX]{1,5}\.|[A-Z]\.)\s+",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2}){0,4}\.?\s+[A-Z][^\W\d_]+")
_REFERENCES = re.compile(
    r"(?:(?:end)?notes (?:and|&) )?(?:list of )?(?:cited )?references(?: (?:and|&) notes)?"
    r"|references cited"
    r"|bibliography|(?:literature|works) cited|literature|literatuur(?:lijst|verwijzingen|opgave)?"
    r"|geraadpleegde (?:literatuur|bronnen)|literatuur en bronnen|referenties|referentielijst"
    r"|(?:lijst van )?(?:bronnen|referenties)|bronnenlijst|bronvermelding|bibliografie"
    r"|noten en (?:literatuur|referenties)",
    re.IGNORECASE,
)
_APPENDIX = re.compile(
    r"(?:online )?(?:appendix|appendices|annex|bijlagen?|supplement(?:ary)?)\b", re.IGNORECASE
)
# Headings of running text that are known without number or capitals, and end a reference list.
_KNOWN = re.compile(
    r"abstract|(?:executive )?summary|introduction|background|theory"
    r"|theoretical (?:background|framework)"
    r"|(?:materials? and )?methods?|methodology|data(?: and methods?)?|results?|findings|analysis"
    r"|discussion|(?:discussion and )?conclusions?|implications|limitations|recommendations"
    r"|(?:management)?samenvatting|inleiding|achtergrond|theorie|theoretisch kader|methoden?"
    r"|onderzoeksopzet|aanpak|resultaten|bevindingen|analyse|discussie|conclusies?"
    r"|(?:conclusies? en )?aanbevelingen|beperkingen|(?:chapter|hoofdstuk) \d{1,2}\b.*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"acknowledge?ments?|dankwoord|funding|financiering|(?:declaration of )?conflicts? of interest"
    r"|(?:declaration of )?competing interests?|author contributions"
    r"|data availability(?: statement)?"
    r"|about the authors?|notes? on contributors?|over de auteurs?|contents|inhoud(?:sopgave)?",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"an?|and|as|at|by|for|from|in|into|of|on|or|over|the|to|under|versus|via|with"
    r"|aan|bij|de|den|door|een|en|het|met|naar|om|op|te|tot|uit|van|voor|zonder"
)


def bare(heading: str) -> str:
    """A heading without number and decoration, in lower case: '7. References:' is 'references'."""
    words = _NUMBER.sub("", heading.strip(" \t*#_–—-•·|=.:"))
    return " ".join(words.strip(" \t*#_–—-•·|=.:").casefold().split())


def depth(heading: str) -> int:
    """1 for '2 Methods' and all without number, 2 for '2.1 Sample'."""
    match = _NUMBER.match(heading)
    return match[1].count(".") + 1 if match and match[1] else 1


def is_named(heading: str) -> bool:
    """A heading known by its words alone, such as 'Results' or 'Bijlage A'."""
    words = bare(heading)
    return bool(
        _KNOWN.fullmatch(words)
        or _REFERENCES.fullmatch(words)
        or _CLOSING.fullmatch(words)
        or (_APPENDIX.match(words) and len(words.split()) <= LONGEST)
    )


def is_heading(line: str, alone: bool, strong: bool = False, front: bool = False) -> bool:
    """Whether a line that nothing runs into is a heading.

    `alone`: blank lines around it; `strong`: set larger or bolder; `front`: on a title page,
    where names and titles look like headings.
    """
    words = line.split()
    first = line.lstrip(" *#_")[:1]
    if not 0 < len(words) <= LONGEST or len(line) > 100 or not (first.isupper() or first.isdigit()):
        return False
    if is_named(line):
        return True
    if line.rstrip()[-1] in ".,;:!?-" or "@" in line:
        return False
    if _NUMBERED.match(line):
        return True
    letters = [word for word in words if word[0].isalpha()]
    if len(letters) * 2 <= len(words) or any(word.endswith(",") for word in words):
        return False
    if alone and all(word.isupper() for word in letters) and len(line) > 3:
        return True
    titled = alone and all(word[0].isupper() or _SMALL.fullmatch(word) for word in letters)
    return not front and (strong or titled)


@dataclass(slots=True)
class Outline:
    """Where in a text we are: its last heading, and whether what follows is left out."""

    skip: Iterable[str] = ()
    heading: str = ""
    met: list[str] = field(default_factory=list)
    _silent_from: int = 0  # depth of the heading that is left out; 0: nothing is
    _references: bool = False

    def enter(self, heading: str, level: int | None = None) -> None:
        """Go on under this heading. A reference list ends only where running text begins again."""
        level = level or depth(heading)
        words = bare(heading)
        self.met.append(words)
        if _REFERENCES.fullmatch(words):
            self._references = True
        elif self._references:
            self._references = not (_APPENDIX.match(words) or _KNOWN.fullmatch(words))
        if not self._silent_from or level <= self._silent_from:
            self._silent_from = level if words in {bare(name) for name in self.skip} else 0
        self.heading = " ".join(heading.split())[:80].rstrip()

    @property
    def silent(self) -> bool:
        return self._references or bool(self._silent_from)
