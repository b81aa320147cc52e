"""A record on its way to a study: plain values in, what a bibliography needs checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.desk.adding.formats.dates import find_date, find_year
from pipeline.desk.adding.formats.plain_text import clean
from pipeline.model.older_keys import older_key
from pipeline.model.records import Name, Study
from pipeline.published.own_words import is_marked
from pipeline.sources.bibliography.bibtex_text import escaped

_DASH = re.compile(r"\s*(?:--+|[‐‑‒–—−])\s*")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"“”]+")
_ALONE = re.compile(r"(?:doi\W*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"]+", re.IGNORECASE)
_IN_WORDS = re.compile(r"[^\W\d_]{3}")
_KEYWORDS = re.compile(r"[;\n]")
# The longest title known has some 3,000 characters, the longest list of authors 5,154 names.
MOST_PEOPLE = 10_000
LONGEST = 10_000  # characters of a field; of an abstract
LONGEST_ABSTRACT = 200_000


class Unusable(ValueError):
    """A record that cannot be added as it stands, and how to mend it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(slots=True)
class RecordDraft:
    """The values of one record as a format gives them; `dates` from the best to the last resort.

    `others` holds fields that a study has no place for, by their names in BibLaTeX.
    """

    type: str
    title: str
    authors: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    and_others: bool = False
    dates: tuple[str, ...] = ()
    container: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    url: str = ""
    language: str = ""
    abstract: str = ""
    keywords: Iterable[str] = ()
    note: str = ""
    key: str = ""
    others: dict[str, str] = field(default_factory=dict)

    def study(self, line: int) -> Study:
        """The study. Raises `Unusable` without a title, or with neither people nor year."""
        title = clean(self.title)
        year = find_year(self.dates)
        nobody = not self.authors and not self.editors and year is None
        if not title or nobody:
            raise Unusable(
                "no author, editor or year" if title else "no title",
                "Add it in the program that the file comes from and export again, "
                "or add it to the file.",
            )
        others = dict(self.others) if year else {"pubstate": state_in(self.dates), **self.others}
        return Study(
            key=plain_key(self.key),
            type=self.type,
            title=title,
            authors=self.authors,
            year=year,
            line=line,
            editors=self.editors,
            and_others=self.and_others,
            date=find_date(self.dates, year) if year else "",
            container=clean(self.container),
            volume=clean(self.volume),
            number=clean(self.number),
            pages=plain_pages(clean(self.pages)),
            publisher=clean(self.publisher),
            doi=find_doi(self.doi),
            url=find_address(self.url),
            language=clean(self.language),
            abstract="" if is_marked(self.abstract) else clean(self.abstract),
            keywords=split_keywords(self.keywords),
            note=clean(self.note),
            raw={
                name: text
                for name, value in others.items()
                if value and (text := escaped(clean(value)))
            },
        )


def state_in(dates: Iterable[str]) -> str:
    """What stands for a year that is none yet: in press, forthcoming; empty where nothing does."""
    return next((text for date in dates if _IN_WORDS.search(text := clean(date))), "")


def bounded(study: Study) -> Study:
    """The study. Raises `Unusable` where a field holds far more than any study has."""
    people = max(len(study.authors), len(study.editors))
    if people > MOST_PEOPLE:
        message = f"{people:,} people; up to {MOST_PEOPLE:,} are taken"
        raise Unusable(message, "Shorten the list, and end it with: and others.")
    names = (part for name in study.people for part in (name.family, name.given))
    texts = (getattr(study, field) for field in _TEXTS)
    longest = max(map(len, (*texts, *names, *study.raw.values())), default=0)
    if longest > LONGEST or len(study.abstract) > LONGEST_ABSTRACT:
        message = f"a field of {max(longest, len(study.abstract)):,} characters"
        raise Unusable(message, "Is a sign missing that ends it? Correct it, and export again.")
    return study


_TEXTS = (
    "key", "title", "date", "container", "volume", "number", "pages", "publisher", "doi", "url",
    "language", "note",
)  # fmt: skip


def plain_key(text: str) -> str:
    """A record's own key, where others may know it by that; mere numbers and addresses are not."""
    known = re.search("[^\\W\\d_]", text) and "://" not in text
    return older_key(text) if known else ""


def plain_pages(text: str) -> str:
    """Any dash as a hyphen: 12-34."""
    return _DASH.sub("-", text) if text else text


def full_pages(text: str) -> str:
    """Pages with the whole last number: 101-9 is 101-109."""
    match = re.fullmatch(r"(\d+)-(\d+)", text.strip())
    if match and len(match[2]) < len(match[1]):
        return f"{match[1]}-{match[1][: len(match[1]) - len(match[2])]}{match[2]}"
    return text


def find_doi(*texts: str) -> str:
    """The first DOI in any of the texts, bare; empty where there is none."""
    for text in texts:
        if "10." not in text and "%2" not in text:
            continue
        text = clean(text)
        if "doi.org/" in text.lower():
            text = re.sub("%2f", "/", text, flags=re.IGNORECASE)
        match = _DOI.search(text)
        if match:
            doi = match[0].rstrip(".,;:'")
            while doi[-1:] in ")]}>" and doi.count(doi[-1]) > doi.count(_OPENING[doi[-1]]):
                doi = doi[:-1].rstrip(".,;:'")
            return doi
    return ""


def doi_alone(texts: Iterable[str]) -> str:
    """The first DOI that is all a note says; others may be those of works that it speaks of."""
    return next(
        (doi for text in texts if _ALONE.fullmatch(clean(text)) and (doi := find_doi(text))), ""
    )


_OPENING = {")": "(", "]": "[", "}": "{", ">": "<"}


def find_address(*texts: str) -> str:
    """The first web address in any of the texts."""
    for text in texts:
        match = _ADDRESS.search(clean(text))
        if match:
            return match[0].rstrip(".,;")
    return ""


def split_keywords(texts: Iterable[str]) -> tuple[str, ...]:
    """Keywords one by one, as they come in lines or with semicolons, each once."""
    words = (clean(word) for text in texts for word in _KEYWORDS.split(text))
    return tuple(dict.fromkeys(word for word in words if word))


def page_range(first: str, last: str) -> str:
    """Pages from where they begin and end; either may hold the whole range or nothing."""
    first, last = plain_pages(clean(first)), plain_pages(clean(last))
    if last == "Specified":  # "No Pagination Specified", as PsycINFO says
        return ""
    if not last or last == first or "-" in first:
        return first
    return f"{first}-{last}" if first else last
