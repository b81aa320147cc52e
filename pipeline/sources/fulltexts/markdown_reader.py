"""Markdown: paragraphs and list items under their headings; no code, no tables."""

from __future__ import annotations

import re
from pathlib import Path

from markdown_it import MarkdownIt

from pipeline.sources.fulltexts.fulltext_bytes import decode, read_bytes
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import Outline
from pipeline.sources.fulltexts.noise import is_noise
from pipeline.sources.fulltexts.text_blocks import Block, Reading, clean

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
_SPOKEN = {"text": "{}", "code_inline": "{}", "softbreak": "\n", "hardbreak": "\n"}


def read_markdown(path: Path, name: str, options: Options) -> Reading:
    """Blocks by heading, by number of the paragraph before the first. Raises InputError."""
    text, problems = decode(read_bytes(path, name), name)
    tokens = MarkdownIt("commonmark").enable("table").parse(_FRONT_MATTER.sub("", clean(text)))
    blocks: list[Block] = []
    outline = Outline(options.skip)
    inside: list[str] = []
    count = 0
    for token in tokens:
        if token.nesting == 1:
            inside.append(token.tag if token.type == "heading_open" else token.type)
        elif token.nesting == -1:
            inside.pop()
        elif token.type == "inline" and "table_open" not in inside:
            words = "".join(
                _SPOKEN.get(child.type, "").format(child.content) for child in token.children or ()
            )
            words = " ".join(words.split())
            if re.fullmatch("h[1-6]", inside[-1]):
                outline.enter(words, int(inside[-1][1]))
                continue
            count += 1
            if words and not outline.silent and not is_noise(words):
                blocks.append(Block(words, outline.heading, count))
    return Reading(blocks, tuple(problems), tuple(outline.met))
