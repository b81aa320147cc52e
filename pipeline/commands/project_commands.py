"""The command `evidence review import-project`: reads arguments, prints; others do the work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.console import (
    HERE,
    ProjectOption,
    changes,
    fail,
    find,
    print_problems,
    progress,
    say,
)
from pipeline.commands.review_commands import round_of

if TYPE_CHECKING:
    from pipeline.desk.codebooks.mapped import Mapped
    from pipeline.desk.codebooks.qda_project import QdaProject
    from pipeline.desk.codebooks.qda_taking import TakingIn
    from pipeline.desk.review.review_desk import Desk

Pairs = list[str] | None
SHOWN = 80  # characters of words that are not placed


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import-project")(import_project)


def import_project(
    file: Annotated[Path, typer.Argument(help="A REFI-QDA project: .qdpx.")],
    coder: Annotated[str, typer.Option(help="Whose codings they become.")] = "",
    user: Annotated[
        Pairs, typer.Option("--user", help="Or user by user, as NAME=CODER; can be repeated.")
    ] = None,
    item: Annotated[str | None, typer.Option("--round", help="Which coding round.")] = None,
    source: Annotated[
        Pairs, typer.Option("--source", help="Which study a source is, as NAME=KEY.")
    ] = None,
    choice: Annotated[
        Pairs, typer.Option("--as", help="What a code of it is, as NAME=CODE; or NAME=leave.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take it in, after a look.")] = False,
    project: ProjectOption = HERE,
) -> None:
    """Show what another program's project would bring; with --yes, take it in.

    Its sources become full texts of the studies that they are, its codings answers of a coder.
    """
    from pipeline.desk.codebooks.qda_taking import take_answers, take_texts
    from pipeline.desk.codebooks.qdpx_reader import read_project
    from pipeline.desk.review.review_desk import open_desk

    if not file.is_file():
        fail(f"No file '{file}'.")
    found = find(project)
    with changes(), progress() as (tell, bar):
        qda = read_project(file.read_bytes(), str(file))
        desk = open_desk(found, tell, bar)
        studies, coders = _pairs(source), _pairs(user)
        _must_exist(desk, studies, coders, coder)
        taking, mapped = _preview(desk, qda, coder, coders, item, studies, choice)
        if yes and taking.texts:
            take_texts(desk, taking)
            desk = open_desk(found, tell, bar)
            texts = [desk.project.name(line.file) for line in taking.texts if line.file]
            taking, mapped = _preview(desk, qda, coder, coders, item, studies, choice)
        else:
            texts = []
        saved = take_answers(desk, taking) if yes else 0
    print_problems(qda.warnings)
    for line in _lines(desk, taking, mapped):
        say(line)
    if yes:
        say(f"Taken in: {len(texts)} full text(s), {saved} answer(s).")
    else:
        say("Nothing was changed. To take it in: the same command with --yes.")


def _preview(
    desk: Desk,
    qda: QdaProject,
    coder: str,
    users: dict[str, str],
    item: str | None,
    studies: dict[str, str],
    choice: Pairs,
) -> tuple[TakingIn, list[Mapped]]:
    from pipeline.desk.codebooks.hand_choices import choose, read_choices
    from pipeline.desk.codebooks.mapping import map_codebook
    from pipeline.desk.codebooks.qda_placing import by_user
    from pipeline.desk.codebooks.qda_taking import preview_taking
    from pipeline.published.export.qda_guids import user_guid

    mapped = map_codebook(qda.book, desk.scheme, desk.scheme.evidence)
    mapped = choose(mapped, read_choices(choice or (), mapped), desk.scheme)
    names = {
        name.casefold(): one.id
        for one in desk.coders.values()
        for name in (one.name.en, one.name.nl, one.id, user_guid(one.id))
    }
    coders = by_user(qda, names, users, coder)
    rounds = {name: round_of(desk, item, name) for name in set(coders.values()) if name}
    return preview_taking(desk, qda, mapped, coders, rounds, studies), mapped


def _must_exist(desk: Desk, studies: dict[str, str], users: dict[str, str], coder: str) -> None:
    for key in studies.values():
        if key not in desk.studies:
            fail(f"No study '{key}'.")
    for name in filter(None, (coder, *users.values())):
        if name not in desk.coders:
            fail(f"No coder '{name}'. Coders are {', '.join(desk.coders)}.")


def _lines(desk: Desk, taking: TakingIn, mapped: list[Mapped]) -> Iterator[str]:
    states = Counter(item.state for item in mapped)
    yield (
        f"Codes: {states['same']} are here, {states['new']} would be new, "
        f"{states['alike']} are perhaps here. New ones first: evidence scheme import."
    )
    for line in taking.sources:
        match = line.match
        to = f"{match.study} ({match.why})" if match else "no study here; name it with --source"
        text = f"; full text {desk.project.name(line.file)}" if line.file else ""
        yield f"{line.source.kind} '{line.source.name}': {to}{text}"
        for fault in line.faults:
            yield f"    cannot be its full text: {fault}"
    given = Counter((item.coder, item.round.id) for item in taking.possible)
    for (coder, name), count in given.items():
        yield f"Answers of '{coder}' in the round '{name}': {count}"
    if taking.joining:
        yield f"On several sentences as one passage: {taking.joining}"
    if taking.here:
        yield f"Answers that stand already: {taking.here}"
    for user, count in taking.of_nobody.items():
        name = taking.project.users.get(user, ("nobody", ""))[0]
        yield f"Codings of '{name}', who is no coder here (--user, --coder): {count}"
    for item in taking.answers:
        if item.reasons:
            yield f"Left: {item.unit} {item.answer.dimension}: {' '.join(item.reasons)}"
    for one in taking.unplaced:
        words = one.words if len(one.words) <= SHOWN else f"{one.words[: SHOWN - 1]}…"
        marked = f" “{words}”" if words else ""
        yield f"Left: '{one.code}' in '{one.source}'{marked}: {one.reason}"


def _pairs(texts: Pairs) -> dict[str, str]:
    found = {}
    for text in texts or ():
        name, sign, value = text.rpartition("=")
        if not sign:
            fail(f"Write NAME=VALUE, not '{text}'.")
        found[name.strip()] = value.strip()
    return found
