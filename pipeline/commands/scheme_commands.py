"""The commands `evidence scheme …`: read arguments, print; the work is done elsewhere."""

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
    progress,
    say,
)
from pipeline.commands.spoken_language import Commands

if TYPE_CHECKING:
    from pipeline.ground.project import Project
    from pipeline.sources.migrations.migration_files import Migration
    from pipeline.sources.migrations.scheme_changes import Change

app = Commands(
    name="scheme",
    help="Change the coding scheme: preview, apply, take back, compare, import.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="The migration's id: coding/migrations/<id>.yml.")]
Coder = Annotated[str, typer.Option(help="Who does it.")]


@app.command("list")
def list_migrations(project: ProjectOption = HERE) -> None:
    """List the migrations, and say which are applied."""
    from pipeline.desk.scheme.migration_text import migration_line
    from pipeline.ground.problems import InputError, errors
    from pipeline.model.scheme import read_scheme
    from pipeline.sources.migrations.migration_files import read_migrations

    found = find(project)
    with inputs():
        scheme = read_scheme(found.scheme, found.name(found.scheme))
        migrations = read_migrations(found)
        if errors(migrations.problems):
            raise InputError(errors(migrations.problems))
    say(f"The scheme is at version {scheme.version}.")
    for item in migrations.items:
        say(migration_line(item))


@app.command()
def preview(name: Name, project: ProjectOption = HERE) -> None:
    """Show what a migration would change, and change nothing."""
    found = find(project)
    with inputs():
        migration = _migration(found, name)
    _preview(found, migration.changes)


@app.command()
def apply(name: Name, coder: Coder = "", project: ProjectOption = HERE) -> None:
    """Apply a migration that stands in its file."""
    from pipeline.desk.scheme.migration_steps import apply as run

    found = find(project)
    with changes():
        migration = run(found, Path(name).stem, coder)
    say(f"{migration.id} was applied: the scheme is at version {migration.to}.")


@app.command("take-back")
def take_back(name: Name, coder: Coder = "", project: ProjectOption = HERE) -> None:
    """Take the last migration back: every file as it was, byte for byte."""
    from pipeline.desk.scheme.migration_steps import take_back as run

    found = find(project)
    with changes():
        migration = run(found, Path(name).stem, coder)
    say(f"{migration.id} was taken back: the scheme is at version {migration.from_version}.")


@app.command()
def compare(
    one: Annotated[int, typer.Argument(help="A version.")],
    other: Annotated[int, typer.Argument(help="Another version.")],
    project: ProjectOption = HERE,
) -> None:
    """Show what differs between two versions of the scheme."""
    from pipeline.desk.scheme.migration_text import difference_line
    from pipeline.desk.scheme.version_differences import compare as differences
    from pipeline.sources.migrations.migration_files import read_migrations, version_of

    found = find(project)
    with inputs():
        migrations = read_migrations(found).applied
        schemes = [version_of(found, migrations, version) for version in (one, other)]
    for version, scheme in zip((one, other), schemes, strict=True):
        if scheme is None:
            fail(f"Version {version} of the scheme was not kept.")
    assert schemes[0] is not None
    assert schemes[1] is not None
    rows = differences(schemes[0], schemes[1])
    for row in rows:
        say(difference_line(row))
    say(f"{len(rows)} differences.")


@app.command("import")
def import_codebook(
    file: Annotated[Path, typer.Argument(help="A codebook: REFI-QDA .qdc or .qdpx, or CSV.")],
    dimension: Annotated[
        str | None, typer.Option(help="Where new codes go. Default: the roles.")
    ] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option("--as", help="What a code of it is: NAME=CODE, NAME=new or NAME=leave."),
    ] = None,
    why: Annotated[str, typer.Option(help="Why; with it, new codes are added.")] = "",
    coder: Coder = "",
    project: ProjectOption = HERE,
) -> None:
    """Show how another program's codebook maps to ours; with --why, add what is new."""
    from pipeline.commands.console import print_problems
    from pipeline.desk.codebooks.codebook_formats import read_codebook
    from pipeline.desk.codebooks.hand_choices import choose, read_choices
    from pipeline.desk.codebooks.mapping import additions, map_codebook
    from pipeline.desk.scheme.migration_steps import save
    from pipeline.model.scheme import read_scheme

    found = find(project)
    if not file.is_file():
        fail(f"No file '{file}'.")
    with inputs():
        scheme = read_scheme(found.scheme, found.name(found.scheme))
        target = dimension or scheme.evidence
        if target not in scheme.by_id:
            fail(f"No dimension '{target}'. Dimensions are {', '.join(scheme.by_id)}.")
        book = read_codebook(file.read_bytes(), str(file))
        mapped = map_codebook(book, scheme, target)
        mapped = choose(mapped, read_choices(choice or (), mapped), scheme)
    print_problems(book.warnings)
    for item in mapped:
        where = item.code or item.proposed
        say(f"{item.state:9} {item.entry.name}" + (f" → {where}" if where else ""))
        if item.why:
            say(f"          {item.why}")
        for field, ours, theirs in item.differs:
            say(f"          {field}: {ours or '–'} | {theirs or '–'}")
    new = additions(mapped)
    say(f"{len(new)} new of {len(mapped)}.")
    if any(item.state == "alike" for item in mapped):
        say('Say what is "alike": --as "NAME=CODE", "NAME=new" or "NAME=leave".')
    if not why or not new:
        if new:
            say('To add them: the same command with --why "…".')
        return
    with changes():
        migration = save(found, new, why, coder)
    say(f"Added by {migration.id}: the scheme is at version {migration.to}.")


def _preview(project: Project, planned: tuple[Change, ...]) -> None:
    from pipeline.desk.scheme.migration_plan import effects, make_plan
    from pipeline.desk.scheme.migration_text import plan_lines, trial_lines
    from pipeline.desk.scheme.plan_indicators import trials
    from pipeline.sources.decisions import read_codings

    with inputs(), progress() as (tell, bar):
        plan = make_plan(project, planned)
        codings = read_codings(project)
        for line in plan_lines(project, plan, effects(plan, codings.open)):
            say(line)
        for trial in trials(project, plan, tell, bar):
            for line in trial_lines(trial):
                say(line)


def _migration(project: Project, name: str) -> Migration:
    from pipeline.ground.problems import InputError, errors
    from pipeline.sources.migrations.migration_files import read_migrations

    migrations = read_migrations(project)
    wanted = Path(name).stem
    for item in migrations.items:
        if item.id == wanted:
            return item
    if errors(migrations.problems):
        raise InputError(errors(migrations.problems))
    known = ", ".join(item.id for item in migrations.items) or "none"
    fail(f"No migration '{name}'. Migrations are {known}.")
