"""A document as one page of HTML that stands by itself."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from pipeline.published.report.document_parts import ReportDocument
from pipeline.published.report.map_figure import Map
from pipeline.published.report.map_picture import draw_svg, is_wide, width_of
from pipeline.published.report.report_templates import render


def write_html(document: ReportDocument, described: bool = False) -> bytes:
    """The page: no scripts, nothing to load; printed, it has a first page and page numbers.

    `described` pictures say in their titles all that they show, for what reads nothing else.
    """

    def drawn(found: Map) -> tuple[Markup, bool]:
        named = replace(found, title=found.alternative) if described else found
        svg = draw_svg(named, document.language, titled=False)
        return Markup(svg), is_wide(width_of(svg))

    return render(
        "report.html", document.language, title=document.title, document=document, drawn=drawn
    )
