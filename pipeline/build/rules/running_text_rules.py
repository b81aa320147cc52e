"""Rules of what people said of words of full texts: who said it, and that the words are there."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.build.inputs import Inputs
from pipeline.ground.problems import Problem
from pipeline.ground.project import file_name
from pipeline.sources.running_text import Mark


def unknown_markers(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    for key, mark in _marks(inputs):
        if mark.coder not in coders:
            hint = f"Add {mark.coder} to coding/coders.yml."
            yield _warning(key, mark, "unknown-coder", f"coder '{mark.coder}'", hint)


def marked_studies_gone(inputs: Inputs) -> Iterator[Problem]:
    known = {study.key for study in inputs.references.studies}
    known |= inputs.screened.imports.merges.kept.keys()
    for key, mark in _marks(inputs):
        if key not in known:
            hint = "Put its entry back into references.bib, or take this file away with it."
            message = f"no study '{key}' in references.bib"
            yield _warning(key, mark, "marked-study-gone", message, hint)


def marks_of_nothing(inputs: Inputs) -> Iterator[Problem]:
    """Where a text is not here, nobody knows whether its words are in it."""
    strange = {mark for document in inputs.corpus.documents for mark in document.strange_marks}
    for key, mark in _marks(inputs):
        if (key, mark.words) in strange:
            message = f"no paragraph or sentence of '{key}' has the words '{mark.words}'"
            hint = (
                "The text was replaced, or is read otherwise now: look at what is left out of it "
                f"(/review/text/{key}), and mark its words anew. The line does nothing, and stays."
            )
            yield _warning(key, mark, "mark-of-nothing", message, hint)


def _marks(inputs: Inputs) -> Iterator[tuple[str, Mark]]:
    return ((key, mark) for key, own in inputs.corpus.marks.items() for mark in own.values())


def _warning(key: str, mark: Mark, kind: str, message: str, hint: str) -> Problem:
    path = f"coding/running_text/{file_name(key)}.csv"
    return Problem(path, mark.number + 1, kind, message, hint, severity="warning")
