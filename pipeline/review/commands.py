"""The command `evidence review`: reads arguments, prints; the work is done elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import HERE, ProjectOption, fail, find, inputs, print_problems, progress

app = typer.Typer(name="review", rich_markup_mode=None, add_completion=False)
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
    project: ProjectOption = HERE,
) -> None:
    """Code passages in the browser. Prints a link that signs the coder in once."""
    if context.invoked_subcommand is not None:
        return
    from pipeline.build import build
    from pipeline.review.accounts import Accounts, read_passwords
    from pipeline.review.desk import open_desk
    from pipeline.serve import PortTaken, listen, make_review, run
    from pipeline.web.review.session import Review

    coders = coder or []
    found = find(project)
    if not team and not coders:
        fail("Say who codes: evidence review --coder ID. Coders stand in coding/coders.yml.")
    if not team and host not in LOCAL:
        fail("Links sign in on this machine only. For a shared host: evidence review --team")
    accounts = Accounts()
    with inputs(), progress() as (tell, bar):
        if team:
            accounts.passwords = read_passwords(found, passwords)
        built = build(found, None, tell, bar)
        desk = open_desk(found, tell, bar)
    print_problems(built.problems)
    active = [item.id for item in desk.coders.values() if item.active]
    for name in coders:
        if name not in active:
            fail(f"No active coder '{name}'. Active coders are {', '.join(active)}.")
    try:
        listener = listen(host, port)
    except PortTaken as error:
        fail(f"Port {error.port} on {host} is taken. Choose another with --port.")
    address = f"http://{host}:{listener.getsockname()[1]}/review"
    links = [f"{address}/sign-in?token={accounts.links.make(name)}" for name in coders]
    typer.echo(f"Review runs at {address} (stop with Ctrl-C)")
    for name, link in zip(coders, links, strict=True):
        typer.echo(f"{name} signs in, once, with: {link}")
    if open_browser:
        typer.launch(links[0] if links else address)
    secret = os.environ.get("DATASETTE_SECRET")
    run(make_review(found, Review(desk, accounts, typer.echo), secret), listener)


@app.command()
def password(
    coder: Annotated[str, typer.Argument(help="The coder's id.")],
) -> None:
    """Ask for a password and print the line for the password file."""
    from pipeline.review.accounts import hash_password

    word = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    typer.echo(f"{coder}:{hash_password(word)}")
