"""Studies as CSL-JSON items (citeproc-js schema 1.0.2), from what the bibliography says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.model.records import Name, Study

TYPES: Mapping[str, str] = {
    "article": "article-journal",
    "book": "book",
    "booklet": "pamphlet",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "electronic": "webpage",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "manual": "report",
    "mastersthesis": "thesis",
    "mvbook": "book",
    "online": "webpage",
    "patent": "patent",
    "phdthesis": "thesis",
    "proceedings": "book",
    "report": "report",
    "software": "software",
    "techreport": "report",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "www": "webpage",
}
OTHER = "document"
GENRES: Mapping[str, str] = {"phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis"}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def csl_item(study: Study) -> dict[str, Any]:
    """The item of a study; its id is the citation key. Empty fields are left out."""
    authors = [_name(name) for name in study.authors]
    editors = [_name(name) for name in study.editors]
    if study.and_others and (authors or editors):
        (authors or editors).append({"literal": "et al."})
    item = {
        "id": study.key,
        "type": TYPES.get(study.type, OTHER),
        "genre": GENRES.get(study.type, ""),
        "title": study.title,
        "author": authors,
        "editor": editors,
        "issued": {"date-parts": [_date(study)]} if study.year else {},
        "container-title": study.container,
        "volume": study.volume,
        "issue": study.number,
        "page": re.sub(r"\s*(?:–|—|-+)\s*", "-", study.pages),
        "publisher": study.publisher,
        "DOI": study.doi,
        "URL": study.url if study.url.startswith(("http://", "https://")) else "",
        "language": study.language,
    }
    return {name: value for name, value in item.items() if value}


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.reading}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: value for part, value in parts.items() if value}


def _date(study: Study) -> list[int | None]:
    match = _DATE.match(study.date)
    if match and int(match[1]) == study.year:
        return [int(part) for part in match.groups() if part]
    return [study.year]
