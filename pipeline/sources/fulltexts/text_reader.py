"""Plain text: paragraphs between blank lines; form feeds count pages."""

from __future__ import annotations

from pathlib import Path

from pipeline.sources.fulltexts.fulltext_bytes import decode, read_bytes
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.paged_text import read_pages
from pipeline.sources.fulltexts.text_blocks import Reading
from pipeline.sources.fulltexts.text_lines import Page, TextLine, clean


def read_plain(path: Path, name: str, options: Options) -> Reading:
    """Paragraphs under page and heading. Raises InputError for what is not text."""
    text, problems = decode(read_bytes(path, name), name)
    parts = clean(text).split("\f")
    pages = [
        Page(
            str(number) if len(parts) > 1 else "",
            tuple(TextLine(line) for line in part.split("\n")),
            number if len(parts) > 1 else 0,
        )
        for number, part in enumerate(parts, 1)
        if len(parts) == 1 or options.keeps(number)
    ]
    reading = read_pages(pages, options)
    return Reading(reading.blocks, tuple(problems), reading.headings, len(parts) > 1)
