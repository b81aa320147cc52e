"""The indicators that a plan would change, tried on the passages of the project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.desk.scheme.indicator_preview import IndicatorPreview, Reviewed, preview_indicators
from pipeline.desk.scheme.migration_plan import Plan
from pipeline.desk.scheme.passage_bench import PassageBench
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, silent
from pipeline.ground.yamlfile import parse_yaml
from pipeline.model.indicators import WORDS_FILE, IndicatorFile, PerLanguage, WordClasses
from pipeline.model.standing import Answers

if TYPE_CHECKING:
    from pipeline.desk.review.review_desk import Desk


def trials(
    project: Project,
    plan: Plan,
    tell: Callable[[str], None] = lambda _: None,
    progress: Progress = silent,
) -> list[IndicatorPreview]:
    """What each changed indicator file would change, with the project opened for it."""
    if not any(project.indicators in path.parents for path in plan.files):
        return []
    from pipeline.desk.review.review_desk import open_desk

    desk = open_desk(project, tell, progress)
    bench = bench_of(desk)
    return list(trials_of(bench, plan, reviewed(desk.held, plan.before.evidence)))


def bench_of(desk: Desk) -> PassageBench:
    """The passages and studies of an open project, ready for trials."""
    documents = []
    for key in desk.studies:
        of_study = sorted(desk.documents[key], key=lambda item: item.access == "none")
        documents += of_study[:1]
    titles = {key: study.title for key, study in desk.studies.items()}
    passages = [desk.passages[unit] for own in desk.passages_of.values() for unit in own]
    return PassageBench(desk.tagger, passages, desk.suggestions, documents, titles)


def trials_of(bench: PassageBench, plan: Plan, answers: Reviewed) -> Iterator[IndicatorPreview]:
    """What each changed indicator file would change.

    Raises InputError for patterns that cannot be read.
    """
    classes = _classes(plan)
    for path, text in sorted(plan.files.items()):
        dimension = plan.after.by_id.get(path.parent.name)
        if text is None or dimension is None or path.name == WORDS_FILE:
            continue
        file = parse_yaml(text, IndicatorFile, path.name)
        given = answers if dimension.id == plan.after.evidence else {}
        yield preview_indicators(bench, plan.after, dimension.id, file, classes, given)
    if classes is not None:
        for group in bench.tagger.sets:
            dimension = plan.after.by_id.get(group.dimension)
            for file in group.files:
                changed = plan.files.keys()
                if dimension is None:
                    continue
                if not any(path == _path(path, group.dimension, file.code) for path in changed):
                    given = answers if dimension.id == plan.after.evidence else {}
                    yield preview_indicators(bench, plan.after, dimension.id, file, classes, given)


def reviewed(answers: Answers, dimension: str) -> Reviewed:
    """What is held of each passage: settled, or answered alike by all whose answers stand."""
    asked = (key for key in answers if key[1] == dimension)
    held = ((unit, answers.codes_held((unit, of))) for unit, of in asked)
    return {unit: codes for unit, codes in held if codes is not None}


def _classes(plan: Plan) -> dict[str, PerLanguage] | None:
    for path, text in plan.files.items():
        if path.name == WORDS_FILE and text is not None:
            return dict(parse_yaml(text, WordClasses, path.name).root)
    return None


def _path(path: Path, dimension: str, code: str) -> Path:
    return path.parent.parent / dimension / f"{code}.yml"
