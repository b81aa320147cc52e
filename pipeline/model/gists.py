"""Gists: passages of digests in the other languages of the site, and who put them so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.ground.yamlfile import Part
from pipeline.model.people import Nature
from pipeline.model.records import Passage
from pipeline.model.scheme import Texts


class Translator(Part):
    """Who put passages into another language, named by function, where that is no coder."""

    name: Texts
    nature: Nature


@dataclass(frozen=True, slots=True)
class Gist:
    """The words of a passage in another language; `line` is where they stand in the file."""

    passage: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class GistFile:
    """The gists of a study in one language; `by` is the id of a coder, or who it was."""

    study: str
    language: str
    by: str | Translator
    path: str
    gists: tuple[Gist, ...]

    @property
    def words(self) -> Mapping[str, str]:
        """What stands for each passage, by its id."""
        return {item.passage: item.text for item in self.gists}

    def of(self, passage: Passage) -> str:
        """A passage in this language, one of several sentences as these one by one; or nothing."""
        parts = [self.words.get(name, "") for name in passage.sentences]
        return " ".join(parts) if all(parts) else ""
