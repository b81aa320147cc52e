"""What was imported, when, by whom, and what became of it: `corpus/imports/<id>.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, StringConstraints

from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import Part, misnamed, read_folder
from pipeline.model.older_keys import older_keys
from pipeline.model.people import as_time
from pipeline.model.records import Study
from pipeline.sources.merges import Merges, read_merges

ImportId = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=120)
]
SourceKind = Literal["database", "register", "other"]
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)


class Added(Part):
    """A study that the import brought; digests of its entry and skeleton tell later edits."""

    key: str
    entry: str = ""
    digest: str = ""


class Merged(Part):
    """A record that was a study already here; its own key, if it had one, still leads there."""

    into: str
    key: str = ""
    why: str = ""


class Abstract(Part):
    """An abstract that the import brought, of a study of its own or of an older candidate."""

    key: str
    digest: str


class Undone(Part):
    at: Annotated[str, BeforeValidator(as_time)]
    by: str = ""


class ImportRecord(Part):
    """One import. `found` counts its records: added, merged, broken, and left out by hand.

    `screened: false` marks studies that need no screening: those that the review began with.
    `digest` is the SHA-256 of the file; imports of older versions have none.
    """

    id: ImportId
    at: Annotated[str, BeforeValidator(as_time)] = ""
    by: str = ""
    source: str
    source_nl: str = ""
    kind: SourceKind = "database"
    file: str = ""
    format: str = ""
    digest: str = ""
    found: int = Field(ge=0)
    broken: int = Field(default=0, ge=0)
    left_out: int = Field(default=0, ge=0)
    screened: bool = True
    added: tuple[Added, ...] = ()
    merged: tuple[Merged, ...] = ()
    abstracts: tuple[Abstract, ...] = ()
    undone: Undone | None = None

    def said(self, language: str) -> str:
        """Where the records come from, in a language."""
        return self.source_nl if language == "nl" and self.source_nl else self.source

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(item.key for item in self.added)

    def reading(self, kept: Mapping[str, str]) -> ImportRecord:
        """As if studies that were merged later had been merged when they came in."""
        if not kept.keys() & {*self.keys, *(item.into for item in self.merged)}:
            return self
        if self.screened:
            added = tuple(item for item in self.added if item.key not in kept)
        else:  # what the review began with is in it, whichever entry is kept
            keys = dict.fromkeys(kept.get(key, key) for key in self.keys)
            added = tuple(Added(key=key) for key in keys)
        merged = tuple(
            item.model_copy(update={"into": kept.get(item.into, item.into)}) for item in self.merged
        )
        merged += tuple(
            Merged(into=kept[key], key=key, why="chosen") for key in self.keys if key in kept
        )
        return self.model_copy(update={"added": added, "merged": merged})

    @property
    def abstracts_of_others(self) -> tuple[str, ...]:
        """Studies of earlier imports that got an abstract by this one."""
        own = set(self.keys)
        return tuple(item.key for item in self.abstracts if item.key not in own)


@dataclass(frozen=True, slots=True)
class Imports:
    """All imports in order of time, merges, and what is wrong with their files."""

    records: tuple[ImportRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    merges: Merges = field(default_factory=Merges)

    @property
    def standing(self) -> tuple[ImportRecord, ...]:
        """Those that were not undone, as merges since then let them read."""
        kept = self.merges.kept
        return tuple(item.reading(kept) for item in self.records if item.undone is None)

    def with_file(self, digest: str) -> ImportRecord | None:
        """The first import that stands of the file with this digest."""
        return next((item for item in self.standing if digest and item.digest == digest), None)

    @property
    def to_screen(self) -> frozenset[str]:
        """Entries that came in to be screened, also those that were merged since."""
        return frozenset(
            key
            for item in self.records
            if item.undone is None and item.screened
            for key in item.keys
        )

    @property
    def aliases(self) -> dict[str, str]:
        """Keys of merged records and entries, and the studies that they lead to."""
        return self.merges.kept | {
            merged.key: merged.into
            for item in self.standing
            for merged in item.merged
            if merged.key and merged.key != merged.into
        }


def read_imports(project: Project) -> Imports:
    """Every file of `corpus/imports/`; a folder that is not there holds none."""
    found, problems = read_folder(project.imports, ImportRecord, project.name)
    for path, record in found.items():
        problems += misnamed(path, project.name(path), record.id)
    merges = read_merges(project)
    ordered = tuple(sorted(found.values(), key=lambda item: (item.at, item.id)))
    return Imports(ordered, (*problems, *merges.problems), merges)


def all_keys(studies: Iterable[Study], imports: Imports) -> dict[str, str]:
    """Every key that leads to a study, in lower case, older ones and those of imports too."""
    keys = {alias.lower(): into for alias, into in imports.aliases.items()}
    for study in studies:
        keys |= {alias.lower(): study.key for alias in older_keys(study)}
    return {**keys, **{study.key.lower(): study.key for study in studies}}
