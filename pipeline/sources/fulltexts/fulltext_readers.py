"""Any full text of the shelf, read by the kind of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.problems import Problem
from pipeline.sources.fulltexts.fulltext_bytes import must_be_short
from pipeline.sources.fulltexts.fulltext_options import options_of, read_options
from pipeline.sources.fulltexts.headings import bare
from pipeline.sources.fulltexts.html_reader import read_html
from pipeline.sources.fulltexts.language_guess import judge_language
from pipeline.sources.fulltexts.markdown_reader import read_markdown
from pipeline.sources.fulltexts.pdf_reader import read_pdf
from pipeline.sources.fulltexts.text_blocks import Block, Reader, unusable
from pipeline.sources.fulltexts.text_reader import read_plain

READERS: Mapping[str, Reader] = {
    ".txt": read_plain,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}


@dataclass(frozen=True, slots=True)
class FullText:
    """The paragraphs of a text in order, its language, and warnings."""

    language: str
    blocks: list[Block]
    problems: tuple[Problem, ...]


def read_text(path: Path, name: str) -> FullText:
    """A full text and the options beside it. `name` is how problems call it. Raises InputError."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        message = f"files of kind '{path.suffix}' cannot be read"
        raise unusable(name, "unknown-format", message, f"Use one of {', '.join(sorted(READERS))}.")
    options = read_options(path, name)
    settings = str(Path(name).with_name(options_of(path).name))
    reading = reader(path, name, options)
    must_be_short(sum(len(block.text) for block in reading.blocks), name)
    problems = list(reading.problems)
    for heading in options.skip:
        if bare(heading) not in reading.headings:
            message = f"no heading '{heading}' in {Path(name).name}"
            hint = "Write it as it stands in the text, without its number."
            problems.append(Problem(settings, 0, "no-heading", message, hint, severity="warning"))
    if options.about_pages and not reading.paged:
        message = f"{Path(name).name} has no pages to choose from"
        hint = "Remove from_page and to_page."
        problems.append(Problem(settings, 0, "no-pages", message, hint, severity="warning"))
    language: str = options.language or ""
    if not language:
        text = "\n".join(block.text for block in reading.blocks if not block.why)
        language, doubts = judge_language(text, name, Path(settings).name)
        problems += doubts
    return FullText(language, reading.blocks, tuple(problems))
