"""Which passages somebody codes as one: `coding/joined/<key>.csv`, only ever added to.

No words stand in it: it names the passages, whose words make the id of the joined one. Where their
text is not here, its words are those of the decision line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from pipeline.ground.problems import Problem
from pipeline.ground.project import Project, file_name, key_of
from pipeline.model.answers import study_of
from pipeline.model.joined_passages import MOST, joined
from pipeline.model.passages import digest_of
from pipeline.model.records import Document, JoinedPassage
from pipeline.model.same_words import row_of_words
from pipeline.sources.ledger import Fault, append_rows, no_time, read_ledger
from pipeline.sources.merges import follow

COLUMNS = ["joined_at", "unit", "parts", "coder", "round"]


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """The id of a joined passage, those of its parts in order, and who joined them in a round.

    `key` is that of its file, `line` where it stands there.
    """

    unit: str
    parts: tuple[str, ...]
    coder: str
    round: str
    key: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)


JoinedLines = Mapping[str, tuple[JoinedLine, ...]]  # by study


def joined_files(project: Project, study: str, kept: Mapping[str, str]) -> list[Path]:
    """Where the lines of a study stand, and of those that were merged into it."""
    keys = (study, *(key for key, into in kept.items() if into == study))
    return [project.joined / f"{file_name(key)}.csv" for key in keys]


def read_joined(
    project: Project, paths: Iterable[Path] | None = None, kept: Mapping[str, str] | None = None
) -> tuple[JoinedLines, list[Problem]]:
    """The lines of these files, or of all, and what is wrong with any.

    `kept` names the studies under which those of merged ones are read.
    """
    kept = kept or {}
    found: dict[str, tuple[JoinedLine, ...]] = defaultdict(tuple)
    problems: list[Problem] = []
    for path in sorted(project.joined.glob("*.csv")) if paths is None else paths:
        if not path.is_file():
            continue
        faults = partial(_faults, key_of(path))
        rows, wrong = read_ledger(path, project.name(path), COLUMNS, faults)
        problems += wrong
        for row in rows:
            value = row.cells
            parts = tuple(follow(part, kept) for part in value["parts"].split())
            unit = follow(value["unit"], kept)
            line = JoinedLine(unit, parts, value["coder"], value["round"], key_of(path), row.line)
            found[study_of(unit)] += (line,)
    return dict(found), problems


def append_joined(project: Project, item: JoinedPassage, coder: str, name: str, at: str) -> None:
    """Write down that a coder takes these passages as one in a round. Raises NotSaved."""
    path = project.joined / f"{file_name(item.study)}.csv"
    append_rows(project, path, [[at, item.id, " ".join(item.parts), coder, name]], COLUMNS)


def with_joined(
    document: Document, lines: Iterable[JoinedLine], words: Mapping[str, str] | None = None
) -> Document:
    """A document with what was joined of its passages, as far as all are in it.

    Of a text that is not here, what was restored from decision lines stays. `words` are those of
    decision lines by unit: where passages read otherwise now, these that have the same words.
    """
    lines = [*lines]
    own = {item.id: item for item in document.passages}
    found = {item.id: replace(item, makers=()) for item in document.joined}
    names = {item.known_as: item.id for item in document.joined if item.known_as}
    told = {part for line in lines for part in line.parts}
    row = [item.id for item in document.passages if not item.marked or item.id in told]
    for line in lines:
        unit = names.get(line.unit, line.unit)
        item = found.get(unit)
        if item is None and _stand_together(line.parts, row):
            made = joined([own[part] for part in line.parts])
            if is_of(line.unit, made.text):
                item = replace(made, id=line.unit)
        elif item is None and (same := row_of_words((words or {}).get(unit, ""), own.values())):
            made = joined(same)
            item = found.get(made.id, replace(made, known_as=unit))
            unit = names[unit] = item.id
        if item is not None:
            makers = dict.fromkeys((*item.makers, (line.coder, line.round)))
            found[unit] = replace(item, makers=tuple(makers))
    made_by = (item for item in found.values() if item.makers)
    return replace(document, joined=tuple(sorted(made_by, key=lambda item: item.position)))


def come_apart(lines: JoinedLines, documents: Collection[Document]) -> frozenset[str]:
    """What was joined of passages that are in no text any more."""
    here = {
        name
        for document in documents
        for item in document.joined
        for name in (item.id, item.known_as)
    }
    return frozenset(line.unit for own in lines.values() for line in own) - here


def _stand_together(parts: tuple[str, ...], row: list[str]) -> bool:
    """Whether they follow each other; what is left out between them does not count."""
    if not parts or parts[0] not in row:
        return False
    start = row.index(parts[0])
    return tuple(row[start : start + len(parts)]) == parts


def is_of(unit: str, text: str) -> bool:
    """Whether these are the words that make the id of a passage."""
    return bool(text) and digest_of(text).startswith(unit.rpartition("-")[2])


def _faults(study: str, value: Mapping[str, str]) -> Iterator[Fault]:
    yield from no_time(value["joined_at"])
    if any(study_of(unit) != study for unit in (value["unit"], *value["parts"].split())):
        message = f"'{value['unit']}' or a part of it does not belong to '{study}'"
        yield "wrong-file", message, "Take the line back from version control; it is never edited."
    parts = value["parts"].split()
    if not 2 <= len({*parts}) == len(parts) <= MOST:
        message = f"'{value['parts']}' are not two to {MOST} passages"
        yield "bad-parts", message, "Take the line back from version control; it is never edited."
