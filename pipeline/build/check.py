"""Everything wrong in a project, whether or not a build could begin."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.build.text_list import ListedText, listed_texts
from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, Tell, silent


@dataclass(frozen=True, slots=True)
class Checked:
    """All problems of a project, and what became of its full texts."""

    problems: list[Problem]
    texts: tuple[ListedText, ...] = ()


def check_project(
    project: Project, tell: Tell = lambda _: None, progress: Progress = silent
) -> Checked:
    """What is wrong in a project; where its scheme cannot be read, in the rest of it."""
    from pipeline.build.checked_project import all_problems
    from pipeline.build.gathering import gather
    from pipeline.ground.file_format import unreadable
    from pipeline.model.scheme import read_scheme
    from pipeline.sources.bibliography.references import read_references
    from pipeline.sources.corpus import read_corpus
    from pipeline.sources.decisions import read_codings
    from pipeline.tagger.tagger_loading import load_tagger

    if problems := unreadable(project):
        return Checked(problems)  # before anything is read
    try:
        scheme = read_scheme(project.scheme, project.name(project.scheme))
        tagger = load_tagger(project, scheme, tell)
        inputs, _ = gather(project, tagger, tell, progress)
        corpus, problems = inputs.corpus, all_problems(project, inputs, tagger)
    except InputError as error:
        problems = list(error.problems)
        if project.references.is_file():
            name = project.name(project.references)
            problems += read_references(project.references, name).problems
        corpus = read_corpus(project)
        problems = sorted([*problems, *corpus.problems, *read_codings(project).problems])
    return Checked(problems, listed_texts(corpus.documents, problems))
