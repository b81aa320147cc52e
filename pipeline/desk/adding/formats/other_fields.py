"""Fields that a study has no place for, under their names in BibLaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.desk.adding.formats.dates import find_date, find_year
from pipeline.desk.adding.formats.names import read_people

_ISBN = re.compile(r"(?<![\d-])(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dXx](?![\d-])")
_ISSN = re.compile(r"(?<![\d-])\d{4}-?\d{3}[\dXx](?![\d-])")
_ARXIV = re.compile(r"\barxiv[:./]\s?(?:abs/)?(\d{4}\.\d{4,5}|[a-z-]+/\d{7})", re.IGNORECASE)


def standard_numbers(texts: Iterable[str]) -> dict[str, str]:
    """The first ISBN and the first ISSN."""
    found: dict[str, str] = {}
    for text in texts:
        for name, pattern in (("isbn", _ISBN), ("issn", _ISSN)):
            if match := pattern.search(text):
                found.setdefault(name, match[0])
                break
    return found


def eprint(texts: Iterable[str]) -> dict[str, str]:
    """The first number of arXiv."""
    found = next((match[1] for text in texts if (match := _ARXIV.search(text))), "")
    return {"eprint": found, "eprinttype": "arxiv"} if found else {}


def translators(texts: Iterable[str]) -> str:
    """A list of names as BibTeX writes them."""
    names, _ = read_people(texts, alone=True)
    return " and ".join(name.sorting for name in names)


def access_date(text: str) -> str:
    """When somebody looked at a page, with a month at least."""
    year = find_year([text])
    return find_date([text], year) if year else ""
