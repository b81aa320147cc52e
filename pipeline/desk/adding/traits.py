"""What of a study counts when it is compared with another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.desk.adding.normal_forms import (
    PREPRINT,
    SERVER,
    Person,
    Title,
    fold,
    make_doi,
    make_person,
    make_title,
)
from pipeline.model.records import Study
from pipeline.sources.bibliography.entry_kinds import SAME_TYPE

_BOOKS = frozenset(
    ("book", "mvbook", "collection", "proceedings", "thesis", "phdthesis", "mastersthesis")
)
_NUMBER = re.compile(r"\d+")
_MONTHS = {
    month: str(number)
    for number, month in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
# A run of pages, or an article number: S373, e43268, CD006273, 112-19, 943-945.
_PAGES = re.compile(r"0*(\d+)[a-z]?(?:\s*[-–—]+\s*[a-z]*0*(\d+))?")


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a study counts. Studies with the same traits are the same study.

    `year` is 0 where nobody knows it. `pages` are the first pages of its runs of pages, `last` is
    the last page of the first run.
    """

    title: Title
    people: tuple[Person, ...]
    year: int
    doi: str
    container: str
    volume: str
    number: str
    pages: tuple[str, ...]
    last: str
    edition: str
    kind: str
    book: bool
    preprint: bool

    @property
    def page(self) -> str:
        return self.pages[0] if self.pages else ""


def make_traits(study: Study) -> Traits:
    """The traits of a study. A pure function."""
    doi = make_doi(study.doi) or make_doi(study.url)
    where = f"{study.container} {study.publisher} {study.url} {study.number}"
    preprint = bool(PREPRINT.match(doi) if doi else SERVER.search(where))
    preprint = preprint or study.type == "unpublished"
    pages, last = _pages(study.pages)
    return Traits(
        make_title(study.title),
        tuple(make_person(name) for name in study.people),
        study.year or 0,
        doi,
        " ".join(make_title(study.container).words) if study.container else "",
        _first_number(study.volume),
        _MONTHS.get(study.number.strip().lower()[:3], "") or _first_number(study.number),
        pages,
        last,
        _first_number(fold(study.raw.get("edition", ""))),
        SAME_TYPE.get(study.type, study.type),
        study.type in _BOOKS,
        preprint,
    )


def _first_number(text: str) -> str:
    found = _NUMBER.search(text)
    return (found[0].lstrip("0") or "0") if found else text.strip().lower()


def _pages(text: str) -> tuple[tuple[str, ...], str]:
    """The first page of each run, and the last page of the first; 943-5 ends on 945."""
    text = text.strip().lower()
    runs = _PAGES.findall(text)
    if not runs:
        return ((text,) if text else ()), ""
    first, last = runs[0]
    if last and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return tuple(dict.fromkeys(page for page, _ in runs)), last
