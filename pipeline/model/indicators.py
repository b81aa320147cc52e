"""Indicators: what makes the tagger suggest a code, as researchers write it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, RootModel, StringConstraints

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.yamlfile import Part, misnamed, read_folder, read_yaml
from pipeline.model.scheme import Id, Scheme

IndicatorId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Lines = tuple[Line, ...]
WORDS_FILE = "words.yml"


class PerLanguage(Part):
    """Patterns or sentences in each language."""

    en: Lines = ()
    nl: Lines = ()

    def __getitem__(self, language: str) -> Lines:
        return self.nl if language == "nl" else self.en if language == "en" else ()


class Matchers(Part):
    """Patterns of spaCy's Matcher, for what the small language cannot say."""

    en: tuple[list[dict[str, Any]], ...] = ()
    nl: tuple[list[dict[str, Any]], ...] = ()

    def __getitem__(self, language: str) -> tuple[list[dict[str, Any]], ...]:
        return self.nl if language == "nl" else self.en if language == "en" else ()


class Indicator(Part):
    """One reason to suggest a code. `weight` is how likely the code is if only this is found."""

    id: IndicatorId
    weight: float = Field(gt=0, lt=1)
    phrases: PerLanguage = PerLanguage()
    matcher: Matchers = Matchers()
    unless: PerLanguage = PerLanguage()


class IndicatorFile(Part):
    """The indicators of one code, with sentences that must and must not be suggested it."""

    code: Id
    indicators: tuple[Indicator, ...]
    must_match: PerLanguage = PerLanguage()
    must_not_match: PerLanguage = PerLanguage()


class WordClasses(RootModel[dict[Id, PerLanguage]]):
    """Named classes of words, used in patterns as `<name>`."""


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """All indicators of a dimension, by code, and the word classes they use."""

    dimension: str
    files: tuple[IndicatorFile, ...]
    classes: dict[str, PerLanguage]

    def __iter__(self) -> Iterator[tuple[str, Indicator]]:
        for file in self.files:
            for indicator in file.indicators:
                yield file.code, indicator

    @property
    def names(self) -> list[str]:
        """The indicators as suggestions name them."""
        return [f"{code}/{indicator.id}" for code, indicator in self]


def read_indicators(folder: Path, scheme: Scheme, name: str) -> tuple[IndicatorSet, ...]:
    """The indicators of every dimension that has some. Raises InputError with all problems."""
    problems: list[Problem] = []
    classes: dict[str, PerLanguage] = {}
    if (folder / WORDS_FILE).is_file():
        try:
            classes = read_yaml(folder / WORDS_FILE, WordClasses, f"{name}/{WORDS_FILE}").root
        except InputError as error:
            problems += error.problems
    sets = []
    for sub in sorted(path for path in folder.glob("*") if path.is_dir()):
        where = f"{name}/{sub.name}"
        if sub.name not in scheme.by_id:
            hint = f"Dimensions are {', '.join(scheme.by_id)}."
            problems.append(Problem(where, 0, "unknown-dimension", "no such dimension", hint))
            continue
        files = []
        found, unread = read_folder(
            sub, IndicatorFile, lambda path: f"{name}/{path.parent.name}/{path.name}"
        )
        problems += unread
        for path, file in found.items():
            label = f"{where}/{path.name}"
            problems += _faults(file, path, label, scheme.by_id[sub.name].code_ids)
            code = scheme.codes.get(file.code)
            if code is None or code.retired is None:
                files.append(file)
        sets.append(IndicatorSet(sub.name, tuple(files), classes))
    if problems:
        raise InputError(problems)
    return tuple(sets)


def _faults(
    file: IndicatorFile, path: Path, label: str, codes: frozenset[str]
) -> Iterator[Problem]:
    if file.code not in codes:
        hint = "Correct the code, or add it to coding/scheme.yml."
        yield Problem(label, 1, "unknown-code", f"'{file.code}' is not in the scheme", hint)
    else:
        yield from misnamed(path, label, file.code)
    ids = [indicator.id for indicator in file.indicators]
    for double in sorted({name for name in ids if ids.count(name) > 1}):
        yield Problem(label, 0, "duplicate-id", f"indicator '{double}' stands twice", "Rename one.")
