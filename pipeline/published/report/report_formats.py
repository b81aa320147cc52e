"""The formats of reports, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

from pipeline.ground.writing import write_whole
from pipeline.published.report.document_parts import Document
from pipeline.published.report.docx_renderer import write_docx
from pipeline.published.report.map_figure import Map
from pipeline.published.report.map_picture import draw_svg
from pipeline.published.report.report_content import make_report
from pipeline.published.report.report_layout import lay_out
from pipeline.published.report.report_templates import render
from pipeline.published.selection import Selection


def write_markdown(document: Document) -> bytes:
    """CommonMark, with tables as GitHub and Pandoc read them; a map is a table too."""
    return render("report.md", document.language, document=document)


def write_html(document: Document) -> bytes:
    """One page that stands by itself."""

    def drawn(found: Map) -> Markup:
        return Markup(draw_svg(found, document.language, titled=False))

    return render(
        "report.html", document.language, title=document.title, document=document, drawn=drawn
    )


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
