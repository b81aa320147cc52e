"""What every reader can do, whichever a project has chosen, and what it is given to begin with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict

from pipeline.ground.project import Project
from pipeline.model.records import Span
from pipeline.model.scheme import Dimension, Scheme
from pipeline.tagger.examples import Example
from pipeline.tagger.word_vectors import WordVectors

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Pipelines = Callable[[str], "Language"]  # of a language, each text with its indicators found
Scores = dict[str, float]


class Options(BaseModel):
    """What a project says of a reader in `coding/tagger.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def folders(self) -> tuple[str, ...]:
        """What may be a folder of the project that the reader cannot do without."""
        return ()


@dataclass(frozen=True)
class Lesson:
    """What a reader reads for, and may learn from: one dimension of a project.

    `dimension` is its codebook. `origin` says in suggestions what the examples are; `made_of` is
    all else that what is learned follows from. `keep`: whether it may be kept in the cache.
    `known_as`: its name where it was learned elsewhere, and the examples are not here.
    """

    project: Project
    scheme: Scheme
    dimension: Dimension
    examples: tuple[Example, ...]
    indicators: tuple[str, ...]
    pipelines: Pipelines
    vectors: WordVectors
    origin: str
    made_of: str = ""
    keep: bool = True
    tell: Callable[[str], None] = lambda _: None
    known_as: str = ""

    @cached_property
    def name(self) -> str:
        """Changes with all that can be learned here."""
        if self.known_as:
            return self.known_as
        digest = hashlib.blake2b(self.made_of.encode(), digest_size=12)
        for item in self.examples:
            says = (item.language, sorted(item.codes), sorted(item.unasked), item.text)
            digest.update(repr(says).encode())
        return digest.hexdigest()


class Reader(Protocol):
    """Says how likely each of its codes is for a passage, from 0 to 1; the same at every asking.

    `id` stands in suggestions as their reason and changes with all that a score follows from:
    weights, prompt, codebook. `codes` are those that it knows of; `languages` those that it reads.
    It is made by `open(lesson, options)`, from the cache or now; None where it can know nothing.
    """

    @property
    def id(self) -> str: ...
    @property
    def codes(self) -> tuple[str, ...]: ...
    @property
    def languages(self) -> frozenset[str]: ...

    def scores(self, docs: Sequence[Doc]) -> list[Scores]:
        """Of each passage the score of each code; empty where it has nothing to say of it.

        All are of one language (`doc.lang_`); `user_data[FOUND]` has the indicators found.
        """

    def words(self, doc: Doc, code: str) -> list[Span]:
        """The words that speak most for a code; empty where it cannot tell."""
