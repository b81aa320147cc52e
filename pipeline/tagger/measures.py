"""How good the suggestions are: precision, recall and F1 against coded passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.model.scheme import Dimension
from pipeline.tagger.examples import Example
from pipeline.tagger.readers.reader import Scores
from pipeline.tagger.tagging import Tagger, TextUnit


@dataclass(frozen=True, slots=True)
class Score:
    """Counts for one code, or for all (`code` empty), and what follows from them."""

    code: str
    right: int
    suggested: int
    coded: int

    @property
    def precision(self) -> float | None:
        return self.right / self.suggested if self.suggested else None

    @property
    def recall(self) -> float | None:
        return self.right / self.coded if self.coded else None

    @property
    def f1(self) -> float | None:
        total = self.suggested + self.coded
        return 2 * self.right / total if total else None


@dataclass(frozen=True, slots=True)
class Said:
    """What the tagger says of a passage: the codes that it suggests, and the scores of all."""

    suggested: frozenset[str]
    scores: Scores


def said_of(tagger: Tagger, dimension: Dimension, passages: Sequence[Example]) -> list[Said]:
    """What the site would say of each passage, of the codes that were asked about."""
    units = [TextUnit(passage.language, passage.text) for passage in passages]
    found = []
    for unit, passage, reading in zip(units, passages, tagger.read(units), strict=True):
        of_passage = dimension.unit == "passage"
        items = reading.suggestions if of_passage else tagger.of_study([unit], [reading.found])
        codes = {item.code: item.score for item in items if item.dimension == dimension.id}
        asked = dimension.code_ids - passage.unasked
        scores = reading.scores if of_passage else codes
        found.append(
            Said(frozenset(codes) & asked, {code: scores.get(code, 0.0) for code in sorted(asked)})
        )
    return found


def suggested_codes(
    tagger: Tagger, dimension: Dimension, passages: Sequence[Example]
) -> list[frozenset[str]]:
    """The codes the site would suggest for each passage, of those that were asked about."""
    return [said.suggested for said in said_of(tagger, dimension, passages)]


def compare(
    codes: Iterable[str], answers: Sequence[frozenset[str]], suggested: Sequence[frozenset[str]]
) -> list[Score]:
    """A score for each code, and over all codes together (micro-averaged) as the last."""
    scores = [
        Score(
            code,
            sum(
                code in answer and code in given
                for answer, given in zip(answers, suggested, strict=True)
            ),
            sum(code in given for given in suggested),
            sum(code in answer for answer in answers),
        )
        for code in codes
    ]
    return [
        *scores,
        Score(
            "",
            sum(score.right for score in scores),
            sum(score.suggested for score in scores),
            sum(score.coded for score in scores),
        ),
    ]
