"""The commands `evidence cite` and `evidence export`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.console import (
    HERE,
    ProjectOption,
    fail,
    find,
    inputs,
    listed,
    print_problems,
    progress,
    say,
    writing,
)
from pipeline.ground.writing import write_whole
from pipeline.published.export.export_formats import FORMATS, STUDIES

if TYPE_CHECKING:
    from pipeline.published.choice import Unknown
    from pipeline.published.evidence_index import Index

Role = Annotated[list[str] | None, typer.Option("--role", help="Only this role; can be repeated.")]
Sector = Annotated[
    list[str] | None, typer.Option("--sector", help="Only this sector; can be repeated.")
]
Lang = Annotated[str, typer.Option("--lang", help="Language of labels: en or nl.")]
StyleOption = Annotated[
    str, typer.Option("--style", help="apa, chicago, harvard, vancouver, ieee or any CSL style.")
]
Address = Annotated[
    str, typer.Option("--address", help="Address of the site, for permanent links.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(cite)
    app.command()(export)


@contextmanager
def opened(project: Path) -> Iterator[tuple[Any, Any, Index]]:
    """The project, a connection to its database (built if needed) and the index of it."""
    import sqlite3
    from contextlib import closing

    from pipeline.build.recipe import build
    from pipeline.published.evidence_index import read_index

    found = find(project)
    with inputs(), progress() as (tell, bar):
        built = build(found, None, tell, bar)
    print_problems(built.problems)
    address = f"{found.database.resolve().as_uri()}?mode=ro"
    with inputs(), closing(sqlite3.connect(address, uri=True)) as connection:
        yield found, connection, read_index(connection)


def chosen(index: Index, pairs: list[tuple[str, str]], wrong: list[str]) -> Any:
    """A choice from names and values; ends the command with all that is `wrong` or unknown."""
    from pipeline.published.choice import UnknownChoice, read_choice

    choice = None
    wrong = [*wrong, *_unknown_names(index, pairs)]
    try:
        choice = read_choice(pairs, index.terms)
    except UnknownChoice as error:
        wrong += [_said(item) for item in error.unknown]
    if wrong:
        fail("\n".join(wrong))
    return choice


def _unknown_names(index: Index, pairs: list[tuple[str, str]]) -> Iterator[str]:
    """Studies and pieces of evidence that do not exist, each with the most similar names."""
    import difflib

    known = {"study": index.studies.index, "id": index.ids}
    for name, value in pairs:
        if name == "study":
            value = index.terms.aliases.get(value, value)
        if name in known and value not in known[name]:
            near = difflib.get_close_matches(value, list(known[name]), 3, 0.6)
            yield f"No {name} '{value}'." + (f" Like it: {', '.join(near)}." if near else "")


def _said(item: Unknown) -> str:
    if not item.value:
        return f"No filter '{item.name}'. Filters are {', '.join(item.known)}."
    known = f" There is: {', '.join(item.known)}." if item.known else ""
    return f"No {item.name} '{item.value}'.{known}"


def faults(style: str, lang: str, address: str) -> list[str]:
    """What is wrong with the style, language and address."""
    from pipeline.published.citation.citation_styles import UnknownStyle, style_path
    from pipeline.published.terms import LANGUAGES

    wrong = []
    if lang not in LANGUAGES:
        wrong.append(f"No language '{lang}'. Languages are {', '.join(LANGUAGES)}.")
    try:
        style_path(style)
    except UnknownStyle as error:
        wrong.append(str(error))
    if address and not address.startswith(("https://", "http://")):
        wrong.append(f"The address '{address}' should begin with https:// or http://.")
    return wrong


def cite(
    names: Annotated[
        list[str] | None, typer.Argument(help="Keys of studies and ids of evidence.")
    ] = None,
    style: StyleOption = "apa",
    lang: Lang = "en",
    address: Address = "",
    database: Annotated[
        bool, typer.Option("--database", help="Cite the database itself too.")
    ] = False,
    project: ProjectOption = HERE,
) -> None:
    """Print references: of studies, of pieces of evidence with their words, of the database."""
    from pipeline.ground.settings import public_address
    from pipeline.published.citation.cite_text import cited, cited_database

    wrong = faults(style, lang, address)
    if not names and not database:
        wrong.append("Name a study or a piece of evidence, or give --database.")
    if wrong:
        fail("\n".join(wrong))
    with opened(project) as (found, connection, index):
        address = public_address(found, address)
        lines, unknown = cited(found, connection, index, names or [], style, lang, address)
        if unknown:
            fail("\n".join(unknown))
        if database:
            lines.append(cited_database(found, style, lang, address))
    for line in lines:
        typer.echo(line)


def export(
    output_format: Annotated[str, typer.Option("--format", "-f", help=f"{listed(FORMATS)}.")],
    role: Role = None,
    sector: Sector = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Only this status; can be repeated.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help="Any other filter, as NAME=VALUE; can be repeated."),
    ] = None,
    studies: Annotated[
        bool, typer.Option("--studies", help="Studies rather than evidence.")
    ] = False,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin CSV with a byte order mark, for older Excel.")
    ] = False,
    lang: Lang = "en",
    style: StyleOption = "apa",
    address: Address = "",
    output: Output = None,
    project: ProjectOption = HERE,
) -> None:
    """Write evidence, or the codebook, or everything, in a format of your choice."""
    import sys

    from pipeline.ground.settings import public_address
    from pipeline.published.selection import Selection

    wrong = faults(style, lang, address)
    if output_format not in FORMATS:
        wrong.append(f"No format '{output_format}'. Formats are {', '.join(FORMATS)}.")
    elif studies and STUDIES not in FORMATS[output_format].kinds:
        known = ", ".join(name for name, item in FORMATS.items() if STUDIES in item.kinds)
        wrong.append(f"{output_format} holds evidence, not studies. Studies go into {known}.")
    others = [item.partition("=") for item in where or ()]
    wrong += [f"Write --where NAME=VALUE, not '{name}'." for name, sign, _ in others if not sign]
    with opened(project) as (found, connection, index):
        pairs = [
            *((index.terms.evidence, value) for value in role or ()),
            *((index.terms.map, value) for value in sector or ()),
            *(("status", value) for value in status or ()),
            *((name, value) for name, sign, value in others if sign),
        ]
        choice = chosen(index, pairs, wrong)
        keys = tuple(index.choose_studies(connection, choice)) if studies else None
        cache = found.cache / "citations.db"
        root = public_address(found, address)
        selection = Selection(connection, index, choice, lang, style, root, cache, keys, mark=bom)
        blocks = FORMATS[output_format].write(selection)
        if output is not None:
            with writing(output):
                write_whole(output, blocks)
            say(f"{output} was written.", err=True)
            return
        for block in blocks:
            sys.stdout.buffer.write(block)
        sys.stdout.flush()
