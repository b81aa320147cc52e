"""Decision lines, and who may see which: those of a blind round are nobody's but their coder's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NewType

from pipeline.model.people import Round
from pipeline.model.records import Decision

OpenLines = NewType("OpenLines", tuple[Decision, ...])  # lines that anybody may see


class StillSecret(Exception):
    """The answers of a blind round were asked for before it was opened for comparison."""


class SecretLines:
    """Decision lines of all coders, in order of time; they never change.

    They cannot be gone through, counted or picked from: whoever asks says for whom. A line of a
    round that is not known is as secret as one of a blind round.
    """

    def __init__(self, lines: Iterable[Decision] = (), rounds: Iterable[Round] = ()) -> None:
        self._lines = tuple(lines)
        self._rounds = tuple(rounds)

    @cached_property
    def open(self) -> OpenLines:
        """What anybody may see."""
        return OpenLines(tuple(line for line in self._lines if line.round in self._laid_open))

    def of(self, coder: str) -> tuple[Decision, ...]:
        """A coder's own lines."""
        return self._by_coder.get(coder, ())

    def seen_by(self, coder: str) -> tuple[Decision, ...]:
        """What a coder may see: what anybody may, and the coder's own."""
        return tuple(
            line for line in self._lines if line.coder == coder or line.round in self._laid_open
        )

    def of_round(self, item: Round) -> OpenLines:
        """The lines of a round, to be compared. Raises StillSecret."""
        if item.id not in self._laid_open:
            raise StillSecret(item.id)
        return OpenLines(tuple(line for line in self._lines if line.round == item.id))

    @property
    def never_shown(self) -> tuple[Decision, ...]:
        """Every line, for what must know all and shows none: looking for faults, numbering."""
        return self._lines

    def apart(self, coder: str) -> tuple[SecretLines, SecretLines]:
        """The lines of all others, and those of one coder; both as secret as before."""
        others = [line for line in self._lines if line.coder != coder]
        return SecretLines(others, self._rounds), SecretLines(self.of(coder), self._rounds)

    @cached_property
    def _laid_open(self) -> frozenset[str]:
        return frozenset(("", *(item.id for item in self._rounds if not item.is_secret)))

    @cached_property
    def _by_coder(self) -> Mapping[str, tuple[Decision, ...]]:
        found: dict[str, list[Decision]] = defaultdict(list)
        for line in self._lines:
            found[line.coder].append(line)
        return {coder: tuple(lines) for coder, lines in found.items()}


NO_LINES = SecretLines()


def open_lines(*groups: OpenLines) -> OpenLines:
    """Open lines one behind the other."""
    return OpenLines(tuple(line for group in groups for line in group))
