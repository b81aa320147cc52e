"""What a reference says beyond title, people and year comes into the bibliography with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.desk.adding.formats.dates import find_date, find_year
from pipeline.desk.adding.formats.names import read_people
from pipeline.desk.adding.reference_files import read_shipment
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from pipeline.model.records import Name, Study
from pipeline.sources.bibliography.references import parse_references
from tests.conftest import Evidence

CASES = Path(__file__).parent / "cases" / "references"


def added(project: Project, evidence: Evidence, name: str, text: str | bytes) -> list[Study]:
    """The entries of a file in references.bib, read again from there."""
    path = project.root / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = {study.key for study in parse_references(project.references.read_text()).studies}
    result = evidence("add", project, str(path), "--yes", "--source", "A database")
    assert result.exit_code == 0, result.output
    found = parse_references(project.references.read_text())
    assert not [problem for problem in found.problems if problem.severity == "error"]
    return [study for study in found.studies if study.key not in before]


def people(names: tuple[Name, ...]) -> list[str]:
    return [name.reading for name in names]


FILES = {
    "book.ris": "TY  - BOOK\nAU  - Berg, Anna\nA2  - Vos, Els\nA3  - Smit, Jo\nA4  - Kok, Lia\nA4  - Bos, Pim\nTI  - Weaving\n"
    "T2  - Studies of Care\nPY  - 2019\nCY  - Delft\nPB  - Delta Press\nET  - 2nd\nSN  - 978-94-024-1234-5\nSP  - 340\nER  - \n",
    "report.ris": "TY  - RPRT\nAU  - Berg, Anna\nTI  - Weaving\nPY  - 2019\nPB  - Institute of Care\nCY  - Delft\nM1  - R-12\nM3  - Working paper\n"
    "T2  - Notes on Care\nLA  - nl\nSN  - 1234-5678\nUR  - https://example.org/r12\nY2  - 2024/02/01/\nER  - \n",
    "talk.ris": "TY  - CPAPER\nAU  - Berg, Anna\nTI  - Weaving\nPY  - 2019\nC3  - Proceedings of Care\nT2  - Care Days\nT3  - Talks\nCY  - Delft\nER  - \n",
    "paper.ris": "TY  - NEWS\nAU  - Berg, Anna\nTI  - Weaving\nPY  - 2019\nJF  - Daily Care\nM1  - arXiv:2101.00001\nER  - \n",
    "code.ris": "TY  - COMP\nAU  - Berg, Anna\nTI  - Weaving\nPY  - 2019\nET  - 1.2\nER  - \n",
    "book.enw": "%0 Book\n%A Berg, Anna\n%E Vos, Els\n%Y Smit, Jo\n%? Kok, Lia\n%? Bos, Pim\n%T Weaving\n%B Studies of Care\n%D 2019\n%C Delft\n%I Delta Press\n"
    "%7 2nd\n%@ 978-94-024-1234-5\n%8 March 5, 2019\n",
    "report.enw": "%0 Report\n%A Berg, Anna\n%T Weaving\n%D 2019\n%I Institute of Care\n%C Delft\n%N R-12\n%9 Working paper\n%S Notes on Care\n%G nl\n%@ 1234-5678\n"
    "%U https://example.org/r12\n%[ 2024-02-01\n",
    "book.xml": '<xml><records><record><ref-type name="Book">6</ref-type><contributors><authors><author>Berg, Anna</author></authors>'
    "<secondary-authors><author>Vos, Els</author></secondary-authors><tertiary-authors><author>Smit, Jo</author></tertiary-authors>"
    "<subsidiary-authors><author>Kok, Lia</author><author>Bos, Pim</author></subsidiary-authors></contributors><titles><title>Weaving</title>"
    "<secondary-title>Studies of Care</secondary-title></titles><dates><year>2019</year><pub-dates><date>March 5</date></pub-dates></dates>"
    "<pub-location>Delft</pub-location><publisher>Delta Press</publisher><edition>2nd</edition><isbn>978-94-024-1234-5</isbn></record></records></xml>",
    "book.txt": "Refworks Export Tagged Format\n\nTag legend\nRT=Reference Type\n\nBEGIN EXPORTED REFERENCES\n\n\nRT Book, Whole\nSR Print(0)\nID 7\nA1 Berg,Anna\n"
    "A2 Vos,Els\nA3 Smit,Jo\nA4 Kok,Lia\nA4 Bos,Pim\nT1 Weaving\nT2 Studies of Care\nYR 2019\nFD 03/05\nPP Delft\nPB Delta Press\nED 2nd\nSN 978-94-024-1234-5\n",
}  # fmt: skip
CSL: list[dict[str, Any]] = [
    {"id": "b", "type": "book", "title": "Weaving", "author": [{"family": "Berg", "given": "Anna (anna@example.org)"}],
     "editor": [{"family": "Smit", "given": "Jo"}], "translator": [{"family": "Kok", "given": "Lia"}, {"family": "Bos", "given": "Pim"}],
     "issued": {"date-parts": [[2019, 5], [2020, 1]]}, "collection-title": "Studies of Care", "publisher": "Delta Press",
     "publisher-place": "Delft", "edition": "2nd", "ISBN": "978-94-024-1234-5", "number-of-pages": "340"},
    {"id": "r", "type": "report", "title": "Mending", "author": [{"literal": "Institute of Care"}], "issued": {"date-parts": [[2019]]},
     "publisher": "Institute of Care", "number": "R-12", "genre": "Working paper", "URL": "https://example.org/r12",
     "accessed": {"date-parts": [[2024, 2, 1]]}, "language": "nl"},
    {"id": "p", "type": "article", "title": "Knitting", "author": [{"family": "Berg", "given": "Anna"}], "issued": {"date-parts": [[2021]]},
     "publisher": "arXiv", "number": "arXiv:2101.00001", "DOI": "10.48550/arXiv.2101.00001", "version": "2"},
    {"id": "c", "type": "paper-conference", "title": "Sewing", "author": [{"family": "Berg", "given": "Anna"}], "issued": {"date-parts": [[2019]]},
     "container-title": "Proceedings of Care", "event-title": "Care Days", "event-place": "Delft"},
    {"id": "n", "type": "article-newspaper", "title": "Felting", "author": [{"family": "Berg", "given": "Anna"}], "issued": {"date-parts": [[2019]]},
     "container-title": "Daily Care"},
    {"id": "http://zotero.org/users/1/items/N1", "type": "document", "note": "A note that stands by itself."},
    {"id": "http://zotero.org/users/1/items/N2", "type": "note", "title": "Another"},
    {"id": "http://zotero.org/users/1/items/N3", "type": "document", "title": "As Zotero writes it"},
]  # fmt: skip


def test_a_document_of_a_title_alone_is_broken_where_it_is_no_note_of_zotero() -> None:
    items = [{"id": "x", "type": "document", "title": "Alone"}, CSL[0]]
    (broken,) = read_shipment(json.dumps(items).encode(), "a.json").broken
    assert (broken.number, broken.message) == (1, "no author, editor or year")


@pytest.mark.parametrize("name", ["book.ris", "book.enw", "book.xml", "book.txt"])
def test_a_book_is_kept_whole(small: Project, evidence: Evidence, name: str) -> None:
    (study,) = added(small, evidence, name, FILES[name])
    assert (study.type, study.title, study.year, study.publisher) == (
        "book", "Weaving", 2019, "Delta Press",
    )  # fmt: skip
    assert (people(study.authors), people(study.editors)) == (["Anna Berg"], ["Jo Smit"])
    kept = {
        "isbn": "978-94-024-1234-5",
        "edition": "2nd",
        "series": "Studies of Care",
        "location": "Delft",
        "translator": "Kok, Lia and Bos, Pim",
    }
    assert {field: study.raw.get(field) for field in kept} == kept
    assert study.container == ""
    assert study.raw.get("pagetotal", "") == ("340" if name == "book.ris" else "")
    assert study.date == ("" if name == "book.ris" else "2019-03-05")


@pytest.mark.parametrize("name", ["report.ris", "report.enw"])
def test_a_report_is_kept_whole(small: Project, evidence: Evidence, name: str) -> None:
    (study,) = added(small, evidence, name, FILES[name])
    assert (study.type, study.publisher, study.number, study.language) == (
        "techreport", "Institute of Care", "R-12", "nl",
    )  # fmt: skip
    kept = {
        "issn": "1234-5678",
        "type": "Working paper",
        "series": "Notes on Care",
        "location": "Delft",
        "urldate": "2024-02-01",
    }
    assert {field: study.raw.get(field) for field in kept} == kept
    assert study.url == "https://example.org/r12"


def test_conferences_newspapers_preprints_and_programs(small: Project, evidence: Evidence) -> None:
    (talk,) = added(small, evidence, "talk.ris", FILES["talk.ris"])
    assert (talk.container, talk.raw["eventtitle"], talk.raw["venue"], talk.raw["series"]) == (
        "Proceedings of Care", "Care Days", "Delft", "Talks",
    )  # fmt: skip
    (paper,) = read_shipment(FILES["paper.ris"].encode(), "paper.ris").records
    assert paper.study.raw == {
        "entrysubtype": "newspaper",
        "eprint": "2101.00001",
        "eprinttype": "arxiv",
    }
    (code,) = read_shipment(FILES["code.ris"].encode(), "code.ris").records
    assert (code.study.type, code.study.raw) == ("software", {"version": "1.2"})


def test_csl_json_is_kept_whole_and_notes_are_none(small: Project, evidence: Evidence) -> None:
    book, report, preprint, talk, news = added(small, evidence, "library.json", json.dumps(CSL))
    assert (people(book.authors), people(book.editors)) == (["Anna Berg"], ["Jo Smit"])
    assert (book.year, book.date) == (2019, "2019-05/2020-01")
    assert (book.raw["translator"], book.raw["series"], book.raw["location"]) == (
        "Kok, Lia and Bos, Pim", "Studies of Care", "Delft",
    )  # fmt: skip
    assert (book.raw["edition"], book.raw["isbn"], book.raw["pagetotal"]) == (
        "2nd", "978-94-024-1234-5", "340",
    )  # fmt: skip
    assert (report.number, report.raw["type"], report.raw["urldate"], report.language) == (
        "R-12", "Working paper", "2024-02-01", "nl",
    )  # fmt: skip
    assert (preprint.type, preprint.raw["eprint"], preprint.raw["eprinttype"]) == (
        "unpublished", "2101.00001", "arxiv",
    )  # fmt: skip
    assert (preprint.raw["version"], preprint.number) == ("2", "")
    assert (talk.raw["eventtitle"], talk.raw["venue"]) == ("Care Days", "Delft")
    assert (news.type, news.raw["entrysubtype"]) == ("article", "newspaper")
    assert "example.org" not in small.references.read_text().replace("https://example.org", "")
    (record,) = small.imports.glob("*.yml")
    assert "found: 5" in record.read_text()
    assert "broken" not in record.read_text()


# --- Formats of their own ---

OVID = """<1. >
VN  - Ovid Technologies
DB  - Ovid MEDLINE(R) ALL
UI  - 32672909
AU  - Berg, Anna MD, PhD *
AU  - Smit, Jo [Reprint Author; E-mail: jo@example.org]
TI  - Brokers of care.  [Review]
SO  - Journal of Care. 12(3):134-41, 2019 Mar.
DO  - https://dx.doi.org/10.5555/care.1
IS  - 1234-5678
LG  - English
AB  - They met.

<2. >
VN  - Ovid Technologies
DB  - APA PsycInfo
UI  - 2018-1
AU  - Kok L.
TI  - Mediators of energy
SO  - Journal of Energy. Vol.95(3), 2018, pp. 474-487.
"""


def test_ovids_tagged_text() -> None:
    found = read_shipment(OVID.encode(), "export.txt")
    assert (found.format, found.broken) == ("ovid", ())
    first, second = (item.study for item in found.records)
    assert people(first.authors) == ["Anna Berg", "Jo Smit"]
    assert (first.title, first.container) == ("Brokers of care", "Journal of Care")
    assert (first.volume, first.number, first.pages) == ("12", "3", "134-141")
    assert (first.date, first.doi) == ("2019-03", "10.5555/care.1")
    assert first.raw == {"issn": "1234-5678", "pmid": "32672909"}
    assert first.abstract == "They met."
    assert (people(second.authors), second.year, second.raw) == (["L. Kok"], 2018, {})
    assert (second.container, second.volume, second.number, second.pages) == (
        "Journal of Energy", "95", "3", "474-487",
    )  # fmt: skip


REFWORKS = """RT Journal Article
SR Electronic(1)
ID 271
A1 Berg,Anna
A1 Smit,Jo
T1 Brokers of care
JF Journal of Care
YR 2019
FD Mar
VO 12
IS 3
SP 134
OP 141
K1 care
K1 brokers
AB US policy of 2018 changed.
US offices met.
SN 1234-5678
DO 10.5555/care.1
UL https://example.org/care
RD 02/01/2024

RT Dissertation
A1 Kok,Lia
T1 Mediators of energy
YR 2018
PB University of Delft
"""


def test_refworks_tagged_text() -> None:
    found = read_shipment(REFWORKS.encode(), "export.txt")
    assert (found.format, found.broken) == ("refworks", ())
    first, second = (item.study for item in found.records)
    assert people(first.authors) == ["Anna Berg", "Jo Smit"]
    assert (first.title, first.container, first.date) == (
        "Brokers of care", "Journal of Care", "2019-03",
    )  # fmt: skip
    assert (first.volume, first.number, first.pages) == ("12", "3", "134-141")
    assert (first.keywords, first.abstract) == (
        ("care", "brokers"), "US policy of 2018 changed. US offices met.",
    )  # fmt: skip
    assert (first.doi, first.url) == ("10.5555/care.1", "https://example.org/care")
    assert (second.type, second.publisher) == ("phdthesis", "University of Delft")


PUBMED = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2024//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_240101.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">32672909</PMID><Article PubModel="Print">
<Journal><ISSN IssnType="Print">1234-5678</ISSN><JournalIssue CitedMedium="Print"><Volume>12</Volume><Issue>3</Issue>
<PubDate><Year>2019</Year><Month>Mar</Month></PubDate></JournalIssue><Title>Journal of care</Title></Journal>
<ArticleTitle>Brokers of <i>care</i>.</ArticleTitle><Pagination><MedlinePgn>134-41</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.5555/care.1</ELocationID>
<Abstract><AbstractText Label="AIM">To meet.</AbstractText><AbstractText Label="RESULTS">They met.</AbstractText></Abstract>
<AuthorList CompleteYN="N"><Author ValidYN="Y"><LastName>van den Berg</LastName><ForeName>Anna</ForeName></Author>
<Author><CollectiveName>Care Study Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article>
<KeywordList Owner="NOTNLM"><Keyword>brokers</Keyword></KeywordList></MedlineCitation></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>21413195</PMID><Book><Publisher><PublisherName>Delta Press</PublisherName>
<PublisherLocation>Delft</PublisherLocation></Publisher><BookTitle>Handbook of care</BookTitle><PubDate><Year>2018</Year></PubDate>
<AuthorList Type="editors"><Author><LastName>Smit</LastName><ForeName>Jo</ForeName></Author></AuthorList><Isbn>9789402412345</Isbn></Book>
<ArticleTitle>Mediators</ArticleTitle><Language>eng</Language><AuthorList Type="authors"><Author><LastName>Kok</LastName>
<ForeName>Lia</ForeName></Author></AuthorList></BookDocument></PubmedBookArticle>
</PubmedArticleSet>
"""


def test_pubmeds_xml() -> None:
    found = read_shipment(PUBMED.encode(), "export.xml")
    assert (found.format, found.broken) == ("pubmed-xml", ())
    article, chapter = (item.study for item in found.records)
    assert people(article.authors) == ["Anna van den Berg", "Care Study Group"]
    assert (article.authors[1].literal, article.and_others) == (True, True)
    assert (article.type, article.title, article.container) == (
        "article", "Brokers of care", "Journal of care",
    )  # fmt: skip
    assert (article.volume, article.number, article.pages) == ("12", "3", "134-141")
    assert (article.date, article.doi) == ("2019-03", "10.5555/care.1")
    assert article.abstract == "AIM: To meet. RESULTS: They met."
    assert article.raw == {"pmid": "32672909", "issn": "1234-5678"}
    assert (chapter.type, chapter.container, chapter.year) == (
        "incollection", "Handbook of care", 2018,
    )  # fmt: skip
    assert (people(chapter.authors), people(chapter.editors)) == (["Lia Kok"], ["Jo Smit"])
    assert (chapter.raw["isbn"], chapter.raw["location"]) == ("9789402412345", "Delft")


def test_one_broken_record_of_pubmed_spoils_no_other() -> None:
    found = read_shipment(PUBMED.replace("</Volume>", "", 1).encode(), "export.xml")
    assert [item.study.title for item in found.records] == ["Mediators"]
    assert [(item.line, item.message) for item in found.broken] == [
        (4, "its XML is broken or cut off")
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("marc.xml", "<collection><record><leader>0</leader><datafield tag='245'/></record></collection>"),
        ("mods.xml", "<modsCollection><mods><titleInfo><title>A</title></titleInfo></mods></modsCollection>"),
        ("zotero.rdf", '<rdf:RDF xmlns:rdf="r"><bib:Article rdf:about="#a"/></rdf:RDF>'),
        ("openalex.json", '{"meta": {"count": 1}, "results": [{"id": "https://openalex.org/W1", "title": "A"}]}'),
        ("works.json", '[{"id": "https://openalex.org/W1", "title": "A", "type": "article", "publication_year": 2020}]'),
        ("zotero-api.json", '[{"key": "A", "version": 1, "data": {"title": "A", "date": "2020"}}]'),
        ("entities.xml", PUBMED.replace(".dtd\">", ".dtd\" [<!ENTITY a \"b\">]>")),
        ("entities.xml", PUBMED.replace("<PubmedArticleSet>", "<!ENTITY a SYSTEM 'x'><PubmedArticleSet>")),
    ],
)  # fmt: skip
def test_what_is_no_file_of_references_is_refused_whole(
    small: Project, evidence: Evidence, name: str, text: str
) -> None:
    (small.root / name).write_text(text)
    result = evidence("add", small, str(small.root / name))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{name}: error: " in result.stderr.replace(f"{name}:1: error: ", f"{name}: error: ")
    assert "→" in result.stderr
    with pytest.raises(InputError):
        read_shipment(text.encode(), name)


# --- Names and dates ---


def test_names_as_databases_write_them(small: Project, evidence: Evidence) -> None:
    name = "15_names_in_ris.ris"
    (study,) = added(small, evidence, name, (CASES / name).read_bytes())
    assert study.authors == (
        Name("王", "小明"),
        Name("Assoc Comp Machinery", literal=True),
        Name("Int Ctr Res & Dev", literal=True),
        Name("Fuentes C.", "Ramón E."),
        Name("Voorbeeld", "Anna"),
    )
    assert study.authors[0].reading == "王小明"
    name = "16_wos_pages_in_ps_and_email.txt"
    (study,) = added(small, evidence, name, (CASES / name).read_bytes())
    assert (study.pages, study.date) == ("134–141", "2019-03")
    assert people(study.authors) == ["Anna Voorbeeld", "Jo Smit"]
    assert "@example" not in small.references.read_text()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Berg, Anna <anna@example.org>", "Anna Berg"),
        ("Berg, Anna; E-mail: anna@example.org", "Anna Berg"),
        ("Berg, Anna (0000-0002-1825-0097)", "Anna Berg"),
        ("熊 玮", "熊玮"),
        ("熊, 玮", "熊玮"),
        ("ELANS Study Grp", "ELANS Study Grp"),
        ("Care Alliance,", "Care Alliance"),
        ("Vermeer Wind,", "Vermeer Wind"),
        ("García López, María José", "María José García López"),
        ("Fuentes C., Ramón E.", "Ramón E. Fuentes C."),
        ("Anna Vermeer", "Anna Vermeer"),
        ("Inter, Anna", "Anna Inter"),
    ],
)
def test_one_name_in_a_field_of_its_own(text: str, found: str) -> None:
    names, others = read_people([text], alone=True)
    assert (people(names), others) == ([found], False)


def test_a_comma_behind_a_name_makes_it_an_institution() -> None:
    assert read_people(["Vermeer Wind,"], alone=True)[0] == (Name("Vermeer Wind", literal=True),)


def test_lists_of_names_are_parted_still() -> None:
    assert people(read_people(["Berg A., Smit J."])[0]) == ["A. Berg", "J. Smit"]
    assert people(read_people(["Berg A., Smit J., Kok L."], alone=True)[0]) == [
        "A. Berg", "J. Smit", "L. Kok",
    ]  # fmt: skip


def test_an_access_date_is_no_year_and_py_beats_da() -> None:
    name = "17_access_date_becomes_year.ris"
    found = read_shipment((CASES / name).read_bytes(), name)
    years = {item.line: item.study.year for item in found.records} | {
        item.line: None for item in found.broken
    }
    assert years == {1: None, 7: 2023}
    assert [item.study.date for item in found.records if item.line == 7] == [""]


@pytest.mark.parametrize(
    ("texts", "year", "date"),
    [
        (["2019", "2019/03/05"], 2019, "2019-03-05"),
        (["2023", "2022/11/05"], 2023, ""),
        (["2019 May-Jun"], 2019, "2019-05/2019-06"),
        (["2018 Dec-2019 Jan"], 2018, "2018-12/2019-01"),
        (["2019-05/2020-01"], 2019, "2019-05/2020-01"),
        (["2019/2021"], 2019, "2019/2021"),
        (["2021-05/2020-01"], 2021, ""),
        (["2019 Jun-May"], 2019, ""),
        (["2019 Mar 5"], 2019, "2019-03-05"),
        (["2019 Spring"], 2019, ""),
        (["2019///"], 2019, ""),
    ],
)
def test_dates_and_their_ranges(texts: list[str], year: int, date: str) -> None:
    assert (find_year(texts), find_date(texts, year)) == (year, date)


def test_an_edited_book_of_zotero_has_editors(small: Project, evidence: Evidence) -> None:
    name = "zotero-written-edited-book.ris"
    (study,) = added(small, evidence, name, (CASES / name).read_bytes())
    assert (study.type, study.title) == ("book", "Governance of Orchestration")
    assert (study.authors, people(study.editors)) == (
        (), ["Hans Müller-Lüdenscheidt", "Søren Østergaard"],
    )  # fmt: skip
    assert (study.publisher, study.raw["isbn"]) == ("Springer & Sons", "978-94-024-1234-5")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ris", "TY  - EDBOOK\nAU  - Smit, Jo\nTI  - Weaving\nPY  - 2019\nER  - \n"),
        ("a.enw", "%0 Edited Book\n%A Smit, Jo\n%T Weaving\n%D 2019\n"),
        ("a.txt", "RT Book, Edited\nA1 Smit,Jo\nT1 Weaving\nYR 2019\n"),
        (
            "a.xml",
            '<xml><records><record><ref-type name="Edited Book">28</ref-type><contributors><authors><author>Smit, Jo</author></authors>'
            "</contributors><titles><title>Weaving</title></titles><dates><year>2019</year></dates></record></records></xml>",
        ),
    ],
)
def test_who_made_an_edited_book_is_its_editor(name: str, text: str) -> None:
    (record,) = read_shipment(text.encode(), name).records
    assert (record.study.authors, people(record.study.editors)) == ((), ["Jo Smit"])


BIB = r"""
@mastersthesis{a, title = {The {EU} as weaver}, author = {Berg, Anna (anna@example.org) and others}, school = {Delft},
  year = 2019, address = {Delft}, pagetotal = 80, pubstate = {prepublished}, annotation = {ours}, note = {theirs}}
@dataset{b, title = {Ties}, author = {Kok, Lia}, publisher = {Archive}, year = 2020, version = {2}}
@article{c, title = {Nets}, author = {Vos, Els}, journal = {J}, year = {in press}}
"""


def test_bibtex_keeps_types_fields_and_states(small: Project, evidence: Evidence) -> None:
    thesis, data, paper = sorted(added(small, evidence, "a.bib", BIB), key=lambda one: one.key)
    assert (thesis.type, data.type, paper.type) == ("mastersthesis", "dataset", "article")
    assert people(thesis.authors) == ["Anna Berg"]
    assert thesis.and_others
    assert {name: thesis.raw[name] for name in ("address", "pagetotal", "pubstate")} == {
        "address": "Delft",
        "pagetotal": "80",
        "pubstate": "prepublished",
    }
    assert (thesis.raw["note"], thesis.raw["annotation"]) == ("theirs", "ours")
    assert data.raw["version"] == "2"
    assert (paper.year, paper.raw["pubstate"]) == (None, "in press")


def test_what_stands_for_a_year_in_ris_is_kept(small: Project, evidence: Evidence) -> None:
    text = "TY  - JOUR\nTI  - Nets\nAU  - Vos, Els\nJO  - J\nPY  - in press\nER  - \n"
    (study,) = added(small, evidence, "a.ris", text)
    assert (study.year, study.raw["pubstate"]) == (None, "in press")


def test_a_doi_in_a_note_is_that_of_the_record_where_it_is_all_of_it(
    small: Project, evidence: Evidence
) -> None:
    head = "TY  - JOUR\nTI  - {}\nAU  - Vos, Els\nPY  - 2020\nJO  - J\n"
    notes = (
        "https://doi.org/10.1000/own",
        "read in place of Smit (2019), https://doi.org/10.1000/other",
    )
    text = "".join(
        f"{head.format(title)}N1  - {note}\nER  - \n\n"
        for title, note in zip(("A net", "B ties"), notes, strict=True)
    )
    assert {one.title: one.doi for one in added(small, evidence, "a.ris", text)} == {
        "A net": "10.1000/own",
        "B ties": "",
    }


def test_others_who_are_not_named_come_back_from_csl_json(
    small: Project, evidence: Evidence
) -> None:
    item = {"id": "x", "type": "book", "title": "Ties", "author": [{"family": "Kok"}],
            "issued": {"date-parts": [[2020]]}, "custom": {"and-others": "author"}}  # fmt: skip
    (study,) = added(small, evidence, "a.json", json.dumps([item]))
    assert (people(study.authors), study.and_others) == (["Kok"], True)


# What is written here and read again.

WHOLE = r"""@inproceedings{talk, author = {Berg, Anna and others}, editor = {Kok, Lia}, title = {Felting in care homes}, booktitle = {Proceedings of Care},
  year = {2017}, eventtitle = {Care Days}, eventdate = {2017-06-05/2017-06-07}, venue = {Utrecht}, location = {New York}, publisher = {Delta Press}}
@inbook{part, author = {Kok, Lia}, bookauthor = {Smit, Jo}, title = {Who convenes the homes}, booktitle = {A book by others}, year = {2013}, chapter = {3}, volumes = {4}}
@article{old, author = {Haan, Eva}, title = {Minutes without a day}, journal = {Journal of Records}, year = {1923}, date = {1923~}, pubstate = {inpress}}
@periodical{issue, editor = {Kok, Lia}, title = {Journal of Care Homes}, year = {2017}, volume = {6}}
@article{heat, author = {Smit, Jo}, title = {Brokers of heat in homes}, journal = {Journal of Care}, volume = {158}, year = {2022}, eid = {104842}}
@misc{page, author = {Bos, Pim}, title = {A page of the homes}, howpublished = {\url{https://example.org/p_1}}, year = {2022}}
"""  # fmt: skip


def again(small: Project, evidence: Evidence, export: str) -> dict[str, Study]:
    """The entries, written in a format and added to another project, by their titles."""
    text = small.references.read_text()
    small.references.write_text(text + WHOLE)
    evidence("build", small)
    path = small.root / f"own.{export}"
    evidence("export", small, "-f", export, "--studies", "-o", str(path))
    small.references.write_text(text)
    evidence("add", small, str(path), "--yes")
    found = parse_references(small.references.read_text(), "references.bib").studies
    return {study.title.split(" ")[0]: study for study in found if "ids" in study.raw}


def test_own_bibtex_comes_back_with_its_dates_and_addresses(
    small: Project, evidence: Evidence
) -> None:
    found = again(small, evidence, "bibtex")
    assert (found["Minutes"].date, found["A"].url) == ("1923~", "https://example.org/p_1")
    heat = found["Brokers"]
    assert (heat.raw["eid"], heat.pages, heat.raw.get("pages")) == ("104842", "104842", None)


def test_own_csl_json_comes_back_whole(small: Project, evidence: Evidence) -> None:
    found = again(small, evidence, "csl-json")
    talk, part, old = found["Felting"], found["Who"], found["Minutes"]
    assert (talk.and_others, people(talk.authors)) == (True, ["Anna Berg"])
    assert (talk.raw["eventdate"], talk.raw["venue"]) == ("2017-06-05/2017-06-07", "Utrecht")
    assert talk.raw["location"] == "New York"
    assert (part.raw["bookauthor"], part.raw["chapter"], part.raw["volumes"]) == (
        "Smit, Jo", "3", "4",
    )  # fmt: skip
    assert (found["Brokers"].pages, found["Brokers"].number) == ("104842", "")
    assert (old.raw["pubstate"], found["A"].url) == ("in press", "https://example.org/p_1")


def test_own_ris_comes_back_with_places_and_editors(small: Project, evidence: Evidence) -> None:
    found = again(small, evidence, "ris")
    talk, issue = found["Felting"], found["Journal"]
    assert (talk.raw["venue"], talk.raw["location"]) == ("Utrecht", "New York")
    assert people(issue.editors) == ["Lia Kok"]
    assert (found["Brokers"].pages, found["Brokers"].number) == ("104842", "")
    assert found["A"].url == "https://example.org/p_1"


@pytest.mark.parametrize(
    ("here", "there"), [("phdthesis", "thesis"), ("techreport", "report"), ("book", "collection")]
)
def test_a_kind_by_its_other_name_is_the_same_study(
    small: Project, evidence: Evidence, here: str, there: str
) -> None:
    entry = "{x, author = {Berg, Anna}, title = {Weaving}, year = {2014}, publisher = {P}}"
    small.references.write_text(f"{small.references.read_text()}@{here}{entry}")
    path = small.root / "again.bib"
    path.write_text(f"@{there}{entry}")
    (value,) = json.loads(evidence("add", small, str(path), "--json").output)
    assert value["counts"]["duplicate"] == 1
