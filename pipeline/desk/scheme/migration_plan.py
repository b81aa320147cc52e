"""What a migration would do, worked out without touching anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.error import YAMLError

from pipeline.desk.desk_texts import desk_says
from pipeline.ground.problems import InputError, Mendable
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.ground.yamlfile import parse_yaml
from pipeline.model.answers import latest
from pipeline.model.readings import considered, reads
from pipeline.model.records import Decision
from pipeline.model.scheme import Scheme
from pipeline.model.secrecy import OpenLines
from pipeline.sources.migrations.scheme_changes import Change
from pipeline.sources.migrations.scheme_draft import CannotChange, SchemeDraft, load


class NotChanged(Mendable):
    """The scheme stays as it is."""


@dataclass(frozen=True)
class Plan:
    """The scheme before and after, and the texts that files shall have (None: gone)."""

    before: Scheme
    after: Scheme
    files: dict[Path, str | None]
    based_on: dict[Path, bytes]


@dataclass(frozen=True)
class Effect:
    """What becomes of the answers to one dimension.

    `reread`: units whose codes read otherwise than before. `again`: units with an answer that
    has not considered every code. `lost`: units that had a code which is now out of use.
    """

    dimension: str
    decided: int
    reread: tuple[str, ...]
    again: tuple[str, ...]
    lost: tuple[str, ...]


def make_plan(project: Project, changes: Sequence[Change]) -> Plan:
    """Apply changes in memory, in their order. Raises NotChanged with everything against it."""
    based_on: dict[Path, bytes] = {}

    def read(path: Path) -> str:
        data = path.read_bytes() if path.is_file() else b""
        based_on.setdefault(path, data)
        text, problems = decode_utf8(data, project.name(path))
        if problems:
            raise InputError(problems)
        return text

    name = project.name(project.scheme)
    text = read(project.scheme)
    before = parse_yaml(text, Scheme, name)
    try:
        data = load(text, name)
    except YAMLError as error:
        raise NotChanged([desk_says("scheme.cannot_be_changed", name=name, error=error)]) from None
    draft = SchemeDraft(project, data, before.version + 1, read)
    draft.data["version"] = draft.version
    reasons = [] if changes else [desk_says("scheme.nothing_would_change")]
    for change in changes:
        try:
            change.edit(draft)
        except CannotChange as error:
            reasons.append(str(error))
    if reasons:
        raise NotChanged(reasons)
    try:
        after = parse_yaml(draft.text(), Scheme, name)
    except InputError as error:
        raise NotChanged([item.message for item in error.problems]) from None
    return Plan(before, after, {project.scheme: draft.text(), **draft.files}, based_on)


def effects(plan: Plan, decisions: OpenLines) -> list[Effect]:
    """What becomes of the standing decisions, as they are written in the files."""
    by_dimension: dict[str, list[Decision]] = {}
    for item in latest(decisions).values():
        if item.codes is not None:
            by_dimension.setdefault(item.dimension, []).append(item)
    found = []
    for dimension in plan.after.dimensions:
        lines = by_dimension.get(dimension.id, [])
        in_use = {code.id for code in dimension.codes if code.retired is None}
        old = plan.before.by_id.get(dimension.id)
        were = {code.id for code in old.codes if code.retired is None} if old else set()
        reread, again, lost = set(), set(), set()
        for line in lines:
            written = line.as_written or frozenset()
            if reads(plan.before, written) != reads(plan.after, written):
                reread.add(line.unit)
            if (reads(plan.after, written) & were) - in_use:
                lost.add(line.unit)
            for code in dimension.codes:
                if code.retired is None and not considered(plan.after, code, line.scheme, written):
                    again.add(line.unit)
        found.append(
            Effect(
                dimension.id,
                len({line.unit for line in lines}),
                tuple(sorted(reread)),
                tuple(sorted(again)),
                tuple(sorted(lost)),
            )
        )
    return [item for item in found if item.reread or item.again or item.lost]
