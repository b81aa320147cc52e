"""The tagger of a project, with models that are made anew when what they learn from changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from pipeline.ground.project import Project
from pipeline.model.indicators import IndicatorSet, read_indicators
from pipeline.model.scheme import Scheme
from pipeline.tagger.examples import Example, read_examples
from pipeline.tagger.model_registry import Learner, learner_of
from pipeline.tagger.passage_model import PassageModel
from pipeline.tagger.reviewed_passages import REPEAT, read_training, reviewed_passages
from pipeline.tagger.tagging import Tagger

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
    learner = learner_of(project)
    tagger = Tagger(scheme, sets, training=read_training(project), learner=learner.name)
    for group in sets:
        examples = [
            item for item in read_examples(project, scheme, group.dimension) if not item.held
        ]
        model = _learned(project, tagger, group, examples, learner, ORIGIN, tell)
        if model is not None:
            tagger.models[group.dimension] = model
        for learned in tagger.training.learned:
            if learned.dimension != group.dimension or not any(
                choice.source == "reviewed" for choice in learned.codes.values()
            ):
                continue
            more = reviewed_passages(project, scheme, learned.dimension, learned.until) * REPEAT
            model = _learned(project, tagger, group, [*examples, *more], learner, REVIEWED, tell)
            if model is not None:
                tagger.reviewed[group.dimension] = model
    return tagger


def _learned(
    project: Project,
    tagger: Tagger,
    group: IndicatorSet,
    examples: Sequence[Example],
    learner: Learner,
    origin: str,
    tell: Callable[[str], None],
) -> PassageModel | None:
    """The model of these examples, from the cache or made now; its version is part of its name."""
    if not examples:
        return None
    name = _fingerprint(examples, source_fingerprint() + learner.name + repr(group))
    path = project.cache / "models" / f"{group.dimension}-{name}.npz"
    model = learner.load(path)
    if model is None:
        tell(f"Learning {group.dimension} from {len(examples)} passages (once) …")
        model = learner.fit(examples, group.names, tagger.pipeline)
        if model is not None:
            model.save(path)
    if model is not None:
        model.origin = f"{origin} {name[:8]}"
    return model


def _fingerprint(examples: Sequence[Example], rest: str) -> str:
    """Names a model by all it is made from."""
    digest = hashlib.blake2b(rest.encode(), digest_size=12)
    for example in examples:
        says = (example.language, sorted(example.codes), sorted(example.unasked), example.text)
        digest.update(repr(says).encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def source_fingerprint() -> str:
    """Changes whenever the tagger's own code does."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
