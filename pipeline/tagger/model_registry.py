"""The models that a project can choose from, in `coding/tagger.yml`, which may be missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import read_yaml
from pipeline.tagger.examples import Example
from pipeline.tagger.linear_model import LinearModel
from pipeline.tagger.passage_model import PassageModel, Pipelines
from pipeline.tagger.word_vectors import WordVectors

LINEAR = "linear"
# A new one: a file with a class like `PassageModel`, and a line here.
MODELS: dict[str, type[PassageModel]] = {
    LINEAR: LinearModel,
}


class _Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = LINEAR


@dataclass(frozen=True)
class Learner:
    """Makes models of the kind that a project has chosen; see `PassageModel`."""

    name: str
    vectors: WordVectors

    def fit(
        self, examples: Sequence[Example], indicators: Sequence[str], pipelines: Pipelines
    ) -> PassageModel | None:
        return MODELS[self.name].fit(examples, indicators, pipelines, self.vectors)

    def load(self, path: Path) -> PassageModel | None:
        return MODELS[self.name].load(path, self.vectors) if path.is_file() else None


def learner_of(project: Project) -> Learner:
    """Of the model that the project has chosen. Raises InputError for one that is not there."""
    path, name = project.tagger, LINEAR
    if path.is_file():
        name = read_yaml(path, _Chosen, project.name(path)).model
    if name not in MODELS:
        hint = f"Models are {', '.join(MODELS)}."
        raise InputError([Problem(project.name(path), 0, "unknown-model", f"model '{name}'", hint)])
    return Learner(name, WordVectors(project.cache / "words.db"))
