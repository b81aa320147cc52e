"""The commands of screening: read arguments, print; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.console import (
    HERE,
    ProjectOption,
    changes,
    fail,
    find,
    inputs,
    numbers,
    pair,
    progress,
    say,
    writing,
)
from pipeline.commands.spoken_language import Commands
from pipeline.ground.texts import LANGUAGES
from pipeline.ground.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.desk.screening.returned.returned_preview import ReturnedItem, ReturnPreview
    from pipeline.desk.screening.screening_desk import ScreeningDesk
    from pipeline.ground.project import Project
    from pipeline.model.scheme import Scheme
    from pipeline.sources.screening.screened import Screened


app = Commands(
    name="screening",
    help="Give candidates to other screening programs, and take their decisions in.",
    no_args_is_help=True,
)
Stage = Annotated[str, typer.Option(help="The stage of screening, such as abstract.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(prisma)


@app.command("export")
def export_candidates(
    output_format: Annotated[str, typer.Option("--format", "-f", help="ris or csv.")],
    stage: Stage = "",
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only those: undecided, awaiting, conflict, excluded …; repeatable."),
    ] = None,
    coder: Annotated[
        str, typer.Option(help="For whom: where screening is blind, as this screener sees it.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write. Default: print it.")
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Write candidates with their abstracts, for ASReview, Rayyan, Covidence or EPPI-Reviewer."""
    from pipeline.desk.screening.candidate_files import CANDIDATE_FORMATS, candidate_records

    if output_format not in CANDIDATE_FORMATS:
        fail(f"No format '{output_format}'. Formats are {', '.join(CANDIDATE_FORMATS)}.")
    desk = _desk(find(project), coder)
    with inputs():
        records = candidate_records(desk, coder, stage, state or ())
    text = CANDIDATE_FORMATS[output_format][1](records)
    if output is None:
        typer.echo(text, nl=False)
        return
    with writing(output):
        write_whole(output, [text.encode()])
    say(f"{output}: {len(records)} candidates.", err=True)


@app.command("import")
def import_decisions(
    file: Annotated[Path, typer.Argument(help="A file of another screening program.")],
    coder: Annotated[str, typer.Option(help="Whose decisions they are.")],
    stage: Stage = "",
    of_all: Annotated[
        str, typer.Option("--as", help="What all records are, where the file does not say.")
    ] = "",
    person: Annotated[str, typer.Option(help="Whose answers, where several are in it.")] = "",
    reason: Annotated[
        list[str] | None,
        typer.Option(help="A reason there and ours: 'wrong setting=off_topic'; =ID for none."),
    ] = None,
    take: Annotated[
        list[str] | None, typer.Option(help="Doubtful records that are the study shown: 3,5.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Save; without it, only show.")] = False,
    project: ProjectOption = HERE,
) -> None:
    """Take in what was decided in another screening program, after a preview and your yes."""
    from pipeline.desk.screening.returned.returned_files import read_returned
    from pipeline.desk.screening.returned.returned_preview import (
        make_return_preview,
        read_options,
    )

    if not file.is_file():
        fail(f"No file '{file}'.")
    reasons = dict(pair("reason", "wrong setting=off_topic", text) for text in reason or [])
    desk = _desk(find(project), coder)
    with inputs():
        options = read_options(desk, stage, person, of_all, reasons, numbers(take or []))
        preview = make_return_preview(
            read_returned(file.read_bytes(), file.name), desk, coder, options
        )
    for line in _preview_lines(preview, desk):
        say(line)
    if not yes:
        say("Nothing was changed. To save: the same command with --yes.")
        return
    with changes():
        when = desk.save_all(coder, preview.answers)
    undo = f"evidence screening undo {when} --coder {coder}"
    say(f"{len(preview.answers)} decision(s) saved. To take them back: {undo}")


@app.command("undo")
def take_decisions_back(
    when: Annotated[str, typer.Argument(help="The moment at which they were taken in.")] = "",
    coder: Annotated[str, typer.Option(help="Whose decisions they are.")] = "",
    project: ProjectOption = HERE,
) -> None:
    """Take decisions back that came in at one moment; alone, list them."""
    desk = _desk(find(project), coder)
    if not when:
        for moment, lines in desk.batches(coder).items():
            say(f"{moment}  {len(lines)} decisions, the first: {lines[0].note[:80]}")
        return
    with changes():
        number = desk.take_back(coder, when)
    say(f"{number} decision(s) were taken back.")


def _desk(project: Project, coder: str) -> ScreeningDesk:
    """Screening as the files have it; ends the command where nobody is called so."""
    from pipeline.desk.opened_project import OpenedProject
    from pipeline.desk.review.review_desk import open_desk

    with inputs(), progress() as (tell, bar):
        desk = open_desk(project, tell, bar)
    active = [item.id for item in desk.coders.values() if item.active]
    if coder and coder not in active:
        fail(f"No active coder '{coder}'. Active coders are {', '.join(active)}.")
    return OpenedProject(desk).screening


def _preview_lines(preview: ReturnPreview, desk: ScreeningDesk) -> Iterator[str]:
    from pipeline.desk.screening.returned.returned_preview import in_states, notices, state_words

    file, counted = preview.file, preview.counts.items()
    counts = ", ".join(f"{number} {state_words(state)}" for state, number in counted if number)
    yield f"{file.name} ({file.title}), {len(preview.items)} records: {counts}"
    yield from notices(preview, desk)
    for state, items in in_states(preview.items).items():
        yield f"{state_words(state).capitalize()}:"
        yield from map(_item_line, items)


def _item_line(item: ReturnedItem) -> str:
    from pipeline.desk.screening.returned.returned_preview import how_words
    from pipeline.ground.problems import first_line

    title = first_line(item.record.title, 70) or "–"
    line = f"{item.record.number:>5}  {item.verdict or '–'}: {title}"
    if item.study:
        line += f"  = {item.study.key} ({how_words(item.how)})"
    if item.how == "title" or item.state == "doubtful":
        line += f": {first_line(item.study.title, 70) if item.study else ''}"
    if item.reason or item.said.reasons:
        line += f"  [{item.reason or '; '.join(item.said.reasons)}]"
    if item.standing:
        line += f"  here: {item.standing.verdict}"
    return line


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
        say(fault, err=True)
    say(f"{output} was written.", err=True)


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
