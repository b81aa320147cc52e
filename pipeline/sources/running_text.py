"""What people said of words of full texts: that they are running text, or that they are not.

`coding/running_text/<key>.csv` holds no word of a text, only hashes of paragraphs and passages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.ground.problems import Problem
from pipeline.ground.project import Project, file_name, key_of
from pipeline.model.passages import digest_of
from pipeline.model.records import Document
from pipeline.sources.ledger import Fault, append_rows, no_time, read_ledger

COLUMNS = ["decided_at", "coder", "words", "verdict"]
DIGITS = 16  # of a hash
Verdict = Literal["text", "not"]
VERDICTS: Mapping[str, Verdict] = {"text": "text", "not": "not"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a coder said of the words with this hash, in which of the lines, from 1."""

    decided_at: str
    coder: str
    words: str
    verdict: Verdict
    number: int = 0


Marks = Mapping[str, Mark]  # the last of each hash


def words_of(text: str) -> str:
    """The hash by which these words stand in the files."""
    return digest_of(text)[:DIGITS]


def last_mark(marks: Marks, text: str) -> Mark | None:
    """What was said last of these words."""
    return marks.get(words_of(text)) if marks else None


def unmatched(marks: Marks, texts: Iterable[str]) -> set[str]:
    """The marks that are of none of these words."""
    found = {*marks}
    for text in texts:
        if not found:
            break
        found.discard(words_of(text))
    return found


def read_marks(project: Project) -> tuple[dict[str, Marks], list[Problem]]:
    """The marks of all full texts by the key of their file, and what is wrong with any line."""
    found: dict[str, Marks] = {}
    problems: list[Problem] = []
    for path in sorted(project.running_text.glob("*.csv")):
        rows, faults = read_ledger(path, project.name(path), COLUMNS, _faults)
        problems += faults
        found[key_of(path)] = {
            value["words"]: Mark(
                value["decided_at"],
                value["coder"],
                value["words"],
                VERDICTS[value["verdict"]],
                row.number,
            )
            for row in rows
            for value in [row.cells]
        }
    return found, problems


def append_marks(project: Project, key: str, marks: Iterable[Mark]) -> None:
    """Add lines to the file of a full text, durably, all or none. Raises NotSaved."""
    path = project.running_text / f"{file_name(key)}.csv"
    rows = [[mark.decided_at, mark.coder, mark.words, mark.verdict] for mark in marks]
    append_rows(project, path, rows, COLUMNS)


def without_marked(document: Document, answered: Collection[str]) -> Document:
    """A full text without the passages marked as no running text, but for those `answered`.

    What is answered as part of a joined passage is answered.
    """
    answered = {*answered, *(p for j in document.joined if j.id in answered for p in j.parts)}
    kept = [item for item in document.passages if not item.marked or item.id in answered]
    if len(kept) == len(document.passages):
        return document
    passages = tuple(replace(item, position=place) for place, item in enumerate(kept, 1))
    places = {item.id: item.position for item in passages}
    joined = tuple(
        replace(item, position=places[item.parts[-1]])
        for item in document.joined
        if places.keys() >= {*item.parts}
    )
    return replace(document, passages=passages, joined=joined)


def _faults(value: Mapping[str, str]) -> Iterator[Fault]:
    yield from no_time(value["decided_at"])
    words = value["words"]
    if len(words) != DIGITS or not set(words) <= set("0123456789abcdef"):
        message = f"'{words[:40]}' is no hash of {DIGITS} digits"
        yield "bad-words", message, "Take the line back from version control; it is never edited."
    if value["verdict"] not in VERDICTS:
        hint = f"Write {' or '.join(VERDICTS)}."
        yield "bad-verdict", f"verdict '{value['verdict']}'", hint
