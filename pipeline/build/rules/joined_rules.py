"""Rules of what somebody codes as one: who joined it, and that no words count twice for one."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.build.inputs import Inputs
from pipeline.build.rules.decision_fault import fault
from pipeline.ground.problems import Problem
from pipeline.ground.project import file_name
from pipeline.model.answers import standing, study_of
from pipeline.sources.joined_lines import JoinedLine


def unknown_joiners(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    rounds = {item.id for item in inputs.codings.rounds}
    for line in _lines(inputs):
        if line.coder not in coders:
            hint = f"Add {line.coder} to coding/coders.yml."
            yield _warning(line, "unknown-coder", f"coder '{line.coder}'", hint)
        if line.round not in rounds:
            hint = f"Rounds are {', '.join(sorted(rounds))}."
            yield _warning(line, "unknown-round", f"round '{line.round}'", hint)


def joined_studies_gone(inputs: Inputs) -> Iterator[Problem]:
    known = {study.key for study in inputs.references.studies}
    for line in _lines(inputs):
        if study_of(line.unit) not in known:
            hint = "Put its entry back into references.bib, or take this file away with it."
            message = f"no study '{line.key}' in references.bib"
            yield _warning(line, "joined-study-gone", message, hint)


def joined_as_one_sentence(inputs: Inputs) -> Iterator[Problem]:
    """Lines that give several passages the name of a single one: nothing is joined by them."""
    single = {item.id for document in inputs.corpus.documents for item in document.passages}
    for line in _lines(inputs):
        if line.unit in single:
            message = f"'{line.unit}' is a single sentence"
            hint = "Take the line back from version control; it is never edited."
            yield _warning(line, "joined-one-sentence", message, hint)


def words_coded_twice(inputs: Inputs) -> Iterator[Problem]:
    """As where what one coder did on two machines comes together."""
    parts = {item.id: item.parts for own in inputs.corpus.documents for item in own.joined}
    said: dict[tuple[str, str, str, str], str] = {}
    for item in standing(inputs.codings.never_shown):
        if not item.codes:
            continue
        for sentence in parts.get(item.unit, (item.unit,)):
            other = said.setdefault((item.coder, item.round, item.dimension, sentence), item.unit)
            if other != item.unit and (item.unit in parts or other in parts):
                message = f"some of the same words are coded in '{other}' too"
                hint = "Take one of the two answers back, so that they do not count twice."
                yield fault(item, "coded-twice", message, hint, warning=True)
                break


def _lines(inputs: Inputs) -> Iterator[JoinedLine]:
    return (line for own in inputs.corpus.joined.values() for line in own)


def _warning(line: JoinedLine, kind: str, message: str, hint: str) -> Problem:
    path = f"coding/joined/{file_name(line.key)}.csv"
    return Problem(path, line.line, kind, message, hint, severity="warning")
