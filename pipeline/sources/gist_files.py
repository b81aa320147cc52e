"""Passages in another language: `corpus/gist/<key>.<language>.md`, an item for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project, file_name, key_of
from pipeline.ground.text import own_text
from pipeline.ground.yamlfile import Part
from pipeline.model.gists import Gist, GistFile, Translator
from pipeline.model.passages import normalise
from pipeline.model.scheme import Id
from pipeline.sources.fronted import fronted, items
from pipeline.sources.merges import follow


class GistFront(Part):
    """What stands at the head of a file of gists."""

    key: str
    language: Literal["en", "nl"]
    by: Id | Translator


@dataclass(frozen=True, slots=True)
class Gists:
    """All files of gists that could be read, and what is wrong with any."""

    files: tuple[GistFile, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_gists(project: Project, kept: Mapping[str, str] | None = None) -> Gists:
    """The gists of a project; `kept` names the studies under which merged ones are read."""
    files, problems = [], []
    for path in sorted(project.gists.glob("*.md")):
        if path.name == "README.md":
            continue
        try:
            file, found = _read(path, project.name(path), kept or {})
        except InputError as error:
            problems += error.problems
        else:
            files.append(file)
            problems += found
    return Gists(tuple(files), tuple(problems))


def _read(path: Path, name: str, kept: Mapping[str, str]) -> tuple[GistFile, list[Problem]]:
    head = fronted(own_text(path, name), GistFront, name)
    front = head.front
    problems = []
    if f"{file_name(key_of(path))}.md" != (wanted := f"{file_name(front.key)}.{front.language}.md"):
        message = f"gists of '{front.key}' in '{front.language}'"
        problems.append(Problem(name, 2, "wrong-name", message, f"Call the file {wanted}."))
    found, faults = items(head.lines, "not-a-gist", "no gist", name)
    gists = [Gist(follow(item.locator, kept), normalise(item.text), item.line) for item in found]
    study = kept.get(front.key, front.key)
    file = GistFile(study, front.language, front.by, name, tuple(gists))
    return file, [*problems, *faults, *_faults(file)]


def _faults(file: GistFile) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for item in file.gists:
        line, raw = first.setdefault(item.passage, item.line), first_line(item.text)
        if not item.passage:
            hint = f"Begin it with the id of its passage, such as [{file.study}-0123abcd]."
            yield Problem(file.path, item.line, "no-passage", "a gist of no passage", hint, raw)
        elif line != item.line:
            message = f"a second gist of '{item.passage}', beside line {line}"
            yield Problem(file.path, item.line, "repeated-gist", message, "Keep one of them.", raw)
        elif not item.text:
            message, hint = f"no words for '{item.passage}'", "Write them, or take it out."
            yield Problem(file.path, item.line, "empty-gist", message, hint)
