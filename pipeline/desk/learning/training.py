"""Learning from reviewed decisions, measured by leaving out one study at a time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ruamel.yaml import YAML

from pipeline.desk.learning.reader_bench import ReaderBench, with_bands
from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.writing import write_whole
from pipeline.model.scheme import read_scheme
from pipeline.tagger.examples import Example, read_examples
from pipeline.tagger.measures import Said, compare, said_of
from pipeline.tagger.reviewed_passages import (
    REPEAT,
    SOURCES,
    CodeSource,
    Learned,
    Source,
    Training,
    newest,
    read_training,
    reviewed_passages,
)
from pipeline.tagger.tagger_loading import load_tagger
from pipeline.tagger.tagging import Tagger

SURE = 0.9  # share of samples in which it must be better, so that it is not by chance
SAMPLES = 2000
SEED = 20261123
HEAD = """\
# Where the suggestions of each code come from: made by `evidence train`, which measured F1 on the
# reviewed passages, leaving out one study at a time. Run it again after more review.
"""


@dataclass(frozen=True)
class Trained:
    """What was measured, and what will be used."""

    learned: Learned
    changed: bool


def train_project(
    project: Project,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trained:
    """Measure each source of suggestions on the evidence dimension, and choose one per code.

    What was learned from the reviewed passages is used for a code where its F1 is higher than that
    of indicators alone and of the example passages, in SURE of the bootstrap samples of passages.
    """
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    target = scheme.dimension(scheme.evidence)
    until = newest(project, target.id)
    reviewed = reviewed_passages(project, scheme, target.id, until)
    studies = sorted({item.group for item in reviewed})
    if len(studies) < 2:
        hint = "Review passages of at least two studies first: evidence review"
        problem = Problem("coding/decisions", 0, "too-few", "too few reviewed passages", hint)
        raise InputError([problem])
    tagger = load_tagger(project, scheme, tell)
    examples = [item for item in read_examples(project, scheme, target.id) if not item.held]
    learned = Learned(
        dimension=target.id, until=until, passages=len(reviewed), studies=len(studies), codes={}
    )
    bench = ReaderBench(project, tagger, target, tuple(examples))
    learned = learned.model_copy(update={"showing": bench.showing(reviewed)})
    tagger = bench.measured(learned)
    said: dict[Source, list[Said]] = {
        "indicators": said_of(tagger.bare(), target, reviewed),
        "examples": said_of(tagger, target, reviewed),
        "reviewed": _left_out(bench, tagger, reviewed, studies, progress),
    }
    found = {source: [item.suggested for item in made] for source, made in said.items()}
    names = [code.id for code in target.codes if code.retired is None]
    answers = [item.codes for item in reviewed]
    scores = {source: compare(names, answers, made) for source, made in found.items()}
    codes = {}
    for place, name in enumerate(names):
        f1 = {source: _rounded(scores[source][place].f1) for source in SOURCES}
        better = _better(name, answers, found)
        codes[name] = CodeSource(
            source="reviewed" if better >= SURE else "examples",
            coded=scores["indicators"][place].coded,
            f1=f1,
            better=better,
        )
    chosen = [
        {name: said[codes[name].source][place].scores.get(name, 0.0) for name in names}
        for place in range(len(reviewed))
    ]
    learned = learned.model_copy(
        update={
            "codes": codes,
            "showing": learned.showing and with_bands(learned.showing, answers, chosen),
        }
    )
    data = _as_yaml(Training(learned=(learned,))).encode()
    before = project.training.read_bytes() if project.training.is_file() else b""
    if data != before:
        write_whole(project.training, [data])
    return Trained(learned, data != before)


def said_of_training(project: Project) -> Iterator[str]:
    """What was measured and is used, line by line; nothing where nothing was trained."""
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    labels = {code.id: code.label.en for dim in scheme.dimensions for code in dim.codes}
    for learned in read_training(project).learned:
        yield ""
        yield (
            f"Learning from {learned.passages} reviewed passages of {learned.studies} studies: F1 "
            "with one study left out at a time"
        )
        yield (
            f"{'':24}{'coded':>7}{'indicators':>12}{'examples':>10}{'reviewed':>10}"
            f"{'better in':>11}  used"
        )
        for code, choice in learned.codes.items():
            numbers = [choice.f1.get(source) for source in SOURCES]
            shown = ["–" if number is None else f"{number:.2f}" for number in numbers]
            yield (
                f"{labels.get(code, code):24}{choice.coded:>7}"
                f"{shown[0]:>12}{shown[1]:>10}{shown[2]:>10}{choice.better:>11.0%}  {choice.source}"
            )


def _left_out(
    bench: ReaderBench,
    tagger: Tagger,
    reviewed: Sequence[Example],
    studies: Sequence[str],
    progress: Callable[[int, int], None],
) -> list[Said]:
    """What would be said of each passage by readers that have not seen its study."""
    made: dict[int, Said] = {}
    for done, study in enumerate(studies):
        progress(done, len(studies))
        rest = [item for item in reviewed if item.group != study]
        other = bench.taught([*bench.examples, *rest * REPEAT], tagger.training)
        places = [place for place, item in enumerate(reviewed) if item.group == study]
        passages = [reviewed[place] for place in places]
        made.update(zip(places, said_of(other, bench.dimension, passages), strict=True))
    progress(len(studies), len(studies))
    return [made[place] for place in range(len(reviewed))]


def _better(
    code: str,
    answers: Sequence[frozenset[str]],
    found: Mapping[Source, Sequence[frozenset[str]]],
) -> float:
    """In which share of samples the reviewed passages gave the highest F1 for a code."""
    units = len(answers)
    draws = np.random.default_rng(SEED).multinomial(units, np.full(units, 1 / units), SAMPLES)
    coded = np.array([code in codes for codes in answers])
    f1 = {}
    for source, made in found.items():
        given = np.array([code in codes for codes in made])
        f1[source] = draws @ (2 * (coded & given)) / np.maximum(draws @ (1 * coded + given), 1)
    won = (f1["reviewed"] > f1["indicators"]) & (f1["reviewed"] > f1["examples"])
    return round(float(won.mean()), 3)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _as_yaml(training: Training) -> str:
    text = io.StringIO()
    YAML().dump(training.model_dump(mode="json"), text)
    return HEAD + text.getvalue()
