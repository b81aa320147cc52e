"""Documents and maps as files of text: HTML that stands by itself, and Markdown.

The templates are in `templates/`, with a macro for each part of a document.
"""

from __future__ import annotations

import re
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipeline.published.report.text_runs import Run, Runs
from pipeline.published.report_texts import Wording

MARKS = re.compile(r"[\\`*_{}\[\]<>|#~^$&@]")
# What would begin a list, a heading or a line at the start of a paragraph.
FIRST = re.compile(r"^(\d+)([.)])|^([-+=:])")


def render(template: str, language: str, **values: object) -> bytes:
    """A template of `templates/` in UTF-8; those that end in .html escape what they are given."""
    text = _templates().get_template(template).render(say=Wording(language), **values)
    return f"{text.rstrip()}\n".encode()


def escape(text: str) -> str:
    """Text that no reader of Markdown takes for anything else."""
    text = MARKS.sub(lambda found: "\\" + found[0], text)
    return FIRST.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", text)


def inline(runs: Runs) -> str:
    """Runs in one line of Markdown."""
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = escape(run.text)
    inner = text.strip()
    if inner and (run.italic or run.bold):
        mark = "**" if run.bold else "*"
        text = text.replace(inner, f"{mark}{inner}{mark}", 1)
    for tag in run.tags:
        if tag in ("sup", "sub"):
            text = f"<{tag}>{text}</{tag}>"
    if run.address:
        address = re.sub(r"[<>\\\s]", lambda found: f"%{ord(found[0]):02X}", run.address)
        text = f"[{text}](<{address}>)"
    return text


@lru_cache(maxsize=1)
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader(__package__ or ""),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
    )
    found.filters |= {
        "inline": inline,
        "kind": lambda part: type(part).__name__,
        "plain": escape,
    }
    return found
