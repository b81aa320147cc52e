"""The command `evidence prisma`: reads arguments; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import HERE, ProjectOption, fail, find, inputs

LANGUAGES = ("en", "nl")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(prisma)


def prisma(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write: .svg, .png or .csv.")
    ],
    lang: Annotated[str, typer.Option(help="en or nl.")] = "en",
    project: ProjectOption = HERE,
) -> None:
    """Draw the PRISMA 2020 flow diagram of the review, or write its counts as CSV."""
    from pipeline.bibliography import read_references
    from pipeline.export.files import write_whole
    from pipeline.problems import InputError, errors
    from pipeline.scheme import read_scheme
    from pipeline.screening.diagram import DRAWN
    from pipeline.screening.flow import flow_of
    from pipeline.screening.screened import read_screened

    found = find(project)
    kind = output.suffix.removeprefix(".").lower()
    if kind not in DRAWN:
        fail(f"No format '{output.suffix}'. Formats are {', '.join(DRAWN)}.")
    if lang not in LANGUAGES:
        fail(f"No language '{lang}'. Languages are {', '.join(LANGUAGES)}.")
    with inputs():
        scheme = read_scheme(found.scheme, found.name(found.scheme))
        references = read_references(found.references, found.name(found.references))
        screened = read_screened(found, references.studies, scheme.screening)
        problems = errors([*references.problems, *screened.problems])
        if problems:
            raise InputError(problems)
        flow = flow_of(screened, scheme, lang)
        write_whole(output, [DRAWN[kind](flow, lang)])
    for fault in flow.faults(lang):
        typer.echo(fault, err=True)
    typer.echo(f"{output} was written.", err=True)
