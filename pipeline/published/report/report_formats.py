"""The formats of reports, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

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


class ReportFormat(NamedTuple):
    """A format of reports: how it is written, its media type, the package that it needs."""

    write: Callable[[ReportDocument], bytes]
    media_type: str
    needs: str = ""


REPORT_FORMATS: dict[str, ReportFormat] = {
    ".docx": ReportFormat(
        write_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    ".pdf": ReportFormat(write_pdf, "application/pdf", needs="weasyprint"),
    ".md": ReportFormat(write_markdown, "text/markdown; charset=utf-8"),
    ".html": ReportFormat(write_html, "text/html; charset=utf-8"),
}


def offered_reports() -> list[str]:
    """The suffixes of what can be written here."""
    return [
        suffix for suffix, item in REPORT_FORMATS.items() if not item.needs or find_spec(item.needs)
    ]


def draw_up(selection: Selection, suffix: str, byline: Byline = UNSIGNED) -> bytes:
    """The report of a choice as a file of that suffix."""
    return REPORT_FORMATS[suffix].write(lay_out(make_report(selection), byline))


def write_report(selection: Selection, path: Path, byline: Byline = UNSIGNED) -> int:
    """Write the report of a choice; the number of pieces of evidence in it."""
    write_whole(path, [draw_up(selection, path.suffix.lower(), byline)])
    return 0 if selection.studies is not None else len(selection.positions)
