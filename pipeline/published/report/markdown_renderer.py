"""A document as Markdown (CommonMark, with tables as GitHub and Pandoc read them)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from pipeline.published.report.document_parts import (
    Contents,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quoted,
    Table,
)
from pipeline.published.report.report_texts import Wording
from pipeline.published.report.text_runs import Run, Runs

MARKS = re.compile(r"[\\`*_{}\[\]<>|#~^$&@]")
# What would begin a list, a heading or a line at the start of a paragraph.
FIRST = re.compile(r"^(\d+)([.)])|^([-+=:])")


def write_markdown(document: Document) -> bytes:
    """The text, in UTF-8."""
    say = Wording(document.language)
    parts = [f"# {escape(document.title)}", escape(document.subtitle)]
    parts += [RENDERERS[type(item)](item, document, say) for item in document.blocks]
    return ("\n\n".join(parts) + "\n").encode()


def escape(text: str) -> str:
    """Text that no reader of Markdown takes for anything else."""
    text = MARKS.sub(lambda found: "\\" + found[0], text)
    return FIRST.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", text)


def inline(runs: Runs) -> str:
    """Runs in one line."""
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = escape(run.text)
    inner = text.strip()
    if inner and (run.italic or run.bold):
        mark = "**" if run.bold else "*"
        text = text.replace(inner, f"{mark}{inner}{mark}", 1)
    for look, tag in (("raised", "sup"), ("lowered", "sub")):
        if getattr(run, look):
            text = f"<{tag}>{text}</{tag}>"
    if run.href.startswith(("https://", "http://", "#")):
        text = f"[{text}](<{_address(run.href)}>)"
    return text


def _address(href: str) -> str:
    return re.sub(r"[<>\\\s]", lambda found: f"%{ord(found[0]):02X}", href)


def _anchor(name: str) -> str:
    return f'<a id="{name}"></a>'


def _heading(item: Heading, document: Document, say: Wording) -> str:
    return f"{_anchor(item.anchor)}\n\n{'#' * (item.level + 1)} {escape(item.text)}"


def _contents(item: Contents, document: Document, say: Wording) -> str:
    rows = [
        f"{'    ' * (heading.level - 1)}- [{escape(heading.text)}](#{heading.anchor})"
        for heading in document.headings()
    ]
    return f"**{escape(item.title)}**\n\n" + "\n".join(rows)


def _paragraph(item: Paragraph, document: Document, say: Wording) -> str:
    return inline(item.runs)


def _quoted(item: Quoted, document: Document, say: Wording) -> str:
    mark = "> " if item.verbatim else ""
    return f"{_anchor(item.anchor)}\n\n{mark}{inline(item.runs)}\n\n{inline(item.source)}"


def _items(item: Items, document: Document, say: Wording) -> str:
    return "\n".join(f"- {inline(runs)}" for runs in item.items)


def _table(item: Table, document: Document, say: Wording) -> str:
    rows = [[inline(runs) for runs in row] for row in item.rows]
    caption = f"{say('label.table')} {item.number}. {item.caption}"
    return f"*{escape(caption)}*\n\n" + _grid([escape(text) for text in item.head], rows)


def _figure(item: Figure, document: Document, say: Wording) -> str:
    """The map as a table: a text file holds no picture."""
    found = item.picture
    caption = f"{say('label.figure')} {item.number}. {found.title}. {found.caption}"
    rows = [[escape(text) for text in row] for row in found.table()]
    legend = "; ".join(f"{escape(mark)}: {escape(words)}" for mark, words in found.legend)
    head = [escape(text) for text in (found.corner, *found.columns)]
    parts = (f"*{escape(caption)}*", _grid(head, rows), legend)
    return "\n\n".join(part for part in parts if part)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


RENDERERS: dict[type[Any], Callable[[Any, Document, Wording], str]] = {
    Heading: _heading,
    Contents: _contents,
    Paragraph: _paragraph,
    Quoted: _quoted,
    Items: _items,
    Table: _table,
    Figure: _figure,
}
