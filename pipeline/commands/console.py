"""What commands share: finding the project, printing problems, showing progress."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from pipeline.ground.problems import Problem
    from pipeline.ground.project import Project
    from pipeline.ground.reporting import Progress, Tell
    from pipeline.web.site_address import SiteAddress

ProjectOption = Annotated[
    Path, typer.Option("--project", "-C", help="The project's folder.", show_default="here")
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url", help="How permanent links begin, such as https://evidence.example.org."
    ),
]
Proxies = Annotated[
    list[str] | None,
    typer.Option(
        "--proxy",
        help="Address of a proxy in front that says where visitors come from; can be repeated.",
    ),
]
HERE = Path(".")


def find(folder: Path, checking: bool = False) -> Project:
    """The project of a folder; ends the command where there is none.

    Ends it as well where its files cannot be read, unless that is told by who is `checking`.
    """
    from pipeline.ground.changeset import recover
    from pipeline.ground.file_format import unreadable
    from pipeline.ground.problems import InputError
    from pipeline.ground.project import find_project

    try:
        project = find_project(folder)
    except FileNotFoundError as error:
        fail(str(error))
    problems = unreadable(project)
    with inputs():
        if problems and not checking:
            raise InputError(problems)
        if not problems:
            recover(project)
    return project


def listed(names: Iterable[str]) -> str:
    """Names in help and in messages: a, b or c."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def say(text: str, err: bool = False) -> None:
    """Print lines in the language that is spoken."""
    from pipeline.ground.catalogue import said

    typer.echo("\n".join(map(said, text.split("\n"))), err=err)


def fail(message: str) -> NoReturn:
    """End the command with a message."""
    say(message, err=True)
    raise typer.Exit(2)


def reached(project: Project, public_url: str | None, proxies: list[str] | None) -> SiteAddress:
    """How a site will be reached; ends the command where that cannot be."""
    from pipeline.web import serve

    try:
        with inputs():
            return serve.reached(project, public_url, proxies)
    except ValueError as error:
        fail(str(error))


def print_problems(problems: tuple[Problem, ...]) -> None:
    """On standard error, so that output can be piped."""
    for problem in problems:
        say(str(problem), err=True)


def pair(option: str, example: str, text: str) -> tuple[str, str]:
    """The two sides of NAME=VALUE; ends the command where it is written otherwise."""
    name, equals, value = text.rpartition("=")
    if not equals:
        fail(f"Write --{option} like '{example}', not '{text}'.")
    return name.strip(), value.strip()


def numbers(texts: Iterable[str]) -> list[int]:
    """Numbers of records, written 3,5; ends the command where one is none."""
    parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    for part in parts:
        if not part.isdigit():
            fail(f"'{part}' is no number of a record.")
    return [int(part) for part in parts]


@contextmanager
def inputs() -> Iterator[None]:
    """Faults of input files, and why something was not done, are printed and end it with 1."""
    from pipeline.ground.problems import InputError, Mendable, errors

    try:
        yield
    except InputError as error:
        for problem in error.problems:
            say(str(problem), err=True)
        say(f"{len(errors(error.problems))} error(s); nothing was changed.", err=True)
        raise typer.Exit(1) from None
    except Mendable as error:
        _not_changed(error.reasons)
    except KeyboardInterrupt:
        say("Interrupted; nothing was changed.", err=True)
        raise typer.Exit(130) from None


@contextmanager
def changes() -> Iterator[None]:
    """Like `inputs`, where files are changed, which the disk may refuse."""
    with inputs():
        try:
            yield
        except OSError as error:
            _not_changed((str(error),))


def _not_changed(reasons: tuple[str, ...]) -> NoReturn:
    for reason in reasons:
        say(reason, err=True)
    say("Nothing was changed.", err=True)
    raise typer.Exit(1) from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A file that cannot be written ends the command with a message."""
    try:
        yield
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")


@contextmanager
def progress(
    title: str = "Reading and tagging",
) -> Iterator[tuple[Tell, Progress]]:
    """A progress bar on a terminal's standard error, silence elsewhere."""
    from pipeline.ground.catalogue import said
    from pipeline.ground.reporting import silent

    if not sys.stderr.isatty():
        yield (lambda message: say(message, err=True)), silent
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(said(title), total=None, what="")

        def show(done: int, total: int, what: str = "", /) -> None:
            bar.update(task, completed=done, total=total, what=escape(what))

        yield (lambda message: bar.console.print(said(message))), show
