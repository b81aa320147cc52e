"""Decisions of coders, and who they are: append-only CSV files, read and checked line by line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.adding.merges import followed, read_merges
from pipeline.cells import unguarded
from pipeline.instructions import read_instructions
from pipeline.people import Coder, Coders, Round, Rounds, moment
from pipeline.problems import InputError, Problem, decode_utf8, first_line
from pipeline.project import Project
from pipeline.readings import under
from pipeline.records import Decision
from pipeline.scheme import Scheme
from pipeline.secrecy import OpenLines, SecretLines, open_lines
from pipeline.yamlfile import read_yaml

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
NONE = "none"
CONFIDENCES = ("", "low", "medium", "high")
CONSENSUS = "consensus"
MOVED = "Moved from"  # how the note of a decision ends that a coder moved to another passage
_HASH = re.compile(r"(?<=.)-[0-9a-f]{8,64}\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


FileState = tuple[int, int]  # size in bytes, time of change in nanoseconds


@dataclass(frozen=True, slots=True)
class Codings:
    """Everything people decided: the lines in order of time, coders, rounds, problems.

    `files`: the state of each file before it was read, so that later changes are seen.
    """

    decisions: SecretLines
    consensus: SecretLines
    coders: tuple[Coder, ...]
    rounds: tuple[Round, ...]
    problems: tuple[Problem, ...]
    instructions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[Path, FileState] = field(default_factory=dict)

    @property
    def open(self) -> OpenLines:
        """What anybody may see: decisions, then consensus."""
        return open_lines(self.decisions.open, self.consensus.open)

    @property
    def never_shown(self) -> tuple[Decision, ...]:
        """Every line, for what must know all and shows none."""
        return (*self.decisions.never_shown, *self.consensus.never_shown)


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


def state_of(path: Path) -> FileState:
    """What changes when a file does; nothing where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)


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


@lru_cache(maxsize=1 << 20)
def study_of(unit: str) -> str:
    """The citekey of a unit, be it a study or a passage."""
    return unit[: match.start()] if (match := _HASH.search(unit)) else unit


def is_passage(unit: str) -> bool:
    """Whether a unit is a passage's id (a citekey and a hash)."""
    return study_of(unit) != unit


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str, str], Decision]:
    """Each coder's current answer by (unit, dimension, coder), or the withdrawal of all.

    A withdrawal takes back what the coder answered in its round, or in every round where it names
    none; an answer in another round stands.
    """
    current: dict[tuple[str, str, str], Decision] = {}
    rounds: dict[tuple[str, str, str], dict[str, Decision]] = {}
    for item in decisions:
        key = (item.unit, item.dimension, item.coder)
        before = current.get(key)
        current[key] = item
        if before is None or (before.round == item.round and key not in rounds):
            continue
        # Only what stands in several rounds needs to be told apart.
        known = rounds.setdefault(key, {before.round: before})
        if item.codes is None and not item.round:
            known.clear()
        known.pop(item.round, None)
        known[item.round] = item
        standing = [line for line in known.values() if line.codes is not None]
        if standing:
            current[key] = standing[-1]
    return current


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """Each coder's last answers in each round, without those withdrawn, in their order."""
    last: dict[tuple[str, str, tuple[str, str], str], Decision] = {}
    for item in decisions:
        who = (item.coder, item.settled_by)  # each who settles has a say of their own
        if item.codes is None and not item.round:
            for key in [key for key in last if key[:3] == (item.unit, item.dimension, who)]:
                del last[key]
        key = (item.unit, item.dimension, who, item.round)
        last.pop(key, None)
        last[key] = item
    return [item for item in last.values() if item.codes is not None]


def by_time(decisions: Iterable[Decision]) -> list[Decision]:
    """In order of time; lines of the same moment in the order in which they stand."""
    return sorted(
        decisions, key=lambda item: (moment(item.decided_at), item.coder, item.path, item.number)
    )


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


def is_time(text: str) -> bool:
    """Whether a text is a moment as our files hold it."""
    try:
        return bool(_TIME.match(text)) and bool(moment(text))
    except ValueError:
        return False


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
