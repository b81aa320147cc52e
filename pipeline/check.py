"""Everything wrong in a project, whether or not a build could begin."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.problems import InputError, Problem
from pipeline.project import Project


def check_project(
    project: Project,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Problem]:
    """All problems of a project; where its scheme cannot be read, those of the rest."""
    from pipeline.bibliography import read_references
    from pipeline.build import all_problems, gather
    from pipeline.corpus import read_corpus
    from pipeline.decisions import read_codings
    from pipeline.links import wrong_links
    from pipeline.scheme import read_scheme
    from pipeline.tagger.tagger import load_tagger

    if links := wrong_links(project):
        return links  # before anything is read
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
