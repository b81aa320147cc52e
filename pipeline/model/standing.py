"""Which answers stand: those of the latest closed round; people are never overruled by models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.model.answers import Codings, standing
from pipeline.model.people import moment
from pipeline.model.readings import considered
from pipeline.model.records import EVIDENCE_STATUSES, Coding, Decision
from pipeline.model.scheme import Code, Scheme
from pipeline.model.secrecy import OpenLines

Key = tuple[str, str]  # unit and dimension


@dataclass(frozen=True)
class Held:
    """What is held of a unit: the answers that stand and, if it was settled, how.

    `asides` are what people say in rounds that are not closed: these change nothing else yet.
    """

    answers: tuple[Decision, ...]
    settled: Decision | None = None
    asides: tuple[Decision, ...] = ()

    @property
    def lines(self) -> Iterator[Decision]:
        """All lines that count."""
        yield from self.answers
        yield from self.asides
        if self.settled is not None:
            yield self.settled


_NOTHING = Held(())  # what is held of most units, which only the machine has read


class Answers:
    """The answers of a project by unit and dimension, as far as anybody may see them.

    Where several rounds asked the same of a unit, the latest closed one stands in which somebody
    considered the code: the latest in which a person did, if there is one. What rounds hold that
    are not closed counts only where no closed one holds anything.
    """

    def __init__(self, scheme: Scheme, codings: Codings, until: str = "") -> None:
        self._scheme = scheme
        self._people = frozenset(coder.id for coder in codings.coders if coder.is_person)
        self._rounds = {item.id: item for item in codings.rounds}
        self._closed = {
            item.id: (item.closed_at, place)
            for place, item in enumerate(codings.rounds)
            if item.closed_at
        }
        self._given = _by_unit(codings.decisions.open, until)
        self._settled = _by_unit(codings.consensus.open, until)

    def __iter__(self) -> Iterator[Key]:
        yield from self._given
        yield from (key for key in self._settled if key not in self._given)

    def is_person(self, line: Decision) -> bool:
        """Whether a person said it."""
        return voice(line) in self._people

    def codes(self, key: Key) -> Iterator[str]:
        """Every code that somebody gave."""
        for line in (*self._given.get(key, ()), *self._settled.get(key, ())):
            yield from line.codes or ()

    def held(self, key: Key, code: Code | None = None) -> Held:
        """What stands of a unit, as far as it says yes or no to a code."""
        return self._held(*self._considering(key, code))

    def deciding(self, held: Held) -> tuple[Decision, ...]:
        """The lines that must say the same: where they differ on a code, it is in dispute.

        What a person settled ends what was said before it; what models settled overrules nobody.
        """
        if held.settled is None:
            return (*held.answers, *held.asides)
        if self.is_person(held.settled):
            return (*held.asides, held.settled)
        people = (line for line in held.answers if self.is_person(line))
        return (*people, *held.asides, held.settled)

    def codes_held(self, key: Key) -> dict[str, bool] | None:
        """Yes or no to each code that was considered; None where any of them is in dispute."""
        dimension = self._scheme.by_id.get(key[1])
        found: dict[str, bool] = {}
        before, deciding = None, tuple[Decision, ...]()
        for code in dimension.codes if dimension else ():
            lines = self._considering(key, code)
            if lines != before:  # mostly the same for all codes
                before, deciding = lines, self.deciding(self._held(*lines))
            if deciding:
                said = stance(deciding, code.id)
                if said is None:
                    return None
                found[code.id] = said
        return found or None

    def counting(self, key: Key) -> set[str]:
        """The ids of all lines that count for any code of the dimension."""
        given, settled = self._given.get(key, ()), self._settled.get(key, ())
        if len({line.round for line in (*given, *settled)}) < 2:
            return {line.id for line in self._held(given, settled).lines}
        dimension = self._scheme.by_id.get(key[1])
        codes: Sequence[Code | None] = dimension.codes if dimension else (None,)
        return {line.id for code in codes for line in self.held(key, code).lines}

    def considered(self, key: Key, codes: Iterable[Code]) -> Iterator[str]:
        """The codes to which somebody says yes or no whose answer stands."""
        for code in codes:
            if any(True for _ in self.held(key, code).lines):
                yield code.id

    def is_decided(self, key: Key, codings: Iterable[Coding]) -> bool:
        """Whether a question is answered, be it with none; `codings` are those of this key."""
        statuses = {item.status for item in codings}
        if statuses & set(EVIDENCE_STATUSES):
            return True
        return "disputed" not in statuses and any(True for _ in self.held(key).lines)

    def _considering(self, key: Key, code: Code | None) -> tuple[list[Decision], list[Decision]]:
        """The lines of a unit that say yes or no to a code: given, and settled."""
        return (
            [line for line in self._given.get(key, ()) if self._considers(line, code)],
            [line for line in self._settled.get(key, ()) if self._considers(line, code)],
        )

    def _considers(self, line: Decision, code: Code | None) -> bool:
        if code is None:
            return True
        return considered(self._scheme, code, line.scheme, line.as_written or ())

    def _held(self, given: Sequence[Decision], settled: Sequence[Decision]) -> Held:
        if not given and not settled:
            return _NOTHING
        rounds = {line.round for line in (*given, *settled)}
        closed = sorted(rounds & self._closed.keys(), key=self._closed.__getitem__)
        if closed:
            has_person = (
                name
                for name in reversed(closed)
                if any(self.is_person(line) for line in self._of(name, given, settled))
            )
            base = next(has_person, closed[-1])
            own = self._of(base, given, ())
            end = self._end(line for line in settled if line.round == base)
            others = [name for name in rounds if name not in self._closed]
        else:
            own, end = list(_latest(given)), self._end(settled)
            others = []
        asides = [line for name in others for line in self._said_by_people(name, given, settled)]
        if end is not None and self.is_person(end):
            # What a person settled ends what was said before it, not what is said since.
            asides += [line for line in own if self.is_person(line)]
            asides = [line for line in asides if time_of(line) > time_of(end)]
        return Held(tuple(own), end, _latest(sorted(asides, key=time_of)))

    def _of(
        self, name: str, given: Sequence[Decision], settled: Sequence[Decision]
    ) -> list[Decision]:
        """All that was said in a round; of a check, with what it checks."""
        own = [line for line in given if line.round == name]
        checked = self._rounds[name].checks
        if all(line.coder != checked for line in own):
            own += _latest(line for line in given if line.coder == checked)
        return [*own, *(line for line in settled if line.round == name)]

    def _end(self, settled: Iterable[Decision]) -> Decision | None:
        """What was settled last: by a person, where one did."""
        lines = list(settled)
        people = [line for line in lines if self.is_person(line)]
        return max(people or lines, key=time_of, default=None)

    def _said_by_people(
        self, name: str, given: Sequence[Decision], settled: Sequence[Decision]
    ) -> list[Decision]:
        """What people say in a round that is not closed: what one settled, or else all answers."""
        end = self._end(line for line in settled if line.round == name)
        if end is not None and self.is_person(end):
            return [end]
        return [line for line in given if line.round == name and self.is_person(line)]


def stance(lines: Iterable[Decision], code: str) -> bool | None:
    """Whether all give a code (yes), or none (no); None where they differ or there are none."""
    said = {code in (line.codes or ()) for line in lines}
    return said.pop() if len(said) == 1 else None


def voice(line: Decision) -> str:
    """Who says it: the coder, or who settled."""
    return line.settled_by or line.coder


def _by_unit(lines: OpenLines, until: str) -> dict[Key, list[Decision]]:
    found: dict[Key, list[Decision]] = defaultdict(list)
    known = (line for line in lines if not until or moment(line.decided_at) <= until)
    for line in standing(known):
        found[line.unit, line.dimension].append(line)
    return dict(found)


def time_of(line: Decision) -> tuple[str, int]:
    """When a line was said, to sort by."""
    return moment(line.decided_at), line.number


def _latest(lines: Iterable[Decision]) -> tuple[Decision, ...]:
    """The last line of each voice, of lines in order of time."""
    return tuple({voice(line): line for line in lines}.values())
