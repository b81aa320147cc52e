"""The look of Word documents: page, fonts, styles and language."""

from __future__ import annotations

import datetime
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pipeline.published.report.document_parts import ReportDocument
from pipeline.published.report.wordparts import LOCALES, W, add

FONT, HEADS = "Georgia", "Arial"
INK, QUIET, BLUE = (
    RGBColor(0x1A, 0x1F, 0x27),
    RGBColor(0x4B, 0x52, 0x60),
    RGBColor(0x1D, 0x4F, 0x80),
)
LONGEST = 255  # of a property
# Name: font, points, bold, colour, space before and after, indent left and of the first line (cm).
LOOKS: dict[str, tuple[str, float, bool, RGBColor, float, float, float, float]] = {
    "Normal": (FONT, 10.5, False, INK, 0, 6, 0, 0),
    "Title": (HEADS, 22, True, INK, 0, 4, 0, 0),
    "Subtitle": (HEADS, 10.5, False, QUIET, 0, 18, 0, 0),
    "TOC Heading": (HEADS, 12, True, INK, 12, 4, 0, 0),
    "Byline": (HEADS, 10.5, False, INK, 0, 3, 0, 0),
    "TOC 1": (HEADS, 9.5, False, INK, 3, 1, 0, 0),
    "TOC 2": (HEADS, 9, False, QUIET, 0, 0, 0.6, 0),
    "Heading 1": (HEADS, 16, True, INK, 24, 6, 0, 0),
    "Heading 2": (HEADS, 11.5, True, RGBColor(0x2F, 0x4A, 0x66), 14, 4, 0, 0),
    "Quote": (FONT, 10.5, False, INK, 8, 1, 0.6, 0),
    "Passage": (FONT, 10.5, False, INK, 8, 1, 0.6, 0),
    "Source": (HEADS, 8.5, False, QUIET, 0, 6, 0.6, 0),
    "Note": (FONT, 9.5, False, INK, 0, 6, 0, 0),
    "Bibliography": (FONT, 10, False, INK, 0, 6, 0.8, -0.8),
    "Caption": (HEADS, 9, False, QUIET, 10, 4, 0, 0),
    "Table Text": (HEADS, 8.5, False, INK, 2, 2, 0, 0),
    "List Bullet": (FONT, 10.5, False, INK, 0, 4, 0.6, -0.6),
    "Header": (HEADS, 8.5, False, QUIET, 0, 0, 0, 0),
    "Footer": (HEADS, 8.5, False, QUIET, 0, 0, 0, 0),
}
KEPT_WITH_NEXT = ("Title", "TOC Heading", "Heading 1", "Heading 2", "Quote", "Passage")
WHOLE = ("Quote", "Passage", "Source", "Caption")  # on one page
PAGE = (Cm(21), Cm(29.7))  # A4
SIDES, ENDS = Cm(2.5), Cm(2.3)  # margins
WIDTH, HEIGHT = Cm(21 - 2 * 2.5), Cm(29.7 - 2 * 2.3)  # between them


def styled_document(of: ReportDocument) -> Any:
    """An empty document on A4 with our styles, in the language of what it is to hold."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = SIDES
    section.top_margin = section.bottom_margin = ENDS
    for name in LOOKS:
        _style(document, name)
    link = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = BLUE, True
    for level in (1, 2):
        stops = document.styles[f"TOC {level}"].paragraph_format.tab_stops
        stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    locale = LOCALES.get(of.language, of.language)
    _language(document, locale)
    properties = document.core_properties
    properties.title, properties.subject = of.title[:LONGEST], of.subtitle[:LONGEST]
    properties.author = properties.last_modified_by = of.author[:LONGEST]
    properties.comments, properties.language = "", locale
    made = datetime.datetime.combine(of.made, datetime.time())
    properties.created = properties.modified = made
    return document


def _style(document: Any, name: str) -> None:
    font, size, bold, colour, before, after, left, first = LOOKS[name]
    names = {style.name for style in document.styles}
    if name not in names:
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles[
            "Normal"
        ]
    style = document.styles[name]
    style.font.name, style.font.size = font, Pt(size)
    fonts = style.element.rPr.rFonts
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(W + attribute, None)
    style.font.bold, style.font.italic, style.font.color.rgb = bold, False, colour
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.left_indent, shape.first_line_indent = Cm(left), Cm(first)
    shape.keep_with_next = name in KEPT_WITH_NEXT
    shape.keep_together = name in WHOLE
    shape.line_spacing = 1.2 if font == FONT else 1.0 if name.startswith("TOC ") else 1.1
    border = style.element.pPr.find(W + "pBdr")
    if border is not None:
        style.element.pPr.remove(border)


def _language(document: Any, locale: str) -> None:
    """What spell checkers and screen readers take for granted."""
    defaults = document.styles.element.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    found = defaults.find(W + "lang")
    element = found if found is not None else add(defaults, "lang")
    element.set(qn("w:val"), locale)
