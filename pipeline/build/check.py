"""Everything wrong in a project, whether or not a build could begin."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project


def check_project(
    project: Project,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Problem]:
    """All problems of a project; where its scheme cannot be read, those of the rest."""
    from pipeline.build.checked_project import all_problems
    from pipeline.build.gathering import gather
    from pipeline.ground.file_format import unreadable
    from pipeline.model.scheme import read_scheme
    from pipeline.sources.bibliography.references import read_references
    from pipeline.sources.corpus import read_corpus
    from pipeline.sources.decisions import read_codings
    from pipeline.tagger.tagger_loading import load_tagger

    if problems := unreadable(project):
        return problems  # before anything is read
    try:
        scheme = read_scheme(project.scheme, project.name(project.scheme))
        tagger = load_tagger(project, scheme, tell)
        inputs, _ = gather(project, tagger, tell, progress)
        return all_problems(project, inputs, tagger)
    except InputError as error:
        problems = list(error.problems)
        if project.references.is_file():
            name = project.name(project.references)
            problems += read_references(project.references, name).problems
        problems += read_corpus(project).problems
        problems += read_codings(project).problems
        return sorted(problems)
