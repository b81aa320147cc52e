"""Markdown: paragraphs and list items under their headings; no code, no tables."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt

from pipeline.model.passages import normalise
from pipeline.sources.fulltexts.fulltext_bytes import decode, read_bytes
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.headings import BOLD, Outline, is_heading, run_in
from pipeline.sources.fulltexts.sifting import sifted
from pipeline.sources.fulltexts.text_blocks import Block, Reading
from pipeline.sources.fulltexts.text_lines import clean

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
_CODE = ("code_block", "fence")  # indented paragraphs of text look like code too
_BOLD = re.compile("(?:text )?strong_open(?: text| softbreak)+ strong_close(?: text)?")
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
            if token.type == "table_open":
                blocks.append(Block("", outline.heading, count + 1, why="table"))
        elif token.nesting == -1:
            inside.pop()
        elif token.type in _CODE:
            count += 1
            blocks.append(Block(normalise(token.content), outline.heading, count, why="fragment"))
        elif token.type == "inline":
            children = token.children or []
            words = "".join(_SPOKEN.get(child.type, "").format(child.content) for child in children)
            words = normalise(words)
            bold = len(children) > 2 and _BOLD.fullmatch(" ".join(one.type for one in children))
            if "table_open" in inside:
                blocks[-1] = replace(blocks[-1], text=f"{blocks[-1].text} {words}".strip())
            elif level := re.fullmatch("h([1-6])", inside[-1]):
                outline.enter(words, int(level[1]))
            elif bold and is_heading(words, alone=True, strong=True):
                outline.enter(words, BOLD)
            elif words:
                count += 1
                heading, words = run_in(words)
                if heading:
                    outline.enter(heading, BOLD)
                blocks.append(Block(words, outline.heading, count, why=outline.why))
    found = [block for block in sifted(blocks, paged=False) if block.text]
    return Reading(found, tuple(problems), tuple(outline.met))
