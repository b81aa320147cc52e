"""The command `evidence`: reads arguments, prints; the work is done elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.problems import Problem
    from pipeline.project import Project

app = typer.Typer(
    name="evidence",
    help="Evidence on who does what to make cross-sector innovation work.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
ProjectOption = Annotated[
    Path, typer.Option("--project", "-C", help="The project's folder.", show_default="here")
]
HERE = Path(".")


@app.command()
def build(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write.")
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Make the database orchestration.db. What has not changed is not done again."""
    from pipeline.build import build as run

    with _inputs(), _progress() as (tell, progress):
        built = run(_find(project), output, tell, progress)
    _print_problems(built.problems)
    if built.fresh:
        typer.echo(
            f"{built.path}: {built.studies} studies, {built.passages} passages "
            f"({built.tagged} tagged now)."
        )
    else:
        typer.echo(f"{built.path} is up to date.")


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    project: ProjectOption = HERE,
) -> None:
    """Report everything that is wrong, with file, line and the way to mend it."""
    from pipeline.check import check_project
    from pipeline.problems import errors

    with _inputs(), _progress() as (tell, progress):
        problems = check_project(_find(project), tell, progress)
    if as_json:
        typer.echo(json.dumps([item.as_dict() for item in problems], ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            typer.echo(str(problem))
        wrong = len(errors(problems))
        typer.echo(f"{wrong} error(s), {len(problems) - wrong} warning(s).")
    if errors(problems):
        raise typer.Exit(1)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8001,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open a browser window.")
    ] = True,
    allow_sql: Annotated[
        bool, typer.Option("--allow-sql", help="Let visitors write their own SQL.")
    ] = False,
    project: ProjectOption = HERE,
) -> None:
    """Build if needed, and serve the site, read-only."""
    from pipeline.build import build as run
    from pipeline.serve import PortTaken, listen, serve_project

    found = _find(project)
    with _inputs(), _progress() as (tell, progress):
        built = run(found, None, tell, progress)
    _print_problems(built.problems)
    try:
        listener = listen(host, port)
    except PortTaken as error:
        typer.echo(f"Port {error.port} on {host} is taken. Choose another with --port.", err=True)
        raise typer.Exit(1) from None
    address = f"http://{host}:{listener.getsockname()[1]}/"
    typer.echo(f"Serving {built.path} at {address} (stop with Ctrl-C)")
    if open_browser:
        typer.launch(address)
    serve_project(found, listener, allow_sql)


@app.command()
def suggest(
    file: Annotated[str, typer.Argument(help="A text file, JSON lines, or - for standard input.")],
    output_format: Annotated[str, typer.Option("--format", "-f", help="text or jsonl.")] = "text",
    lang: Annotated[str, typer.Option(help="Language of plain lines: en, nl, or auto.")] = "auto",
    dimension: Annotated[
        str | None, typer.Option(help="Which dimension; all for every one. Default: the roles.")
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Suggest codes for any text: one passage a line, or JSON lines with id, lang, text."""
    from pipeline.suggest import FORMATS, suggest_lines

    if output_format not in FORMATS:
        _fail(f"No format '{output_format}'. Formats are {', '.join(FORMATS)}.")
    lines = _lines(file)
    with _inputs(), _progress() as (tell, _):
        for line in suggest_lines(
            _find(project), lines, file, lang, dimension, output_format, tell
        ):
            typer.echo(line)


@app.command()
def evaluate(
    file: Annotated[
        Path | None,
        typer.Argument(help="JSON lines with lang, text, codes. Default: held examples."),
    ] = None,
    dimension: Annotated[str | None, typer.Option(help="Default: the roles.")] = None,
    folds: Annotated[
        int, typer.Option(help="Cross-validate on the examples in so many folds.", min=0)
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    project: ProjectOption = HERE,
) -> None:
    """Precision, recall and F1 of the suggestions, per code and language."""
    from pipeline.evaluation import cross_validate, evaluate_project, render

    with _inputs(), _progress() as (tell, _):
        if folds > 1:
            reports = cross_validate(_find(project), dimension, folds, tell)
        else:
            reports = evaluate_project(_find(project), file, dimension, tell)
    if as_json:
        typer.echo(json.dumps([report.as_dict() for report in reports], indent=2))
    else:
        typer.echo(render(reports))


def _find(folder: Path) -> Project:
    from pipeline.project import find_project

    try:
        return find_project(folder)
    except FileNotFoundError as error:
        _fail(str(error))
        raise


def _fail(message: str) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _print_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        typer.echo(str(problem), err=True)


def _lines(file: str) -> list[str]:
    from pipeline.problems import InputError, decode_utf8

    if file != "-" and not Path(file).is_file():
        _fail(f"No file '{file}'.")
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    text, problems = decode_utf8(data, file)
    with _inputs():
        if problems:
            raise InputError(problems)
    return text.splitlines()


@contextmanager
def _inputs() -> Iterator[None]:
    """Faults of input files are printed, all of them, and end the command with 1."""
    from pipeline.problems import InputError, errors

    try:
        yield
    except InputError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        typer.echo(f"{len(errors(error.problems))} error(s); nothing was changed.", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("Interrupted; nothing was changed.", err=True)
        raise typer.Exit(130) from None


@contextmanager
def _progress() -> Iterator[tuple[Callable[[str], None], Callable[[int, int], None]]]:
    """A progress bar on a terminal's standard error, silence elsewhere."""
    if not sys.stderr.isatty():
        yield (lambda message: typer.echo(message, err=True)), (lambda done, total: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading and tagging", total=None)
        yield (
            bar.console.print,
            lambda done, total: bar.update(task, completed=done, total=total),
        )


if __name__ == "__main__":
    app()
