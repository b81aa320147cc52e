"""Every decision line by study, as it stands in the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.decisions import CONSENSUS, by_time, read_decisions, study_of
from pipeline.people import Coder, Round, moment, stamp
from pipeline.problems import Problem, errors
from pipeline.project import Project
from pipeline.readings import complete, under
from pipeline.records import Decision
from pipeline.review.answers import Refused
from pipeline.review.ledger import path_of
from pipeline.scheme import Scheme
from pipeline.secrecy import NO_LINES, SecretLines

FileState = tuple[int, int]


@dataclass
class Book:
    """The lines of all coders. Files are read again when they change on disk."""

    project: Project
    scheme: Scheme
    passages: Container[str]
    coders: Mapping[str, Coder]
    rounds: Mapping[str, Round]
    _lines: dict[str, SecretLines] = field(default_factory=dict)
    decided: dict[str, dict[tuple[str, str], set[str]]] = field(default_factory=dict)
    _files: dict[Path, FileState] = field(default_factory=dict)
    _newest: dict[str, dict[str, str]] = field(default_factory=dict)

    def fill(self, lines: Iterable[Decision]) -> None:
        """Take in everything that was read from the files."""
        found: dict[str, list[Decision]] = defaultdict(list)
        for item in by_time(lines):
            found[study_of(item.unit)].append(item)
        for study, group in found.items():
            self._take(study, group)
        self._files = {path: _state(path) for path in self._decision_files()}

    def add(self, study: str, path: Path, written: Sequence[Decision]) -> None:
        """Take in what was just appended to a file."""
        self._files[path] = _state(path)
        self._take(study, (*self.of(study).never_shown, *written))

    def take_rounds(self, rounds: Mapping[str, Round]) -> None:
        """Rounds as they now stand: some lines may be seen by others than before."""
        self.rounds = rounds
        for study in self.studies:
            self._take(study, self.of(study).never_shown)

    @property
    def studies(self) -> list[str]:
        """Studies with lines."""
        return list(self._lines)

    def of(self, study: str) -> SecretLines:
        """The lines of a study."""
        return self._lines.get(study, NO_LINES)

    def last_number(self, study: str, name: str) -> int:
        """How many lines a file has."""
        numbers = (line.number for line in self.of(study).never_shown if line.path == name)
        return max(numbers, default=0)

    def sync(self, study: str, coder: str = "") -> bool:
        """Read the decision files of a study again where they changed on disk.

        Raises Refused when the coder's own cannot be read. Another's is left as it was read last:
        nobody is kept from working, or shown the lines of somebody else.
        """
        lines = list(self.of(study).never_shown)
        changed = False
        for name_of_coder in (*self.coders, CONSENSUS):
            path = path_of(self.project, name_of_coder, study)
            state = _state(path)
            if self._files.get(path, (0, 0)) == state:
                continue
            name = self.project.name(path)
            found: list[Decision] = []
            problems: list[Problem] = []
            if path.is_file():
                found, problems = read_decisions(path, name_of_coder, name)
            if errors(problems):
                if name_of_coder == coder:
                    raise Refused([str(problem) for problem in problems])
                continue
            found = under(self.scheme, found)
            lines = [*(line for line in lines if line.path != name), *found]
            self._files[path] = state
            changed = True
        if changed:
            self._take(study, by_time(lines))
        return changed

    def _take(self, study: str, lines: Sequence[Decision]) -> None:
        """The lines of a study are these; what is derived from them follows."""
        self._lines[study] = SecretLines(lines, self.rounds.values())
        decided: dict[tuple[str, str], set[str]] = defaultdict(set)
        in_round: dict[tuple[str, str, str], Decision] = {}
        newest: dict[str, str] = defaultdict(str)
        for line in lines:
            if line.dimension == self.scheme.evidence:
                in_round[line.unit, line.coder, line.round] = line
            newest[line.coder] = max(newest[line.coder], moment(line.decided_at))
        for (unit, coder, name), line in in_round.items():
            # An answer that could not consider a newer code is asked for again.
            if line.codes is None or unit not in self.passages:
                continue
            if complete(self.scheme, line):
                decided[coder, name].add(unit)
        self.decided[study] = decided
        self._newest[study] = newest

    def time(self, coder: str) -> str:
        """Now, but after everything that the coder wrote before."""
        now = stamp(datetime.now(UTC))
        newest = max((times.get(coder, "") for times in self._newest.values()), default="")
        if now > newest:
            return now
        if newest > stamp(datetime.now(UTC) + timedelta(minutes=10)):
            raise Refused(
                [
                    f"A line of {coder} is dated {newest}, in the future, and would stand above "
                    "this one. Correct the time in the file (evidence check says where)."
                ]
            )
        return stamp(datetime.fromisoformat(newest) + timedelta(microseconds=1))

    def _decision_files(self) -> list[Path]:
        return [
            *self.project.decisions.glob("*/*.csv"),
            *self.project.consensus.glob("*.csv"),
        ]


def _state(path: Path) -> FileState:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)
