"""The formats of reports, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.export.files import write_whole
from pipeline.export.selection import Selection
from pipeline.report.blocks import Document
from pipeline.report.content import make_report
from pipeline.report.docx import write_docx
from pipeline.report.html import write_html
from pipeline.report.layout import lay_out
from pipeline.report.markdown import write_markdown

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
