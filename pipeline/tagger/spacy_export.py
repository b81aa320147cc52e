"""A project's tagger as a spaCy pipeline in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import spacy

from pipeline.ground.project import Project
from pipeline.model.scheme import read_scheme
from pipeline.tagger.spacy_suggester import FACTORY, Suggester
from pipeline.tagger.tagger_loading import load_tagger

PACKAGE = "orchestration-evidence"


def export_pipeline(
    project: Project, folder: Path, language: str, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Write it; texts of the language are read. Raises Mendable and OSError."""
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    nlp = spacy.blank(language)
    suggester = nlp.add_pipe(FACTORY)
    assert isinstance(suggester, Suggester)
    suggester.take(project.root, load_tagger(project, scheme, tell))
    nlp.meta |= {
        "name": "evidence",
        "version": version(PACKAGE),
        "requirements": [f"{PACKAGE}>={version(PACKAGE)}"],
        "labels": {FACTORY: [code.id for item in scheme.dimensions for code in item.codes]},
    }
    nlp.to_disk(folder)
