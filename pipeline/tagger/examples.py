"""Example passages that teach the tagger, as researchers keep them: CSV files per dimension."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.model.answers import NONE
from pipeline.model.readings import reads
from pipeline.model.scheme import LANGUAGES, Scheme
from pipeline.sources.ledger import Fault, read_rows

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
    rows, problems = read_rows(text, name, COLUMNS, partial(_faults, known))
    return [_example(row.cells) for row in rows], problems


def _faults(known: frozenset[str], row: Mapping[str, str]) -> Iterator[Fault]:
    if row["language"] not in LANGUAGES:
        yield "bad-language", f"language '{row['language']}'", f"Use one of {', '.join(LANGUAGES)}."
    if row["set"] not in ("learn", "held"):
        yield "bad-set", f"set '{row['set']}'", "Use learn or held."
    for column in ("codes", "second"):
        for code in sorted(_codes(row[column]) - known):
            yield "unknown-code", f"code '{code}'", "Correct it, or write none."
    if not row["codes"].strip():
        yield "no-codes", "no codes", "Write codes, or none."


def _example(row: Mapping[str, str]) -> Example:
    second = row["second"].strip()
    return Example(
        group=row["group"],
        language=row["language"],
        held=row["set"] == "held",
        codes=_codes(row["codes"]),
        second=_codes(second) if second else None,
        text=row["text"],
    )


def _codes(text: str) -> frozenset[str]:
    return frozenset(code.strip() for code in text.split(";") if code.strip()) - {NONE}
