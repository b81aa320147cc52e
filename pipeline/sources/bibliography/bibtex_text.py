"""A new study as an entry of the bibliography."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.model.csl import CONTRIBUTORS, FACTS
from pipeline.model.records import Name, Study
from pipeline.sources.bibliography.entry import BIBTEX_NAMES, CONTAINER, PUBLISHER, REMARKS
from pipeline.sources.bibliography.entry_kinds import SAME_TYPE
from pipeline.sources.bibliography.latex import decode_latex

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
_TOLD = re.compile(r"[\\{}&%$#_~]|--|``|''")
_ROUND = str.maketrans("{}", "()")
_AND = re.compile(r"\band\b", re.IGNORECASE)
CONTAINERS = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
PUBLISHERS = {"phdthesis": "school", "techreport": "institution"}
# Fields that Study has no place for, and those that hold its texts: written as an entry had them.
KEPT = ("pmid", *FACTS, *CONTRIBUTORS, *BIBTEX_NAMES.values(), *REMARKS[1:])
_TEXTS = ("title", "subtitle", "volume", "number", "issue", "note", *CONTAINER, *PUBLISHER)
AS_WRITTEN = frozenset((*KEPT, *_TEXTS, "ids"))


def write_entry(key: str, study: Study) -> str:
    """The text of an entry, ending in a line end. Abstracts and files are not written.

    What `study.raw` holds of a text is written as it stands there, where it reads as the study
    does: capitals in braces, maths and commands stay. `raw` holds BibTeX, whatever it came from.
    """
    kind = study.type
    fields = {name: value for name, value in _fields(study) if value}
    width = max(len(name) for name in fields)
    lines = [f"  {name:<{width}} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def escaped(text: str) -> str:
    """Plain text as it stands in a field, so that it is read again as it was."""
    text = " ".join(text.split())
    if not _TOLD.search(text):
        return text
    if not _balanced(text):
        text = text.translate(_ROUND)
    text = _ESCAPE.sub(lambda match: _SPECIAL[match[0]], text)
    # What LaTeX would join to a dash or a quotation mark is kept apart.
    text = re.sub(r"-(?=-)", "-{}", text)
    return re.sub(r"([`'])(?=\1)", r"\1{}", text)


def _fields(study: Study) -> Iterator[tuple[str, str]]:
    yield "ids", study.raw.get("ids", "")
    yield "author", _names(study.authors, study.and_others)
    yield "editor", _names(study.editors, study.and_others and not study.authors)
    subtitle = study.raw.get("subtitle", "")
    whole = f"{study.raw.get('title', '')}: {subtitle}" if subtitle else study.raw.get("title", "")
    yield "title", _written(study.title, whole)
    kind = SAME_TYPE.get(study.type, study.type)
    yield CONTAINERS.get(kind, "journal"), _kept(study, study.container, *CONTAINER)
    yield "year", str(study.year or "")
    if study.date and study.date != str(study.year):
        yield "date", _verbatim(study.date)
    yield "volume", _kept(study, study.volume, "volume")
    yield "number", _kept(study, study.number, "number", "issue")
    if study.pages != study.facts.get("eid"):
        yield "pages", re.sub(r"\s*[-–]+\s*", "--", escaped(study.pages))
    yield "doi", _verbatim(study.doi)
    yield "url", "" if study.doi and "doi.org" in study.url else _verbatim(study.url)
    yield PUBLISHERS.get(kind, "publisher"), _kept(study, study.publisher, *PUBLISHER)
    yield "langid", escaped(study.language)
    yield "keywords", ", ".join(escaped(word.replace(",", " ")) for word in study.keywords)
    for name in KEPT:
        yield name, _sound(study.raw.get(name, ""))
    apart = any(study.raw.get(name) for name in REMARKS[1:])  # remarks that are in `KEPT`
    yield "note", study.raw.get("note", "") if apart else _kept(study, study.note, "note")


def _kept(study: Study, text: str, *names: str) -> str:
    return _written(text, next((study.raw[name] for name in names if study.raw.get(name)), ""))


def _written(text: str, raw: str) -> str:
    """The text as `raw` writes it, if that is how it reads."""
    return _sound(raw) if raw and decode_latex(raw) == text else escaped(text)


def _sound(raw: str) -> str:
    """A field on one line, so that every reader finds its end: BibTeX counts braces with a
    backslash too, other readers do not."""
    raw = " ".join(raw.split())
    bare = raw.replace("\\{", "").replace("\\}", "")
    sound = _balanced(raw) and _balanced(bare) and not raw.endswith("\\")
    return raw if sound else escaped(decode_latex(raw))


def _names(names: tuple[Name, ...], and_others: bool) -> str:
    return " and ".join([*(_name(name) for name in names), *(["others"] if and_others else [])])


def _name(name: Name) -> str:
    if name.literal:
        return f"{{{escaped(name.family)}}}"
    family = escaped(name.family)
    # A family name that BibTeX would read as a particle, or as two people, is held together.
    lower = any(word[:1].islower() for word in name.family.split())
    if lower or _AND.search(family) or "," in family:
        family = f"{{{family}}}"
    last = " ".join(part for part in (escaped(name.particle), family) if part)
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
