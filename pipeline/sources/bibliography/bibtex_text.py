"""A new study as an entry of the bibliography."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.model.records import Name, Study

_SPECIAL = {
    "\\": r"{\textbackslash}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"{\textasciitilde}",
}
_ESCAPE = re.compile(r"[\\{}&%$#_~]")
_ROUND = str.maketrans("{}", "()")
_AND = re.compile(r"\band\b", re.IGNORECASE)
CONTAINERS = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
PUBLISHERS = {"phdthesis": "school", "techreport": "institution"}
# Fields that Study has no place for and that are kept as they came, and those written verbatim.
KEPT = (
    "issn", "isbn", "pmid", "eprint", "eprinttype", "edition", "version", "series", "location",
    "eventtitle", "venue", "type", "entrysubtype", "translator", "pagetotal", "urldate",
)  # fmt: skip
VERBATIM = ("doi", "url")


def write_entry(key: str, study: Study) -> str:
    """The text of an entry, ending in a line end. Abstracts and files are not written."""
    kind = study.type
    fields = {name: value for name, value in _fields(study) if value}
    width = max(len(name) for name in fields)
    lines = [f"  {name:<{width}} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def escaped(text: str) -> str:
    """Plain text as it stands in a field, so that it is read again as it was."""
    text = " ".join(text.split())
    if not _balanced(text):
        text = text.translate(_ROUND)
    text = _ESCAPE.sub(lambda match: _SPECIAL[match[0]], text)
    # What LaTeX would join to a dash or a quotation mark is kept apart.
    text = re.sub(r"-(?=-)", "-{}", text)
    return re.sub(r"([`'])(?=\1)", r"\1{}", text)


def _fields(study: Study) -> Iterator[tuple[str, str]]:
    yield "author", _names(study.authors, study.and_others)
    yield "editor", _names(study.editors, study.and_others and not study.authors)
    yield "title", escaped(study.title)
    yield CONTAINERS.get(study.type, "journal"), escaped(study.container)
    yield "year", str(study.year)
    if study.date and study.date != str(study.year):
        yield "date", escaped(study.date)
    yield "volume", escaped(study.volume)
    yield "number", escaped(study.number)
    yield "pages", re.sub(r"\s*[-–]+\s*", "--", escaped(study.pages))
    yield "doi", _verbatim(study.doi)
    yield "url", "" if study.doi and "doi.org" in study.url else _verbatim(study.url)
    yield PUBLISHERS.get(study.type, "publisher"), escaped(study.publisher)
    yield "langid", escaped(study.language)
    yield "keywords", ", ".join(escaped(word.replace(",", " ")) for word in study.keywords)
    for name in KEPT:
        yield name, escaped(study.raw.get(name, ""))
    yield "note", escaped(study.note)


def _names(names: tuple[Name, ...], and_others: bool) -> str:
    return " and ".join([*(_name(name) for name in names), *(["others"] if and_others else [])])


def _name(name: Name) -> str:
    if name.literal:
        return f"{{{escaped(name.family)}}}"
    last = escaped(name.last)
    # A family name that BibTeX would read as a particle, or as two people, is held together.
    if (name.family[:1].islower() and not name.particle) or _AND.search(last) or "," in last:
        last = f"{{{last}}}"
    given = escaped(name.given)
    if _AND.search(given) or "," in given:
        given = f"{{{given}}}"
    return ", ".join(part for part in (last, escaped(name.suffix), given) if part)


def _verbatim(text: str) -> str:
    """A DOI or address: braces that would end the field are percent-encoded."""
    text = "".join(text.split())
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0
