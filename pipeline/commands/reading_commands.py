"""The command `evidence read`: reads arguments, prints; the work is done elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.console import HERE, ProjectOption, changes, find, progress, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("read")(read)


def read(
    dimension: Annotated[str | None, typer.Option(help="Default: the roles.")] = None,
    examples: Annotated[
        bool, typer.Option("--examples", help="The examples that measure, not the corpus.")
    ] = False,
    limit: Annotated[int | None, typer.Option(help="At most so many passages.", min=1)] = None,
    project: ProjectOption = HERE,
) -> None:
    """Ask the language model of coding/tagger.yml about all passages that it has not read."""
    from pipeline.desk.learning.asking import prepare_asking
    from pipeline.ground.problems import Mendable

    found = find(project)
    with changes(), progress("Asking") as (tell, bar):
        asking = prepare_asking(found, dimension, examples, limit, tell)
        tell(
            f"{asking.options.model} at {asking.options.address} is asked about "
            f"{len(asking.texts)} passage(s); {asking.before} were answered before."
        )
        try:
            asked = asking.run(bar)
        except (KeyboardInterrupt, Mendable) as error:
            for reason in error.reasons if isinstance(error, Mendable) else ("Interrupted.",):
                say(reason, err=True)
            say("What was answered is kept; the same command goes on from there.", err=True)
            raise typer.Exit(1 if isinstance(error, Mendable) else 130) from None
    for reason, count in asked.unread.most_common():
        say(f"Not answered: {count} ({reason}).", err=True)
    say(f"{found.name(asked.file)}: {asked.now} answered now, {asked.before} before.")
    if asked.unread:
        raise typer.Exit(1)
