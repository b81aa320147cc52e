"""The commands of screening: read arguments, print; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.console import HERE, ProjectOption, fail, find, inputs, writing
from pipeline.ground.texts import LANGUAGES
from pipeline.ground.writing import write_whole

if TYPE_CHECKING:
    from pipeline.ground.project import Project
    from pipeline.model.scheme import Scheme
    from pipeline.sources.screening.screened import Screened


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
    from pipeline.build.prisma_flow import flow_of
    from pipeline.published.prisma.prisma_diagram import DRAWN

    found = find(project)
    kind = output.suffix.removeprefix(".").lower()
    if kind not in DRAWN:
        fail(f"No format '{output.suffix}'. Formats are {', '.join(DRAWN)}.")
    if lang not in LANGUAGES:
        fail(f"No language '{lang}'. Languages are {', '.join(LANGUAGES)}.")
    with inputs():
        scheme, screened = _read(found)
        flow = flow_of(screened, scheme, lang)
        drawn = DRAWN[kind].draw(flow, lang)
    with writing(output):
        write_whole(output, [drawn])
    for fault in flow.faults(lang):
        typer.echo(fault, err=True)
    typer.echo(f"{output} was written.", err=True)


def print_agreement(project: Project, output_format: str) -> None:
    """Print how far screeners agree; `evidence agreement --screening`."""
    from pipeline.published.agreement import screener_agreement_output
    from pipeline.published.agreement.agreement_formats import AGREEMENT_FORMATS
    from pipeline.sources.screening.screener_agreement import agreement

    with inputs():
        scheme, screened = _read(project)
    found = agreement(screened.lines, screened.public(scheme.screening))
    if not found:
        fail(
            "Agreement needs two screeners and blind screening (screening in coding/scheme.yml), "
            "and a candidate that both have decided: there is none yet."
        )
    typer.echo(getattr(screener_agreement_output, AGREEMENT_FORMATS[output_format])(found))


def _read(project: Project) -> tuple[Scheme, Screened]:
    """The scheme, and everything about screening. Raises InputError where either has errors."""
    from pipeline.ground.problems import InputError, errors
    from pipeline.model.scheme import read_scheme
    from pipeline.sources.bibliography.references import read_references
    from pipeline.sources.screening.screened import read_screened

    scheme = read_scheme(project.scheme, project.name(project.scheme))
    references = read_references(project.references, project.name(project.references))
    screened = read_screened(project, references.studies, scheme.screening)
    problems = errors([*references.problems, *screened.problems])
    if problems:
        raise InputError(problems)
    return scheme, screened
