"""A document for Word: real headings, contents, captions, links, languages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from docx.shared import Cm
from lxml import etree

from pipeline.published.report.document_parts import (
    Block,
    Contents,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quoted,
    Table,
)
from pipeline.published.report.map_picture import draw_png
from pipeline.published.report.text_runs import Run, Runs, text_of
from pipeline.published.report.wordparts import Parts, W, add, bookmark
from pipeline.published.report.wordstyles import styled_document
from pipeline.published.report_texts import Wording

STYLES = {"text": "Normal", "note": "Note", "entry": "Bibliography"}
WIDTH = Cm(16)  # between the margins
RULE = {"val": "single", "sz": "4", "space": "0", "color": "B9C0CA"}


def write_docx(document: Document) -> bytes:
    """The file."""
    say = Wording(document.language)
    made = styled_document(document.language, document.title)
    made.core_properties.subject = document.subtitle[:255]
    writer = Writer(document, made, say)
    parts = writer.parts
    parts.write(parts.paragraph("Title"), (Run(document.title),))
    if document.subtitle:
        parts.write(parts.paragraph("Subtitle"), (Run(document.subtitle),))
    writer.add(document.blocks)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


class Writer:
    """One document on its way into Word."""

    def __init__(self, document: Document, made: Any, say: Wording) -> None:
        self.document = document
        self.made = made
        self.say = say
        self.parts = Parts(made)

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
    made = writer.parts.paragraph(f"Heading {item.level}")
    writer.parts.bookmarked(made, item.anchor, (Run(item.text),))


def _contents(item: Contents, writer: Writer) -> None:
    """A field of contents that already shows its entries; Word adds pages when it is updated."""
    parts = writer.parts
    parts.write(parts.paragraph("TOC Heading"), (Run(item.title),))
    headings = writer.document.headings()
    made = None
    for place, heading in enumerate(headings):
        made = parts.paragraph(f"TOC {heading.level}")
        if not place:
            parts.begin(made, 'TOC \\o "1-2" \\h \\z \\u')
        link = add(made, "hyperlink", anchor=bookmark(heading.anchor), history="1")
        parts.text(link, Run(heading.text))
    if made is not None:
        parts.end(made)


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
    columns = add(table, "tblGrid")
    for width in _widths(item):
        add(columns, "gridCol", w=str(width))
    head = tuple((Run(text, bold=True),) for text in item.head)
    for place, cells in enumerate((head, *item.rows)):
        _row(writer, table, item, cells, header=not place)
    writer.parts.place(table)
    writer.parts.paragraph("Normal")


def _row(writer: Writer, table: Any, item: Table, cells: tuple[Runs, ...], header: bool) -> None:
    row = add(table, "tr")
    properties = add(row, "trPr")
    add(properties, "cantSplit")
    if header:
        add(properties, "tblHeader")
    for place, (runs, width) in enumerate(zip(cells, _widths(item), strict=True)):
        cell = add(row, "tc")
        add(add(cell, "tcPr"), "tcW", w=str(width), type="dxa")
        made = writer.parts.paragraph("Table Text", cell)
        if place in item.numbers:
            add(made[0], "jc", val="right")
        writer.parts.write(made, runs)


def _widths(item: Table) -> list[int]:
    """Widths of columns in twentieths of a point, by how much they hold."""
    longest = [
        max(min(max(len(text_of(row[place])) for row in item.rows), 60) if item.rows else 1,
            len(head), 8)
        for place, head in enumerate(item.head)
    ]  # fmt: skip
    whole = int(WIDTH.twips)
    return [whole * size // sum(longest) for size in longest]


def _figure(item: Figure, writer: Writer) -> None:
    found = item.picture
    made = writer.made.add_paragraph()
    made.paragraph_format.keep_with_next = True
    shape = made.add_run().add_picture(io.BytesIO(draw_png(found, titled=False)))
    if shape.width > WIDTH:
        shape.height, shape.width = int(shape.height * WIDTH / shape.width), WIDTH
    described = shape._inline.docPr
    described.set("descr", found.alternative)
    described.set("title", found.title)
    writer.caption("figure", item.number, f"{found.title}. {found.caption}", keep=False)


RENDERERS: dict[type[Any], Callable[[Any, Writer], None]] = {
    Heading: _heading,
    Contents: _contents,
    Paragraph: _paragraph,
    Quoted: _quoted,
    Items: _items,
    Table: _table,
    Figure: _figure,
}
