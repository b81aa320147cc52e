"""Studies as CSL-JSON items (CSL 1.0.2), from what the bibliography says.

Types and variables are those of the specification's appendices; which field of BibLaTeX gives which
variable depends on the kind of source where the two differ (an article's `number` is an issue).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.model.languages import language_code
from pipeline.model.records import Name, Study
from pipeline.model.source_genres import GENRES, STATES

TYPES: Mapping[str, str] = {
    "article": "article-journal",
    "artwork": "graphic",
    "audio": "song",
    "book": "book",
    "bookinbook": "chapter",
    "booklet": "pamphlet",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "electronic": "webpage",
    "image": "graphic",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "inreference": "entry-encyclopedia",
    "jurisdiction": "legal_case",
    "legal": "treaty",
    "legislation": "legislation",
    "letter": "personal_communication",
    "manual": "report",
    "mastersthesis": "thesis",
    "movie": "motion_picture",
    "music": "song",
    "mvbook": "book",
    "mvcollection": "book",
    "mvproceedings": "book",
    "mvreference": "book",
    "online": "webpage",
    "patent": "patent",
    "performance": "performance",
    "periodical": "periodical",
    "phdthesis": "thesis",
    "proceedings": "book",
    "reference": "book",
    "report": "report",
    "review": "review",
    "software": "software",
    "standard": "standard",
    "suppbook": "chapter",
    "suppcollection": "chapter",
    "suppperiodical": "article-journal",
    "techreport": "report",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "video": "motion_picture",
    "www": "webpage",
}
OTHER = "document"
PREPRINT = "article"
_PERIODICAL = frozenset(["article", "periodical", "review", "suppperiodical"])
_IN_SERIES = frozenset(["book", "chapter", "paper-conference", "entry-encyclopedia"])
# Fields that give one variable in every kind of source.
_PLAIN: Mapping[str, str] = {
    "chapter": "chapter-number",
    "edition": "edition",
    "eventtitle": "event-title",
    "isbn": "ISBN",
    "issn": "ISSN",
    "location": "publisher-place",
    "origlocation": "original-publisher-place",
    "origpublisher": "original-publisher",
    "origtitle": "original-title",
    "pagetotal": "number-of-pages",
    "series": "collection-title",
    "shortjournal": "container-title-short",
    "shorttitle": "title-short",
    "venue": "event-place",
    "version": "version",
    "volumes": "number-of-volumes",
}
_DATES: Mapping[str, str] = {
    "eventdate": "event-date",
    "origdate": "original-date",
    "urldate": "accessed",
}
_OTHERS = ("eid", "entrysubtype", "eprint", "eprinttype", "howpublished", "pubstate", "type")
# What a study keeps of an entry for its references, beside its own fields.
FACTS = (*_PLAIN, *_DATES, *_OTHERS)
CONTRIBUTORS: Mapping[str, str] = {"bookauthor": "container-author", "translator": "translator"}
# Repositories by their name in `eprinttype`: their own, the prefix of a number, and its address.
_REPOSITORIES: Mapping[str, tuple[str, str, str]] = {
    "arxiv": ("arXiv", "arXiv:", "https://arxiv.org/abs/"),
    "jstor": ("JSTOR", "", "https://www.jstor.org/stable/"),
    "hdl": ("", "", "https://hdl.handle.net/"),
    "pubmed": ("", "", "https://pubmed.ncbi.nlm.nih.gov/"),
}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%]?)")
_EDITION = re.compile(r"(\d+)(?:st|nd|rd|th|e)?\.?(?:\s+ed(?:n|ition|\.)?\.?)?", re.IGNORECASE)
_URL = ("http://", "https://")


def csl_item(study: Study) -> dict[str, Any]:
    """The item of a study; its id is the citation key. Empty fields are left out.

    CSL has no variable for "and others": who has such names stands in `custom`, where the
    specification lets programs keep what is theirs, and no name stands for them.
    """
    kind = csl_type(study)
    useful = _particle(study)
    item: dict[str, Any] = {
        "id": study.key,
        "type": kind,
        "title": study.title,
        "author": [_name(name, useful) for name in study.authors],
        "editor": [_name(name, useful) for name in study.editors],
        "issued": _issued(study),
        "container-title": study.container,
        "volume": study.volume,
        "page": re.sub(r"\s*(?:–|—|-+)\s*", "-", study.pages),
        "publisher": study.publisher or _publisher(study.facts.get("howpublished", "")),
        "DOI": study.doi,
        "URL": study.url if study.url.startswith(_URL) else "",
        "language": language_code(study.language),
        "genre": genre(study.type, study.facts.get("type", "")),
        "status": STATES.get(study.facts.get("pubstate", ""), study.facts.get("pubstate", "")),
    }
    item |= {name: study.facts.get(field, "") for field, name in _PLAIN.items()}
    item |= {name: _date(study.facts.get(field, "")) for field, name in _DATES.items()}
    item |= {
        name: [_name(one, useful) for one in study.contributors.get(field, ())]
        for field, name in CONTRIBUTORS.items()
    }
    if match := _EDITION.fullmatch(item["edition"]):
        item["edition"] = match[1]
    item[_number(study.type, kind, bool(item["collection-title"]))] = study.number
    if study.facts.get("eid", "") == study.pages != "":
        item["number"] = study.pages  # beside the pages, where most styles look for it
    if kind == "legal_case":
        item |= {"authority": item["publisher"], "publisher": ""}
    _put_eprint(item, study)
    if study.and_others and study.people:
        item["custom"] = {"and-others": "author" if study.authors else "editor"}
    return {name: value for name, value in item.items() if value}


def csl_type(study: Study) -> str:
    """The type of a study in CSL."""
    subtype = study.facts.get("entrysubtype", "").lower()
    if study.type == "article" and subtype in ("magazine", "newspaper"):
        return f"article-{subtype}"
    if study.type in ("misc", "unpublished") and study.facts.get("eprint"):
        return PREPRINT
    return TYPES.get(study.type, OTHER)


def genre(kind: str, said: str = "") -> str:
    """What kind of thesis, report or patent it is; BibLaTeX's keys in words."""
    return GENRES.get(said or (kind if kind.endswith("thesis") else ""), said)


def _number(entry: str, kind: str, in_series: bool) -> str:
    if entry in _PERIODICAL:
        return "issue"
    return "collection-number" if kind in _IN_SERIES and in_series else "number"


def _put_eprint(item: dict[str, Any], study: Study) -> None:
    """Where a preprint lies and by which number, unless it has come out in a journal."""
    number = study.facts.get("eprint", "")
    kind = study.facts.get("eprinttype", "").lower()
    if not number:
        return
    name, prefix, address = _REPOSITORIES.get(kind, (study.facts.get("eprinttype", ""), "", ""))
    if item["type"] in (PREPRINT, "webpage"):
        bare = number.removeprefix(prefix)
        item["number"] = item.get("number") or f"{prefix}{bare}"
        item["publisher"] = item["publisher"] or name
    if address and not item["URL"] and not item["DOI"]:
        item["URL"] = f"{address}{number.removeprefix(prefix)}"


def _publisher(said: str) -> str:
    return "" if said.startswith(_URL) or "\\url" in said else said


def _particle(study: Study) -> str:
    """Where "van der" belongs: to the family name, as in BibTeX, unless BibLaTeX is told no."""
    plain = re.search(r"\buseprefix\s*=\s*(?:false|0)", study.raw.get("options", ""))
    return "dropping-particle" if plain else "non-dropping-particle"


def _name(name: Name, particle: str) -> dict[str, str]:
    if name.literal:
        return {"literal": name.reading}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    if name.particle:
        parts[particle] = name.particle
    return {part: value for part, value in parts.items() if value}


def _issued(study: Study) -> dict[str, Any]:
    found = _date(study.date)
    if found and (study.year is None or found["date-parts"][0][0] == study.year):
        return found
    return {"date-parts": [[study.year]]} if study.year else {}


def _date(text: str) -> dict[str, Any]:
    """A date or a range of EDTF, as BibLaTeX writes it: 2019-05/2020-01, 2020~; empty if none."""
    parts = []
    about = False
    for side in text.split("/")[:2]:
        match = _DATE.match(side.strip())
        if match is None:
            break
        parts.append([int(part) for part in match.groups()[:3] if part])
        about = about or bool(match[4])
    if not parts:
        return {}
    return {"date-parts": parts, "circa": True} if about else {"date-parts": parts}
