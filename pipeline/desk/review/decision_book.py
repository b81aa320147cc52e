"""Every decision line by study, as it stands in the files."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Refused, questions
from pipeline.ground.caches import FileState, state_of
from pipeline.ground.problems import errors
from pipeline.ground.project import Project
from pipeline.model.answers import CONSENSUS, Codings, by_time, standing, study_of
from pipeline.model.people import Coder, Round, moment, stamp
from pipeline.model.readings import complete, under
from pipeline.model.records import Decision, Passage
from pipeline.model.same_words import led
from pipeline.model.scheme import Scheme
from pipeline.model.secrecy import NO_LINES, SecretLines
from pipeline.sources.decisions import path_of, read_decisions
from pipeline.sources.ledger import LinePlace
from pipeline.sources.merges import followed


@dataclass
class Book:
    """The lines of all coders. Files are read again when they change on disk.

    What it holds of a study is replaced as a whole and never changed, so that pages may read it
    while another thread saves. `changed`: studies whose lines the database does not show yet.
    `kept`: studies by the keys of those that were merged into them.
    `answered`: passages and studies by study, coder and round, with an answer to all that the
    round asks of them, or to one that joins them.
    """

    project: Project
    scheme: Scheme
    passages: Mapping[str, Passage]
    coders: Mapping[str, Coder]
    rounds: Mapping[str, Round]
    kept: Mapping[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    answered: dict[str, dict[tuple[str, str], set[str]]] = field(default_factory=dict)
    _lines: dict[str, SecretLines] = field(default_factory=dict)
    _files: dict[Path, FileState] = field(default_factory=dict)
    _newest: dict[str, dict[str, str]] = field(default_factory=dict)
    _versions: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    _known: dict[str, list[int]] = field(default_factory=dict)
    _touched: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    _locks: dict[str, threading.RLock] = field(default_factory=dict)

    def fill(self, codings: Codings) -> None:
        """Take in everything that was read from the files."""
        found: dict[str, list[Decision]] = defaultdict(list)
        for item in by_time(codings.never_shown):
            found[study_of(item.unit)].append(item)
        for study, group in found.items():
            self._take(study, group)
        self._files = dict(codings.files)

    @contextmanager
    def writing(self, study: str) -> Iterator[None]:
        """Between appending to a file of a study and taking the lines in, nobody reads it."""
        with self._lock(study):
            yield

    def add(self, study: str, path: Path, written: Sequence[Decision], place: LinePlace) -> None:
        """Take in what was just appended at a place of a file."""
        with self._lock(study):
            state = state_of(path)
            if (self._files.get(path, (0, 0))[0], state[0]) != (place.start, place.end):
                # Another program writes there too: its lines come before ours, or behind.
                self.sync(study)
                return
            self._files[path] = state
            self._take(study, (*self.of(study).never_shown, *written))
            self.changed.add(study)

    def take_rounds(self, rounds: Mapping[str, Round]) -> None:
        """Rounds as they now stand: some lines may be seen by others, or stand, that did not."""
        moved = {
            name
            for name, item in rounds.items()
            if name not in self.rounds or self.rounds[name].closed_at != item.closed_at
        }
        self.rounds = rounds
        for study in self.studies:
            with self._lock(study):
                before = self.of(study)
                self._take(study, before.never_shown)
                after = self.of(study).open
                if after != before.open or any(line.round in moved for line in after):
                    self.changed.add(study)

    def take_again(self, study: str) -> None:
        """Other passages of a study are known than when its lines were read."""
        with self._lock(study):
            self._take(study, self.of(study).never_shown)
            self.changed.add(study)

    @property
    def studies(self) -> list[str]:
        """Studies with lines."""
        return list(self._lines)

    def of(self, study: str) -> SecretLines:
        """The lines of a study."""
        return self._lines.get(study, NO_LINES)

    def versions(self, name: str) -> list[int]:
        """The versions of the scheme under which coders answered in a round."""
        if name not in self._known:
            found = (versions.get(name, ()) for versions in list(self._versions.values()))
            self._known[name] = sorted(set().union(*found))
        return self._known[name]

    def touched(self, coder: str, name: str) -> int:
        """On how many passages and studies a coder has said anything in a round.

        Of a passage that joins others, these count. It does not depend on what was said, nor on
        how that reads now.
        """
        return sum(counts[coder, name] for counts in list(self._touched.values()))

    def last_number(self, study: str, name: str) -> int:
        """How many lines a file has."""
        numbers = (line.number for line in self.of(study).never_shown if line.path == name)
        return max(numbers, default=0)

    def sync(self, study: str, coder: str = "", wait: bool = True) -> bool:
        """Read the decision files of a study again where they changed on disk.

        Without waiting, nothing is read while somebody saves: what was read last is whole.
        Raises Refused when the coder's own cannot be read. Another's is left as it was read last:
        nobody is kept from working, or shown the lines of somebody else.
        """
        lock = self._lock(study)
        if not lock.acquire(blocking=wait):
            return False
        try:
            return self._read(study, coder)
        finally:
            lock.release()

    def time(self, coder: str) -> str:
        """Now, but after everything that the coder wrote before."""
        now = stamp(datetime.now(UTC))
        newest = max((times.get(coder, "") for times in list(self._newest.values())), default="")
        if now > newest:
            return now
        if newest > stamp(datetime.now(UTC) + timedelta(minutes=10)):
            raise Refused([desk_says("answer.a_line_of_is_dated", coder=coder, newest=newest)])
        return stamp(datetime.fromisoformat(newest) + timedelta(microseconds=1))

    def _read(self, study: str, coder: str) -> bool:
        lines = list(self.of(study).never_shown)
        states: dict[Path, FileState] = {}
        reasons: list[str] = []
        keys = (study, *(key for key, kept in self.kept.items() if kept == study))
        for name_of_coder, key in product((*self.coders, CONSENSUS), keys):
            path = path_of(self.project, name_of_coder, key)
            state = state_of(path)
            if self._files.get(path, (0, 0)) == state:
                continue
            name = self.project.name(path)
            found: list[Decision] = []
            if path.is_file():
                found, problems = read_decisions(path, name_of_coder, name)
                if errors(problems):
                    if name_of_coder == coder:
                        reasons += [str(problem) for problem in problems]
                    continue
            found = under(self.scheme, followed(found, "unit", self.kept))
            lines = [*(line for line in lines if line.path != name), *found]
            states[path] = state
        if states:
            self._take(study, led(by_time(lines), self.passages))
            self._files |= states
            self.changed.add(study)
        if reasons:
            raise Refused(reasons)
        return bool(states)

    def _take(self, study: str, lines: Sequence[Decision]) -> None:
        """The lines of a study are these, each once; what is derived from them follows."""
        lines = tuple({line.id: line for line in lines}.values())
        newest: dict[str, str] = defaultdict(str)
        for line in lines:
            newest[line.coder] = max(newest[line.coder], moment(line.decided_at))
        given: dict[tuple[str, str, str], dict[str, Decision]] = defaultdict(dict)
        versions: dict[str, set[int]] = defaultdict(set)
        for line in standing(lines):
            given[line.unit, line.coder, line.round][line.dimension] = line
            if line.coder != CONSENSUS:
                versions[line.round].add(line.scheme)
        answered: dict[tuple[str, str], set[str]] = defaultdict(set)
        for (unit, coder, name), answers in given.items():
            if name in self.rounds and self._is_answered(self.rounds[name], unit, answers):
                answered[coder, name] |= {unit, *self._sentences(unit)}
        self._lines[study] = SecretLines(lines, self.rounds.values())
        self.answered[study] = answered
        self._newest[study] = newest
        self._versions[study] = versions
        touched: dict[tuple[str, str], set[str]] = defaultdict(set)
        for unit, coder, name in given:
            touched[coder, name].update(self._sentences(unit))
        self._touched[study] = Counter({key: len(units) for key, units in touched.items()})
        self._known = {}

    def _is_answered(self, item: Round, unit: str, answers: Mapping[str, Decision]) -> bool:
        """Whether all that a round asks of a unit has an answer.

        One that could not consider a newer code is asked for again, but not once the round takes
        no more answers: then all counts that was asked under the version of then.
        """
        study = study_of(unit)
        if not item.includes(study) or not (unit in self.passages or unit == study):
            return False
        asked = questions(self.scheme, item, unit in self.passages)
        if item.state != "open":
            then = max(line.scheme for line in answers.values())
            asked = tuple(dimension for dimension in asked if dimension.since <= then)
            return bool(asked) and all(dimension.id in answers for dimension in asked)
        return bool(asked) and all(
            dimension.id in answers and complete(self.scheme, answers[dimension.id])
            for dimension in asked
        )

    def _sentences(self, unit: str) -> tuple[str, ...]:
        passage = self.passages.get(unit)
        return passage.sentences if passage else (unit,)

    def _lock(self, study: str) -> threading.RLock:
        return self._locks.setdefault(study, threading.RLock())
