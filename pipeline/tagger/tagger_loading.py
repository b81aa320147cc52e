"""The tagger of a project, with models that are made anew when what they learn from changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path

from pipeline.ground.project import Project
from pipeline.model.indicators import read_indicators
from pipeline.model.scheme import Scheme
from pipeline.tagger.examples import Example, read_examples
from pipeline.tagger.readers.reader import Lesson
from pipeline.tagger.readers.reader_registry import chosen_readers
from pipeline.tagger.reviewed_passages import REPEAT, read_training, reviewed_passages
from pipeline.tagger.tagging import Tagger
from pipeline.tagger.word_vectors import WordVectors

ORIGIN = "examples"
REVIEWED = "reviewed passages"


def load_tagger(
    project: Project, scheme: Scheme, tell: Callable[[str], None] = lambda _: None
) -> Tagger:
    """The tagger of a project; models are made when examples or indicators have changed.

    `tell` is called before something that takes long. Raises InputError for indicators, examples
    or a choice of the model with faults.
    """
    sets = read_indicators(project.indicators, scheme, project.name(project.indicators))
    readers, training = chosen_readers(project), read_training(project)
    tagger = Tagger(scheme, sets, training=training, readers=readers)
    vectors = vectors_of(project)
    for group in sets:
        name = group.dimension
        learned = training.of(name)
        examples = [item for item in read_examples(project, scheme, name) if not item.held]
        open_for = partial(lesson_of, project, tagger, name, vectors=vectors, tell=tell)
        calibrated = tagger.calibrated(name)
        model = readers.open(open_for(examples, ORIGIN), calibrated)
        if model is not None:
            tagger.models[name] = model
        if learned and any(choice.source == "reviewed" for choice in learned.codes.values()):
            more = reviewed_passages(project, scheme, name, learned.until) * REPEAT
            model = readers.open(open_for([*examples, *more], REVIEWED), calibrated)
            if model is not None:
                tagger.reviewed[name] = model
    return tagger


def lesson_of(
    project: Project,
    tagger: Tagger,
    dimension: str,
    examples: Sequence[Example],
    origin: str,
    vectors: WordVectors,
    keep: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> Lesson:
    """What readers of a dimension learn from, with its codebook and its indicators."""
    group = next((item for item in tagger.sets if item.dimension == dimension), None)
    return Lesson(
        project=project,
        dimension=tagger.scheme.dimension(dimension),
        examples=tuple(examples),
        indicators=tuple(group.names) if group else (),
        pipelines=tagger.pipeline,
        vectors=vectors,
        origin=origin,
        made_of=source_fingerprint() + repr(group),
        keep=keep,
        tell=tell,
    )


def vectors_of(project: Project) -> WordVectors:
    """The meanings of words that a project keeps in its cache."""
    return WordVectors(project.cache / "words.db")


@lru_cache(maxsize=1)
def source_fingerprint() -> str:
    """Changes whenever the tagger's own code does."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
