"""What every model of passages can do, whichever a project has chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from pipeline.model.records import Span
from pipeline.tagger.components import IndicatorHit
from pipeline.tagger.examples import Example
from pipeline.tagger.word_vectors import WordVectors

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Pipelines = Callable[[str], "Language"]  # of a language, each text with its indicators found


class PassageModel(Protocol):
    """Learns from example passages of one dimension how likely each code is for a passage.

    `codes`: those that it has learned. `origin` says in suggestions what it learned from. The
    same examples make the same model.
    """

    codes: tuple[str, ...]
    origin: str

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        indicators: Sequence[str],
        pipelines: Pipelines,
        vectors: WordVectors,
    ) -> Self | None:
        """Learn the codes that have enough examples; None if there are none."""

    def scores(
        self, docs: Sequence[Doc], language: str, found: Sequence[Sequence[IndicatorHit]]
    ) -> list[dict[str, float]]:
        """The probability of each learned code for each passage."""

    def spans(self, doc: Doc, code: str) -> list[Span]:
        """The words that speak most for a code, where no indicator says why."""

    def save(self, path: Path) -> None:
        """Write the model; it is a build product and can be made again at any time."""

    @classmethod
    def load(cls, path: Path, vectors: WordVectors) -> Self | None:
        """Read a model that `save` wrote; None where the file is damaged, which is then gone."""
