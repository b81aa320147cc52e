"""Random samples of what is left at a stage: `coding/screening/samples/<stage>-<number>.yml`.

A sample is drawn once, for all screeners, and never changed; what they say of it stands in their
own files.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from pipeline.ground.changeset import Changeset, Collision
from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import Part, dump_yaml, read_folder
from pipeline.model.people import as_time, moment
from pipeline.model.scheme import Stage
from pipeline.model.screening_texts import Wording
from pipeline.model.stopping import Aim, least
from pipeline.sources.ledger import NotSaved


class Sample(Part):
    """The first `size` of all that were left when it was drawn, in an order that `seed` gives."""

    stage: Stage
    drawn_at: Annotated[str, BeforeValidator(as_time)]
    drawn_by: str
    seed: int = Field(ge=0)
    size: int = Field(ge=1)
    order: tuple[str, ...]

    @model_validator(mode="after")
    def _drawn(self) -> Sample:
        if self.size > len(self.order):
            raise ValueError(f"a sample of {self.size} from {len(self.order)}")
        if self.order != shuffled(self.order, self.seed):
            raise ValueError("the order is not the one that the seed gives")
        return self

    @property
    def drawn(self) -> tuple[str, ...]:
        return self.order[: self.size]


def shuffled(keys: Iterable[str], seed: int) -> tuple[str, ...]:
    """The order that a seed gives these keys, in whatever order they come."""
    order = sorted(keys)
    random.Random(seed).shuffle(order)
    return tuple(order)


def read_samples(project: Project) -> tuple[tuple[Sample, ...], tuple[Problem, ...]]:
    """All samples, the oldest first, and what is wrong with any."""
    found, problems = read_folder(project.samples, Sample, project.name)
    oldest_first = sorted(found.values(), key=lambda item: moment(item.drawn_at))
    return tuple(oldest_first), tuple(problems)


def draw(rest: Collection[str], stage: str, size: int, at: str, by: str) -> Sample:
    """A sample by chance; its seed is kept, so that anybody can draw it again."""
    seed = secrets.randbelow(2**32)
    values = {"stage": stage, "drawn_at": at, "drawn_by": by, "seed": seed, "size": size}
    return Sample.model_validate({**values, "order": shuffled(rest, seed)})


def save_sample(project: Project, sample: Sample) -> None:
    """Write a sample to a file of its own, durably. Raises `ledger.NotSaved`."""
    number = 1 + len(list(project.samples.glob(f"{sample.stage}-*.yml")))
    path = project.samples / f"{sample.stage}-{number}.yml"
    name = project.name(path)
    changes = Changeset(project)
    if changes.read(path):
        raise NotSaved(name, "there is such a file already")
    changes.write(path, dump_yaml(sample.model_dump(mode="json")))
    try:
        changes.commit()
    except Collision as error:
        raise NotSaved(name, str(error)) from error
    except OSError as error:
        raise NotSaved(name, error.strerror or str(error)) from error


@dataclass(frozen=True)
class Outcome:
    """What a sample says to one screener.

    `drawn` of the `rest` that she had left then are hers to screen, `done` of them are; `seen` of
    these are relevant, and `found` in all. `missed` is the most that may be left besides, known
    once all are done. It is the `number`th sample at its stage.
    """

    number: int
    drawn: int
    rest: int
    done: int
    seen: int
    found: int
    missed: int | None
    aim: Aim

    @property
    def confidence(self) -> int:
        """How sure all samples together are, in per cent: the risk of each is added."""
        return max(100 - self.number * (100 - self.aim.confidence), 0)

    @property
    def reached(self) -> bool:
        """Whether it shows that the target is reached."""
        return self.missed is not None and self.missed < self.aim.fewest(self.found)

    def words(self, language: str) -> tuple[str, ...]:
        """What the sample says, and whether that will do."""
        say = Wording(language)
        if not self.drawn:
            return (say("sample.gone"),)
        if self.missed is None:
            said = say("sample.open", done=self.done, drawn=self.drawn, rest=self.rest)
            return said, say("sample.wait")
        said = say(
            "sample.done",
            drawn=self.drawn,
            rest=self.rest,
            seen=self.seen,
            missed=self.missed,
            recall=least(self.found, self.missed),
            confidence=self.confidence,
        )
        key = "sample.reached" if self.reached else "sample.short"
        return said, say(key, target=self.aim.target)
