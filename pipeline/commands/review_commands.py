"""The command `evidence review`: reads arguments, prints; the work is done elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.console import (
    HERE,
    ProjectOption,
    Proxies,
    PublicUrl,
    fail,
    find,
    inputs,
    print_problems,
    progress,
    reached,
    say,
    writing,
)
from pipeline.commands.spoken_language import Commands
from pipeline.ground.texts import spoken
from pipeline.ground.writing import write_whole

if TYPE_CHECKING:
    from pipeline.desk.review.review_desk import Desk
    from pipeline.model.people import Round

CoderOption = Annotated[str, typer.Option(help="Who codes.")]
RoundOption = Annotated[str | None, typer.Option("--round", help="Which coding round.")]
app = Commands(name="review")
LOCAL = ("127.0.0.1", "localhost", "::1")


@app.callback(invoke_without_command=True)
def review(
    context: typer.Context,
    coder: Annotated[
        list[str] | None, typer.Option(help="Who codes; may be given more than once.")
    ] = None,
    team: Annotated[
        bool, typer.Option("--team", help="Coders sign in by name and password.")
    ] = False,
    passwords: Annotated[
        Path | None,
        typer.Option(help="File of coder:hash, outside the project; or set EVIDENCE_PASSWORDS."),
    ] = None,
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8002,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open a browser window.")
    ] = True,
    public_url: PublicUrl = None,
    proxies: Proxies = None,
    project: ProjectOption = HERE,
) -> None:
    """Code passages in the browser. Prints a link that signs the coder in once."""
    if context.invoked_subcommand is not None:
        return
    from pipeline.build.recipe import build
    from pipeline.desk.review.accounts import Accounts, read_passwords
    from pipeline.desk.review.review_desk import open_desk
    from pipeline.web.review.review_session import Review
    from pipeline.web.serve import PortTaken, listen, make_review, run
    from pipeline.web.site_language import path_of

    coders = coder or []
    found = find(project)
    if not team and not coders:
        fail("Say who codes: evidence review --coder ID. Coders stand in coding/coders.yml.")
    if not team and host not in LOCAL:
        fail("Links sign in on this machine only. For a shared host: evidence review --team")
    place = reached(found, public_url, proxies)
    accounts = Accounts.of(found)
    with inputs(), progress() as (tell, bar):
        if team:
            accounts.passwords = read_passwords(found, passwords)
        built = build(found, None, tell, bar)
        desk = open_desk(found, tell, bar, built.read)
    print_problems(built.problems)
    active = [item.id for item in desk.coders.values() if item.active]
    for name in coders:
        if name not in active:
            fail(f"No active coder '{name}'. Active coders are {', '.join(active)}.")
    try:
        listener = listen(host, port)
    except PortTaken as error:
        fail(f"Port {error.port} on {host} is taken. Choose another with --port.")
    place = place.on(host, listener.getsockname()[1])
    site = path_of(spoken())
    page = place.links(f"{site}/review")
    links = [
        place.links(f"{site}/review/sign-in?token={accounts.links.make(name)}") for name in coders
    ]
    say(f"Review runs at {' and '.join(page)} (stop with Ctrl-C)")
    for name, one in zip(coders, links, strict=True):
        say(f"{name} signs in, once, with: {' or '.join(one)}")
    if open_browser:
        typer.launch((links[0] if links else page)[-1])
    secret = os.environ.get("DATASETTE_SECRET")
    review = Review(desk, accounts, say)
    with inputs():
        site = make_review(found, review, secret, place)
    run(site, listener, place.proxies)


@app.command("export")
def export_sheet(
    coder: CoderOption,
    item: RoundOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write. Default: print it.")
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Write a coder's questions and answers as CSV, to be filled in a spreadsheet."""
    from pipeline.desk.review.review_desk import open_desk
    from pipeline.desk.review.spreadsheet import export

    with inputs(), progress() as (tell, bar):
        desk = open_desk(find(project), tell, bar)
    text = export(desk, round_of(desk, item, coder), coder)
    if output is None:
        typer.echo(text, nl=False)
    else:
        # With a byte order mark, without which Excel takes UTF-8 for something else.
        with writing(output):
            write_whole(output, [text.encode("utf-8-sig")])
        say(f"{output}: {text.count(chr(13))} lines.", err=True)


@app.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(help="A CSV file made by evidence review export.")],
    coder: CoderOption,
    item: RoundOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Take answers in from CSV. Nothing is saved when a row is not understood."""
    from pipeline.desk.review.answer_rules import Refused
    from pipeline.desk.review.review_desk import open_desk
    from pipeline.desk.review.spreadsheet import import_rows, read_sheet
    from pipeline.sources.ledger import NotSaved

    if not file.is_file():
        fail(f"No file '{file}'.")
    with inputs(), progress() as (tell, bar):
        desk = open_desk(find(project), tell, bar)
        chosen = round_of(desk, item, coder)
        rows = read_sheet(desk, chosen, coder, file.read_bytes(), str(file))
        try:
            number = import_rows(desk, chosen, coder, rows)
        except (NotSaved, Refused) as error:
            fail(f"Stopped: {error}. What was saved before stays; import the file again.")
    say(f"{number} answer(s) changed, of {len(rows)} read.")


def round_of(desk: Desk, name: str | None, coder: str) -> Round:
    """The round named, or the only one in which the coder takes part and that is open."""
    own = [item for item in desk.rounds.values() if coder in item.coders]
    if name is not None:
        own = [item for item in own if item.id == name]
    elif len(own) > 1:
        own = [item for item in own if item.state == "open"]
    if len(own) != 1:
        names = ", ".join(item.id for item in desk.rounds.values() if coder in item.coders)
        fail(f"Name a round of '{coder}' with --round. Rounds are {names or 'none'}.")
    return own[0]


@app.command()
def password(
    coder: Annotated[str, typer.Argument(help="The coder's id.")],
    file: Annotated[
        Path | None, typer.Option(help="Add the line to this file, which only you can read then.")
    ] = None,
) -> None:
    """Ask for a password and print the line for the password file, or add it there."""
    from pipeline.desk.review.accounts import add_password, hash_password

    word = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    line = f"{coder}:{hash_password(word)}"
    if file is None:
        say(line)
        return
    try:
        add_password(file, line)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    say(f"{file} has a password for {coder}.", err=True)
