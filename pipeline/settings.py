"""What whoever runs the site decides: `corpus/settings.yml`, which may be missing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from pipeline.problems import InputError, Problem
from pipeline.project import Project
from pipeline.yamlfile import read_yaml


class Settings(BaseModel):
    """`excerpt`: the longest coded excerpt of a full text that is published, in characters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    excerpt: int = Field(default=600, ge=40, le=2000)


def read_settings(project: Project) -> tuple[Settings, list[Problem]]:
    """The settings, or the usual ones with what is wrong in the file."""
    path = project.corpus / "settings.yml"
    if not path.is_file():
        return Settings(), []
    try:
        return read_yaml(path, Settings, project.name(path)), []
    except InputError as error:
        return Settings(), error.problems
