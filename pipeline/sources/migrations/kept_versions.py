"""The versions of the scheme that are kept, each with the migration that made it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ground.project import Project
from pipeline.model.scheme import Scheme
from pipeline.sources.migrations.migration_files import Migration, Migrations, version_of


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of which the whole scheme is known. No migration made the first."""

    scheme: Scheme
    made_by: Migration | None


def kept_versions(
    project: Project, migrations: Migrations, scheme: Scheme
) -> tuple[KeptVersion, ...]:
    """From the first to that of today; those of which nothing was kept are left out."""
    made = {item.to: item for item in migrations.applied}
    schemes = {
        version: version_of(project, migrations.applied, version)
        for version in range(1, scheme.version)
    }
    schemes[scheme.version] = scheme
    return tuple(
        KeptVersion(found, made.get(version)) for version, found in schemes.items() if found
    )
