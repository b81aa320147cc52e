"""How strong evidence is: one rule, in `strength.yml`, and its reasons in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from pipeline.ground.texts import said
from pipeline.published.choice import CONFIDENCE
from pipeline.published.evidence_index import Index
from pipeline.published.index_tables import unlike

KINDS = ("sure", "read", "checked")
MEASURES = ("cases", *KINDS)


@dataclass(frozen=True, slots=True)
class Strength:
    """What pieces of evidence rest on, counted by independent cases, and the level that is reached.

    `sure`, `read` and `checked` are cases with at least one piece that was coded with medium
    confidence or more, read beyond the abstract, checked by a person; `left_out` are studies that
    do not count; `lacking` are the measures that keep it from the next level.
    """

    level: str
    pieces: int
    studies: int
    cases: int
    sure: int
    read: int
    checked: int
    left_out: int
    next_level: str
    lacking: tuple[str, ...]

    def reasons(self, language: str) -> Iterator[str]:
        """Why it is so strong, a sentence each."""
        if self.cases:
            yield _of(self.studies, self.cases, language)
        for name in KINDS if self.cases else ():
            number = getattr(self, name)
            key = "all" if number == self.cases else "some" if number else "none"
            yield said(f"strength.{name}.{key}", language, number=number, cases=self.cases)
        if self.left_out:
            key = "one" if self.left_out == 1 else "many"
            yield said(f"strength.left_out.{key}", language, number=self.left_out)
        if self.lacking and self.cases:
            what = [said(f"strength.lack.{name}", language) for name in self.lacking]
            level = said(f"strength.{self.next_level}", language)
            also = said("who.and", language)
            words = also.join(filter(None, (", ".join(what[:-1]), what[-1])))
            yield said("strength.lack", language, level=level, what=words)


@lru_cache(maxsize=1)
def levels() -> Sequence[Mapping[str, Any]]:
    """The rule: levels from the strongest, each with the least number of cases that it asks."""
    text = files("pipeline.published").joinpath("strength.yml").read_text(encoding="utf-8")
    found: Sequence[Mapping[str, Any]] = yaml.safe_load(text)
    return found


def strength(index: Index, positions: Any) -> Strength:
    """Of the pieces at these positions of the index."""
    study = index.study[positions]
    out = index.withdrawn[study]
    bearing, studies = positions[~out], study[~out]
    case = index.case[studies]
    confidence = index.confidence[bearing]
    which = {
        "sure": (confidence >= 0) & (confidence < CONFIDENCE.index("low")),
        "read": index.is_read[bearing],
        "checked": index.by_a_person[bearing],
    }
    numbers = {"cases": len(unlike(case))}
    numbers |= {name: len(unlike(case[mask])) for name, mask in which.items()}
    rule = levels()
    level = level_of(numbers)
    place = [one["level"] for one in rule].index(level)
    above = rule[place - 1] if place else {}
    return Strength(
        level=level,
        pieces=len(bearing),
        studies=len(unlike(studies)),
        left_out=len(unlike(study[out])),
        next_level=above.get("level", ""),
        lacking=tuple(_beside_cases(_lacking(above, numbers), numbers)),
        **numbers,
    )


def level_of(numbers: Mapping[str, int]) -> str:
    """The strongest level of which every number is reached, by MEASURES."""
    return next(str(level["level"]) for level in levels() if not _lacking(level, numbers))


def _lacking(level: Mapping[str, Any], numbers: Mapping[str, int]) -> tuple[str, ...]:
    """The measures in which what a level asks is not reached."""
    return tuple(name for name in MEASURES if numbers[name] < level.get(name, 0))


def _beside_cases(lacking: Sequence[str], numbers: Mapping[str, int]) -> Iterator[str]:
    """Without what holds in every case there is, where these are too few."""
    for name in lacking:
        if name == "cases" or "cases" not in lacking or numbers[name] < numbers["cases"]:
            yield name


def _of(studies: int, cases: int, language: str) -> str:
    key = "one" if studies == 1 else "each" if studies == cases else "fewer"
    return said(f"strength.of.{key}", language, studies=studies, cases=cases)
