"""The commands `evidence model …`: read arguments, print; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import (
    HERE,
    ProjectOption,
    fail,
    find,
    inputs,
    progress,
    say,
    writing,
)
from pipeline.commands.spoken_language import Commands

app = Commands(name="model", help="The tagger away from this project.", no_args_is_help=True)


@app.callback()
def model() -> None:
    """The tagger away from this project."""


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="The folder to write, which is not there yet.")],
    lang: Annotated[str, typer.Option(help="Language of the texts: en or nl.")] = "en",
    project: ProjectOption = HERE,
) -> None:
    """Write the tagger as a spaCy pipeline, which spacy.load runs where this package is."""
    from pipeline.model.scheme import LANGUAGES
    from pipeline.tagger.spacy_export import export_pipeline

    if lang not in LANGUAGES:
        fail(f"No language '{lang}'. Languages are {', '.join(LANGUAGES)}.")
    if folder.exists():
        fail(f"{folder} is there already. Name a folder that is not.")
    with inputs(), progress() as (tell, _), writing(folder):
        export_pipeline(find(project), folder, lang, tell)
    say(f"{folder} was written. In Python: spacy.load({str(folder)!r})")
