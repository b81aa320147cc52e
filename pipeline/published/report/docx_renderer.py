"""A document for Word: real headings, captions, links, languages, numbers of pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any
from zipfile import ZipFile

from docx.image.image import Image
from docx.shared import Pt
from lxml import etree

from pipeline.ground.steady_zip import SteadyZip
from pipeline.published.report.column_widths import column_widths
from pipeline.published.report.document_parts import (
    Block,
    Contents,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quoted,
    ReportDocument,
    Table,
)
from pipeline.published.report.map_picture import draw_png, is_wide
from pipeline.published.report.text_runs import Run, Runs
from pipeline.published.report.wordpages import end_section, number_pages, update_on_opening
from pipeline.published.report.wordparts import Parts, W, add, bookmark
from pipeline.published.report.wordstyles import HEIGHT, LOOKS, WIDTH, styled_document
from pipeline.published.report_texts import Wording

STYLES = {"text": "Normal", "note": "Note", "entry": "Bibliography"}
FIRST = "3400"  # twentieths of a point above a title that has a page of its own
LINE = 1.17  # of a line, by the size of its letters
ROOM = HEIGHT.pt - 40  # points below the heading of the contents
CAPTION = Pt(70)  # what the caption of a picture across the page may take of its height
RULE = {"val": "single", "sz": "4", "space": "0", "color": "B9C0CA"}


def write_docx(document: ReportDocument) -> bytes:
    """The file."""
    made = styled_document(document)
    writer = Writer(document, made, Wording(document.language))
    parts = writer.parts
    number_pages(made, parts, document)
    title = parts.paragraph("Title")
    if document.front:
        add(title[0], "spacing", before=FIRST)
    parts.write(title, (Run(document.title),))
    for style, text in (("Subtitle", document.subtitle), *(("Byline", t) for t in document.front)):
        if text:
            parts.write(parts.paragraph(style), (Run(text),))
    writer.add(document.blocks)
    file = io.BytesIO()
    made.save(file)
    target = io.BytesIO()
    with ZipFile(file) as given, SteadyZip(target, "w") as steady:
        for name in given.namelist():
            steady.writestr(name, given.read(name))
    return target.getvalue()


class Writer:
    """One document on its way into Word."""

    def __init__(self, document: ReportDocument, made: Any, say: Wording) -> None:
        self.document = document
        self.made = made
        self.say = say
        self.parts = Parts(made)
        self.on_new_page = bool(document.front)  # the next heading or contents

    def begin(self, style: str) -> Any:
        """A paragraph that begins a part, on a new page where one is due."""
        made = self.parts.paragraph(style)
        if self.on_new_page:
            add(made[0], "pageBreakBefore")
            self.on_new_page = False
        return made

    def add(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            RENDERERS[type(block)](block, self)

    def caption(self, label: str, number: int, text: str, keep: bool) -> None:
        """A numbered caption, which Word can list and refer to."""
        name = self.say(f"label.{label}")
        made = self.parts.paragraph("Caption")
        if keep:
            add(made[0], "keepNext")
        self.parts.write(made, (Run(f"{name} "),))
        self.parts.field(made, f"SEQ {name} \\* ARABIC", str(number))
        self.parts.write(made, (Run(f". {text}"),))


def _heading(item: Heading, writer: Writer) -> None:
    made = writer.begin(f"Heading {item.level}")
    writer.parts.bookmarked(made, item.anchor, (Run(item.text),))


def _contents(item: Contents, writer: Writer) -> None:
    """Headings with links and the numbers of their pages, as many levels as fit on a page.

    The numbers are fields of their own: in a field of contents LibreOffice would not count them.
    """
    parts = writer.parts
    parts.write(writer.begin("TOC Heading"), (Run(item.title),))
    headings = writer.document.headings()
    if sum(_height(f"TOC {heading.level}") for heading in headings) > ROOM:
        headings = [heading for heading in headings if heading.level == 1]
    for heading in headings:
        mark = bookmark(heading.anchor)
        link = add(parts.paragraph(f"TOC {heading.level}"), "hyperlink", anchor=mark, history="1")
        parts.text(link, Run(heading.text))
        add(add(link, "r"), "tab")
        parts.field(link, f"PAGEREF {mark} \\h", "")
    update_on_opening(writer.made)
    writer.on_new_page = True


def _height(style: str) -> float:
    """Points that a line of a style takes."""
    _, size, _, _, before, after, _, _ = LOOKS[style]
    return size * LINE + before + after


def _paragraph(item: Paragraph, writer: Writer) -> None:
    writer.parts.write(writer.parts.paragraph(STYLES[item.kind]), item.runs)


def _quoted(item: Quoted, writer: Writer) -> None:
    parts = writer.parts
    parts.bookmarked(
        parts.paragraph("Quote" if item.verbatim else "Passage"), item.anchor, item.runs
    )
    parts.write(parts.paragraph("Source"), item.source)


def _items(item: Items, writer: Writer) -> None:
    for runs in item.items:
        writer.parts.write(writer.parts.paragraph("List Bullet"), runs)


def _table(item: Table, writer: Writer) -> None:
    writer.caption("table", item.number, item.caption, keep=True)
    table = etree.Element(W + "tbl")
    properties = add(table, "tblPr")
    add(properties, "tblW", w="5000", type="pct")
    borders = add(properties, "tblBorders")
    for side in ("top", "bottom", "insideH"):
        add(borders, side, **RULE)
    add(properties, "tblLayout", type="fixed")
    columns = add(table, "tblGrid")
    widths = [int(20 * points) for points in column_widths(item, WIDTH.pt, LOOKS["Table Text"][1])]
    for width in widths:
        add(columns, "gridCol", w=str(width))
    head = tuple((Run(text, bold=True),) for text in item.head)
    for place, cells in enumerate((head, *item.rows)):
        _row(writer, table, item, cells, widths, header=not place)
    writer.parts.place(table)
    writer.parts.paragraph("Normal")


def _row(
    writer: Writer,
    table: Any,
    item: Table,
    cells: tuple[Runs, ...],
    widths: list[int],
    header: bool,
) -> None:
    row = add(table, "tr")
    properties = add(row, "trPr")
    add(properties, "cantSplit")
    if header:
        add(properties, "tblHeader")
    for place, (runs, width) in enumerate(zip(cells, widths, strict=True)):
        cell = add(row, "tc")
        add(add(cell, "tcPr"), "tcW", w=str(width), type="dxa")
        made = writer.parts.paragraph("Table Text", cell)
        if place in item.numbers:
            add(made[0], "jc", val="right")
        writer.parts.write(made, runs)


def _figure(item: Figure, writer: Writer) -> None:
    """The picture as wide as it may be; a wide one lies across a page of its own."""
    found = item.picture
    data = draw_png(found, titled=False)
    across = is_wide(Image.from_blob(data).width.pt)
    if across:
        end_section(writer.parts, across=False)
    made = writer.made.add_paragraph()
    made.paragraph_format.keep_with_next = True
    shape = made.add_run().add_picture(io.BytesIO(data))
    wide, high = (HEIGHT, WIDTH - CAPTION) if across else (WIDTH, HEIGHT - CAPTION)
    scale = min(1, wide / shape.width, high / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    described = shape._inline.docPr
    described.set("descr", found.alternative)
    described.set("title", found.title)
    writer.caption("figure", item.number, f"{found.title}. {found.caption}", keep=False)
    if across:
        end_section(writer.parts, across=True)


RENDERERS: dict[type[Any], Callable[[Any, Writer], None]] = {
    Heading: _heading,
    Contents: _contents,
    Paragraph: _paragraph,
    Quoted: _quoted,
    Items: _items,
    Table: _table,
    Figure: _figure,
}
