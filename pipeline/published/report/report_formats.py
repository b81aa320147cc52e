"""The formats of reports, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.ground.writing import write_whole
from pipeline.published.export.selection import Selection
from pipeline.published.report.document_parts import Document
from pipeline.published.report.docx_renderer import write_docx
from pipeline.published.report.html_renderer import write_html
from pipeline.published.report.markdown_renderer import write_markdown
from pipeline.published.report.report_content import make_report
from pipeline.published.report.report_layout import lay_out

REPORT_FORMATS: dict[str, Callable[[Document], bytes]] = {
    ".docx": write_docx,
    ".md": write_markdown,
    ".html": write_html,
}


def write_report(selection: Selection, path: Path) -> int:
    """The report of a choice; the number of pieces of evidence in it."""
    report = make_report(selection)
    write_whole(path, [REPORT_FORMATS[path.suffix.lower()](lay_out(report))])
    return report.pieces
