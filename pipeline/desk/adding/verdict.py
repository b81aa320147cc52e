"""Whether two records are one study: the rules, each a fact about how texts are published."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz

from pipeline.desk.adding.likeness import (
    How,
    compare_containers,
    compare_people,
    compare_titles,
    is_alias,
    is_series,
)
from pipeline.desk.adding.normal_forms import Title, are_translations, split
from pipeline.desk.adding.pairing import PREPRINT_YEARS
from pipeline.desk.adding.traits import Traits

Why = Literal["doi", "title", "preprint"]
Titles = tuple[How, float]
_UNALIKE = 50.0  # below this two titles have nothing in common
_LABEL = 4  # words in which a label says what a text is: a reply, part 2
_LATE_YEARS = 3  # by which databases date one article of one issue differently
_NUMBER = re.compile(r"\d+")
# Titles of these words alone stand in every issue.
_COLUMN = frozenset(
    split(
        "editor editors editorial editorials guest redactioneel remarks introduction "
        "inleiding foreword preface voorwoord note notes comment comments letter letters news "
        "obituary memoriam book books review reviews announcement announcements call papers "
        "contents index errata erratum special issue section message chair chairs report "
        "reply response"
    )
)


class Pair:
    """What two studies have in common. Of a field None: one of them does not say."""

    def __init__(self, one: Traits, other: Traits) -> None:
        self.one, self.other = one, other

    @cached_property
    def apart(self) -> int:
        """Years between them."""
        one, other = self.one.year, self.other.year
        return abs(one - other) if one and other else 0

    @cached_property
    def doi(self) -> bool | None:
        """Whether they have one DOI; another one of the same article says nothing."""
        agrees = _agrees(self.one.doi, self.other.doi)
        return None if agrees is False and is_alias(self.one.doi, self.other.doi) else agrees

    @cached_property
    def first(self) -> int:
        """2 the first author is the same, 1 perhaps, 0 not, -1 nobody knows."""
        if not self.one.people or not self.other.people:
            return -1 if self.one.people or self.other.people else -2
        return compare_people(self.one.people[0], self.other.people[0])

    @cached_property
    def who(self) -> int:
        """The same, where a list of authors in another order is the same."""
        sizes = (len(self.one.people), len(self.other.people))
        # A long list may lack or misspell a name; two names can be those of two families.
        least = 1 if min(sizes) < 4 else 0.75
        return 2 if self.first == 0 and min(sizes) > 1 and self.shared >= least else self.first

    @cached_property
    def shared(self) -> float:
        """The share of the shorter list of authors that stands in the longer one."""
        lists = (self.one.people, self.other.people)
        shortest = min(map(len, lists))
        return min(
            (
                sum(any(compare_people(a, b) for b in long) for a in short) / shortest
                for short, long in (lists, lists[::-1])
                if 0 < len(short) == shortest
            ),
            default=0.0,
        )

    @cached_property
    def everyone(self) -> bool:
        """Whether the first author and nearly all others are the same."""
        return self.who == 2 and self.shared >= 0.75

    @cached_property
    def container(self) -> bool | None:
        found = compare_containers(self.one.container, self.other.container)
        books = self.one.book != self.other.book and (self.one.container or self.other.container)
        return False if found is None and books else found

    @cached_property
    def volume(self) -> bool | None:
        one, other = self.one.volume, self.other.volume
        # Some count volumes by the year: that one and the numbered one are the same.
        if one != other and one and other and str(self.one.year) in (one, other):
            return True if self.apart == 0 else None
        return _agrees(one, other)

    @cached_property
    def number(self) -> bool | None:
        return _agrees(self.one.number, self.other.number)

    @cached_property
    def page(self) -> bool | None:
        """Whether they begin on one page; texts of several languages have several beginnings."""
        if not self.one.pages or not self.other.pages:
            return None
        return bool(set(self.one.pages) & set(self.other.pages))

    @cached_property
    def pages(self) -> bool:
        """Whether both begin and end on the same pages."""
        last = _agrees(self.one.last, self.other.last)
        return bool(self.page) and self.one.page == self.other.page and last is not False

    @cached_property
    def whole(self) -> bool:
        """The same, where each says where it ends and none is the first of its volume."""
        return self.pages and bool(self.one.last and self.other.last) and self.one.page != "1"

    @cached_property
    def titles(self) -> Titles | None:
        return compare_titles(self.one.title, self.other.title)

    @cached_property
    def column(self) -> bool:
        """Whether both titles stand in every issue: editorial, remarks from the editor."""
        return any(_is_column(traits) for traits in (self.one, self.other))

    @cached_property
    def series(self) -> bool:
        """Whether one of them alone is a notice, a reply, or a part of the other."""
        return is_series(self.one.title.text) != is_series(self.other.title.text)

    @cached_property
    def placed(self) -> bool:
        """Whether both begin on one page of one volume, as two texts of one journal hardly do."""
        volume = self.volume or (self.volume is None and self.whole)
        same = self.page and volume and self.container and self.one.year == self.other.year
        if not same or self.doi is False:
            return False
        # Journals that count pages anew in each issue begin many texts on page 5.
        short = min(len(self.one.title.words), len(self.other.title.words)) < 4 or self.column
        return not (short and self.number is False and not (self.pages and not self.column))

    @cached_property
    def issued(self) -> bool:
        """Whether both stand in one issue and nothing says that they stand apart in it."""
        same = self.volume and self.number and self.container and self.apart <= 1
        return bool(same) and self.doi is not False and self.page is not False


def judge(pair: Pair) -> tuple[Why, float] | None:
    """Why two studies are the same and how sure that is; None where they are two."""
    one, other = pair.one, pair.other
    if pair.doi and one.doi == other.doi:
        return ("doi", 100.0) if _shares_doi(pair) else None
    if (pair.who == 0 and not pair.placed) or not _is_near(pair):
        return None
    titles = pair.titles or _titles_at_one_place(pair)
    if titles is None or (pair.who == 0 and titles[0] != "same"):
        return None
    if one.edition and other.edition and one.edition != other.edition:
        return None
    how, likeness = titles
    score = round(min(likeness, 99.0) - 2.0 * pair.apart, 1)
    if one.preprint or other.preprint:
        if _same_preprint(pair, how):
            return ("preprint" if one.preprint != other.preprint else "title"), score
        return None
    return ("title", score) if pair.placed or _same_study(pair, how) else None


def _is_near(pair: Pair) -> bool:
    """Whether the years are those of one text: print and online are a year apart at most."""
    if pair.apart <= (PREPRINT_YEARS if pair.one.preprint or pair.other.preprint else 1):
        return True
    place = pair.volume and (pair.page or pair.number) and pair.container
    return bool(place) and pair.apart <= _LATE_YEARS and pair.who >= 1


def _shares_doi(pair: Pair) -> bool:
    """Whether one DOI is one study: that of a supplement is given to all its abstracts."""
    alike = fuzz.token_set_ratio(pair.one.title.text, pair.other.title.text)
    if pair.apart > 1 or 0 <= pair.who < 2:
        return alike >= 97 or pair.titles is not None
    if alike < 85 and (pair.page is False or pair.first == 0):
        return pair.titles is not None
    return alike >= _UNALIKE or (pair.apart == 0 and pair.page is not False)


def _titles_at_one_place(pair: Pair) -> Titles | None:
    """Titles that are one where place and people are: slips, labels before them, translations."""
    one, other = pair.one.title, pair.other.title
    if pair.placed and (loosely := _compare_loosely(one, other)):
        return loosely
    if (
        not (one.text and other.text and pair.everyone)
        or pair.column
        or not (pair.placed or pair.issued)
    ):
        return None
    if alike := _compare_loosely(one, other) or _compare_parts(one, other):
        return alike
    if pair.series or not (pair.placed and pair.whole and pair.first == 2):
        return None
    mine, theirs = (set(_NUMBER.findall(title.text)) for title in (one, other))
    likeness = fuzz.token_set_ratio(one.text, other.text)
    if likeness >= 85 and (mine <= theirs or theirs <= mine):
        return "typos", likeness
    return ("typos", _UNALIKE) if are_translations(one, other) else None


def _compare_loosely(one: Title, other: Title) -> Titles | None:
    """Titles with many slips."""
    mine, theirs = one.text, other.text
    likeness = fuzz.ratio(mine, theirs)
    digits = _NUMBER.findall(mine) == _NUMBER.findall(theirs)
    if likeness < 85 or is_series(mine) != is_series(theirs) or not digits:
        return None
    return "typos", likeness


def _compare_parts(one: Title, other: Title) -> Titles | None:
    """A title that was cut off, or before which a label was put: Research note: ..."""
    short, long = sorted((one, other), key=lambda title: (len(title.words), title.words))
    size = len(short.words)
    for rest, part in (
        (long.words[:-size], long.words[-size:]),
        (long.words[size:], long.words[:size]),
    ):
        if (
            rest
            and not is_series(" ".join(rest[:_LABEL]))
            and fuzz.ratio("".join(part), "".join(short.words)) >= 90
        ):
            return "typos", 90.0
    return None


def _same_preprint(pair: Pair, how: How) -> bool:
    """A preprint comes up to three years before; its title and all its authors must agree."""
    size = min(len(pair.one.title.words), len(pair.other.title.words))
    return pair.everyone and size > 2 and (how != "short" or pair.apart <= 1)


def _same_study(pair: Pair, how: How) -> bool:
    who, container = pair.who, pair.container
    page = None if "1" in (pair.one.page, pair.other.page) else pair.page
    places = (pair.volume, pair.number, page)
    against = places.count(False) + (container is False)
    agreed = places.count(True) + (container is True)
    size = min(len(pair.one.title.words), len(pair.other.title.words))
    if pair.doi is False:
        return bool(pair.volume and page and who >= 2 and against == 0)
    if pair.one.doi and pair.other.doi and how != "same":
        return bool(pair.volume and page and who >= 2 and against == 0)
    if pair.column:
        return against == 0 and bool(pair.volume and (pair.number or page))
    if pair.issued and pair.everyone and against == 0:
        return True
    if pair.volume and page and how == "same" and who >= 1:
        return True
    if container is False and not any(places):
        # A paper of proceedings and the article made of it are two texts.
        if pair.apart or {pair.one.kind, pair.other.kind} == {"article", "inproceedings"}:
            return False
        if how == "typos" and against == 1:
            return pair.everyone and len(pair.one.people) > 1 and size > 3
    dated = 0 < pair.one.year == pair.other.year
    if not (pair.volume or page or dated) and False in (pair.volume, pair.number):
        return False  # other issues
    if against > 1 or (against and (how != "same" or (container is False and places.count(False)))):
        return False
    if who == 1:
        return (against == 0 and agreed > 1) or (
            size > 3 and pair.shared >= 0.75 and len(pair.one.people) > 1
        )
    if who < 0:
        return against == 0 and agreed > 0 and pair.apart == 0 and (size > 3 or agreed > 2)
    if size < 3:
        return against == 0 and agreed > 1
    return how == "same" or agreed > 0 or against == 0


def _is_column(traits: Traits) -> bool:
    return set(traits.title.words) <= _COLUMN.union(traits.container.split())


def _agrees(one: str, other: str) -> bool | None:
    return one == other if one and other else None
