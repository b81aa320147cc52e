"""CSL-JSON, as Zotero, Mendeley and Pandoc write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pipeline.desk.adding.formats.entry_types import entry_subtype, entry_type
from pipeline.desk.adding.formats.names import without_address
from pipeline.desk.adding.formats.other_fields import access_date, eprint
from pipeline.desk.adding.formats.plain_text import clean, shown
from pipeline.desk.adding.formats.record_draft import RecordDraft, Unusable, find_doi
from pipeline.desk.adding.formats.reference_format import (
    MOST_RECORDS,
    Cut,
    Found,
    ReferenceFormat,
    gather,
)
from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.model.records import Name


def sniff(text: str) -> bool:
    """Whether the text is a list or an object of JSON."""
    return bool(re.match(r"\s*(?:\[\s*(?:\{|\])|\{)", text)) and '"' in text[:4000]


def read(text: str, name: str) -> Found:
    """Every object of the list, those too that come behind one that cannot be read.

    Notes that stand beside the records are none. Raises InputError where no object is CSL's.
    """
    found = list(islice(_cuts(text, name), MOST_RECORDS + 1))
    objects = [cut.content.keys() for cut in found if isinstance(cut.content, dict)]
    if objects and not any(names & _OWN for names in objects):
        message = "this JSON is not CSL-JSON"
        hint = "Export the references as CSL-JSON, RIS or BibTeX."
        raise InputError([Problem(name, 1, "unknown-format", message, hint)])
    return gather((cut for cut in found if not _is_note(cut.content)), _draft)


def _is_note(content: dict[str, Any] | Unusable) -> bool:
    """Whether it is a note or a file that stands by itself in a library."""
    if isinstance(content, Unusable):
        return False
    if content.get("type") in ("note", "attachment") or not content.keys() & _TELLING:
        return True
    # Zotero writes a note as a document that has the beginning of its text as title, and no more.
    return content.keys() == _NOTE and str(content["id"]).startswith("http://zotero.org/")


# Names that CSL has for what other programs call otherwise, and by which an object is a record.
_OWN = frozenset(
    ("author", "editor", "issued", "container-title", "DOI", "ISBN", "ISSN", "URL", "publisher",
     "page", "volume", "citation-key", "translator", "genre", "number", "collection-title")
)  # fmt: skip
_NOTE = {"id", "type", "title"}
_TELLING = _OWN - {"URL", "citation-key"} | {"title"}


def _cuts(text: str, name: str) -> Iterator[Cut[dict[str, Any]]]:
    decoder = json.JSONDecoder()
    place = len(text) - len(text.lstrip())
    if text[place : place + 1] == "{":
        value = _value(decoder, text, place)
        items = value[0].get("items") if value and isinstance(value[0], dict) else None
        if isinstance(items, list):
            for item in items:
                yield _cut(item, 1, shown(json.dumps(item, ensure_ascii=False)))
            return
        if value is None and not _START.search(text, place + 1):
            fault, line = _fault(decoder, text, place)
            raise InputError([Problem(name, line, "bad-json", fault, "Export it again.")])
    else:
        place += 1
    line, counted = text.count("\n", 0, place) + 1, place
    while True:
        place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]
        line += text.count("\n", counted, place)
        counted = place
        if place >= len(text):
            if text.rstrip()[-1:] not in ("]", "}") or text.lstrip()[:1] == "[":
                hint = "Export it again; it is cut off."
                yield Cut(line, "", Unusable("the file ends here", hint))
            return
        if text[place] == "]":
            return
        found = _value(decoder, text, place)
        if found is None:
            end = _next_start(decoder, text, place + 1)
            fault, _ = _fault(decoder, text, place)
            hint = "Export the file again; this record cannot be read."
            yield Cut(line, first_line(text[place : place + 500]), Unusable(fault, hint))
        else:
            value, end = found
            for item in value if isinstance(value, list) and value else [value]:
                yield _cut(item, line, text[place:end])
        place = end


_BETWEEN = re.compile(r"[\s,]*")
# Where a record may begin again: an object whose first field is one that a record has.
_START = re.compile(r'\{(?=\s*"(?:id|type|title|DOI|author|citation-key|abstract|issued)"\s*:)')
MOST_TRIES = 10_000


def _next_start(decoder: json.JSONDecoder, text: str, place: int) -> int:
    """Where the next record begins that can be read; the end of the text where there is none."""
    for match, _ in zip(_START.finditer(text, place), range(MOST_TRIES), strict=False):
        found = _value(decoder, text, match.start())
        if found is not None and isinstance(found[0], dict) and "title" in found[0]:
            return match.start()
    return len(text)


def _value(decoder: json.JSONDecoder, text: str, place: int) -> tuple[Any, int] | None:
    try:
        return decoder.raw_decode(text, place)
    except (ValueError, RecursionError):
        return None


def _fault(decoder: json.JSONDecoder, text: str, place: int) -> tuple[str, int]:
    """Why there is no value here, and in which line."""
    try:
        decoder.raw_decode(text, place)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg}", error.lineno
    except (ValueError, RecursionError):
        pass
    return "not JSON: nested too deeply", 0


def _cut(value: Any, line: int, raw: str) -> Cut[dict[str, Any]]:
    if isinstance(value, dict):
        return Cut(line, raw, value)
    return Cut(line, raw, Unusable("no object", "A record is an object with a title."))


def _draft(item: dict[str, Any]) -> RecordDraft:
    def text(*names: str) -> str:
        for name in names:
            value = item.get(name)
            if isinstance(value, list) and value:
                value = value[0]
            if isinstance(value, str | int | float) and str(value).strip():
                return str(value)
        return ""

    kind = text("type")
    entry = entry_type(kind, "misc")
    container = text("container-title", "event-title")
    pages = text("page", "article-number")
    number = text("issue", "number")
    number = number if number != pages else ""  # of an article, which some write in both
    doi = find_doi(text("DOI"), text("URL"))
    stored = eprint([text("number"), text("archive_location"), text("URL"), doi])
    if kind == "article" and not container:  # what CSL calls a preprint
        entry = "unpublished"
        stored = stored or _stored(text("publisher", "archive"), number or doi.partition("/")[2])
    given = text("id", "citation-key")
    return RecordDraft(
        type=entry,
        title=text("title"),
        authors=_names(item.get("author")),
        editors=_names(item.get("editor")),
        and_others=isinstance(own := item.get("custom"), dict) and "and-others" in own,
        dates=tuple(date for name in ("issued", "published") if (date := _date(item.get(name)))),
        container=container,
        volume=text("volume"),
        number="" if stored and stored["eprint"] in number else number,
        pages=pages,
        publisher=text("publisher"),
        doi=doi,
        url=text("URL"),
        language=text("language"),
        abstract=text("abstract"),
        keywords=re.split("[,;]", text("keyword")),
        key=text("citation-key") or (given if "/" not in given else ""),
        others={
            **stored,
            "issn": text("ISSN"),
            "isbn": text("ISBN"),
            "pmid": text("PMID"),
            "edition": text("edition"),
            "version": text("version"),
            "volumes": text("number-of-volumes"),
            "chapter": text("chapter-number"),
            "pubstate": text("status"),
            "bookauthor": " and ".join(n.sorting for n in _names(item.get("container-author"))),
            "eventdate": _date(item.get("event-date")),
            "series": text("collection-title"),
            "location": text("publisher-place"),
            "eventtitle": text("event-title", "event") if text("container-title") else "",
            "venue": text("event-place"),
            "type": text("genre") if entry in ("phdthesis", "techreport") else "",
            "entrysubtype": entry_subtype(kind),
            "pagetotal": text("number-of-pages"),
            "translator": " and ".join(name.sorting for name in _names(item.get("translator"))),
            "urldate": access_date(_date(item.get("accessed"))),
        },
    )


def _stored(where: str, number: str) -> dict[str, str]:
    return {"eprint": number, "eprinttype": where} if where and number else {}


def _names(value: Any) -> tuple[Name, ...]:
    found = []
    for item in value if isinstance(value, list) else ():
        if not isinstance(item, dict):
            continue
        part = {
            name: clean(without_address(text))
            for name, text in item.items()
            if isinstance(text, str)
        }
        if part.get("family"):
            particle = part.get("non-dropping-particle") or part.get("dropping-particle", "")
            given, suffix = part.get("given", ""), part.get("suffix", "")
            found.append(Name(part["family"], given, particle, suffix))
        elif part.get("literal") or part.get("name"):
            found.append(Name(part.get("literal") or part["name"], literal=True))
    return tuple(dict.fromkeys(found))


def _date(value: Any) -> str:
    if isinstance(value, dict):
        parts = value.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            ends = (part for part in parts[:2] if isinstance(part, list) and part)
            return "/".join(map(_numbers, ends))
        return str(value.get("raw") or value.get("literal") or "")
    return str(value) if isinstance(value, str | int) else ""


def _numbers(parts: list[Any]) -> str:
    return "-".join(str(part).zfill(2) for part in parts[:3] if part is not None)


FORMAT = ReferenceFormat("csl-json", "CSL-JSON", (".json",), sniff, read)
