"""Whether this version can read a project: asked at every door, before anything is read."""

from __future__ import annotations

from pipeline.ground.links import wrong_links
from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8

# The version of all file formats of a project together, in `coding/format.yml`; 1 where there is no
# such file. To change a format so that older code would misread it: raise this, read both, and
# write the number into the project with the first file in the new format.
NEWEST = 1


def refuse_unreadable(project: Project) -> None:
    """Raises InputError where links are wrong, or a newer version wrote the files."""
    if problems := unreadable(project):
        raise InputError(problems)


def unreadable(project: Project) -> list[Problem]:
    """What keeps this version from reading any file of a project."""
    return wrong_links(project) or newer_format(project)


def newer_format(project: Project) -> list[Problem]:
    """A problem where the files are in formats that this version does not know."""
    path = project.format
    if not path.is_file():
        return []
    from pipeline.ground.yamlfile import load_with_lines

    name = project.name(path)
    text, problems = decode_utf8(path.read_bytes(), name)
    data, lines, faults = load_with_lines(text, name)
    if problems := problems or faults:
        return problems
    # What else stands there is for newer versions.
    found = data.get("format") if isinstance(data, dict) else None
    line = lines.get(("format",), 1)
    if type(found) is not int or found < 1:
        hint = "Write format: and a number, or remove the file."
        return [Problem(name, line, "bad-value", "'format' is no version", hint)]
    if found <= NEWEST:
        return []
    message = f"file format {found}; this version reads formats up to {NEWEST}"
    hint = "The project was written by a newer version of this software; update it."
    return [Problem(name, line, "newer-format", message, hint)]
