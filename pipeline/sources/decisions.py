"""Decisions of coders, and who they are: append-only CSV files, checked line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from pipeline.ground.caches import FileState, state_of
from pipeline.ground.formulas import guarded, unguarded
from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project, file_name, key_of
from pipeline.ground.yamlfile import read_yaml
from pipeline.model.answers import CONFIDENCES, CONSENSUS, NONE, Codings, by_time, study_of
from pipeline.model.people import Coder, Coders, Round, Rounds
from pipeline.model.readings import under
from pipeline.model.records import Decision
from pipeline.model.scheme import Scheme
from pipeline.model.secrecy import SecretLines
from pipeline.sources.instructions import read_instructions
from pipeline.sources.ledger import Fault, LedgerRow, LinePlace, append_rows, no_time, read_ledger
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
    columns = CONSENSUS_COLUMNS if coder == CONSENSUS else COLUMNS
    rows, problems = read_ledger(path, name, columns, partial(_faults, key_of(path)))
    return [_decision(row, coder, name) for row in rows], problems


def path_of(project: Project, coder: str, study: str) -> Path:
    """Where a coder's lines on a study stand; those of the consensus have a folder of their own."""
    if coder == CONSENSUS:
        return project.consensus / f"{file_name(study)}.csv"
    return project.decisions / coder / f"{file_name(study)}.csv"


def append(project: Project, path: Path, decisions: Sequence[Decision]) -> LinePlace:
    """Add lines to a file: all of them, durably, or none. Raises NotSaved."""
    columns = CONSENSUS_COLUMNS if decisions[0].coder == CONSENSUS else COLUMNS
    return append_rows(project, path, [_cells(item, columns) for item in decisions], columns)


def write_codes(codes: frozenset[str] | None) -> str:
    """Codes as they stand in a file: a;b, or none, or nothing for a withdrawal."""
    if codes is None:
        return ""
    return ";".join(sorted(codes)) or NONE


def _cells(item: Decision, columns: Sequence[str]) -> list[str]:
    value = {
        "decided_at": item.decided_at,
        "unit": item.unit,
        "dimension": item.dimension,
        "codes": write_codes(item.codes),
        "confidence": item.confidence,
        "note": guarded(item.note),
        "quote": guarded(item.quote),
        "shown": item.shown,
        "scheme": str(item.scheme),
        "round": item.round,
        "text": guarded(item.text),
        "settled_by": item.settled_by,
    }
    return [value[column] for column in columns]


def _faults(study: str, value: Mapping[str, str]) -> Iterator[Fault]:
    yield from no_time(value["decided_at"])
    if study_of(value["unit"]) != study:
        message = f"unit '{value['unit']}' does not belong to '{study}'"
        yield "wrong-file", message, "Move the line to its study's file."
    if not value["dimension"]:
        yield "no-dimension", "no dimension", "Name it, e.g. role."
    codes = [code.strip() for code in value["codes"].split(";")]
    if NONE in codes and len(codes) > 1:
        yield "none-and-codes", "'none' stands together with codes", "Keep one or the other."
    if len(set(codes)) != len(codes):
        yield "repeated-code", "a code stands twice", "Remove one."
    if value["confidence"] not in CONFIDENCES:
        hint = "Use low, medium, high or nothing."
        yield "bad-confidence", f"confidence '{value['confidence']}'", hint
    if not value["scheme"].isdigit():
        message = f"scheme version '{value['scheme']}' is no number"
        yield "bad-scheme", message, "Write the version decided under."


def _decision(row: LedgerRow, coder: str, name: str) -> Decision:
    value = row.cells
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
        line=row.line,
        number=row.number,
        settled_by=value.get("settled_by", ""),
    )
