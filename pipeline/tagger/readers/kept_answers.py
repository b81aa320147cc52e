"""What a language model said of passages: `coding/readings/`, known by hashes of their words.

No word of a passage stands there, so that answers about full texts can be committed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from pipeline.sources.ledger import Fault, append_rows, no_time, read_ledger
from pipeline.tagger.readers.reader import Scores

COLUMNS = ("read_at", "text", "scores", "words")
_TEXT = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a passage the score of each code, and where the words begin and end that decided."""

    scores: Scores
    words: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def read_answers(project: Project, path: Path) -> dict[str, Answer]:
    """By the hash of a text the answer; the first one counts. Raises InputError."""
    if not path.is_file():
        return {}
    rows, problems = read_ledger(path, project.name(path), COLUMNS, _faults)
    if problems:
        raise InputError(problems)
    found: dict[str, Answer] = {}
    for row in rows:
        answer = Answer(_scores(row.cells["scores"]), _words(row.cells["words"]))
        found.setdefault(row.cells["text"], answer)
    return found


def keep_answer(project: Project, path: Path, when: str, text: str, answer: Answer) -> None:
    """Add an answer about the text of this hash, durably. Raises NotSaved."""
    scores = ";".join(f"{code}={score:g}" for code, score in sorted(answer.scores.items()))
    words = ";".join(f"{code}={one}-{end}" for code, (one, end) in sorted(answer.words.items()))
    append_rows(project, path, [(when, text, scores, words)], COLUMNS)


def _faults(row: Mapping[str, str]) -> Iterator[Fault]:
    yield from no_time(row["read_at"])
    if not _TEXT.match(row["text"]):
        yield "bad-text", f"text '{row['text']}'", "Write the SHA-256 of the passage's words."
    for column, read in (("scores", _scores), ("words", _words)):
        try:
            read(row[column])
        except ValueError:
            hint = {"scores": "Write code=0.8;code=0.1.", "words": "Write code=4-19."}[column]
            yield f"bad-{column}", f"{column} '{row[column]}'", hint


def _scores(text: str) -> Scores:
    scores = {code: float(value) for code, value in _pairs(text)}
    if not all(0 <= score <= 1 for score in scores.values()):
        raise ValueError(text)
    return scores


def _words(text: str) -> dict[str, tuple[int, int]]:
    places = ((code, value.split("-")) for code, value in _pairs(text))
    return {code: (int(one), int(end)) for code, (one, end) in places}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, text.split(";")):
        code, sign, value = part.partition("=")
        if not sign:
            raise ValueError(text)
        yield code, value
