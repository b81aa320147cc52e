"""Opening a round for comparison, and closing it: recorded in coding/rounds.yml for good."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from pipeline.ground.text import own_text
from pipeline.ground.writing import write_whole
from pipeline.ground.yamlfile import read_yaml
from pipeline.model.people import Round, Rounds, State, stamp
from pipeline.model.round_agreement import RoundAgreement, frozen_path, report
from pipeline.sources.ledger import NotSaved
from pipeline.sources.migrations.scheme_draft import dump, load, styled

NEXT: dict[State, tuple[State, ...]] = {"open": ("comparing",), "comparing": ("closed",)}


def change_state(desk: Desk, item: Round, coder: str, state: State) -> None:
    """Move a round on, and write down who did it when. Closing freezes its agreement.

    Raises Refused where the round cannot go there, and NotSaved.
    """
    item = desk.rounds.get(item.id, item)
    if coder not in item.people:
        raise Refused([desk_says("round.does_not_take_part_in", coder=coder, item=item.id)])
    if state not in NEXT.get(item.state, ()):
        raise Refused(
            [
                desk_says(
                    "round.the_round_is_it_cannot",
                    item=item.id,
                    state=desk_says(f"state.{item.state}"),
                    state2=desk_says(f"state.{state}") if state in get_args(State) else state,
                )
            ]
        )
    project = desk.project
    for study in desk.studies:
        desk.sync(study)
    if state == "closed":
        found = agreement_of(desk, item).model_copy(update={"state": "closed"})
        project.agreement.mkdir(parents=True, exist_ok=True)
        path = frozen_path(project.agreement, item)
        _replace(project, path, found.model_dump_json(indent=1) + "\n")
    step = {"at": stamp(datetime.now(UTC)), "by": coder, "state": state}
    _record(project, item.id, step)
    desk.take_rounds(read_yaml(project.rounds, Rounds, project.name(project.rounds)).rounds)


def add_round(desk: Desk, coder: str, values: dict[str, Any]) -> Round:
    """Write a new round at the end of coding/rounds.yml; comments and order of the file stay.

    `values` are fields of `Round`. Raises Refused with everything that is wrong, and NotSaved.
    """
    try:
        item = Round.model_validate(values)
    except ValidationError as error:
        raise Refused(
            [f"{'.'.join(map(str, e['loc'])) or 'The round'}: {e['msg']}" for e in error.errors()]
        ) from None
    reasons = []
    if item.id in desk.rounds:
        reasons.append(desk_says("round.there_is_a_round_already", item=item.id))
    if coder not in item.people:
        reasons.append(desk_says("round.take_part_in_it_yourself"))
    unknown = sorted({*item.people, *item.hidden_from} - {*desk.coders})
    reasons += [desk_says("round.there_is_no_coder", name=name) for name in unknown]
    asked = sorted({*item.dimensions} - {*desk.scheme.by_id})
    reasons += [desk_says("round.there_is_no_dimension", name=name) for name in asked]
    if item.studies != "all":
        missing = sorted({*item.studies} - {*desk.studies})
        reasons += [desk_says("round.there_is_no_study_in", name=name) for name in missing]
        if not item.studies:
            reasons.append(desk_says("round.name_at_least_one_study"))
    if not item.coders:
        reasons.append(desk_says("round.choose_who_codes"))
    if reasons:
        raise Refused(reasons)
    project = desk.project
    label = project.name(project.rounds)
    try:
        data = load(own_text(project.rounds, label), label)
        written = CommentedMap(item.model_dump(mode="json", exclude_defaults=True))
        written["title"] = styled(written["title"])
        data["rounds"].append(written)
    except (InputError, YAMLError, OSError, KeyError, TypeError, AttributeError) as error:
        raise NotSaved(label, desk_says("round.it_cannot_be_added_to", error=error)) from None
    _replace(project, project.rounds, dump(data))
    desk.take_rounds(read_yaml(project.rounds, Rounds, label).rounds)
    return desk.rounds[item.id]


def comparable(desk: Desk) -> list[Round]:
    """Rounds whose agreement gives nothing away: of two coders or more, and not secret."""
    return [item for item in desk.rounds.values() if len(item.coders) > 1 and not item.is_secret]


def agreement_of(desk: Desk, item: Round) -> RoundAgreement:
    """The agreement of a round as it stands; of a closed one, as it was frozen."""
    frozen = frozen_path(desk.project.agreement, item)
    if item.state == "closed" and frozen.is_file():
        return RoundAgreement.model_validate_json(own_text(frozen, desk.project.name(frozen)))
    lines = desk.lines_of_round(item)
    return report(desk.scheme, item, lines, desk.suggestions, desk.coders.values())


def _record(project: Project, name: str, step: dict[str, str]) -> None:
    """Add to a round's history; comments and order of the file stay."""
    label = project.name(project.rounds)
    try:
        data = load(own_text(project.rounds, label), label)
        entry = next(item for item in data["rounds"] if item["id"] == name)
    except (InputError, YAMLError, OSError, StopIteration, KeyError, TypeError) as error:
        raise NotSaved(
            label, desk_says("round.the_round_was_not_found", name=name, error=error)
        ) from None
    entry.setdefault("history", []).append(step)
    _replace(project, project.rounds, dump(data))


def _replace(project: Project, path: Path, text: str) -> None:
    """Put a whole file in place in one step, durably."""
    try:
        write_whole(path, [text.encode()])
    except OSError as error:
        raise NotSaved(project.name(path), error.strerror or str(error)) from None
