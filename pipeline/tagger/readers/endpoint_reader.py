"""A language model that reads by the codebook: what it answered when it was asked."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from pipeline.ground.project import Project
from pipeline.ground.settings import web_address
from pipeline.model.passages import digest_of, normalise
from pipeline.model.records import Span
from pipeline.model.scheme import LANGUAGES, Dimension, Scheme
from pipeline.tagger.readers.codebook_prompt import instructions
from pipeline.tagger.readers.kept_answers import Answer, read_answers
from pipeline.tagger.readers.reader import Lesson, Options, Scores

if TYPE_CHECKING:
    from spacy.tokens import Doc


class EndpointOptions(Options):
    """Where a model is asked that speaks OpenAI's protocol, and what it may get to read.

    `address` is what stands before /chat/completions; `key` names the environment variable that
    holds the key. Only this machine is asked unless `elsewhere`; full texts go elsewhere only with
    `full_texts`. `timeout`: seconds for an answer.
    """

    address: Annotated[str, AfterValidator(web_address)]
    model: str = Field(min_length=1)
    key: str = ""
    elsewhere: bool = False
    full_texts: bool = False
    parallel: int = Field(default=1, ge=1, le=64)
    timeout: float = Field(default=120, gt=0)
    tries: int = Field(default=3, ge=1, le=10)

    @model_validator(mode="after")
    def _stays_here(self) -> Self:
        if not self.is_here and not self.elsewhere:
            raise ValueError(
                f"{self.address} is another machine; with 'elsewhere: true' it gets passages"
            )
        return self

    @property
    def is_here(self) -> bool:
        """Whether the address is of this machine."""
        host = urlsplit(self.address).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def reads_full_texts(self) -> bool:
        return self.is_here or self.full_texts


@dataclass(frozen=True)
class Questions:
    """What a model is asked of every passage for one dimension; its name hashes all of it."""

    dimension: Dimension
    model: str
    told: Mapping[str, str]  # by language

    @classmethod
    def of(cls, scheme: Scheme, dimension: Dimension, options: EndpointOptions) -> Questions:
        return cls(dimension, options.model, instructions(scheme, dimension))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code.id for code in self.dimension.codes if code.retired is None)

    @property
    def digest(self) -> str:
        return hashlib.blake2b(
            repr((self.model, *self.told.items())).encode(), digest_size=5
        ).hexdigest()

    def path(self, project: Project, suffix: str = ".csv") -> Path:
        """The file of the answers to these questions."""
        return project.readings / f"{self.dimension.id}-{self.digest}{suffix}"


@dataclass
class EndpointReader:
    """Says what the model said; nothing of a passage that it was not asked about."""

    id: str
    codes: tuple[str, ...]
    answers: Mapping[str, Answer]
    languages: frozenset[str] = field(default_factory=lambda: frozenset(LANGUAGES))

    @classmethod
    def open(cls, lesson: Lesson, options: EndpointOptions) -> EndpointReader | None:
        """None where the model was never asked, or by another codebook. Raises InputError."""
        questions = Questions.of(lesson.scheme, lesson.dimension, options)
        answers = read_answers(lesson.project, questions.path(lesson.project))
        if not answers:
            lesson.tell(f"{options.model} has not read for {lesson.dimension.id} by this codebook.")
            return None
        return cls(f"{options.model} {questions.digest}", questions.codes, answers)

    def scores(self, docs: Sequence[Doc]) -> list[Scores]:
        """Of each passage what was answered; empty where nothing was."""
        found = (self.answers.get(digest_of(doc.text)) for doc in docs)
        return [dict(answer.scores) if answer else {} for answer in found]

    def words(self, doc: Doc, code: str) -> list[Span]:
        """The words that the model named."""
        answer = self.answers.get(digest_of(doc.text))
        place = answer.words.get(code) if answer else None
        if place is None or doc.text != normalise(doc.text):
            return []
        return [Span(*place, self.id)]
