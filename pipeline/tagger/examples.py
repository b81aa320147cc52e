"""Example passages that teach the tagger, as researchers keep them: CSV files per dimension."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.model.answers import NONE
from pipeline.model.readings import reads
from pipeline.model.scheme import LANGUAGES, Scheme

COLUMNS = ("group", "language", "set", "codes", "second", "text")


@dataclass(frozen=True, slots=True)
class Example:
    """A passage with its codes. `held` ones are never learned from: they measure the tagger.

    `group` are passages that belong together (they were written about one topic); `second` are
    the codes of another coder who did not see `codes`, where there is one. Of the codes `unasked`
    it says neither yes nor no.
    """

    group: str
    language: str
    held: bool
    codes: frozenset[str]
    second: frozenset[str] | None
    text: str
    unasked: frozenset[str] = frozenset()


def read_examples(project: Project, scheme: Scheme, dimension: str) -> tuple[Example, ...]:
    """The examples of a dimension, in a fixed order. Raises InputError with all problems."""
    problems: list[Problem] = []
    examples: list[Example] = []
    known = scheme.dimension(dimension).code_ids
    for path in sorted((project.examples / dimension).glob("*.csv")):
        read, found = _read(path, project.name(path), known)
        examples += read
        problems += found
    if problems:
        raise InputError(problems)
    return tuple(now for item in examples if (now := _today(scheme, item)) is not None)


def _today(scheme: Scheme, item: Example) -> Example | None:
    """The example under the present scheme; None where every code that it had was retired."""
    codes = _in_use(scheme, item.codes)
    if item.codes and not codes:
        return None
    second = None if item.second is None else _in_use(scheme, item.second)
    return replace(item, codes=codes, second=second)


def _in_use(scheme: Scheme, codes: frozenset[str]) -> frozenset[str]:
    return frozenset(code for code in reads(scheme, codes) if scheme.codes[code].retired is None)


def _read(path: Path, name: str, known: frozenset[str]) -> tuple[list[Example], list[Problem]]:
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems:
        return [], problems
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        hint = f"The first line must be: {','.join(COLUMNS)}"
        return [], [Problem(name, 1, "bad-header", "other columns", hint)]
    examples = []
    try:
        for row in reader:
            faults = list(_faults(row, known, name, reader.line_num))
            problems += faults
            if not faults:
                examples.append(_example(row))
    except csv.Error as error:
        hint = "Look for a quotation mark that is not closed or not doubled."
        problems.append(Problem(name, reader.line_num, "bad-csv", f"not CSV: {error}", hint))
    return examples, problems


def _faults(
    row: dict[str, str | None], known: frozenset[str], name: str, line: int
) -> Iterator[Problem]:
    if None in row.values() or None in row:
        yield Problem(
            name, line, "bad-row", "too few or too many fields", "See docs/indicators.md."
        )
        return
    raw = first_line(row["text"] or "")
    if row["language"] not in LANGUAGES:
        hint = f"Use one of {', '.join(LANGUAGES)}."
        yield Problem(name, line, "bad-language", f"language '{row['language']}'", hint, raw)
    if row["set"] not in ("learn", "held"):
        yield Problem(name, line, "bad-set", f"set '{row['set']}'", "Use learn or held.", raw)
    for column in ("codes", "second"):
        for code in sorted(_codes(row[column] or "") - known):
            hint = "Correct it, or write none."
            yield Problem(name, line, "unknown-code", f"code '{code}'", hint, raw)
    if not (row["codes"] or "").strip():
        yield Problem(name, line, "no-codes", "no codes", "Write codes, or none.", raw)


def _example(row: dict[str, str | None]) -> Example:
    second = (row["second"] or "").strip()
    return Example(
        group=row["group"] or "",
        language=row["language"] or "",
        held=row["set"] == "held",
        codes=_codes(row["codes"] or ""),
        second=_codes(second) if second else None,
        text=row["text"] or "",
    )


def _codes(text: str) -> frozenset[str]:
    return frozenset(code.strip() for code in text.split(";") if code.strip()) - {NONE}
