"""Reports fit to hand in: pages, first page, contents and properties, in Word and as PDF."""

from __future__ import annotations

import datetime
import re
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Cm
from lxml import etree
from pypdf import PdfReader

from pipeline.ground.project import Project
from pipeline.published.lettering import width
from pipeline.published.report.column_widths import column_widths
from pipeline.published.report.document_parts import Contents, Heading, ReportDocument, Table
from pipeline.published.report.docx_renderer import write_docx
from pipeline.published.report.pdf_renderer import HELP, write_pdf
from pipeline.published.report.text_runs import Run
from tests.conftest import Evidence, Site

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BY = ("--author", "Maker & Maker", "--organisation", "Example <Institute>", "--date", "2026-10-05")
DAY = {"en": "5 October 2026", "nl": "5 oktober 2026"}
PAGE = {"en": "Page {} of {}", "nl": "Pagina {} van {}"}
TITLE = {"en": "Evidence report: Golden scheme", "nl": "Bewijsrapport: Gouden schema"}
LEVELS = {
    "en": ["Overview", "Weaver", "Energy", "Care"],
    "nl": ["Overzicht", "Wever", "Energie", "Zorg"],
}


def _has_engine() -> bool:
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):  # its libraries of the system are missing
        return False
    return True


by_engine = pytest.mark.skipif(not _has_engine(), reason="WeasyPrint's libraries are not here")


def made(evidence: Evidence, project: Project, path: Path, *options: str) -> Path:
    found = evidence("report", project, "-o", str(path), *options)
    assert found.exit_code == 0, found.output
    return path


def fields(part: Any) -> list[str]:
    return [item.text.strip() for item in part.iter(f"{W}instrText")]


def texts(paragraphs: Any, style: str) -> list[str]:
    return [item.text for item in paragraphs if item.style.name == style]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_word_has_a_first_page_and_numbered_ones(
    built_golden: Project, evidence: Evidence, tmp_path: Path, language: str
) -> None:
    path = made(evidence, built_golden, tmp_path / "r.docx", "--lang", language, *BY)
    document = docx.Document(str(path))
    body = document.paragraphs
    assert [item.style.name for item in body[:5]] == ["Title", "Subtitle", *["Byline"] * 3]
    assert texts(body, "Byline") == ["Maker & Maker", "Example <Institute>", DAY[language]]
    (section,) = document.sections
    assert section.different_first_page_header_footer
    assert section.first_page_footer.paragraphs[0].text == ""
    assert [item.text for item in section.header.paragraphs] == [TITLE[language]]
    (footer,) = section.footer.paragraphs
    assert footer.text == PAGE[language].format(1, 1)
    assert fields(footer._p) == ["PAGE", "NUMPAGES"]
    known = document.core_properties
    day = datetime.datetime.combine(datetime.date.today(), datetime.time())
    assert (known.created.replace(tzinfo=None), known.modified.replace(tzinfo=None)) == (day, day)
    assert (known.author, known.last_modified_by, known.comments) == (*["Maker & Maker"] * 2, "")
    assert (known.title, known.language) == (
        TITLE[language],
        {"en": "en-GB", "nl": "nl-NL"}[language],
    )


def test_contents_in_word_stand_on_a_page_of_their_own_and_count_pages(
    built_golden: Project, evidence: Evidence, tmp_path: Path
) -> None:
    path = made(evidence, built_golden, tmp_path / "r.docx")
    document = docx.Document(str(path))
    entries = [item for item in document.paragraphs if item.style.name in ("TOC 1", "TOC 2")]
    assert [item.text.strip() for item in entries[:4]] == LEVELS["en"]
    headings = [
        item for item in document.paragraphs if item.style.name in ("Heading 1", "Heading 2")
    ]
    assert [item.text.strip() for item in entries] == [item.text for item in headings]
    marks = [item._p.find(f"{W}bookmarkStart").get(f"{W}name") for item in headings]
    assert [fields(item._p) for item in entries] == [[f"PAGEREF {mark} \\h"] for mark in marks]
    broken = [item.text for item in document.paragraphs if item.paragraph_format.page_break_before]
    assert broken == ["Contents", "Overview"]
    settings = document.settings.element
    (update,) = settings.iter(f"{W}updateFields")
    assert update.get(f"{W}val") == "true"
    assert update.getnext().tag == f"{W}compat"  # where the standard has it


def test_longer_contents_keep_to_their_page() -> None:
    def written(number: int) -> list[str]:
        below = [Heading(2, f"Part {place}", f"part-{place}") for place in range(number)]
        blocks = (Contents("Contents"), Heading(1, "First", "first"), *below)
        report = ReportDocument("en", "T", "", datetime.date(2026, 1, 2), blocks, front=("Today",))
        found = docx.Document(BytesIO(write_docx(report))).paragraphs
        return [item.text.strip() for item in found if item.style.name.startswith("TOC ")][1:]

    assert written(50) == ["First", *(f"Part {place}" for place in range(50))]
    assert written(90) == ["First"]


def test_only_a_wide_map_lies_across(
    real: Project, built_golden: Project, evidence: Evidence, tmp_path: Path
) -> None:
    path = made(evidence, real, tmp_path / "r.docx")
    document = docx.Document(str(path))
    sides = [item.orientation for item in document.sections]
    assert sides == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    assert [item.different_first_page_header_footer for item in document.sections] == [
        True, False, False,
    ]  # fmt: skip
    across = document.sections[1]
    assert (round(across.page_width.cm, 1), round(across.page_height.cm, 1)) == (29.7, 21)
    (picture,) = document.inline_shapes
    assert picture.width <= across.page_width - across.left_margin - across.right_margin
    assert picture.height <= across.page_height - across.top_margin - across.bottom_margin
    inside = list(across.iter_inner_content())
    assert [item.style.name for item in inside] == ["Normal", "Caption"]
    small = docx.Document(str(made(evidence, built_golden, tmp_path / "s.docx")))
    assert len(small.sections) == 1
    assert small.inline_shapes[0].width <= Cm(16)


def test_tables_in_word_break_neither_rows_nor_words(
    real: Project, evidence: Evidence, tmp_path: Path
) -> None:
    for language, word in (("en", "Decisions"), ("nl", "Beslissingen")):
        path = made(evidence, real, tmp_path / f"{language}.docx", "--lang", language)
        seen = False
        for table in docx.Document(str(path)).tables:
            assert all(row._tr.trPr.find(f"{W}cantSplit") is not None for row in table.rows)
            assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
            assert sum(column.width for column in table.columns) <= Cm(16)
            for place, cell in enumerate(table.rows[0].cells):
                room = table.columns[place].width.pt - 10.8
                assert all(width(part, 8.5, bold=True) <= room for part in cell.text.split())
                seen = seen or cell.text == word
        assert seen


def test_columns_share_what_room_there_is() -> None:
    def widths(*cells: str) -> list[float]:
        row = tuple((Run(text),) for text in cells)
        return column_widths(Table(1, "", ("A",) * len(cells), (row,)), 300, 10)

    short, long = widths("one", "many words that will take more than one line of this column " * 3)
    assert short < 60 < 200 < long
    assert short + long == pytest.approx(300)
    assert widths("W" * 80, "W" * 80) == pytest.approx([150, 150])  # no room for either
    assert widths("", "") == pytest.approx([150, 150])


def test_the_same_report_has_the_same_bytes(
    built_golden: Project, evidence: Evidence, tmp_path: Path
) -> None:
    for suffix in ("docx", "pdf"):
        one, other = (
            made(evidence, built_golden, tmp_path / f"{name}.{suffix}").read_bytes()
            for name in ("one", "other")
        )
        assert one == other
    with zipfile.ZipFile(tmp_path / "one.docx") as file:
        assert {item.date_time for item in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_by_whom_a_report_is_can_stand_in_the_settings(
    golden_project: Project, evidence: Evidence, tmp_path: Path
) -> None:
    settings = golden_project.corpus / "settings.yml"
    before = settings.read_text() if settings.is_file() else ""
    settings.write_text(f"{before}author: Some Author\norganisation: Some Institute\n")
    text = made(evidence, golden_project, tmp_path / "r.md").read_text()
    today = datetime.date.today().strftime("%-d %B %Y")
    assert f"\nSome Author\\\nSome Institute\\\n{today}\n\n" in text
    said = made(evidence, golden_project, tmp_path / "r.md", "--author", "Another").read_text()
    assert "\nAnother\\\nSome Institute\\\n" in said
    html = made(evidence, golden_project, tmp_path / "r.html", *BY).read_text()
    assert '<p class="front">Example &lt;Institute&gt;</p>' in html
    assert '<meta name="author" content="Maker &amp; Maker">' in html


def structure(reader: PdfReader) -> list[Any]:
    found: list[Any] = []

    def walk(item: Any) -> None:
        item = item.get_object()
        if not isinstance(item, dict):
            return
        found.append(item)
        inner = item.get("/K", [])
        for child in inner if isinstance(inner, list) else [inner]:
            walk(child)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


@by_engine
@pytest.mark.parametrize("language", ["en", "nl"])
def test_pdf_is_tagged_and_says_what_it_is(
    built_golden: Project, evidence: Evidence, tmp_path: Path, language: str
) -> None:
    path = made(evidence, built_golden, tmp_path / "r.pdf", "--lang", language, *BY)
    reader = PdfReader(path)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == {"en": "en-GB", "nl": "nl-NL"}[language]
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_data().decode()
    known = reader.metadata
    assert known is not None
    assert (known.title, known.author) == (TITLE[language], "Maker & Maker")
    assert known.creation_date_raw == f"D:{datetime.date.today():%Y%m%d}"
    pages = [page.extract_text() for page in reader.pages]
    assert DAY[language] in pages[0]
    assert PAGE[language].format(1, len(pages)) not in pages[0]
    for number, text in enumerate(pages[1:], 2):
        assert PAGE[language].format(number, len(pages)) in text
    tags = structure(reader)
    kinds = {item.get("/S") for item in tags}
    assert {
        "/H1",
        "/H2",
        "/H3",
        "/P",
        "/Table",
        "/TH",
        "/TD",
        "/L",
        "/LI",
        "/Link",
        "/Figure",
    } <= kinds
    (figure,) = (item for item in tags if item.get("/S") == "/Figure")
    weaver = LEVELS[language][1]
    assert re.search(rf"{weaver}: 3 .*{LEVELS[language][2]} 2", figure["/Alt"])


@by_engine
def test_pdf_has_bookmarks_contents_and_links_that_lead(
    built_golden: Project, evidence: Evidence, tmp_path: Path
) -> None:
    reader = PdfReader(made(evidence, built_golden, tmp_path / "r.pdf"))

    def marked(items: Any, level: int = 1) -> list[tuple[int, str, int]]:
        found = []
        for item in items:
            if isinstance(item, list):
                found += marked(item, level + 1)
            else:
                found.append((level, item.title, reader.get_destination_page_number(item) + 1))
        return found

    marks = marked(reader.outline)
    assert [(level, title) for level, title, _ in marks[:4]] == list(
        zip([1, 1, 2, 2], LEVELS["en"], strict=True)
    )
    contents = reader.pages[1].extract_text()
    for _, title, page in marks:
        assert re.search(rf"^{re.escape(title)} ?\n? ?{page}$", contents, re.M), (title, page)
        assert title in reader.pages[page - 1].extract_text()
    links = [item.get_object() for page in reader.pages for item in page.get("/Annots", [])]
    outer = {item["/A"]["/URI"] for item in links if "/URI" in item.get("/A", {})}
    assert "https://golden.example.org/evidence/adem2020-21350cdd-weaver" in outer
    assert {address.split(":")[0] for address in outer} == {"https"}


@by_engine
def test_a_wide_map_is_whole_on_a_page_across_of_a_pdf(
    real: Project, evidence: Evidence, tmp_path: Path
) -> None:
    reader = PdfReader(made(evidence, real, tmp_path / "r.pdf", "--lang", "nl"))
    wide = [page for page in reader.pages if page.mediabox.width > page.mediabox.height]
    assert len(wide) == 2  # the picture, and its numbers
    (figure,) = (item for item in structure(reader) if item.get("/S") == "/Figure")
    left, _, right, _ = (float(item) for item in figure["/A"]["/BBox"])
    assert 0 < left < right < 297 / 25.4 * 96  # in pixels
    ends: list[float] = []
    shown = wide[1].extract_text(visitor_text=lambda text, cm, tm, *_: ends.append(cm[0] * tm[4]))
    assert re.search(r"^Totaal 13 [\d ¹]+ 109$", shown, re.M)
    assert max(ends) < wide[1].mediabox.width - 50


@by_engine
def test_a_pdf_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib.request

    from pipeline.published.report import pdf_renderer

    asked: list[Any] = []

    def note(_: Any, request: Any, *__: Any, **___: Any) -> Any:
        asked.append(request)
        raise OSError

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", note)
    given = b'<html lang="en"><title>T</title><p>x<img alt="y" src="file:///etc/hostname"><img alt="y" src="https://example.org/a.png"></p>'
    monkeypatch.setattr(pdf_renderer, "write_html", lambda *_, **__: given)
    report = ReportDocument("en", "T", "", datetime.date(2026, 1, 2), ())
    assert write_pdf(report).startswith(b"%PDF-1.7")
    assert asked == []


@pytest.mark.parametrize(
    ("stub", "said"),
    [
        ("raise ModuleNotFoundError('weasyprint')", "pip install -e '.[pdf]'"),
        ("raise OSError('cannot load library libpango-1.0-0')", "libpango-1.0-0 libpangoft2-1.0-0"),
    ],
)
def test_without_its_engine_only_the_pdf_is_missing(
    built_golden: Project, evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    stub: str, said: str,
) -> None:  # fmt: skip
    (tmp_path / "weasyprint.py").write_text(stub)
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    found = evidence("report", built_golden, "-o", str(tmp_path / "r.pdf"))
    assert found.exit_code == 1
    assert said in found.output
    assert HELP in found.output
    assert "Traceback" not in found.output
    assert not (tmp_path / "r.pdf").exists()
    made(evidence, built_golden, tmp_path / "r.docx")


@by_engine
@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_site_gives_the_same_reports(built_golden: Project, language: str) -> None:
    site, before = Site(built_golden), "/nl" if language == "nl" else ""
    offered = re.findall(r'href="([^"]*/report\.\w+)"', site.get(f"{before}/about").text)
    assert offered == [f"{before}/report.{suffix}" for suffix in ("docx", "pdf", "md", "html")]
    listed = site.get(f"{before}/evidence?role=judge").text
    assert f'href="{before}/report.pdf?role=judge"' in listed
    answer = site.get(f"{before}/report.pdf?role=judge")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    name = f'attachment; filename="report-{language}.pdf"'
    assert answer.headers["content-disposition"] == name
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert PAGE[language].format(2, len(PdfReader(BytesIO(answer.content)).pages)) in text
    assert "A school team resolved a conflict between clubs." in text
    assert "The broker connected suppliers." not in text
    document = docx.Document(BytesIO(site.get(f"{before}/report.docx").content))
    assert texts(document.paragraphs, "Title") == [TITLE[language]]
    assert len(texts(document.paragraphs, "Source")) == 7
    assert site.get(f"{before}/report.odt").status_code == 404
    assert site.get(f"{before}/report.pdf?role=nobody").status_code == 400


def test_the_site_makes_no_report_that_takes_too_long_or_cannot_be(
    built_golden: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.published.report import report_formats
    from pipeline.web.pages import report_page

    monkeypatch.setattr(report_page, "MOST", 6)
    site = Site(built_golden)
    answer = site.get("/report.md")
    assert answer.status_code == 400
    assert "up to 6 pieces of evidence" in answer.text
    assert site.get("/report.md?role=judge").status_code == 200
    monkeypatch.setattr(report_formats, "find_spec", lambda name: None)
    assert "report.pdf" not in site.get("/about").text
    assert site.get("/report.pdf?role=judge").status_code == 404


def test_xml_of_word_is_in_the_order_of_the_standard(
    real: Project, evidence: Evidence, tmp_path: Path
) -> None:
    """Word refuses properties of paragraphs and sections that stand in another order."""
    path = made(evidence, real, tmp_path / "r.docx", *BY)
    orders = {
        "pPr": "pStyle keepNext keepLines pageBreakBefore spacing ind jc rPr sectPr".split(),
        "sectPr": "headerReference footerReference type pgSz pgMar cols titlePg docGrid".split(),
        "tblPr": "tblStyle tblW jc tblBorders tblLayout tblLook".split(),
    }
    with zipfile.ZipFile(path) as file:
        for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml"):
            tree = etree.fromstring(file.read(name))
            for tag, order in orders.items():
                for item in tree.iter(W + tag):
                    names = [etree.QName(child).localname for child in item]
                    assert names == sorted(names, key=order.index), (tag, names)
