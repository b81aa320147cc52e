"""What machines read from a page of a study: Highwire tags and schema.org.

Built from the study's CSL-JSON item, so that Zotero and search engines get the same facts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from pipeline.ground.addresses import address_part
from pipeline.ground.texts import said
from pipeline.published.citation.attribution import Attribution
from pipeline.published.citation.database_citation import LICENCE, TITLE
from pipeline.published.citation.reference_formatter import Instead
from pipeline.published.citation.unconfirmed import mark
from pipeline.published.pieces import Piece
from pipeline.published.read_words import of_study
from pipeline.web.openurl import date_parts, family_name, inverted

# As Google Scholar's inclusion guidelines name them, and Zotero where these have no name.
HIGHWIRE = {
    "title": "citation_title",
    "volume": "citation_volume",
    "issue": "citation_issue",
    "ISSN": "citation_issn",
    "ISBN": "citation_isbn",
    "DOI": "citation_doi",
    "language": "citation_language",
    "collection-title": "citation_series_title",
}
# What a work stands in, and who brought it out, by its type.
CONTAINERS = {
    "article-journal": "citation_journal_title",
    "chapter": "citation_inbook_title",
    "paper-conference": "citation_conference_title",
}
PUBLISHERS = {
    "thesis": "citation_dissertation_institution",
    "report": "citation_technical_report_institution",
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


def highwire(item: dict[str, Any], address: str, digest: str) -> list[tuple[str, str]]:
    """Names and contents of meta tags, as Google Scholar and Zotero read them.

    `address` is that of our page, `digest` what it says of the study in our words.
    """
    kind = str(item.get("type"))
    names = {
        **HIGHWIRE,
        "container-title": CONTAINERS.get(kind, ""),
        "publisher": PUBLISHERS.get(kind, "citation_publisher"),
        "number": "citation_technical_report_number" if kind == "report" else "",
    }
    tags = [(tag, str(item[name])) for name, tag in names.items() if tag and item.get(name)]
    for role in ("author", "editor"):
        tags += [(f"citation_{role}", inverted(person)) for person in item.get(role, ())]
    first, _, last = str(item.get("page", "")).partition("-")
    tags += [
        ("citation_publication_date", "/".join(date_parts(item))),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_public_url", address),
        ("citation_abstract", digest),
    ]
    return [tag for tag in tags if tag[1]]


def schema_org(
    item: dict[str, Any],
    address: str,
    study: Mapping[str, Any],
    instead: Instead | None,
    language: str,
) -> Markup:
    """JSON-LD for a page about a study; the summary on it is ours. `instead` is what was read."""
    rests = instead.cited.text if instead and instead.cited else ""
    work: dict[str, Any] = {
        "@type": KINDS.get(str(item.get("type")), "CreativeWork"),
        "name": item.get("title"),
        "author": [schema_person(person) for person in item.get("author", ())],
        "datePublished": "-".join(date_parts(item)),
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
        "usageInfo": "; ".join(of_study(study, instead.what if instead else None, language)),
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


def schema_person(person: Mapping[str, str]) -> dict[str, str]:
    """A person, or an organisation, of a CSL-JSON item."""
    if "literal" in person:
        return {"@type": "Organization", "name": person["literal"]}
    given = person.get("given", "")
    return {"@type": "Person", "familyName": family_name(person), "givenName": given}


def as_script(data: Any) -> Markup:
    """JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _work(reference: str) -> dict[str, str]:
    """A work of which only the reference is given."""
    return {"@type": "CreativeWork", "description": reference} if reference else {}
