"""A tagger as a folder that works away from its project: no text, no answer is in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from pipeline.ground.project import Project
from pipeline.model.scheme import read_scheme
from pipeline.tagger.tagger_loading import lesson_of, lessons, unread_tagger
from pipeline.tagger.tagging import Tagger
from pipeline.tagger.word_vectors import WordVectors

_LESSONS = "lessons.json"


class _Known(msgspec.Struct):
    """A lesson by its name: which models of which dimension learned it, and from what."""

    source: str
    dimension: str
    origin: str
    name: str


def export_tagger(project: Project, tagger: Tagger, folder: Path) -> None:
    """Write what a tagger consists of; its models must be learned and kept. Raises OSError."""
    copy = Project(folder)
    copy.coding.mkdir(parents=True)
    shutil.copy(project.scheme, copy.scheme)
    shutil.copytree(project.indicators, copy.indicators)
    for name in ("tagger", "training", "readings"):
        path = getattr(project, name)
        if path.is_dir():
            shutil.copytree(path, getattr(copy, name))
        elif path.is_file():
            shutil.copy(path, getattr(copy, name))
    home = project.root.resolve()
    for name in (name for options in tagger.readers.options.values() for name in options.folders):
        pipeline = (project.root / name).resolve()
        if pipeline.is_dir() and pipeline.is_relative_to(home):
            shutil.copytree(pipeline, folder / pipeline.relative_to(home))
    known = []
    copy.models.mkdir(parents=True)
    for source, lesson in lessons(project, tagger):
        for path in project.models.glob(f"{lesson.dimension.id}-{lesson.name}[.-]*"):
            shutil.copy(path, copy.models)
        known.append(_Known(source, lesson.dimension.id, lesson.origin, lesson.name))
    (folder / _LESSONS).write_bytes(msgspec.json.format(msgspec.json.encode(known)))


def open_exported(folder: Path) -> Tagger:
    """The tagger of such a folder. Raises OSError, msgspec.MsgspecError and InputError."""
    project = Project(folder)
    known = msgspec.json.decode((folder / _LESSONS).read_bytes(), type=list[_Known])
    tagger = unread_tagger(project, read_scheme(project.scheme, project.name(project.scheme)))
    vectors = WordVectors()
    for item in known:
        lesson = lesson_of(
            project, tagger, item.dimension, (), item.origin, vectors, known_as=item.name
        )
        tagger.learn(item.source, lesson)
    return tagger
