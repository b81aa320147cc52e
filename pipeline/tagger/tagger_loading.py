"""The tagger of a project, with models that are made anew when what they learn from changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from pipeline.ground.project import Project
from pipeline.model.indicators import read_indicators
from pipeline.model.scheme import Scheme
from pipeline.tagger.examples import Example, read_examples
from pipeline.tagger.readers.reader import Lesson
from pipeline.tagger.readers.reader_registry import chosen_readers
from pipeline.tagger.reviewed_passages import REPEAT, read_training, reviewed_passages
from pipeline.tagger.tagging import EXAMPLES, REVIEWED, Tagger
from pipeline.tagger.word_vectors import WordVectors

ORIGIN = "examples"


def load_tagger(
    project: Project, scheme: Scheme, tell: Callable[[str], None] = lambda _: None
) -> Tagger:
    """The tagger of a project; models are made when examples or indicators have changed.

    `tell` is called before something that takes long. Raises InputError for indicators, examples
    or a choice of the model with faults.
    """
    tagger = unread_tagger(project, scheme)
    for source, lesson in lessons(project, tagger, tell):
        tagger.learn(source, lesson)
    return tagger


def unread_tagger(project: Project, scheme: Scheme) -> Tagger:
    """A tagger that has its indicators and its choices, and has learned nothing yet."""
    sets = read_indicators(project.indicators, scheme, project.name(project.indicators))
    training = read_training(project)
    return Tagger(scheme, sets, training=training, readers=chosen_readers(project))


def lessons(
    project: Project, tagger: Tagger, tell: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[str, Lesson]]:
    """What there is to learn of each dimension with indicators, and for which of its models."""
    vectors = vectors_of(project)
    for group in tagger.sets:
        name = group.dimension
        learned = tagger.training.of(name)
        examples = [item for item in read_examples(project, tagger.scheme, name) if not item.held]
        lesson = partial(lesson_of, project, tagger, name, vectors=vectors, tell=tell)
        yield EXAMPLES, lesson(examples, ORIGIN)
        if learned and any(choice.source == REVIEWED for choice in learned.codes.values()):
            more = reviewed_passages(project, tagger.scheme, name, learned.until) * REPEAT
            yield REVIEWED, lesson([*examples, *more], f"{REVIEWED} passages")


def lesson_of(
    project: Project,
    tagger: Tagger,
    dimension: str,
    examples: Sequence[Example],
    origin: str,
    vectors: WordVectors,
    keep: bool = True,
    tell: Callable[[str], None] = lambda _: None,
    known_as: str = "",
) -> Lesson:
    """What readers of a dimension learn from, with its codebook and its indicators."""
    group = next((item for item in tagger.sets if item.dimension == dimension), None)
    return Lesson(
        project=project,
        scheme=tagger.scheme,
        dimension=tagger.scheme.dimension(dimension),
        examples=tuple(examples),
        indicators=tuple(group.names) if group else (),
        pipelines=tagger.pipeline,
        vectors=vectors,
        origin=origin,
        made_of=source_fingerprint() + repr(group),
        keep=keep,
        tell=tell,
        known_as=known_as,
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
