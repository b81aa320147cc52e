"""The commands `evidence report` and `evidence map`."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.console import (
    HERE,
    ProjectOption,
    fail,
    find,
    inputs,
    print_problems,
    progress,
    say,
    writing,
)

if TYPE_CHECKING:
    from pipeline.ground.project import Project
    from pipeline.published.selection import Selection
    from pipeline.published.terms import Terms

RoleOption = Annotated[list[str] | None, typer.Option(help="A role; may be repeated.")]
SectorOption = Annotated[list[str] | None, typer.Option(help="A sector; may be repeated.")]
StatusOption = Annotated[list[str] | None, typer.Option(help="A status; may be repeated.")]
LangOption = Annotated[str, typer.Option(help="Language: en or nl.")]
Pairs = list[tuple[str, str]]


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    app.command()(report)
    app.command("map")(evidence_map)


def report(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write: .docx, .pdf, .md or .html.")
    ],
    role: RoleOption = None,
    sector: SectorOption = None,
    lang: LangOption = "en",
    style: Annotated[str, typer.Option(help="Citation style.")] = "apa",
    address: Annotated[str, typer.Option(help="Address of the site, for links.")] = "",
    author: Annotated[str, typer.Option(help="By whom; stands on the first page.")] = "",
    organisation: Annotated[str, typer.Option(help="Of which organisation.")] = "",
    date: Annotated[
        datetime.datetime | None,
        typer.Option(help="Of which day. Default: today.", formats=["%Y-%m-%d"]),
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Write a report: evidence by role and sector, gaps, method, references."""
    from pipeline.ground.settings import read_settings
    from pipeline.published.report.report_formats import REPORT_FORMATS, write_report
    from pipeline.published.report.report_layout import Byline

    _check_file(output, REPORT_FORMATS)
    _check_style(style)
    found = find(project)
    settings, _ = read_settings(found)
    byline = Byline(
        author or settings.author, organisation or settings.organisation, date and date.date()
    )
    chosen = _selection(found, lang, role, sector, (), style, address)
    with chosen as selection, writing(output), inputs():
        pieces = write_report(selection, output, byline)
    say(f"{output}: {pieces} piece(s) of evidence.")


def evidence_map(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write: .svg, .png or .html.")
    ],
    by: Annotated[
        str | None, typer.Option(help="The dimension across. Default: that of the map.")
    ] = None,
    count: Annotated[str, typer.Option(help="evidence or studies.")] = "evidence",
    role: RoleOption = None,
    sector: SectorOption = None,
    status: StatusOption = None,
    lang: LangOption = "en",
    project: ProjectOption = HERE,
) -> None:
    """Draw the map: roles down, sectors or another dimension across."""
    from pipeline.published.report.map_figure import COUNTS
    from pipeline.published.report.map_picture import MAP_FORMATS, write_map

    _check_file(output, MAP_FORMATS)
    _check("count", count, COUNTS)
    with _selection(find(project), lang, role, sector, status or ()) as selection:
        terms = selection.terms
        across = by or terms.map
        _check("dimension", across, [item.id for item in terms.columns()])
        with writing(output):
            write_map(selection, across, count, output)
    say(f"{output} was written.")


@contextmanager
def _selection(
    project: Project,
    lang: str,
    roles: Iterable[str] | None,
    sectors: Iterable[str] | None,
    statuses: Iterable[str],
    style: str = "apa",
    address: str = "",
) -> Iterator[Selection]:
    """What is chosen of the project's database, which is built first if needed."""
    from pipeline.build.recipe import build
    from pipeline.ground.settings import public_address
    from pipeline.published.choice import UnknownChoice, read_choice
    from pipeline.published.evidence_index import read_index
    from pipeline.published.selection import Selection
    from pipeline.published.terms import LANGUAGES

    _check("language", lang, LANGUAGES)
    if address and not address.startswith(("https://", "http://")):
        fail(f"The address '{address}' should begin with https:// or http://.")
    with inputs(), progress() as (tell, bar):
        built = build(project, None, tell, bar)
    print_problems(built.problems)
    connection = sqlite3.connect(f"{built.path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        index = read_index(connection)
        pairs = _pairs(index.terms, roles or (), sectors or (), statuses)
        try:
            choice = read_choice(pairs, index.terms)
        except UnknownChoice as error:
            names = {index.terms.evidence: "role", index.terms.map: "sector"}
            lines = [
                f"No {names.get(item.name, item.name)} '{item.value}'. "
                f"There are {', '.join(item.known)}."
                for item in error.unknown
            ]
            fail("\n".join(lines))
        cache = project.cache / "citations.db"
        root = public_address(project, address)
        yield Selection(connection, index, choice, lang, style, root, cache)
    finally:
        connection.close()


def _pairs(
    terms: Terms, roles: Iterable[str], sectors: Iterable[str], statuses: Iterable[str]
) -> Pairs:
    return [
        *((terms.evidence, value) for value in roles),
        *((terms.map, value) for value in sectors),
        *(("status", value) for value in statuses),
    ]


def _check(name: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        fail(f"No {name} '{value}'. There are {', '.join(known)}.")


def _check_file(path: Path, formats: Iterable[str]) -> None:
    """Before anything is done: a suffix that is known, in a folder that is there."""
    if path.suffix.lower() not in formats:
        fail(f"No format '{path.suffix}' for {path}. There are {', '.join(formats)}.")
    if not path.parent.is_dir():
        fail(f"No folder '{path.parent}'.")
    if path.is_dir():
        fail(f"{path} is a folder.")


def _check_style(style: str) -> None:
    from pipeline.published.citation.citation_styles import UnknownStyle, style_path

    try:
        style_path(style)
    except UnknownStyle as error:
        fail(str(error))
