"""References as key-value pairs of OpenURL 1.0 (ANSI/NISO Z39.88-2004), for COinS in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

REFERRER = "info:sid/orchestration-evidence"


class Form(NamedTuple):
    """One of the registered formats of metadata, and what a type of reference is in it.

    Fields are named after the CSL variables; `author` may be given more than once.
    """

    format: str
    genre: str
    fields: Mapping[str, str]


_PARTS = {"page": "pages", "ISBN": "isbn", "ISSN": "issn", "author": "au"}
_ARTICLE = {"title": "atitle", "container-title": "jtitle", "volume": "volume", "issue": "issue",
            **_PARTS}  # fmt: skip
_WHOLE = {"title": "btitle", "publisher": "pub", "publisher-place": "place", "edition": "edition",
          "collection-title": "series", "number-of-pages": "tpages", **_PARTS}  # fmt: skip
_PART = {**_WHOLE, "title": "atitle", "container-title": "btitle"}
_THESIS = {"title": "title", "publisher": "inst", "genre": "degree", "number-of-pages": "tpages",
           "author": "au"}  # fmt: skip
_PLAIN = {"title": "title", "publisher": "publisher", "container-title": "source",
          "language": "language", "author": "creator", "URL": "identifier"}  # fmt: skip
FORMS: Mapping[str, Form] = {
    "article-journal": Form("journal", "article", _ARTICLE),
    "book": Form("book", "book", _WHOLE),
    "chapter": Form("book", "bookitem", _PART),
    "paper-conference": Form("book", "proceeding", _PART),
    "report": Form("book", "report", _WHOLE),
    "thesis": Form("dissertation", "", _THESIS),
}
OTHER = Form("dc", "", _PLAIN)  # Dublin Core, for what the others have no place for


def coins(item: Mapping[str, Any]) -> str:
    """The title of a COinS span for a CSL-JSON item; to be escaped where it stands in HTML."""
    form = FORMS.get(str(item.get("type")), OTHER)
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rfr_id", REFERRER),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form.format}"),
        ("rft.genre", form.genre),
        ("rft_id", f"info:doi/{item['DOI']}" if item.get("DOI") else ""),
        ("rft.type", "" if form.genre or form.format != "dc" else str(item.get("type"))),
        ("rft.date", "-".join(date_parts(item))),
        *((f"rft.{name}", value) for own, name in form.fields.items() for value in _of(item, own)),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def _of(item: Mapping[str, Any], name: str) -> Iterator[str]:
    if name == "author":
        yield from map(inverted, item.get("author", ()))
    elif item.get(name):
        yield str(item[name])


def inverted(person: Mapping[str, str]) -> str:
    """A name as it is sorted: de Vries, Anna; that of an institution as it is."""
    if "literal" in person:
        return person["literal"]
    parts = (family_name(person), person.get("given", ""), person.get("suffix", ""))
    return ", ".join(filter(None, parts))


def family_name(person: Mapping[str, str]) -> str:
    """The family name with what stands before it: de Vries."""
    parts = (person.get("dropping-particle"), person.get("non-dropping-particle"))
    return " ".join([*filter(None, parts), person.get("family", "")])


def date_parts(item: Mapping[str, Any]) -> list[str]:
    """Year, month and day as far as they are known, in two digits but the year."""
    parts = item.get("issued", {}).get("date-parts") or [[]]
    return [f"{int(part):02}" for part in parts[0]]
