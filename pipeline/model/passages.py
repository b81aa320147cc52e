"""Passages: their normal form, and their ids."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.ground.problems import Problem
from pipeline.model.records import Passage

_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that become a passage: where they are cited, in which line of the file, on which page.

    The page is counted in the file from 1; line and page are 0 where there are none.
    `marked`: somebody said that it is no running text.
    """

    text: str
    locator: str = ""
    line: int = 0
    page: int = 0
    marked: bool = False


def normalise(text: str) -> str:
    """NFC, invisible characters removed, white space folded: what a passage's id is made of."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def digest_of(text: str) -> str:
    """SHA-256 of the normalised text, in hexadecimal."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def make_passages(
    study: str, language: str, parts: Iterable[Stretch], path: str
) -> tuple[list[Passage], list[Problem]]:
    """Passages of stretches. Words that stand twice are one passage, with a warning.

    An id is the citekey, a hyphen and the first 8 hexadecimal digits of the text's SHA-256,
    as many more as it takes where two texts would share them.
    """
    first: dict[str, tuple[str, Stretch]] = {}
    problems = []
    for part in parts:
        text = normalise(part.text)
        if not text:
            continue
        digest = digest_of(text)
        if digest in first and first[digest][1].marked > part.marked:
            first[digest] = (text, part)  # the same words in running text too
        elif digest in first:
            problems.append(
                Problem(
                    path,
                    part.line,
                    "repeated-passage",
                    f"the same words stand in line {first[digest][1].line}",
                    "They count as one passage.",
                    severity="warning",
                )
            )
        else:
            first[digest] = (text, part)
    lengths = unique_lengths(first)
    passages = [
        Passage(
            f"{study}-{digest[: lengths[digest]]}",
            study,
            position,
            text,
            part.locator,
            language,
            part.line,
            part.page,
            part.marked,
        )
        for position, (digest, (text, part)) in enumerate(first.items(), 1)
    ]
    return passages, problems


def unique_lengths(digests: Iterable[str], shortest: int = 8) -> dict[str, int]:
    """How many digits of each digest tell it from all others, at least `shortest`."""
    ordered = sorted(digests)
    lengths = {}
    for index, digest in enumerate(ordered):
        near = ordered[max(index - 1, 0) : index] + ordered[index + 1 : index + 2]
        lengths[digest] = max([shortest, *(_shared(digest, other) + 1 for other in near)])
    return lengths


def _shared(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
