"""The small language in which indicators are written, and its matcher.

A pattern is words in a row. A word matches all its inflections; `=word` only this form;
`begin*` and `*end` parts of words; `<class>` any word of a class; `a|b` either of them.
`..` leaves room for up to three words, `...` for up to eight. `&` between two patterns: both
stand in the same sentence, at most twelve words apart, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.tagger.words import Words

GAPS = {"..": 3, "...": 8}
NEAR = 12
Hit = tuple[int, ...]  # positions of the matched words, ascending


class PatternError(ValueError):
    """A pattern that cannot be read."""


@dataclass(frozen=True, slots=True)
class PatternRow:
    """Atoms in a row; `gaps[i]` is how many words may stand before atom i."""

    atoms: tuple[int, ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One or more rows that must stand near each other; `owner` is the caller's number for it."""

    rows: tuple[PatternRow, ...]
    owner: int
    needs: frozenset[int]


class Patterns:
    """All patterns of one language, compiled so that a text is looked through once."""

    def __init__(self, words: Words, classes: Mapping[str, Iterable[str]]) -> None:
        self._words = words
        self._classes = {name: tuple(members) for name, members in classes.items()}
        self._atoms: dict[str, int] = {}
        self._by_key: dict[str, set[int]] = {}
        self._by_form: dict[str, set[int]] = {}
        self._prefixes: list[tuple[str, int]] = []
        self._suffixes: list[tuple[str, int]] = []
        self._by_first: dict[int, list[Pattern]] = {}
        self._of_form: dict[str, tuple[int, ...]] = {}

    def add(self, text: str, owner: int) -> None:
        """Compile one pattern. Raises PatternError when it cannot be read."""
        rows = tuple(self._row(part) for part in text.split("&"))
        needs = frozenset(atom for row in rows for atom in row.atoms)
        # The last-numbered atom is the most specific of what was seen so far: a good trigger.
        self._by_first.setdefault(max(needs), []).append(Pattern(rows, owner, needs))
        self._of_form.clear()

    def atoms_of(self, form: str) -> tuple[int, ...]:
        """The atoms a word form satisfies."""
        atoms = self._of_form.get(form)
        if atoms is None:
            atoms = self._of_form[form] = tuple(sorted(self._find_atoms(form)))
        return atoms

    def forms_of_atoms(
        self, forms: Sequence[str], by_key: Mapping[str, Sequence[int]]
    ) -> dict[int, set[int]]:
        """For each atom the numbers of the forms that satisfy it; `forms` are in lower case.

        `by_key` holds the numbers of the forms by the keys of `Words.keys`.
        """
        found: dict[int, set[int]] = {number: set() for number in self._atoms.values()}
        for key, numbers in self._by_key.items():
            for number in numbers:
                found[number].update(by_key.get(key, ()))
        for place, form in enumerate(forms):
            for number in self._by_form.get(form, ()):
                found[number].add(place)
        for tests, holds in ((self._prefixes, str.startswith), (self._suffixes, str.endswith)):
            for part, number in tests:
                found[number].update(i for i, form in enumerate(forms) if holds(form, part))
        return found

    def needs(self) -> Iterator[tuple[int, frozenset[int]]]:
        """(owner, atoms that must all be there) of every pattern."""
        for group in self._by_first.values():
            for pattern in group:
                yield pattern.owner, pattern.needs

    def find(
        self, positions: Mapping[int, list[int]], ends: Sequence[int]
    ) -> list[tuple[int, Hit]]:
        """(owner, positions of its words) for each pattern found; its first place only.

        `positions` maps the atoms present to their places; `ends[i]` is the end of the sentence
        in which word i stands.
        """
        present = positions.keys()
        found = []
        for atom in present:
            for pattern in self._by_first.get(atom, ()):
                if pattern.needs <= present:
                    hit = _match(pattern, positions, ends)
                    if hit:
                        found.append((pattern.owner, hit))
        return found

    def _row(self, text: str) -> PatternRow:
        atoms: list[int] = []
        gaps: list[int] = []
        gap = 0
        for part in text.split():
            if part in GAPS:
                gap = GAPS[part]
                continue
            atoms.append(self._atom(part))
            gaps.append(gap)
            gap = 0
        if not atoms:
            raise PatternError(f"'{text}' names no word")
        if gap:
            raise PatternError(f"'{text.strip()}' ends in a gap")
        return PatternRow(tuple(atoms), tuple(gaps))

    def _atom(self, text: str) -> int:
        if text in self._atoms:
            return self._atoms[text]
        number = self._atoms[text] = len(self._atoms)
        for option in text.split("|"):
            self._register(option, number)
        return number

    def _register(self, option: str, number: int) -> None:
        if option.startswith("<") and option.endswith(">"):
            name = option[1:-1]
            if name not in self._classes:
                raise PatternError(f"the word class '{name}' is not defined")
            for member in self._classes[name]:
                self._register(member, number)
        elif option.startswith("="):
            self._by_form.setdefault(option[1:].lower(), set()).add(number)
        elif option.endswith("*") and len(option) > 3:
            self._prefixes.append((option[:-1].lower(), number))
        elif option.startswith("*") and len(option) > 3:
            self._suffixes.append((option[1:].lower(), number))
        elif option and option.strip("*<>=") == option and not re.search(r"\s", option):
            self._by_key.setdefault(self._words.key(option), set()).add(number)
        else:
            raise PatternError(f"'{option}' is no word")

    def _find_atoms(self, form: str) -> set[int]:
        lower = form.lower()
        atoms = set(self._by_form.get(lower, ()))
        for key in self._words.keys(form):
            atoms |= self._by_key.get(key, set())
        atoms.update(number for start, number in self._prefixes if lower.startswith(start))
        atoms.update(number for end, number in self._suffixes if lower.endswith(end))
        return atoms


def _match(pattern: Pattern, positions: Mapping[int, list[int]], ends: Sequence[int]) -> Hit | None:
    if len(pattern.rows) == 1:
        row = pattern.rows[0]
        for start in positions[row.atoms[0]]:
            hit = _follow(row, start, positions, ends)
            if hit:
                return hit
        return None
    return _near([_all(row, positions, ends) for row in pattern.rows], ends)


def _all(row: PatternRow, positions: Mapping[int, list[int]], ends: Sequence[int]) -> list[Hit]:
    hits = (_follow(row, start, positions, ends) for start in positions[row.atoms[0]])
    return [hit for hit in hits if hit]


def _follow(
    row: PatternRow, start: int, positions: Mapping[int, list[int]], ends: Sequence[int]
) -> Hit | None:
    """The rest of a row after its first word; tries the nearest continuation, then farther ones."""
    end = ends[start]
    partial: list[Hit] = [(start,)]
    for atom, gap in zip(row.atoms[1:], row.gaps[1:], strict=True):
        places = positions[atom]
        partial = [
            (*hit, place)
            for hit in partial[:4]
            for place in places
            if hit[-1] < place <= hit[-1] + 1 + gap and place < end
        ]
        if not partial:
            return None
    return partial[0]


def _near(hits: list[list[Hit]], ends: Sequence[int]) -> Hit | None:
    if not all(hits):
        return None
    for first in hits[0]:
        chosen = [first]
        for others in hits[1:]:
            fitting = (
                other
                for other in others
                if not set(other) & set(first)
                and ends[other[0]] == ends[first[0]]
                and _distance(other, first) <= NEAR
            )
            other = next(fitting, None)
            if other is None:
                break
            chosen.append(other)
        else:
            return tuple(sorted({place for hit in chosen for place in hit}))
    return None


def _distance(one: Hit, other: Hit) -> int:
    return max(one[0], other[0]) - min(one[-1], other[-1])
