"""Elements of Word documents: paragraphs, runs, links, fields, bookmarks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from pipeline.published.report.text_runs import Run, Runs

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
LOCALES = {"en": "en-GB", "nl": "nl-NL"}
LONGEST_NAME = 40  # characters of a bookmark's name


def add(parent: Any, tag: str, /, **attributes: str) -> Any:
    """A child in Word's namespace, with attributes in it too."""
    values = {W + key: value for key, value in attributes.items()}
    return etree.SubElement(parent, W + tag, values)


class Parts:
    """Makes the elements of one document, which numbers its links and bookmarks."""

    def __init__(self, document: Any) -> None:
        self.body = document.element.body
        self._last = self.body.find(W + "sectPr")
        self._relations = document.part.rels
        self._links: dict[str, str] = {}
        self._marks: Iterator[int] = count(1)
        self._styles = {style.name: style.style_id for style in document.styles}

    def paragraph(self, style: str, parent: Any = None) -> Any:
        """An empty paragraph at the end, or in a cell."""
        made = etree.Element(W + "p") if parent is None else add(parent, "p")
        add(add(made, "pPr"), "pStyle", val=self._styles[style])
        if parent is None:
            self.place(made)
        return made

    def place(self, element: Any) -> None:
        """Put an element at the end of the body."""
        self._last.addprevious(element)

    def write(self, paragraph: Any, runs: Runs) -> None:
        for run in runs:
            if run.href.startswith("#"):
                link = add(paragraph, "hyperlink", anchor=bookmark(run.href[1:]), history="1")
                self.text(link, run, "Hyperlink")
            elif run.href.startswith(("https://", "http://")):
                link = add(paragraph, "hyperlink", history="1")
                link.set(qn("r:id"), self._link(run.href))
                self.text(link, run, "Hyperlink")
            else:
                self.text(paragraph, run)

    def text(self, parent: Any, run: Run, style: str = "") -> None:
        """One run. The order of properties is that of the standard."""
        made = add(parent, "r")
        properties = etree.Element(W + "rPr")
        if style:
            add(properties, "rStyle", val=self._styles[style])
        if run.bold:
            add(properties, "b")
        if run.italic:
            add(properties, "i")
        if run.raised or run.lowered:
            add(properties, "vertAlign", val="superscript" if run.raised else "subscript")
        if run.language:
            add(properties, "lang", val=LOCALES.get(run.language, run.language))
        if len(properties):
            made.append(properties)
        text = add(made, "t")
        text.set(SPACE, "preserve")
        text.text = run.text

    def bookmarked(self, paragraph: Any, anchor: str, runs: Runs) -> None:
        """Words to which links can point."""
        number = str(next(self._marks))
        add(paragraph, "bookmarkStart", id=number, name=bookmark(anchor))
        self.write(paragraph, runs)
        add(paragraph, "bookmarkEnd", id=number)

    def field(self, paragraph: Any, instruction: str, shown: str) -> None:
        """A field with what it showed last."""
        self.begin(paragraph, instruction)
        self.text(paragraph, Run(shown))
        self.end(paragraph)

    def begin(self, paragraph: Any, instruction: str) -> None:
        add(add(paragraph, "r"), "fldChar", fldCharType="begin")
        text = add(add(paragraph, "r"), "instrText")
        text.set(SPACE, "preserve")
        text.text = f" {instruction} "
        add(add(paragraph, "r"), "fldChar", fldCharType="separate")

    def end(self, paragraph: Any) -> None:
        add(add(paragraph, "r"), "fldChar", fldCharType="end")

    def _link(self, href: str) -> str:
        """The relationship of an address; looked up by name, since there may be thousands."""
        if href not in self._links:
            name = f"rLink{len(self._links) + 1}"
            self._relations.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, href, name, True)
            self._links[href] = name
        return self._links[href]


def bookmark(anchor: str) -> str:
    """A bookmark's name as Word takes it: letters, digits and low lines."""
    return ("_" + "".join(char if char.isalnum() else "_" for char in anchor))[:LONGEST_NAME]
