"""The readers that a project can choose from, in `coding/tagger.yml`, which may be missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import read_yaml
from pipeline.tagger.examples import Example
from pipeline.tagger.readers.averaged_reader import AveragedReader, Calibration
from pipeline.tagger.readers.endpoint_reader import EndpointOptions, EndpointReader
from pipeline.tagger.readers.reader import Lesson, Options, Reader
from pipeline.tagger.readers.spacy_reader import SpacyOptions, SpacyReader
from pipeline.tagger.readers.words_reader import WordsReader


@dataclass(frozen=True)
class Kind:
    """A kind of reader: what opens one, and what a project may say of it."""

    open: Callable[[Lesson, Any], Reader | None]
    options: type[Options] = Options


WORDS, ENDPOINT = "words", "endpoint"
# A new one: a file with a class like `Reader`, and a line here.
READERS: dict[str, Kind] = {
    WORDS: Kind(WordsReader.open),
    "spacy": Kind(SpacyReader.open, SpacyOptions),
    ENDPOINT: Kind(EndpointReader.open, EndpointOptions),
}
_OLDER = {"linear": WORDS}  # names that `model:` had


class _Settings(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    model: str = ""
    readers: tuple[str, ...] = ()
    natural: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        chosen = self.readers or ((self.model,) if self.model else (WORDS,))
        return tuple(dict.fromkeys(_OLDER.get(name, name) for name in chosen))


@dataclass(frozen=True)
class ChosenReaders:
    """The readers of a project by name, with what it says of each.

    `natural` are groups of examples that are whole digests, as text really comes: thresholds are
    chosen on them too, by readers that have not seen them.
    """

    options: Mapping[str, Options] = field(default_factory=dict)
    natural: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.options)

    def is_natural(self, example: Example) -> bool:
        return example.group.split("-")[0] in self.natural

    def open(
        self, lesson: Lesson, calibration: Mapping[str, Calibration] = {}
    ) -> AveragedReader | None:
        """Those that know something of a lesson, as one; None where none does."""
        opened = {
            name: reader
            for name, options in self.options.items()
            if (reader := READERS[name].open(lesson, options)) is not None
        }
        return AveragedReader.of(opened, calibration)


def chosen_readers(project: Project) -> ChosenReaders:
    """Raises InputError for a reader that is not there, and for settings that it has not."""
    path, settings = project.tagger, _Settings()
    name = project.name(path)
    if path.is_file():
        settings = read_yaml(path, _Settings, name)
    extra: dict[str, Any] = settings.model_extra or {}
    problems = [
        Problem(name, 0, "unknown-reader", f"reader '{item}'", f"Readers are {', '.join(READERS)}.")
        for item in (*settings.names, *extra)
        if item not in READERS
    ]
    options: dict[str, Options] = {}
    for item in settings.names:
        if item in READERS:
            try:
                options[item] = READERS[item].options.model_validate(extra.get(item) or {})
            except ValidationError as error:
                for fault in error.errors():
                    place = ".".join(map(str, (item, *fault["loc"])))
                    hint = "See docs/tagger.md for the settings of each reader."
                    message = f"{place}: {fault['msg']}"
                    problems.append(Problem(name, 0, "bad-reader-setting", message, hint))
    if problems:
        raise InputError(problems)
    return ChosenReaders(options, settings.natural)
