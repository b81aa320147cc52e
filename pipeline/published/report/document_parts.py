"""The parts of a document, whatever it is written as."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipeline.published.report.map_figure import Map
from pipeline.published.report.text_runs import Runs


@dataclass(frozen=True)
class Heading:
    """A heading; `anchor` is where the contents and other places point to."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Contents:
    """Where the list of headings of the first two levels stands."""

    title: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: `text`, `note` or `entry` (of a list of references)."""

    runs: Runs
    kind: str = "text"


@dataclass(frozen=True)
class Quoted:
    """A passage, and beneath it where it comes from; set as a quotation where it is `verbatim`."""

    runs: Runs
    source: Runs
    anchor: str
    verbatim: bool


@dataclass(frozen=True)
class Items:
    """A list with a point before each item."""

    items: tuple[Runs, ...]


@dataclass(frozen=True)
class Table:
    """A table under its caption; `numbers` are the columns set to the right."""

    number: int
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """The picture of the map above its caption."""

    number: int
    picture: Map


Block = Heading | Contents | Paragraph | Quoted | Items | Table | Figure


@dataclass(frozen=True)
class ReportDocument:
    """A document in one language, `made` on a day.

    `front` stands on a first page of its own, with the title: by whom, and of when. Where it is
    empty, there is no such page.
    """

    language: str
    title: str
    subtitle: str
    made: datetime.date
    blocks: tuple[Block, ...]
    author: str = ""
    front: tuple[str, ...] = ()

    def outline(self) -> list[tuple[Heading, list[Heading]]]:
        """The headings of the first level, each with those of the second below it."""
        found: list[tuple[Heading, list[Heading]]] = []
        for item in self.headings():
            if item.level == 1:
                found.append((item, []))
            else:
                found[-1][1].append(item)
        return found

    def headings(self) -> list[Heading]:
        """Those of the contents."""
        return [item for item in self.blocks if isinstance(item, Heading) and item.level < 3]
