"""Decisions of coders, and who they are: append-only CSV files, read and checked line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.caches import FileState, state_of
from pipeline.ground.formulas import unguarded
from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.ground.yamlfile import read_yaml
from pipeline.model.answers import CONFIDENCES, CONSENSUS, NONE, Codings, by_time, study_of
from pipeline.model.people import Coder, Coders, Round, Rounds, is_time
from pipeline.model.readings import under
from pipeline.model.records import Decision
from pipeline.model.scheme import Scheme
from pipeline.model.secrecy import SecretLines
from pipeline.sources.instructions import read_instructions
from pipeline.sources.merges import followed, read_merges

COLUMNS = [
    "decided_at",
    "unit",
    "dimension",
    "codes",
    "confidence",
    "note",
    "quote",
    "shown",
    "scheme",
    "round",
    "text",
]
CONSENSUS_COLUMNS = [*COLUMNS, "settled_by"]


def read_codings(project: Project, scheme: Scheme | None = None) -> Codings:
    """All decision files of the project, with the coders and rounds they name.

    Under a scheme, old answers read as it says.
    """
    problems: list[Problem] = []
    coders: tuple[Coder, ...] = ()
    rounds: tuple[Round, ...] = ()
    try:
        coders = read_yaml(project.coders, Coders, project.name(project.coders)).coders
    except InputError as error:
        problems += error.problems
    try:
        rounds = read_yaml(project.rounds, Rounds, project.name(project.rounds)).rounds
    except InputError as error:
        problems += error.problems
    instructions, found = read_instructions(project, coders)
    problems += found
    files: dict[Path, FileState] = {}
    decisions: list[Decision] = []
    for path in sorted(project.decisions.glob("*/*.csv")):
        files[path] = state_of(path)
        read, found = read_decisions(path, path.parent.name, project.name(path))
        decisions += read
        problems += found
    consensus: list[Decision] = []
    for path in sorted(project.consensus.glob("*.csv")):
        files[path] = state_of(path)
        read, found = read_decisions(path, CONSENSUS, project.name(path))
        consensus += read
        problems += found
    kept = read_merges(project).kept
    rounds = tuple(item.following(kept) for item in rounds)
    decisions, consensus = (followed(lines, "unit", kept) for lines in (decisions, consensus))
    if scheme is not None:
        decisions, consensus = under(scheme, decisions), under(scheme, consensus)
    return Codings(
        SecretLines(by_time(decisions), rounds),
        SecretLines(by_time(consensus), rounds),
        coders,
        rounds,
        tuple(problems),
        instructions,
        files,
    )


def read_decisions(path: Path, coder: str, name: str) -> tuple[list[Decision], list[Problem]]:
    """The lines of one decision file. A line that cannot be read is a problem, and is kept out."""
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems:
        return [], problems
    if text and not text.endswith(("\n", "\r")):
        hint = "The last line may be cut off: compare it with what was decided, then end the line."
        problems.append(Problem(name, text.count("\n") + 1, "torn-line", "no line end", hint))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    decisions: list[Decision] = []
    line, number = 1, 0
    try:
        header = next(reader, [])
        columns = CONSENSUS_COLUMNS if coder == CONSENSUS else COLUMNS
        if not text:
            return [], []  # made for a line that then could not be written
        if header != columns:
            hint = f"The first line must be: {','.join(columns)}"
            return [], [*problems, Problem(name, 1, "bad-header", "other columns", hint)]
        while True:
            line = reader.line_num + 1
            row = next(reader, None)
            if row is None:
                break
            if not row:
                continue
            number += 1
            value = dict(zip(columns, row, strict=False))
            faults = list(_row_faults(row, value, len(columns), path.stem, name, line))
            problems += faults
            if not faults:
                decisions.append(_decision(value, coder, name, line, number))
    except csv.Error as error:
        hint = "Look for a quotation mark that is not closed or not doubled."
        problems.append(Problem(name, line, "bad-csv", f"not CSV: {error}", hint))
    return decisions, problems


def _row_faults(
    row: list[str], value: dict[str, str], width: int, study: str, name: str, line: int
) -> Iterator[Problem]:
    raw = first_line(",".join(row))
    if len(row) != width:
        message = f"{len(row)} fields instead of {width}"
        yield Problem(name, line, "bad-row", message, "Put texts with commas in quotes.", raw)
        return
    if not is_time(value["decided_at"]):
        hint = "Write it like 2026-11-23T14:05:00Z."
        yield Problem(name, line, "bad-time", f"'{value['decided_at']}' is no time", hint, raw)
    if study_of(value["unit"]) != study:
        message = f"unit '{value['unit']}' does not belong to '{study}'"
        yield Problem(name, line, "wrong-file", message, "Move the line to its study's file.", raw)
    if not value["dimension"]:
        yield Problem(name, line, "no-dimension", "no dimension", "Name it, e.g. role.", raw)
    codes = [code.strip() for code in value["codes"].split(";")]
    if NONE in codes and len(codes) > 1:
        message = "'none' stands together with codes"
        yield Problem(name, line, "none-and-codes", message, "Keep one or the other.", raw)
    if len(set(codes)) != len(codes):
        yield Problem(name, line, "repeated-code", "a code stands twice", "Remove one.", raw)
    if value["confidence"] not in CONFIDENCES:
        hint = "Use low, medium, high or nothing."
        yield Problem(
            name, line, "bad-confidence", f"confidence '{value['confidence']}'", hint, raw
        )
    if not value["scheme"].isdigit():
        message = f"scheme version '{value['scheme']}' is no number"
        yield Problem(name, line, "bad-scheme", message, "Write the version decided under.", raw)


def _decision(value: dict[str, str], coder: str, name: str, line: int, number: int) -> Decision:
    codes = value["codes"].strip()
    return Decision(
        decided_at=value["decided_at"],
        coder=coder,
        unit=value["unit"],
        dimension=value["dimension"],
        codes=None
        if not codes
        else frozenset()
        if codes == NONE
        else frozenset(code.strip() for code in codes.split(";")),
        confidence=value["confidence"],
        note=unguarded(value["note"]),
        quote=unguarded(value["quote"]),
        shown=value["shown"],
        scheme=int(value["scheme"]),
        round=value["round"],
        text=unguarded(value["text"]),
        path=name,
        line=line,
        number=number,
        settled_by=value.get("settled_by", ""),
    )
