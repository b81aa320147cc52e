"""Links (symbolic ones) in what is read: those that leave the project are told, never followed."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.ground.problems import Problem
from pipeline.ground.project import Project

_COPY = "Put a copy of the file in its place, or take the link out."


def wrong_links(project: Project) -> list[Problem]:
    """What is wrong with links, and with files that are none, before any of them is read."""
    root = os.path.realpath(project.root)
    problems: list[Problem] = []
    # Folders still to be looked at, each with those that lead to it.
    stack: list[tuple[str, tuple[str, ...]]] = []

    def look(path: str, is_link: bool, is_dir: bool, is_file: bool, above: tuple[str, ...]) -> None:
        said = ""
        if is_link:
            said, real = _leads(path, root, above)
            is_dir, is_file = os.path.isdir(real), os.path.isfile(real)
        if not said and not is_dir and not is_file:
            said = "no-file"
        if said:
            name = project.name(Path(path))
            problems.append(Problem(name, 0, said, _SAID[said], _COPY))
        elif is_dir:
            stack.append((path, (*above, os.path.realpath(path))))

    for folder in (project.corpus, project.coding, project.journal):
        if os.path.lexists(folder):
            look(str(folder), folder.is_symlink(), folder.is_dir(), folder.is_file(), (root,))
    while stack:
        path, above = stack.pop()
        with os.scandir(path) as entries:
            for item in entries:
                kinds = (item.is_dir(follow_symlinks=False), item.is_file(follow_symlinks=False))
                look(item.path, item.is_symlink(), *kinds, above)
    return sorted(problems)


_SAID = {
    "foreign-link": "a link that leads out of the project; it is not read",
    "link-loop": "a link that leads back to itself or to a folder around it",
    "dead-link": "a link that leads nowhere",
    "no-file": "neither a file nor a folder",
}


def _leads(path: str, root: str, above: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with a link, if anything, and where it leads."""
    try:
        real = os.path.realpath(path, strict=True)
    except FileNotFoundError:
        real = os.path.realpath(path)
        return ("dead-link" if _inside(real, root) else "foreign-link"), real
    except OSError:
        return "link-loop", path
    if not _inside(real, root):
        return "foreign-link", real
    return ("link-loop" if real in above else ""), real


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
