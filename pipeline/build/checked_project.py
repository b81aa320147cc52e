"""A project read and checked once: for its database, and for the desk of a running review."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from pipeline.build.gathering import GatheredTexts, gather
from pipeline.build.inputs import Inputs
from pipeline.build.rules import check
from pipeline.build.spreading import ALONE, Spread
from pipeline.ground.problems import InputError, Problem, errors
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, Tell, silent
from pipeline.model.scheme import read_scheme
from pipeline.sources.ledger import NotSaved
from pipeline.sources.places import record_places
from pipeline.tagger.documents import tagger_fingerprint
from pipeline.tagger.indicator_check import check_indicators
from pipeline.tagger.tagger_loading import load_tagger
from pipeline.tagger.tagging import Tagger


@dataclass(frozen=True, slots=True)
class CheckedProject:
    """Everything that was read, and what is wrong with it short of errors.

    `placed`: of how many coded passages the place in their full text was written down anew.
    """

    tagger: Tagger
    inputs: Inputs
    texts: GatheredTexts
    problems: tuple[Problem, ...]
    placed: int


def read_checked(
    project: Project,
    tell: Tell = lambda _: None,
    progress: Progress = silent,
    spread: Spread = ALONE,
) -> CheckedProject:
    """Read a project whole. Raises InputError when any of its files has errors."""
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    tagger = load_tagger(project, scheme, tell)
    inputs, texts = gather(project, tagger, tell, progress, spread)
    problems = all_problems(project, inputs, tagger)
    if errors(problems):
        raise InputError(problems)
    placed = _keep_places(project, inputs, problems)
    return CheckedProject(tagger, inputs, texts, tuple(problems), placed)


def all_problems(project: Project, inputs: Inputs, tagger: Tagger) -> list[Problem]:
    """Everything `evidence check` reports once scheme and indicators could be read."""
    # The sentences of the indicators are put to the tagger once for each state of it.
    passed = project.cache / "passed" / tagger_fingerprint(project, tagger)
    found = [] if passed.is_file() else check_indicators(tagger)
    if not found and not passed.is_file():
        shutil.rmtree(passed.parent, ignore_errors=True)
        passed.parent.mkdir(parents=True)
        passed.touch()
    return sorted([*check(inputs), *found])


def _keep_places(project: Project, inputs: Inputs, problems: list[Problem]) -> int:
    """Write down where coded passages of full texts stand, so that no clone loses them; how many.

    Where that cannot be written it is a problem among the others, and nothing else is lost.
    """
    lines = inputs.codings.never_shown
    try:
        return record_places(project, inputs.corpus.documents, lines)
    except NotSaved as error:
        hint = "Without it, what was coded in a full text is missing where the text is."
        problems.append(Problem(error.name, 0, "not-saved", error.reason, hint, "", "warning"))
        return 0
