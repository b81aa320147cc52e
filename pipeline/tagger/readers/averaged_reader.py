"""Readers as one: each brought to how often coders agreed, then the mean of their log-odds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ground.yamlfile import Part
from pipeline.model.records import Span
from pipeline.tagger.readers.reader import Reader, Scores

if TYPE_CHECKING:
    from spacy.tokens import Doc

_LEAST = 1e-6


class Calibration(Part):
    """From a reader's score to a chance: a line on the scale of log-odds (Platt 1999)."""

    slope: float = 1.0
    intercept: float = 0.0

    def log_odds(self, score: float) -> float:
        return self.slope * log_odds(score) + self.intercept


@dataclass
class AveragedReader:
    """What several readers say of a passage, as one reader. One that says nothing does not count.

    Their words are those of the first that can tell.
    """

    id: str
    codes: tuple[str, ...]
    languages: frozenset[str]
    readers: Mapping[str, Reader]
    calibration: Mapping[str, Calibration]

    @classmethod
    def of(
        cls, readers: Mapping[str, Reader], calibration: Mapping[str, Calibration]
    ) -> AveragedReader | None:
        """None of no readers; one without a calibration is taken at its word."""
        if not readers:
            return None
        return cls(
            " + ".join(reader.id for reader in readers.values()),
            tuple(sorted({code for reader in readers.values() for code in reader.codes})),
            frozenset[str]().union(*(reader.languages for reader in readers.values())),
            readers,
            {name: calibration.get(name, Calibration()) for name in readers},
        )

    def scores(self, docs: Sequence[Doc]) -> list[Scores]:
        """Of each passage the score of each code that any reader knows."""
        given: list[dict[str, list[float]]] = [{} for _ in docs]
        language = docs[0].lang_ if docs else ""
        for name, reader in self.readers.items():
            if language not in reader.languages:
                continue
            for row, scores in zip(given, reader.scores(docs), strict=True):
                for code, score in scores.items():
                    row.setdefault(code, []).append(self.calibration[name].log_odds(score))
        return [
            {code: 1 / (1 + math.exp(-sum(odds) / len(odds))) for code, odds in row.items()}
            for row in given
        ]

    def words(self, doc: Doc, code: str) -> list[Span]:
        """The words that speak most for a code."""
        for reader in self.readers.values():
            if doc.lang_ in reader.languages and (found := reader.words(doc, code)):
                return found
        return []


def log_odds(score: float) -> float:
    """Of a score from 0 to 1; finite at both ends."""
    score = min(max(score, _LEAST), 1 - _LEAST)
    return math.log(score / (1 - score))
