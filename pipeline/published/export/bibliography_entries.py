"""Entries of the bibliography as they are written in files, read a few at a time."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.published.citation.database_citation import own_item
from pipeline.published.citation.unconfirmed import mark
from pipeline.published.provenance import about
from pipeline.published.selection import Selection
from pipeline.sources.bibliography.bibtex_text import escaped
from pipeline.sources.bibliography.latex import decode_latex

CHUNK = 500
OTHERS = {"literal": "et al."}
KEPT_BACK = frozenset(("abstract", "file"))  # words of the authors, and places on one machine
ENTRIES = """
SELECT reference.study, reference.entry, reference.csl, study.unconfirmed
FROM json_each(?) AS wanted
JOIN reference ON reference.study = wanted.value JOIN study ON study.key = reference.study
"""


@dataclass(frozen=True)
class BibliographyEntry:
    """An entry: its type, its fields as written, and what they mean as CSL-JSON.

    `note` says what of it is not confirmed, and what was read in place of the study.
    """

    key: str
    type: str
    fields: dict[str, str]
    csl: dict[str, Any]
    note: str = ""

    @property
    def keywords(self) -> list[str]:
        """Those of its own."""
        words = map(decode_latex, re.split("[,;]", self.fields.get("keywords", "")))
        return [word for word in words if word]

    @property
    def and_others(self) -> bool:
        """Whether there are authors or editors whom the bibliography does not name."""
        names = (self.fields.get(role, "").split() for role in ("author", "editor"))
        return any(words[-2:] == ["and", "others"] for words in names)


def entries(selection: Selection) -> Iterator[BibliographyEntry]:
    """Entries of the studies of a selection, by key; or that of the database itself.

    Without what is `KEPT_BACK`.
    """
    if selection.itself:
        yield _itself(selection)
        return
    keys = selection.study_keys
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        found = {}
        read = selection.attributions.citations.read_instead(
            some, selection.style, selection.language
        )
        rows = selection.connection.execute(ENTRIES, [json.dumps(some)])
        for key, entry, csl, unconfirmed in rows:
            written = json.loads(entry)
            fields = {
                name: text for name, text in written["fields"].items() if name not in KEPT_BACK
            }
            item = _item(json.loads(csl), fields)
            gaps = mark(item, json.loads(unconfirmed), selection.language, printed=False)
            parts = (gaps, f"[{read[key].text}]" if key in read else "")
            note = " ".join(part for part in parts if part)
            found[key] = BibliographyEntry(key, written["type"], fields, item, note)
        yield from (found[key] for key in some)


def _itself(selection: Selection) -> BibliographyEntry:
    item = own_item(selection.root, datetime.date.today(), selection.address)
    issued = [f"{part:02}" for part in item["issued"]["date-parts"][0]]
    fields = {
        "author": " and ".join(map(_name, item.get("author", ()))),
        "title": escaped(str(item["title"])),
        "year": issued[0],
        "date": "-".join(issued),
        "version": str(item.get("version", "")),
        "doi": str(item.get("DOI", "")),
        "url": str(item.get("URL", "")),
    }
    given = {name: value for name, value in fields.items() if value}
    return BibliographyEntry("orchestration-evidence", "dataset", given, item)


def _name(person: dict[str, str]) -> str:
    if "literal" in person:
        return f"{{{escaped(person['literal'])}}}"
    return ", ".join(escaped(person[part]) for part in ("family", "given") if person.get(part))


def _item(item: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    """The item with standard numbers, and without the words for people who are not named."""
    for role in ("author", "editor"):
        if role in item:
            item[role] = [person for person in item[role] if person != OTHERS]
    numbers = {name: decode_latex(fields.get(name.lower(), "")) for name in ("ISBN", "ISSN")}
    return {**{name: number for name, number in numbers.items() if number}, **item}


def head(selection: Selection) -> bytes:
    """What the file says of itself, where BibTeX reads nothing: an @ would begin an entry."""
    lines = [f"% {' '.join(line.split())}" for line in about(selection).lines]
    return ("\n".join(lines).replace("@", "(at)") + "\n\n").encode()


def noted(entry: BibliographyEntry) -> dict[str, str]:
    """The fields, with what is to be known of the entry behind its own note."""
    if not entry.note:
        return entry.fields
    own = entry.fields.get("note", "")
    return {**entry.fields, "note": f"{own} {escaped(entry.note)}".strip()}


def bib(kind: str, key: str, fields: dict[str, str]) -> bytes:
    """An entry in BibTeX's syntax, each value in one line, since an @ may begin no other.

    What was taken over from the entry in `crossref` stands in the fields already.
    """
    lines = [f"@{kind}{{{key},"]
    for name, value in fields.items():
        if name != "crossref":
            lines.append(f"  {name} = {{{_closed(' '.join(value.split()))}}},")
    return ("\n".join([*lines, "}"]) + "\n\n").encode()


def _closed(value: str) -> str:
    """The value as one that no reader takes beyond its end.

    BibTeX counts every brace, other readers only those without a backslash: where one of them
    finds no balance, plain braces are left out and those with a backslash become commands.
    """
    if not _balanced(value.replace("\\{", "").replace("\\}", "")) or not _balanced(value):
        value = re.sub(r"(?<!\\)[{}]", "", value)
        value = value.replace("\\{", r"{\textbraceleft}").replace("\\}", r"{\textbraceright}")
    return f"{value} " if value.endswith("\\") else value


def _balanced(value: str) -> bool:
    depth = 0
    for sign in value:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0
