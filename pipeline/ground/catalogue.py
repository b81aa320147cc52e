"""Sentences that are written in English where they arise, as they are spoken.

What is wrong in a file, and what a command prints, stands in Python beside its rule, and is kept in
caches. How it reads in Dutch stands in the `catalogue.yml` of its wing, by the English; whoever
shows it asks `said`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from pipeline.ground.texts import LANGUAGES, spoken

HOLE = re.compile(r"\{([a-z_]+)\}")
_ENDS = re.compile(r"(?<=[.;])( )")


@dataclass(frozen=True)
class _Sentence:
    """English with holes as a pattern, and the same in Dutch. What is quoted is nobody's words."""

    pattern: re.Pattern[str]
    dutch: str
    quoted: frozenset[str]

    def say(self, text: str) -> str | None:
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        values = {
            name: value if name in self.quoted else said(value)
            for name, value in found.groupdict().items()
        }
        return HOLE.sub(lambda hole: values.get(hole[1], hole[0]), self.dutch)


def said(text: str) -> str:
    """A text in the language that is spoken; what no catalogue has stays as it is."""
    if spoken() == LANGUAGES[0]:
        return text
    inner = text.strip()
    return text.replace(inner, _in_dutch(inner), 1) if inner else text


def catalogues() -> Mapping[str, str]:
    """The Dutch of every sentence by its English."""
    found: dict[str, str] = {}
    for wing in files(__package__.partition(".")[0]).iterdir():
        place = wing.joinpath("catalogue.yml")
        if place.is_file():
            found |= yaml.safe_load(place.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=10_000)
def _in_dutch(text: str) -> str:
    for sentence in _sentences():
        if (dutch := sentence.say(text)) is not None:
            return dutch
    parts = _ENDS.split(text)
    return "".join(map(said, parts)) if len(parts) > 1 else text


@lru_cache(maxsize=1)
def _sentences() -> tuple[_Sentence, ...]:
    """Those that say most by themselves come first."""
    every = sorted(catalogues().items(), key=lambda item: -len(HOLE.sub("", item[0])))
    return tuple(_sentence(english, dutch) for english, dutch in every)


def _sentence(english: str, dutch: str) -> _Sentence:
    quoted = frozenset(name for name in HOLE.findall(english) if f"'{{{name}}}'" in english)
    seen: set[str] = set()
    pattern = ""
    for place, part in enumerate(HOLE.split(english)):
        if place % 2 == 0:
            pattern += re.escape(part)
        else:
            inside = "(?:(?!':).)" if part in quoted else "."
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>{inside}+?)"
            seen.add(part)
    return _Sentence(re.compile(pattern, re.DOTALL), dutch, quoted)
