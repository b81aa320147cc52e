"""The frozen records that flow from the readers to the database.

A hundred thousand of them are kept between builds, read back by the types of their fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.ground.project import key_of
from pipeline.model.described import Described
from pipeline.model.publication_notice import Notice

Access = Literal["none", "abstract", "partial", "full"]
EXTENTS: tuple[Access, ...] = get_args(Access)  # from least to most
Unit = Literal["passage", "study"]
Status = Literal["suggested", "single", "agreed", "disputed", "adjudicated"]
Checked = Literal["checked", "contradicted", "changed", "unchecked"]
NO_DATE = "n.d."  # in the place of the year
TITLE_WORDS = 6
FAMILY_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+\Z")
EVIDENCE_STATUSES: tuple[Status, ...] = ("single", "agreed", "adjudicated")


@dataclass(frozen=True)
class Name:
    """A person in BibTeX's four parts, or an institution (`literal`)."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: bool = False

    @property
    def last(self) -> str:
        return f"{self.particle} {self.family}".strip()

    @property
    def reading(self) -> str:
        """As in running text: Frank G. A. de Bakker, 王小明."""
        if FAMILY_FIRST.match(self.family):
            return f"{self.family}{self.given}"
        return " ".join(part for part in (self.given, self.last, self.suffix) if part)

    @property
    def sorting(self) -> str:
        """As in an index: de Bakker, Frank G. A."""
        return ", ".join(part for part in (self.last, self.suffix, self.given) if part)


@dataclass(frozen=True)
class Study:
    """One entry of the bibliography in plain Unicode; `raw` keeps the fields as written.

    `facts` are the other fields that references are made of (`csl.FACTS`), and `contributors` the
    people beside authors and editors, both by their names in BibLaTeX.
    """

    key: str
    type: str
    title: str
    authors: tuple[Name, ...]
    year: int | None
    line: int
    editors: tuple[Name, ...] = ()
    and_others: bool = False
    date: str = ""
    container: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    url: str = ""
    language: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    note: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    contributors: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)

    @property
    def people(self) -> tuple[Name, ...]:
        return self.authors or self.editors

    @property
    def short(self) -> str:
        """Author-year as in running text: Assan & Gupta (2019)."""
        names = [name.last for name in self.people]
        more = len(names) > 2 or (names and self.and_others)
        who = f"{names[0]} et al." if more else " & ".join(names) or shortened(self.title)
        return f"{who} ({self.year or NO_DATE})"


def shortened(title: str) -> str:
    """The beginning of a title, where it stands for the names that a study has not."""
    words = title.split()
    return f"{' '.join(words[:TITLE_WORDS])}…" if len(words) > TITLE_WORDS else title


@dataclass(frozen=True)
class Passage:
    """A stretch of a document that can be coded; `id` is made from its words alone.

    `page` counts the pages of its file from 1; it is 0 where there are none, as `line` is.
    `marked`: somebody said that it is no running text. `access` is what it rests on where
    its document is made of two that do not rest on the same.
    """

    id: str
    study: str
    position: int
    text: str
    locator: str
    language: str
    line: int = 0
    page: int = 0
    marked: bool = False
    access: Access | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """The passages whose words these are: itself alone."""
        return (self.id,)


@dataclass(frozen=True)
class JoinedPassage(Passage):
    """Neighbouring passages that somebody codes as one, in the place of the last.

    `parts` are their ids in order, `makers` who joined them so: coders, each with a round.
    `known_as` is the id of the file, where its sentences read otherwise now.
    """

    parts: tuple[str, ...] = ()
    makers: tuple[tuple[str, str], ...] = ()
    known_as: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        return self.parts


@dataclass(frozen=True)
class Related:
    """A publication that was read in place of a study: what of it, and for citing it.

    `item` is CSL-JSON, empty where the publication cannot be cited.
    """

    what_en: str
    what_nl: str
    item: Mapping[str, Any]
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A digest in our own words, or a researcher's own copy of a full text or an abstract.

    `access` is what its passages rest on, as far as none says otherwise: of a full text `full`,
    however few of them anybody read.
    `pages` are those of its file, 0 in one without; `left_out` counts paragraphs that are no
    running text. Of one that is `absent` only the passages are known that somebody coded, of
    `size` ones.
    `joined` are no more passages: their words are those of `passages`. `strange_marks` name what
    was said of words that are not in it: the key of its file, and the hash. `case`
    names what it studied, alike in all publications on it.
    """

    study: str
    kind: Literal["digest", "fulltext", "abstract"]
    language: str
    access: Access
    path: str
    passages: tuple[Passage, ...]
    summary: str = ""
    related: Related | None = None
    notice: Notice | None = None
    case: str = ""
    described: Described = field(default_factory=Described)
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    absent: bool = False
    size: int = 0
    pages: int = 0
    left_out: int = 0
    joined: tuple[JoinedPassage, ...] = ()
    strange_marks: tuple[tuple[str, str], ...] = ()

    @property
    def units(self) -> tuple[Passage, ...]:
        """All of it that somebody may have coded: its passages, and those of them joined."""
        return (*self.passages, *self.joined)

    @property
    def id(self) -> str:
        return self.study if self.kind == "digest" else f"{self.study}-{self.kind}"

    def access_of(self, passage: Passage) -> Access:
        """What a passage of it rests on."""
        return passage.access or self.access

    def read(self, passage: Passage) -> str:
        """Where a passage was read: `text` in a full text itself, else how much was for it."""
        return "text" if self.kind == "fulltext" else self.access_of(passage)

    @property
    def length(self) -> int:
        """How many passages it has, also those that are not known here."""
        return max(self.size, len(self.passages))


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` of a passage (code points, end exclusive), and what matched."""

    start: int
    end: int
    indicator: str


@dataclass(frozen=True)
class Suggestion:
    """The machine's proposal of one code for one unit. Never evidence."""

    dimension: str
    code: str
    score: float
    spans: tuple[Span, ...]
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """One line of a decision file: a coder's answer for a unit and dimension at a moment.

    `codes` is None when the line withdraws an earlier answer, and empty for "none of them".
    `written` holds the codes of the file where these read differently under the present scheme.
    `number` counts the lines of the file; `settled_by` says who settled a consensus. `coded_as`
    holds the unit of the file where that is gone and the line stands for another now.
    """

    decided_at: str
    coder: str
    unit: str
    dimension: str
    codes: frozenset[str] | None
    confidence: str
    note: str
    quote: str
    shown: str
    scheme: int
    round: str
    text: str
    path: str
    line: int
    number: int
    settled_by: str = ""
    written: frozenset[str] | None = None
    coded_as: str = ""

    @property
    def as_written(self) -> frozenset[str] | None:
        """The codes that stand in the file."""
        return self.codes if self.written is None else self.written

    @property
    def id(self) -> str:
        """Permanent, since files are only ever added to: study, coder, number in the file."""
        return f"{key_of(Path(self.path))}-{self.coder}-{self.number}"


@dataclass(frozen=True)
class Coding:
    """The resolved status of one code for one unit.

    `confidence` is the least that a coder said who gave the code, or that of the settled answer.
    `checked` is what people said of it: a person gave it or settled it, a person denied it, a
    person did both one after the other, or no person looked.
    """

    unit: str
    dimension: str
    code: str
    status: Status
    coders: tuple[str, ...] = ()
    score: float | None = None
    confidence: str = ""
    settled_by: str = ""
    checked: Checked = "unchecked"
