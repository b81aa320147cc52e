"""The commands `evidence add` and `evidence imports`: read arguments, print."""

from __future__ import annotations

import json
import sys
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
)

if TYPE_CHECKING:
    from pipeline.desk.adding.accepting import Origin, RecordChoice
    from pipeline.desk.adding.import_preview import Preview
    from pipeline.ground.problems import Problem
    from pipeline.ground.project import Project

KINDS = ("database", "register", "other")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(add)
    app.command("imports")(list_imports)
    app.command("merge")(merge_studies)


def add(
    files: Annotated[
        list[str], typer.Argument(help="Files of references; - reads pasted text.", metavar="FILE…")
    ],
    source: Annotated[
        str, typer.Option(help="Where the records come from. Default: the file's name.")
    ] = "",
    kind: Annotated[str, typer.Option(help=f"{', '.join(KINDS)}.")] = "database",
    coder: Annotated[str, typer.Option(help="Who adds them.")] = "",
    file_format: Annotated[
        str | None, typer.Option("--format", "-f", help="Default: seen from the content.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="What a column of a table holds: Titre=title; can be repeated."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Add what is new and merge what is here already.")
    ] = False,
    new: Annotated[
        list[str] | None, typer.Option(help="Records to add although like others: 3,5.")
    ] = None,
    merge: Annotated[
        list[str] | None, typer.Option(help="A record and the study that it is: 4=KEY.")
    ] = None,
    leave: Annotated[list[str] | None, typer.Option(help="Records to leave out: 7,9.")] = None,
    abstracts: Annotated[
        bool,
        typer.Option(
            "--abstracts/--no-abstracts",
            help="Keep abstracts here for screening and tagging; they are never published.",
        ),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the preview as JSON.")] = False,
    project: ProjectOption = HERE,
) -> None:
    """Add studies from files of references, after a preview and your yes."""
    from pipeline.desk.adding.accepting import Origin

    found = find(project)
    if kind not in KINDS:
        fail(f"No kind '{kind}'. Kinds are {', '.join(KINDS)}.")
    if len(files) > 1 and (new or merge or leave):
        fail("Numbers belong to one file: add files that need them one by one.")
    choices = _choices(new or [], merge or [], leave or [])
    by_hand = dict(pair("column", "Titre=title", text) for text in column or [])
    previews = _previews(found, files, file_format, by_hand)
    printed = []
    for file, preview in previews:
        if as_json:
            from pipeline.desk.adding.import_summary import as_json as value

            printed.append(value(preview))
        else:
            from pipeline.desk.adding.import_summary import as_text

            for line in as_text(preview):
                say(line)
        if yes or (not as_json and _asked(files)):
            name = source or (Path(file).stem if file != "-" else "pasted")
            _accept(found, preview, Origin(name, kind, coder, abstracts), choices)  # type: ignore[arg-type]
        elif not as_json:
            say("Nothing was changed. To add: the same command with --yes.")
    if as_json:
        typer.echo(json.dumps(printed, ensure_ascii=False, indent=2))


def list_imports(
    undo: Annotated[str, typer.Option(help="Take this import back.")] = "",
    coder: Annotated[str, typer.Option(help="Who takes it back.")] = "",
    even_screened: Annotated[
        bool,
        typer.Option("--even-screened", help="Although lines of screeners would be orphaned."),
    ] = False,
    project: ProjectOption = HERE,
) -> None:
    """List what was imported; take one import back whole."""
    from pipeline.desk.adding.accepting import NotAccepted, library
    from pipeline.desk.adding.import_summary import abstracts
    from pipeline.desk.adding.undoing import WouldOrphan
    from pipeline.desk.adding.undoing import undo as take_back

    found = find(project)
    with inputs():
        if undo:
            with changes():
                try:
                    record = take_back(found, undo, coder, even_screened)
                except WouldOrphan as error:
                    how = "To take it back all the same: --even-screened"
                    raise NotAccepted([*error.reasons, how]) from None
            say(f"{undo} was taken back: {len(record.added)} studies.")
            return
        _, imports = library(found)
    for item in imports.records:
        state = f"undone {item.undone.at[:10]}" if item.undone else f"{len(item.added)} added"
        more = f", {len(item.merged)} merged, {item.broken} broken, {item.left_out} left out"
        more += f", {abstracts(len(item.abstracts))}" if item.abstracts else ""
        say(f"{item.id}  {item.source}: {item.found} records, {state}{more}")
    if not imports.records:
        say("Nothing was imported yet.")


def merge_studies(
    key: Annotated[str, typer.Argument(help="The study that is another one.")] = "",
    into: Annotated[str, typer.Argument(help="The study that is kept.")] = "",
    coder: Annotated[str, typer.Option(help="Who merges them.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Merge; without it, only show.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Read KEY as one of its own again.")] = False,
    project: ProjectOption = HERE,
) -> None:
    """Read two entries of the bibliography as one study; alone, list those that look like one."""
    from pipeline.desk.adding.accepting import library
    from pipeline.desk.adding.import_summary import merges_as_text, pair_as_text
    from pipeline.desk.adding.look_alikes import alike
    from pipeline.sources.merges import merge, take_back

    found = find(project)
    with inputs():
        references, imports = library(found)
        if undo:
            ended = take_back(found, key, coder)
            say(f"{ended.key} is a study of its own again, apart from {ended.into}.")
            return
        studies = {study.key: study for study in references.studies}
        if not key:
            for line in merges_as_text(imports.merges, alike(references.studies, imports.merges)):
                say(line)
            return
        if key in studies and into in studies:
            for line in pair_as_text(studies[key], studies[into]):
                say(line)
        if yes or key not in studies or into not in studies:
            made = merge(found, key, into, studies, coder)
            undoing = f"evidence merge {made.key} --undo"
            say(f"{made.key} is read as {made.into}. To take it back: {undoing}")
        else:
            say("Nothing was changed. To merge: the same command with --yes.")


def _previews(
    project: Project, files: list[str], file_format: str | None, by_hand: dict[str, str]
) -> list[tuple[str, Preview]]:
    from dataclasses import replace

    from pipeline.desk.adding.accepting import lacking_abstract, library
    from pipeline.desk.adding.import_preview import make_preview
    from pipeline.desk.adding.reference_files import read_shipment
    from pipeline.ground.problems import InputError, errors

    result = []
    problems: list[Problem] = []
    with inputs(), progress("Reading and comparing") as (_, bar):
        references, imports = library(project)
        studies = list(references.studies)
        lacking = lacking_abstract(project, imports)
        for file in files:
            if file != "-" and not Path(file).is_file():
                fail(f"No file '{file}'.")
            data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            try:
                name = file if file != "-" else "pasted text"
                shipment = read_shipment(data, name, file_format, by_hand)
            except InputError as error:
                problems += error.problems
                continue
            preview = make_preview(shipment, studies, imports, lacking)
            studies += [
                replace(item.study, key=item.key)
                for item in preview.items
                if item.state == "new" and item.study is not None
            ]
            result.append((file, preview))
            bar(len(result), len(files))
        if errors(problems):
            raise InputError(problems)
    return result


def _accept(
    project: Project, preview: Preview, origin: Origin, choices: dict[int, RecordChoice]
) -> None:
    from pipeline.desk.adding.accepting import accept
    from pipeline.desk.adding.import_summary import result

    with changes(), progress("Adding") as (_, bar):
        record = accept(project, preview, origin, choices, bar)
    say(f"{result(record)} To take it back: evidence imports --undo {record.id}")


def _asked(files: list[str]) -> bool:
    if "-" in files or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    from pipeline.ground.catalogue import said

    return typer.confirm(said("Add what is new, and merge what is here already?"))


def _choices(new: list[str], merge: list[str], leave: list[str]) -> dict[int, RecordChoice]:
    from pipeline.desk.adding.accepting import RecordChoice

    choices = {number: RecordChoice("add") for number in numbers(new)}
    choices |= {number: RecordChoice("leave") for number in numbers(leave)}
    for text in merge:
        number, equals, key = text.partition("=")
        if not equals or not number.strip().isdigit():
            fail(f"Write a record and its study like 4=KEY, not '{text}'.")
        choices[int(number)] = RecordChoice("merge", key.strip())
    return choices
