"""Records of tagged lines, cut one by one, so that one broken record does not lose the others.

A record ends at its end tag, at blank lines, at the tag that began the first one, and at a tag that
no record has twice. Where that leaves doubt, what is doubtful is a broken record, never a part of
its neighbour.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.desk.adding.formats.record_draft import Unusable
from pipeline.desk.adding.formats.reference_format import Cut

SAMPLE = 5_000  # lines by which it is seen how a file parts its records
# "2." and "<2. >", as Ovid counts its records.
_COUNT = re.compile(r"<?\d{1,6}\. ?>?\Z")


@dataclass(slots=True)
class Block:
    """One record: its line, its text, and its values by tag in their order."""

    line: int
    lines: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    torn: bool = False

    @property
    def raw(self) -> str:
        return "\n".join(self.lines).strip("\n")

    def all(self, *tags: str) -> list[str]:
        """Every value of these tags, those of the first tag first."""
        return [value for tag in tags for value in self.values.get(tag, ()) if value.strip()]

    def first(self, *tags: str) -> str:
        """The first value of the first tag that has one."""
        return next(iter(self.all(*tags)), "")

    def joined(self, *tags: str) -> str:
        return " ".join(self.all(*tags))


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a format writes its lines, and what its tags say about where a record ends.

    `tag` matches a line with a tag and its value. `begins` and `ends` stand around a record; no
    record has its `title` or what is in `once` twice; `telling` are other tags without which
    lines are no record. `prose`: tags of texts that may hold blank lines. `per_line`: tags of which
    each continuation is a value of its own.
    """

    tag: re.Pattern[str]
    begins: frozenset[str]
    title: frozenset[str]
    ends: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    telling: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()
    per_line: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """Tags by one of which lines are a record."""
        return self.begins | self.title | self.once | self.telling


@dataclass(frozen=True, slots=True)
class _Habit:
    """How one file parts its records: the tag that begins them, by end tags, by blank lines.

    `first` is empty where it is as the format has it.
    """

    first: str
    ended: bool
    blank: bool


def cuts(text: str, syntax: Syntax) -> Iterator[Cut[Block]]:
    """Each record for a format to read; what stands between records is none."""
    hint = "Look for the line that begins a record; correct it, and read the file again."
    known = syntax.known
    for block in _cut(text.split("\n"), syntax):
        if not known.isdisjoint(block.values) or block.torn:
            torn = Unusable("two records run into each other", hint)
            yield Cut(block.line, block.raw, torn if block.torn else block)


@dataclass(slots=True)
class _Open:
    """A record that is being read: each value of a tag by its lines.

    `behind` is the place behind its last blank line, `in_prose` whether that stands in a text.
    """

    line: int
    torn: bool = False
    lines: list[str] = field(default_factory=list)
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    last: str = ""
    behind: int = 0
    in_prose: bool = False

    def add(self, line: str, tag: str, value: str, syntax: Syntax) -> None:
        self.lines.append(line)
        if tag:
            self.last = tag
            self.values.setdefault(tag, []).append([value])
        elif self.last and value:
            if self.last in syntax.per_line:
                self.values[self.last].append([value])
            else:
                self.values[self.last][-1].append(value)

    def pause(self, line: str, syntax: Syntax) -> None:
        """A blank line, or one that counts records."""
        self.lines.append(line)
        self.behind = len(self.lines)
        self.in_prose = self.last in syntax.prose

    def closed(self) -> Block:
        values = {tag: [" ".join(lines) for lines in every] for tag, every in self.values.items()}
        return Block(self.line, self.lines, values, self.torn)

    def parted(self, syntax: Syntax) -> tuple[Block, _Open]:
        """What stands before its last blank line, and what behind it."""
        before = _Open(self.line, self.torn)
        after = _Open(self.line + self.behind)
        for place, line in enumerate(self.lines):
            part = before if place < self.behind else after
            match = syntax.tag.match(line)
            text = "" if not match and _COUNT.match(line.strip()) else line.strip()
            part.add(line, *((match[1].upper(), _value(match)) if match else ("", text)), syntax)
        return before.closed(), after


def _cut(lines: Sequence[str], syntax: Syntax) -> Iterator[Block]:
    habit = _habit(lines, syntax)
    known = syntax.known
    # Where records are ended, a year that stands twice is no sign that an end was lost.
    single = syntax.title if habit.ended else syntax.title | syntax.once
    first = {habit.first} & single
    opening = syntax.begins | first if first or not habit.first else frozenset[str]()
    record: _Open | None = None
    paused = False
    for number, line in enumerate(lines, 1):
        match = syntax.tag.match(line)
        if match is None:
            text = line.strip()
            paused = not text or (paused and bool(_COUNT.match(text)))
            if record is None:
                continue
            if paused:
                record.pause(line, syntax)
            else:
                record.add(line, "", text, syntax)
            continue
        tag = match[1].upper()
        if tag in syntax.skipped:
            continue
        paused = False
        if record is None:
            if tag in syntax.ends:
                continue
            # One that lost its first line is still a record.
            record = _Open(number)
        elif (tag in opening and not record.values.keys() <= opening) or (
            tag in syntax.begins and tag in record.values
        ):
            yield record.closed()
            record = _Open(number)
        elif tag in single and tag in record.values:
            if record.behind:
                block, record = record.parted(syntax)
                yield block
            else:
                record.torn = True
                yield record.closed()
                record = _Open(number, torn=True)
        elif (
            habit.blank
            and record.behind
            and tag in known
            and (not record.in_prose or habit.first or tag in syntax.title)
        ):
            block, record = record.parted(syntax)
            yield block
        if tag in syntax.ends:
            record.lines.append(line)
            yield record.closed()
            record = None
        else:
            record.add(line, tag, _value(match), syntax)
    if record is not None:
        yield record.closed()


def _value(match: re.Match[str]) -> str:
    return (match[2] or "").strip()


def _habit(lines: Sequence[str], syntax: Syntax) -> _Habit:
    """What begins the records of a file: which tags stand first, behind a blank line, at an end."""
    starts: Counter[str] = Counter()
    tagged = 0
    ended = False
    fresh = True
    first = last = ""
    for line in lines[:SAMPLE]:
        match = syntax.tag.match(line)
        text = line.strip()
        if match is None:
            fresh = not text or (fresh and bool(_COUNT.match(text))) or not tagged
            continue
        tag = match[1].upper()
        if tag in syntax.skipped:
            continue
        tagged += 1
        if tag in syntax.ends:
            ended = fresh = True
            last = ""
            continue
        first = first or tag
        if fresh and (not last or last != first):
            starts[tag] += 1
        fresh, last = False, tag
    # Where every line has a blank one behind it these part nothing.
    blank = not ended and starts.total() * 2 <= tagged
    if not blank and not ended:
        starts = Counter(list(starts)[:1])
    usual = sum(starts[tag] for tag in syntax.begins)
    if usual * 2 >= starts.total():
        return _Habit("", ended, blank)
    return _Habit(starts.most_common(1)[0][0], ended, blank)
