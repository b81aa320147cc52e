"""A document as one page of HTML that stands by itself."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
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
from pipeline.published.report.map_picture import draw_svg
from pipeline.published.report.report_texts import Wording
from pipeline.published.report.standalone_page import map_table, page
from pipeline.published.report.text_runs import Run, Runs

TAGS = {"italic": "i", "bold": "b", "raised": "sup", "lowered": "sub"}


def write_html(document: Document) -> bytes:
    """The page, in UTF-8."""
    say = Wording(document.language)
    parts = [RENDERERS[type(item)](item, document, say) for item in document.blocks]
    body = (
        f"<main>\n<h1>{escape(document.title)}</h1>\n"
        f'<p class="subtitle">{escape(document.subtitle)}</p>\n' + "\n".join(parts) + "\n</main>"
    )
    return page(document.title, say("locale"), body).encode()


def inline(runs: Runs) -> str:
    """Runs as HTML; nothing in them is markup."""
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = escape(run.text)
    for look, tag in TAGS.items():
        if getattr(run, look):
            text = f"<{tag}>{text}</{tag}>"
    if run.href.startswith(("https://", "http://", "#")):
        text = f'<a href="{escape(run.href)}">{text}</a>'
    return f'<span lang="{escape(run.language)}">{text}</span>' if run.language else text


def _heading(item: Heading, document: Document, say: Wording) -> str:
    level = item.level + 1
    return f'<h{level} id="{escape(item.anchor)}">{escape(item.text)}</h{level}>'


def _contents(item: Contents, document: Document, say: Wording) -> str:
    rows: list[tuple[str, list[str]]] = []
    for heading in document.headings():
        link = f'<a href="#{escape(heading.anchor)}">{escape(heading.text)}</a>'
        if heading.level == 1:
            rows.append((link, []))
        else:
            rows[-1][1].append(f"<li>{link}</li>")
    entries = "\n".join(
        f"<li>{link}<ul>{''.join(inner)}</ul></li>" if inner else f"<li>{link}</li>"
        for link, inner in rows
    )
    name = escape(item.title)
    return f'<nav aria-label="{name}"><h2>{name}</h2>\n<ul>{entries}</ul></nav>'


def _paragraph(item: Paragraph, document: Document, say: Wording) -> str:
    kind = f' class="{item.kind}"' if item.kind != "text" else ""
    return f"<p{kind}>{inline(item.runs)}</p>"


def _quoted(item: Quoted, document: Document, say: Wording) -> str:
    tag = "blockquote" if item.verbatim else "div"
    return (
        f'<{tag} class="passage" id="{escape(item.anchor)}"><p>{inline(item.runs)}</p></{tag}>\n'
        f'<p class="source">{inline(item.source)}</p>'
    )


def _items(item: Items, document: Document, say: Wording) -> str:
    return f"<ul>{''.join(f'<li>{inline(runs)}</li>' for runs in item.items)}</ul>"


def _table(item: Table, document: Document, say: Wording) -> str:
    def attributes(place: int) -> str:
        return ' class="number"' if place in item.numbers else ""

    heads = "".join(
        f'<th scope="col"{attributes(place)}>{escape(text)}</th>'
        for place, text in enumerate(item.head)
    )
    rows = "\n".join(
        f'<tr><th scope="row">{inline(first)}</th>'
        + "".join(
            f"<td{attributes(place)}>{inline(runs)}</td>" for place, runs in enumerate(others, 1)
        )
        + "</tr>"
        for first, *others in item.rows
    )
    caption = f"{say('label.table')} {item.number}. {item.caption}"
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _figure(item: Figure, document: Document, say: Wording) -> str:
    svg = draw_svg(item.picture, document.language, titled=False)
    found = item.picture
    caption = f"{say('label.figure')} {item.number}. {found.title}. {found.caption}"
    return (
        f'<figure><div class="wide">{svg}</div>\n<figcaption>{escape(caption)}</figcaption>\n'
        f"<details><summary>{escape(say('map.numbers'))}</summary>\n{map_table(found)}</details>"
        "</figure>"
    )


RENDERERS: dict[type[Any], Callable[[Any, Document, Wording], str]] = {
    Heading: _heading,
    Contents: _contents,
    Paragraph: _paragraph,
    Quoted: _quoted,
    Items: _items,
    Table: _table,
    Figure: _figure,
}
