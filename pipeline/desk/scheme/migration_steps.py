"""Saving a migration, applying one from a file, and taking the last one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.scheme.migration_plan import NotChanged, Plan, make_plan
from pipeline.ground.changeset import Changeset, Collision
from pipeline.ground.problems import InputError, errors
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import read_yaml
from pipeline.model.people import stamp
from pipeline.model.scheme import Scheme
from pipeline.sources.decisions import read_codings
from pipeline.sources.migrations.migration_files import (
    Event,
    Migration,
    Migrations,
    Touched,
    digest,
    free_id,
    read_migrations,
    snapshot,
    write_migration,
)
from pipeline.sources.migrations.scheme_changes import Change


def save(
    project: Project,
    changes: Sequence[Change],
    why: str,
    by: str = "",
    based_on: str = "",
) -> Migration:
    """Change the scheme, and keep a migration of it. All or nothing.

    `based_on` is the digest of the scheme that the author saw. Raises NotChanged, or Collision
    where somebody else has changed it since.
    """
    if not why.strip():
        raise NotChanged([desk_says("scheme.say_why_whoever_reads_old")])
    if based_on and digest(project.scheme.read_bytes()) != based_on:
        raise Collision([project.name(project.scheme)])
    plan = make_plan(project, changes)
    words = changes[0].said if changes else "change"
    migration = Migration(
        id=free_id(project, plan.after.version, words),
        from_version=plan.before.version,
        why=why.strip(),
        changes=tuple(changes),
    )
    return _apply(project, migration, plan, by)


def apply(project: Project, name: str, by: str = "") -> Migration:
    """Apply a migration that stands in its file. Raises NotChanged, Collision or InputError."""
    migrations = _readable(project)
    migration = _named(migrations, name)
    version = _version(project)
    if migration.is_applied:
        raise NotChanged(
            [desk_says("scheme.was_applied_already_on", name=name, at=migration.at[:10])]
        )
    if migration.from_version != version:
        raise NotChanged(
            [
                desk_says(
                    "scheme.leads_from_version_to_but",
                    name=name,
                    from_version=migration.from_version,
                    to=migration.to,
                    version=version,
                )
            ]
        )
    return _apply(project, migration, make_plan(project, migration.changes), by)


def take_back(project: Project, name: str, by: str = "") -> Migration:
    """Give every file back as it was before the last migration, byte for byte.

    Raises NotChanged where it was not the last, where answers were given under it, or where a
    file was changed by hand since.
    """
    migrations = _readable(project)
    migration = _named(migrations, name)
    version = _version(project)
    if not migration.is_applied:
        raise NotChanged([desk_says("scheme.is_not_applied", name=name)])
    if migration.to != version:
        last = migrations.applied[-1].id if migrations.applied else "none"
        raise NotChanged(
            [
                desk_says(
                    "scheme.made_version_but_the_scheme",
                    name=name,
                    to=migration.to,
                    version=version,
                    last=last,
                )
            ]
        )
    reasons = []
    if any(line.scheme >= migration.to for line in read_codings(project).never_shown):
        reasons.append(desk_says("scheme.answers_were_given_under_version", to=migration.to))
    changes = Changeset(project)
    for touched in migration.files:
        path = project.root / touched.path
        kept = snapshot(project, migration.id, touched.path)
        data = changes.read(path)
        if digest(data if path.is_file() else None) != touched.after:
            reasons.append(desk_says("scheme.was_changed_by_hand_since", path=touched.path))
        elif touched.before and not kept.is_file():
            reasons.append(desk_says("scheme.is_missing_so_the_old", project=project.name(kept)))
        elif touched.before:
            changes.write(path, kept.read_bytes())
        else:
            changes.remove(path)
    if not migration.files:
        reasons.append(desk_says("scheme.says_nothing_of_the_files", name=name))
    if reasons:
        raise NotChanged(reasons)
    migration = _with(migration, "taken back", by)
    changes.write(project.migrations / f"{migration.id}.yml", write_migration(migration))
    changes.commit()
    return migration


def _apply(project: Project, migration: Migration, plan: Plan, by: str) -> Migration:
    changes = Changeset(project)
    touched = []
    for path, text in plan.files.items():
        before = changes.read(path)
        if before != plan.based_on.get(path, before):
            raise Collision([project.name(path)])
        was = before if path.is_file() else None
        data = None if text is None else text.encode()
        name = project.name(path)
        touched.append(Touched(path=name, before=digest(was), after=digest(data)))
        if was is not None:
            changes.write(snapshot(project, migration.id, name), was)
        if data is None:
            changes.remove(path)
        else:
            changes.write(path, data)
    migration = _with(migration.model_copy(update={"files": tuple(touched)}), "applied", by)
    changes.write(project.migrations / f"{migration.id}.yml", write_migration(migration))
    changes.commit()
    return migration


def _with(migration: Migration, what: str, by: str) -> Migration:
    event = Event(at=stamp(datetime.now(UTC)), by=by, what=what)
    return migration.model_copy(update={"history": (*migration.history, event)})


def _readable(project: Project) -> Migrations:
    migrations = read_migrations(project)
    if errors(migrations.problems):
        raise InputError(errors(migrations.problems))
    return migrations


def _named(migrations: Migrations, name: str) -> Migration:
    wanted = Path(name).stem
    for item in migrations.items:
        if item.id == wanted:
            return item
    known = ", ".join(item.id for item in migrations.items) or "none"
    raise NotChanged([desk_says("scheme.there_is_no_migration_migrations", name=name, known=known)])


def _version(project: Project) -> int:
    return read_yaml(project.scheme, Scheme, project.name(project.scheme)).version
