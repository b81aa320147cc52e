"""What machines read from a page of a study: Highwire tags, COinS, schema.org.

Built from the study's CSL-JSON item, so that Zotero and search engines get the same facts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from pipeline.ground.addresses import address_part
from pipeline.ground.texts import said
from pipeline.published.citation.attribution import Attribution
from pipeline.published.citation.database_citation import TITLE
from pipeline.published.citation.reference_formatter import Instead
from pipeline.published.citation.unconfirmed import mark
from pipeline.published.pieces import Piece

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
HIGHWIRE = {
    "title": "citation_title",
    "container-title": "citation_journal_title",
    "volume": "citation_volume",
    "issue": "citation_issue",
    "publisher": "citation_publisher",
    "DOI": "citation_doi",
    "language": "citation_language",
}
KINDS = {
    "article-journal": "ScholarlyArticle",
    "book": "Book",
    "chapter": "Chapter",
    "thesis": "Thesis",
    "report": "Report",
    "dataset": "Dataset",
    "webpage": "WebPage",
}


def highwire(item: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and contents of meta tags, as Google Scholar and Zotero read them."""
    tags = [(tag, str(item[name])) for name, tag in HIGHWIRE.items() if item.get(name)]
    tags += [("citation_author", _sorted(person)) for person in item.get("author", ())]
    tags.append(("citation_publication_date", "/".join(_date(item))))
    first, _, last = str(item.get("page", "")).partition("-")
    if first:
        tags.append(("citation_firstpage", first))
    if last:
        tags.append(("citation_lastpage", last))
    return [tag for tag in tags if tag[1]]


def coins(item: dict[str, Any]) -> str:
    """The title of a COinS span (OpenURL 1.0, Z39.88-2004)."""
    is_article = item.get("type") == "article-journal"
    first, _, last = str(item.get("page", "")).partition("-")
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{'journal' if is_article else 'book'}"),
        ("rft.genre", "article" if is_article else "book"),
        ("rft.atitle" if is_article else "rft.btitle", item.get("title", "")),
        ("rft.jtitle" if is_article else "rft.pub", item.get("container-title", "")),
        ("rft.date", "-".join(_date(item))),
        ("rft.volume", item.get("volume", "")),
        ("rft.issue", item.get("issue", "")),
        ("rft.spage", first),
        ("rft.epage", last),
        ("rft_id", f"info:doi/{item['DOI']}" if item.get("DOI") else ""),
        *(("rft.au", _sorted(person)) for person in item.get("author", ())),
    ]
    return urlencode([(name, value) for name, value in fields if value])


def schema_org(
    item: dict[str, Any],
    address: str,
    study: Mapping[str, Any],
    instead: Instead | None,
    language: str,
) -> Markup:
    """JSON-LD for a page about a study; the summary on it is ours. `instead` is what was read."""
    if instead:
        read, rests = instead.what, instead.cited.text if instead.cited else ""
    else:
        read, rests = said(f"read.{study['access']}", language) if study["access"] else "", ""
    work: dict[str, Any] = {
        "@type": KINDS.get(str(item.get("type")), "CreativeWork"),
        "name": item.get("title"),
        "author": [
            {"@type": "Organization", "name": person["literal"]}
            if "literal" in person
            else {
                "@type": "Person",
                "familyName": _family(person),
                "givenName": person.get("given", ""),
            }
            for person in item.get("author", ())
        ],
        "datePublished": "-".join(_date(item)),
        "isPartOf": {"@type": "CreativeWork", "name": item["container-title"]}
        if item.get("container-title")
        else None,
        "sameAs": f"https://doi.org/{item['DOI']}" if item.get("DOI") else item.get("URL"),
    }
    page = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": address,
        "abstract": study["summary"],
        "creditText": said("words.digest", language, database=TITLE),
        "publisher": {"@type": "Organization", "name": TITLE},
        "isBasedOn": _work(rests),
        "usageInfo": read,
        "creativeWorkStatus": mark(item, study["unconfirmed"], language, printed=False),
        "license": LICENCE,
        "about": {name: value for name, value in work.items() if value},
    }
    return as_script({name: value for name, value in page.items() if value})


def schema_org_piece(piece: Piece, found: Attribution, address: str) -> Markup:
    """JSON-LD for the page of a piece: a quotation only where the words are the authors'."""
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Quotation" if found.quotation else "Claim",
        "url": found.address,
        "text": piece.text,
        "inLanguage": piece.language,
        "creditText": found.said,
        "about": {"@id": f"{address}/study/{address_part(piece.study)}"},
        "isBasedOn": _work(found.instead),
        "publisher": {"@type": "Organization", "name": TITLE},
        "version": found.scheme,
        "dateModified": found.decided,
        "license": "" if found.quotation else LICENCE,
        "usageInfo": found.licence,
        "additionalProperty": [
            {"@type": "PropertyValue", "name": name, "value": value}
            for name, value in {**found.fields(), "decided_by": found.decided_by}.items()
        ],
    }
    return as_script({name: value for name, value in page.items() if value})


def as_script(data: Any) -> Markup:
    """JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _work(reference: str) -> dict[str, str]:
    """A work of which only the reference is given."""
    return {"@type": "CreativeWork", "description": reference} if reference else {}


def _family(person: dict[str, str]) -> str:
    parts = (person.get("non-dropping-particle"), person.get("dropping-particle"))
    return " ".join([*filter(None, parts), person.get("family", "")])


def _sorted(person: dict[str, str]) -> str:
    if "literal" in person:
        return person["literal"]
    return ", ".join(filter(None, (_family(person), person.get("given", ""))))


def _date(item: dict[str, Any]) -> list[str]:
    parts = item.get("issued", {}).get("date-parts") or [[]]
    return [f"{int(part):02}" for part in parts[0]]
