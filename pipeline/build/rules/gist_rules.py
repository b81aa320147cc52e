"""Rules of gists: by whom, of passages that are there, in their language, and none missing."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.build.inputs import Inputs
from pipeline.ground.problems import Problem, first_line
from pipeline.ground.project import file_name
from pipeline.model.passages import normalise
from pipeline.model.records import Document
from pipeline.sources.fulltexts.language_guess import guess_language

ENOUGH = 6  # words of a gist whose language can be told


def unknown_translators(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    for file in inputs.gists.files:
        if isinstance(file.by, str) and file.by not in coders:
            hint = f"Add {file.by} to coding/coders.yml, or say who it was: name and nature."
            yield Problem(file.path, 0, "unknown-coder", f"coder '{file.by}'", hint)


def gists_of_nothing(inputs: Inputs) -> Iterator[Problem]:
    """The id of a passage is made of its words: one that is gone has other words now."""
    for file in inputs.gists.files:
        document = _digest(inputs, file.study)
        known = {item.id for item in document.passages} if document else set()
        for item in file.gists:
            if item.passage in known or not item.passage:
                continue
            own = item.passage.rpartition("-")[0] == file.study
            message = (
                f"older than its passage: '{item.passage}' has other words now, or is gone"
                if own
                else f"no passage of '{file.study}': '{item.passage}'"
            )
            kind, raw = "gist-outdated" if own else "gist-unknown", first_line(item.text)
            hint = "Give it the id and the words of what stands in the digest, or take it out."
            yield Problem(file.path, item.line, kind, message, hint, raw, "warning")


def gists_in_the_wrong_language(inputs: Inputs) -> Iterator[Problem]:
    for file in inputs.gists.files:
        document = _digest(inputs, file.study)
        own = {item.id: item for item in document.passages} if document else {}
        for item in file.gists:
            passage = own.get(item.passage)
            if passage is None:
                continue
            raw = first_line(item.text)
            if passage.language == file.language:
                message = f"'{item.passage}' is in this language itself"
                hint = "Take it out; gists are for passages in another language."
                yield Problem(file.path, item.line, "gist-language", message, hint, raw)
            elif normalise(passage.text) == item.text or (
                len(item.text.split()) >= ENOUGH and guess_language(item.text) != file.language
            ):
                message = f"the gist of '{item.passage}' does not look like '{file.language}'"
                hint = "Write it in the language that its file is named after."
                yield Problem(file.path, item.line, "gist-language", message, hint, raw, "warning")


def missing_gists(inputs: Inputs) -> Iterator[Problem]:
    """In a language in which a project has any; one that has none has chosen so."""
    for language in sorted({file.language for file in inputs.gists.files}):
        done = {
            item.passage
            for file in inputs.gists.files
            if file.language == language
            for item in file.gists
        }
        for document in inputs.corpus.documents:
            number = sum(item.id not in done for item in document.passages)
            included = inputs.screened.includes(document.study)
            if document.kind != "digest" or document.language == language or not number:
                continue
            if included:
                path = f"corpus/gist/{file_name(document.study)}.{language}.md"
                message = f"{number} passages of '{document.study}' have no gist in '{language}'"
                hint = f"Write them; {document.path} has the words."
                yield Problem(path, 0, "no-gist", message, hint, severity="warning")


def _digest(inputs: Inputs, study: str) -> Document | None:
    own = (item for item in inputs.corpus.documents if item.id == study)
    return next(own, None)
