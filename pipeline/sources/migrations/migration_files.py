"""Migration files, `coding/migrations/<id>.yml`: what changes, why, when, by whom."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import Part, dump_yaml, misnamed, read_folder, read_yaml
from pipeline.model.people import as_time
from pipeline.model.scheme import Scheme
from pipeline.sources.migrations.scheme_changes import Change

MigrationId = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-[a-z0-9][a-z0-9-]*$", max_length=80)
]
BEFORE = "before"


class Event(Part):
    """The migration was applied, or taken back: when, and by whom."""

    at: Annotated[str, BeforeValidator(as_time)]
    by: str = ""
    what: Literal["applied", "taken back"]


class Touched(Part):
    """A file that the migration changed, and what it was and became (SHA-256; empty: no file)."""

    path: str
    before: str = ""
    after: str = ""


class Migration(Part):
    """From one version of the scheme to the next."""

    id: MigrationId
    from_version: int = Field(alias="from", ge=1)
    why: str
    changes: tuple[Change, ...] = ()
    history: tuple[Event, ...] = ()
    files: tuple[Touched, ...] = ()

    model_config = ConfigDict(populate_by_name=True)

    @property
    def to(self) -> int:
        """The version that it makes."""
        return self.from_version + 1

    @property
    def is_applied(self) -> bool:
        return bool(self.history) and self.history[-1].what == "applied"

    @property
    def at(self) -> str:
        return self.history[-1].at if self.history else ""

    @property
    def by(self) -> str:
        return self.history[-1].by if self.history else ""

    @property
    def said(self) -> list[str]:
        """Its changes in words."""
        return [change.said for change in self.changes] or ["changes by hand"]


@dataclass(frozen=True, slots=True)
class Migrations:
    """All migration files by id, and what is wrong with any."""

    items: tuple[Migration, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def applied(self) -> tuple[Migration, ...]:
        """Those that made the scheme what it is, oldest first."""
        found = (item for item in self.items if item.is_applied)
        return tuple(sorted(found, key=lambda item: item.to))


def read_migrations(project: Project) -> Migrations:
    """Every migration of a project."""
    found, problems = read_folder(project.migrations, Migration, project.name)
    for path, item in found.items():
        problems += misnamed(path, project.name(path), item.id)
    items = tuple(found.values())
    made: dict[int, str] = {}
    for item in items:
        other = made.setdefault(item.to, item.id) if item.is_applied else item.id
        if other != item.id:
            message = f"'{other}' also made version {item.to}"
            hint = "One of the two was not applied here: take its history out."
            name = f"coding/migrations/{item.id}.yml"
            problems.append(Problem(name, 0, "same-version", message, hint))
    return Migrations(items, tuple(problems))


def free_id(project: Project, version: int, words: str) -> str:
    """An id for a new migration to a version."""
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:50].strip("-") or "change"
    taken = {path.stem for path in project.migrations.glob("*.yml")}
    base = f"{version:04}-{slug}"
    number = 1
    while (found := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return found


def write_migration(item: Migration) -> bytes:
    """The file's bytes."""
    value = item.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
    # `do` is a default of each change and yet what tells them apart.
    value["changes"] = [
        {"do": change.do, **change.model_dump(mode="json", exclude_defaults=True)}
        for change in item.changes
    ]
    return dump_yaml(value)


def snapshot(project: Project, migration: str, path: str) -> Path:
    """Where a file is kept as it was before a migration."""
    return project.migrations / BEFORE / migration / path


def version_of(project: Project, migrations: Iterable[Migration], version: int) -> Scheme | None:
    """The scheme as it was at a version; None where nothing was kept of it."""
    name = project.name(project.scheme)
    current = read_yaml(project.scheme, Scheme, name)
    if version == current.version:
        return current
    for item in migrations:
        path = snapshot(project, item.id, name)
        if item.from_version == version and item.is_applied and path.is_file():
            return read_yaml(path, Scheme, project.name(path))
    return None


def digest(data: bytes | None) -> str:
    """How `Touched` tells one state of a file from another."""
    return "" if data is None else hashlib.sha256(data).hexdigest()
