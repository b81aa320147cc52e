"""The formats of reports, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.ground.writing import write_whole
from pipeline.published.report.document_parts import ReportDocument
from pipeline.published.report.docx_renderer import write_docx
from pipeline.published.report.html_renderer import write_html
from pipeline.published.report.pdf_renderer import write_pdf
from pipeline.published.report.report_content import make_report
from pipeline.published.report.report_layout import UNSIGNED, Byline, lay_out
from pipeline.published.report.report_templates import render
from pipeline.published.selection import Selection


def write_markdown(document: ReportDocument) -> bytes:
    """CommonMark, with tables as GitHub and Pandoc read them; a map is a table too."""
    return render("report.md", document.language, document=document)


REPORT_FORMATS: dict[str, Callable[[ReportDocument], bytes]] = {
    ".docx": write_docx,
    ".pdf": write_pdf,
    ".md": write_markdown,
    ".html": write_html,
}


def write_report(selection: Selection, path: Path, byline: Byline = UNSIGNED) -> int:
    """The report of a choice; the number of pieces of evidence in it."""
    report = make_report(selection)
    write_whole(path, [REPORT_FORMATS[path.suffix.lower()](lay_out(report, byline))])
    return report.pieces
