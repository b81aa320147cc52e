"""The command `evidence`: reads arguments, prints; the work is done elsewhere."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.add_commands import register as register_adding
from pipeline.commands.console import (
    HERE,
    ProjectOption,
    Proxies,
    PublicUrl,
    fail,
    find,
    inputs,
    listed,
    print_problems,
    progress,
    reached,
    say,
)
from pipeline.commands.export_commands import register as register_exports
from pipeline.commands.model_commands import app as model_app
from pipeline.commands.project_commands import register as register_projects
from pipeline.commands.reading_commands import register as register_reading
from pipeline.commands.report_commands import register as register_reports
from pipeline.commands.review_commands import app as review_app
from pipeline.commands.scheme_commands import app as scheme_app
from pipeline.commands.screening_commands import app as screening_app
from pipeline.commands.screening_commands import register as register_screening
from pipeline.commands.spoken_language import Commands
from pipeline.published.agreement.agreement_formats import AGREEMENT_FORMATS

app = Commands(
    name="evidence",
    help="Evidence on who does what to make cross-sector innovation work. With --lang nl, or "
    "EVIDENCE_LANG=nl, messages are in Dutch.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
register_projects(review_app)
app.add_typer(model_app)
app.add_typer(review_app)
app.add_typer(scheme_app)
app.add_typer(screening_app)


@app.command()
def build(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write.")
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Read and tag in so many processes of this machine.", min=1)
    ] = 1,
    dask: Annotated[
        str, typer.Option(help="Read and tag on the workers of this Dask scheduler: tcp://….")
    ] = "",
    project: ProjectOption = HERE,
) -> None:
    """Make the database orchestration.db. What has not changed is not done again."""
    from pipeline.commands.text_table import sum_line

    with inputs(), progress() as (tell, bar):
        from pipeline.build.recipe import build as run
        from pipeline.build.spreading import Spread

        built = run(find(project), output, tell, bar, Spread(workers, dask))
    print_problems(built.problems)
    if built.fresh:
        say(
            f"{built.path}: {built.studies} studies, {built.passages} passages "
            f"({built.tagged} tagged now)."
        )
        if built.texts:
            say(sum_line(built.texts))
    else:
        say(f"{built.path} is up to date.")


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    texts: Annotated[
        bool, typer.Option("--texts", help="List every full text, also where there are many.")
    ] = False,
    project: ProjectOption = HERE,
) -> None:
    """Report everything that is wrong, with file, line and the way to mend it."""
    from pipeline.build.check import check_project
    from pipeline.commands.text_table import text_lines
    from pipeline.ground.problems import errors

    with inputs(), progress() as (tell, bar):
        checked = check_project(find(project, checking=True), tell, bar)
    problems = checked.problems
    if as_json:
        told: object = [item.as_dict() for item in problems]
        if texts:
            told = {"problems": told, "texts": [asdict(item) for item in checked.texts]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            say(str(problem))
        for line in text_lines(checked.texts, texts):
            say(line)
        wrong = len(errors(problems))
        say(f"{wrong} error(s), {len(problems) - wrong} warning(s).")
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
    public_url: PublicUrl = None,
    proxies: Proxies = None,
    project: ProjectOption = HERE,
) -> None:
    """Build if needed, and serve the site, read-only."""
    from pipeline.build.recipe import build as run
    from pipeline.web.serve import PortTaken, listen, make_site
    from pipeline.web.serve import run as serve_site

    found = find(project)
    place = reached(found, public_url, proxies)
    with inputs(), progress() as (tell, bar):
        built = run(found, None, tell, bar)
    print_problems(built.problems)
    try:
        listener = listen(host, port)
    except PortTaken as error:
        say(f"Port {error.port} on {host} is taken. Choose another with --port.", err=True)
        raise typer.Exit(1) from None
    place = place.on(host, listener.getsockname()[1])
    *public, here = place.links("/")
    say(f"Serving {built.path} at {here} (stop with Ctrl-C)")
    for address in public:
        say(f"Its permanent links begin with {address}")
    if open_browser:
        typer.launch(here)
    with inputs():
        site = make_site(found, allow_sql, place)
    serve_site(site, listener, place.proxies)


@app.command()
def suggest(
    file: Annotated[str, typer.Argument(help="A text file, JSON lines, or - for standard input.")],
    output_format: Annotated[str, typer.Option("--format", "-f", help="text or jsonl.")] = "text",
    lang: Annotated[str, typer.Option(help="Language of plain lines: en, nl, or auto.")] = "auto",
    dimension: Annotated[
        str | None, typer.Option(help="Which dimension; all for every one. Default: the roles.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Print the score of every code, suggested or not.")
    ] = False,
    project: ProjectOption = HERE,
) -> None:
    """Suggest codes for any text: one passage a line, or JSON lines with id, lang, text."""
    from pipeline.tagger.suggest import FORMATS, suggest_lines

    if output_format not in FORMATS:
        fail(f"No format '{output_format}'. Formats are {', '.join(FORMATS)}.")
    lines = _lines(file)
    with inputs(), progress() as (tell, _):
        found = find(project)
        for line in suggest_lines(found, lines, file, lang, dimension, output_format, every, tell):
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
    from pipeline.desk.learning.evaluation import cross_validate, evaluate_project, render
    from pipeline.desk.learning.training import said_of_training

    with inputs(), progress() as (tell, _):
        if folds > 1:
            reports = cross_validate(find(project), dimension, folds, tell)
        else:
            reports = evaluate_project(find(project), file, dimension, tell)
    if as_json:
        typer.echo(json.dumps([report.as_dict() for report in reports], indent=2))
    else:
        typer.echo(render(reports))
        for line in said_of_training(find(project)):
            say(line)


@app.command()
def agreement(
    item: Annotated[
        str | None, typer.Option("--round", help="Which round. Default: all that may be compared.")
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", help=f"{listed(AGREEMENT_FORMATS)}.")
    ] = "text",
    screening: Annotated[
        bool, typer.Option("--screening", help="Of screeners on candidates, by stage.")
    ] = False,
    project: ProjectOption = HERE,
) -> None:
    """How far coders agree, per code and overall, and the machine with them."""
    from pipeline.desk.review.review_desk import open_desk
    from pipeline.desk.review.rounds import agreement_of, comparable
    from pipeline.published.agreement import agreement_output

    if output_format not in AGREEMENT_FORMATS:
        fail(f"No format '{output_format}'. Formats are {', '.join(AGREEMENT_FORMATS)}.")
    if screening:
        from pipeline.commands.screening_commands import print_agreement

        print_agreement(find(project), output_format)
        return
    with inputs(), progress() as (tell, bar):
        desk = open_desk(find(project), tell, bar)
    if item is not None and item not in desk.rounds:
        fail(f"No round '{item}'. Rounds are {', '.join(desk.rounds)}.")
    chosen = [entry for entry in comparable(desk) if item in (None, entry.id)]
    if not chosen:
        names = ", ".join(entry.id for entry in comparable(desk)) or "none yet"
        fail(
            "Agreement needs two coders, and a blind round is first opened for comparison. "
            f"Rounds that may be compared: {names}."
        )
    write = getattr(agreement_output, AGREEMENT_FORMATS[output_format])
    for entry in chosen:
        typer.echo(write(agreement_of(desk, entry), desk.scheme))


@app.command()
def train(project: ProjectOption = HERE) -> None:
    """Learn from reviewed decisions, and use it for the codes where it suggests better."""
    from pipeline.desk.learning.training import said_of_training, train_project

    found = find(project)
    with inputs(), progress("Leaving out one study at a time") as (tell, bar):
        trained = train_project(found, tell, bar)
    for line in said_of_training(found):
        say(line)
    name = found.name(found.training)
    say(f"{name} was written." if trained.changed else f"{name} stays as it is.")


def _lines(file: str) -> list[str]:
    from pipeline.ground.problems import InputError
    from pipeline.ground.text import decode_utf8

    if file != "-" and not Path(file).is_file():
        fail(f"No file '{file}'.")
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    text, problems = decode_utf8(data, file)
    with inputs():
        if problems:
            raise InputError(problems)
    return text.splitlines()


register_adding(app)
register_exports(app)
register_reading(app)
register_reports(app)
register_screening(app)

if __name__ == "__main__":
    app()
