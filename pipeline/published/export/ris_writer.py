"""RIS, as Zotero, EndNote, EPPI-Reviewer and Rayyan read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.model.languages import language_code
from pipeline.published.export.bibliography_entries import BibliographyEntry, entries
from pipeline.published.export.record_tables import StudyFacts, study_facts
from pipeline.published.own_words import marked
from pipeline.published.pieces import read_pieces
from pipeline.published.provenance import about
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection
from pipeline.published.terms import UNDECIDED

TYPES: Mapping[str, str] = {
    "article": "INPR",  # a preprint
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "entry-encyclopedia": "ENCYC",
    "graphic": "ART",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "MANSCPT",
    "motion_picture": "MPCT",
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "periodical": "JFULL",
    "personal_communication": "PCOMM",
    "report": "RPRT",
    "review": "JOUR",
    "software": "COMP",
    "song": "SOUND",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
TAGS: Mapping[str, str] = {
    "title-short": "ST",
    "container-title-short": "J2",
    "volume": "VL",
    "number-of-volumes": "NV",
    "issue": "IS",
    "edition": "ET",
    "version": "ET",
    "publisher": "PB",
    "publisher-place": "CY",
    "genre": "M3",
    "ISBN": "SN",
    "ISSN": "SN",
    "DOI": "DO",
}
# Of a conference CY is where it was held.
OF_TALKS: Mapping[str, str] = {"event-place": "CY", "publisher-place": "PP"}
# Whose editors have another tag than A2, as EndNote and Zotero read them.
EDITORS: Mapping[str, str] = {"book": "A3", "article-journal": "ED", "periodical": "ED"}
# Where the number of a source stands as others write it: where an ISBN would, and before one.
NUMBERED: Mapping[str, str] = {"report": "SN", "patent": "SN"}


def write(selection: Selection) -> Iterator[bytes]:
    """Every study, with what is to be known of it and of the file in notes.

    The abstract is our digest, and says so: never that of the authors. Where evidence was chosen,
    each piece is a note as well.
    """
    file = " ".join(about(selection).lines)
    notes = _by_study(selection) if selection.studies is None else None
    say = Wording(selection.language)
    told = (None,) if selection.itself else study_facts(selection)
    for entry, facts in zip(entries(selection), told, strict=True):
        lines = [("TY", TYPES.get(entry.csl["type"], "GEN")), ("ID", entry.key), *_lines(entry)]
        lines += _told(selection, entry, facts) if facts else []
        lines += [("N1", say("ris.others"))] if entry.and_others else []
        if entry.note:
            lines.append(("N1", entry.note))
        if notes is not None:
            lines += [("N1", note) for note in _notes(selection, entry.key, *notes)]
        lines += [("N1", file), ("ER", "")]
        yield "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines).encode() + b"\r\n"


def _told(
    selection: Selection, entry: BibliographyEntry, facts: StudyFacts
) -> Iterator[tuple[str, str]]:
    """The page of a study, its keywords and our digest."""
    if selection.address:
        yield "UR", facts.link
    yield from (("KW", word) for word in _keywords(selection, entry, facts))
    if summary := facts.row["summary"]:
        yield "AB", marked(summary, facts.read, selection.language)


def _lines(entry: BibliographyEntry) -> Iterator[tuple[str, str]]:
    item = entry.csl
    kind = item["type"]
    people = {"author": "AU", "editor": EDITORS.get(kind, "A2"), "translator": "A4"}
    for role, tag in people.items():
        yield from ((tag, _person(person)) for person in item.get(role, ()))
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    if parts:
        yield "PY", f"{parts[0]:04}"
        yield "DA", _date(parts)
    yield "TI", item.get("title", "")
    yield from _titles(item)
    if number := item.get("number") or item.get("collection-number"):
        yield NUMBERED.get(kind, "M1"), str(number)
    tags = {**TAGS, **OF_TALKS} if kind == "paper-conference" else TAGS
    yield from ((tag, str(item[name])) for name, tag in tags.items() if item.get(name))
    first, _, last = str(item.get("page") or item.get("number-of-pages", "")).partition("-")
    if first:
        yield "SP", first
    if last:
        yield "EP", last
    if language := item.get("language"):
        yield "LA", language_code(language) or language
    if accessed := item.get("accessed", {}).get("date-parts", [[]])[0]:
        yield "Y2", _date(accessed)
    if item.get("URL"):
        yield "UR", item["URL"]


def _titles(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the source stands in: the event before its proceedings, a series behind a book."""
    found = [item[name] for name in ("event-title", "container-title") if item.get(name)]
    yield from zip(("T2", "C3"), found, strict=False)
    if series := item.get("collection-title"):
        yield "T3" if found else "T2", series


def _date(parts: Sequence[int]) -> str:
    return "/".join([*(f"{part:02}" for part in parts), *[""] * (3 - len(parts))]) + "/"


def _person(person: Mapping[str, str]) -> str:
    if "literal" in person:
        return person["literal"]
    particles = ("dropping-particle", "non-dropping-particle", "family")
    family = " ".join(person[part] for part in particles if person.get(part))
    return ", ".join(filter(None, (family, person.get("given"), person.get("suffix"))))


def _keywords(selection: Selection, entry: BibliographyEntry, facts: StudyFacts) -> Iterable[str]:
    """Those of the entry, then what the study is coded with, in words."""
    terms = selection.terms
    coded = (
        terms.codes[code].label.get(selection.language)
        for dimension in (terms.evidence, terms.map)
        for code in facts.placed[dimension]
        if code != UNDECIDED
    )
    return dict.fromkeys((*entry.keywords, *coded))


def _by_study(selection: Selection) -> tuple[Any, Any]:
    """Places of the chosen pieces, those of a study together, and the numbers of their studies."""
    chosen = selection.positions
    positions = chosen[np.argsort(selection.index.study[chosen], kind="stable")]
    return positions, selection.index.study[positions]


def _notes(selection: Selection, key: str, positions: Any, studies: Any) -> Iterator[str]:
    index = selection.index
    number = index.studies.index.get_loc(key)
    start, end = np.searchsorted(studies, [number, number + 1])
    for piece in read_pieces(selection.connection, index, positions[start:end]):
        found = selection.attributions.of(piece)
        yield f"{found.role}: {found.copied}"


def _one_line(value: str) -> str:
    # A line break would begin a new tag.
    if not value.isprintable():
        value = "".join(sign if sign.isprintable() else " " for sign in value)
    return " ".join(value.split())
