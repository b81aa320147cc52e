"""Chosen evidence as a Word file: each piece with its citation, then method and references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.published.provenance import about, titled
from pipeline.published.report.docx_renderer import write_docx
from pipeline.published.report.report_content import make_report
from pipeline.published.report.report_layout import lay_out_chosen
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection

MOST = 5_000  # pieces; a longer file is no document that anybody reads, and slow to open


def write(selection: Selection) -> Iterator[bytes]:
    """The file, in one go: Word's format is a folder in a ZIP file, written at the end."""
    say = Wording(selection.language)
    note = ""
    if selection.studies is None and len(selection.positions) > MOST:
        note = say("word.cut", shown=say.number(MOST), number=say.number(len(selection.positions)))
        ids = tuple(selection.index.ids[place] for place in selection.positions[:MOST])
        cut = replace(selection, choice=replace(selection.choice, ids=ids))
        report = replace(make_report(cut), about=about(selection))
    else:
        report = make_report(selection)
    yield write_docx(lay_out_chosen(report, titled(selection), note))
