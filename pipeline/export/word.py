"""Chosen evidence as a Word file: each piece with its citation, then the references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.export.selection import Format, Selection
from pipeline.published.terms import Words

MOST = 5_000  # pieces; a longer file is no document that anybody reads, and slow to open


def write_word(selection: Selection) -> Iterator[bytes]:
    """The file, in one go: Word's format is a folder in a ZIP file, written at the end."""
    # Imported here, since all formats are named where only one is wanted.
    from pipeline.citation.formatter import Citations
    from pipeline.report.blocks import Block, Document, Paragraph
    from pipeline.report.content import chosen_words, make_references
    from pipeline.report.docx import write_docx
    from pipeline.report.layout import reference_blocks, section_blocks
    from pipeline.report.method import read_method
    from pipeline.report.runs import plain
    from pipeline.report.sections import make_sections
    from pipeline.report.wording import Wording

    say = Wording(selection.language)
    chosen = chosen_words(selection, say)
    citations = Citations(selection.connection, selection.cache)
    blocks: list[Block] = [Paragraph(plain(say("overview.own")))]
    if selection.studies is None:
        if len(selection.positions) > MOST:
            numbers = {"shown": say.number(MOST), "number": say.number(len(selection.positions))}
            blocks.append(Paragraph(plain(say("word.cut", **numbers))))
            ids = tuple(selection.index.ids[place] for place in selection.positions[:MOST])
            selection = replace(selection, choice=replace(selection.choice, ids=ids))
        roles = tuple(code.id for code in selection.terms.by_id[selection.terms.evidence].codes)
        pieces = list(selection.pieces())
        sections = make_sections(selection, pieces, roles, say, citations)
        for place, section in enumerate(sections, 1):
            if section.pieces:
                blocks += section_blocks(section, f"role-{place}", say, rules=False)
    blocks += reference_blocks(make_references(selection, citations), say)
    method = read_method(selection.connection, selection.terms, (), selection.language)
    title = say("word.title", scheme=method.scheme)
    yield write_docx(Document(selection.language, title, chosen, tuple(blocks)))


FORMAT = Format(
    name="word",
    suffix="docx",
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    label=Words("Word", "Word"),
    write=write_word,
)
