"""PubMed's XML (National Library of Medicine), articles and chapters of books."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.desk.adding.formats.entry_types import entry_type
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.formats.record_draft import RecordDraft, find_doi, full_pages
from pipeline.desk.adding.formats.reference_format import Found, ReferenceFormat, gather
from pipeline.desk.adding.formats.xml_records import elements, text_of, texts
from pipeline.model.records import Name

_PARTS = ("Year", "Month", "Day")


def sniff(text: str) -> bool:
    """Whether it holds articles of PubMed."""
    head = text[:20_000]
    return head.lstrip().startswith("<") and bool(re.search(r"<Pubmed(?:Book)?Article[\s>S]", head))


def read(text: str, name: str) -> Found:
    """Every article. Raises InputError for entities, and where there is none."""
    return gather(elements(text, name, "PubmedArticle|PubmedBookArticle"), _draft)


def _draft(record: etree._Element) -> RecordDraft:
    book = record.find("BookDocument")
    article = record.find("MedlineCitation/Article") if book is None else book
    whole = record if article is None else article

    def text(*paths: str) -> str:
        return text_of(whole, *paths)

    title = text("ArticleTitle", "VernacularTitle")
    names, others = _people(whole, "AuthorList")
    editors: tuple[Name, ...] = ()
    if book is None:
        kind = entry_type(";".join(texts(whole, "PublicationTypeList/PublicationType")), "article")
    else:
        editors = _people(book, "Book/AuthorList[@Type='editors']")[0]
        names = names or _people(book, "Book/AuthorList[@Type='authors']")[0]
        kind = "incollection" if title else "book"
    pages = text("Pagination/MedlinePgn") or "-".join(
        filter(None, (text("Pagination/StartPage"), text("Pagination/EndPage")))
    )
    return RecordDraft(
        type=kind,
        title=re.sub(r"(?<=[^.])\.$", "", (title or text("Book/BookTitle")).strip("[]")),
        authors=names,
        editors=editors,
        and_others=others,
        dates=tuple(filter(None, map(_date, _dates(whole)))),
        container=text("Journal/Title", "Journal/ISOAbbreviation")
        or (text("Book/BookTitle") if title else ""),
        volume=text("Journal/JournalIssue/Volume", "Book/Volume"),
        number=text("Journal/JournalIssue/Issue"),
        pages=full_pages(pages),
        publisher=text("Book/Publisher/PublisherName"),
        doi=find_doi(
            text("ELocationID[@EIdType='doi']", "Book/ELocationID[@EIdType='doi']"),
            text_of(record, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
            text("ArticleIdList/ArticleId[@IdType='doi']"),
        ),
        language=text("Language"),
        abstract=" ".join(map(_abstract, whole.iterfind("Abstract/AbstractText"))),
        keywords=[
            *texts(record, "MedlineCitation/KeywordList/Keyword"),
            *texts(record, "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName"),
        ],
        others={
            "pmid": text_of(record, "MedlineCitation/PMID", "BookDocument/PMID"),
            "issn": text("Journal/ISSN"),
            "isbn": text("Book/Isbn"),
            "edition": text("Book/Edition"),
            "series": text("Book/CollectionTitle"),
            "location": text("Book/Publisher/PublisherLocation"),
        },
    )


def _people(element: etree._Element, path: str) -> tuple[tuple[Name, ...], bool]:
    """The names of a list; it may say itself that it is cut short."""
    found: dict[Name, None] = {}
    for author in element.iterfind(f"{path}/Author"):
        family = text_of(author, "LastName")
        if family:
            given = text_of(author, "ForeName", "Initials")
            suffix = text_of(author, "Suffix")
            name, _ = read_people([", ".join(filter(None, (family, given, suffix)))], alone=True)
        else:
            group = text_of(author, "CollectiveName")
            name = (Name(group, literal=True),) if group else ()
        found |= dict.fromkeys(name)
    listed = element.find(path)
    cut = listed is not None and listed.get("CompleteYN") == "N"
    return tuple(found), cut and bool(found)


def _dates(element: etree._Element) -> list[etree._Element]:
    paths = ("Journal/JournalIssue/PubDate", "Book/PubDate", "ArticleDate", "ContributionDate")
    return [item for path in paths for item in element.iterfind(path)]


def _date(element: etree._Element) -> str:
    parts = [text_of(element, part) for part in _PARTS]
    if all(part.isdigit() for part in parts if part):
        return "-".join(part.zfill(2) for part in parts if part)
    return " ".join(parts)


def _abstract(element: etree._Element) -> str:
    """A part of an abstract behind its label: RESULTS: …"""
    label = element.get("Label", "")
    text = "".join(element.itertext()).strip()
    return f"{label}: {text}" if label else text


FORMAT = ReferenceFormat("pubmed-xml", "PubMed XML", (".xml",), sniff, read)
