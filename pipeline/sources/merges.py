"""Entries that are one study: both stay in the bibliography, and are read as one.

`corpus/merges.yml` says which. Nothing else is written: answers, passages and screeners' lines
stay in the files of their own key, and are read under the key of the study that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator

from pipeline.ground.changeset import Changeset
from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import Part, dump_yaml, read_yaml
from pipeline.model.people import as_time, stamp
from pipeline.model.records import EXTENTS, Access, Document, Passage

T = TypeVar("T")


class TakenBack(Part):
    at: Annotated[str, BeforeValidator(as_time)]
    by: str = ""


class Merge(Part):
    """The study of `key` is that of `into`. One that was taken back stays in the file."""

    key: str
    into: str
    at: Annotated[str, BeforeValidator(as_time)] = ""
    by: str = ""
    undone: TakenBack | None = None


class _File(Part):
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class Merges:
    """All merges in order of time, and what is wrong with their file."""

    all: tuple[Merge, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def standing(self) -> tuple[Merge, ...]:
        return tuple(item for item in self.all if item.undone is None)

    @property
    def kept(self) -> dict[str, str]:
        """The study that is kept, by the key of each that was merged into it, or into another."""
        into = {item.key: item.into for item in self.standing}
        found = {}
        for key in into:
            last, seen = into[key], {key}
            while last in into and last not in seen:
                seen.add(last)
                last = into[last]
            if last not in seen:
                found[key] = last
        return found


def read_merges(project: Project) -> Merges:
    """The merges of a project; none where there is no file."""
    path = project.merges
    if not path.is_file():
        return Merges()
    try:
        found = read_yaml(path, _File, project.name(path)).merges
    except InputError as error:
        return Merges(problems=tuple(error.problems))
    return Merges(found)


def merge(project: Project, key: str, into: str, known: Iterable[str], by: str = "") -> Merge:
    """Mark the study of `key` as that of `into`, both of the `known` keys.

    Raises InputError where that cannot be, and `changeset.Collision`.
    """
    changes = Changeset(project)
    changes.read(project.merges)
    merges = _sound(project)
    kept = merges.kept
    for name in (key, into):
        if name not in set(known):
            raise _refused(project, f"no study '{name}' in references.bib", "Correct the key.")
        if name in kept:
            hint = f"Merge with {kept[name]}, or take that back first: evidence merge {name} --undo"
            raise _refused(project, f"'{name}' was merged into '{kept[name]}' already", hint)
    if key == into:
        raise _refused(project, f"'{key}' is that study itself", "Name two keys.")
    made = Merge(key=key, into=into, at=stamp(datetime.now(UTC)), by=by)
    _write(changes, (*merges.all, made))
    return made


def take_back(project: Project, key: str, by: str = "") -> Merge:
    """Read the study of `key` as one of its own again. Raises InputError where it is one."""
    changes = Changeset(project)
    changes.read(project.merges)
    merges = _sound(project)
    found = next((item for item in merges.standing if item.key == key), None)
    if found is None:
        known = ", ".join(item.key for item in merges.standing) or "none"
        raise _refused(project, f"'{key}' is not merged", f"Merged are: {known}.")
    ended = found.model_copy(update={"undone": TakenBack(at=stamp(datetime.now(UTC)), by=by)})
    _write(changes, tuple(ended if item is found else item for item in merges.all))
    return ended


def follow(unit: str, kept: Mapping[str, str]) -> str:
    """A unit under the key of the study that is kept: a study, or a passage of it."""
    if unit in kept:
        return kept[unit]
    study, dash, digest = unit.rpartition("-")
    return f"{kept[study]}{dash}{digest}" if study in kept else unit


def followed(items: Iterable[T], field: str, kept: Mapping[str, str]) -> list[T]:
    """The same lines, of which `field` holds a unit, under the keys that are kept."""
    if not kept:
        return list(items)
    return [_with(item, field, follow(getattr(item, field), kept)) for item in items]


def one_corpus(documents: Iterable[Document], kept: Mapping[str, str]) -> list[Document]:
    """Documents under the keys that are kept. Two of a kind are one, with the passages of both.

    Passages of the same words are one passage, for which the most was read that was for either.
    """
    found: dict[tuple[str, str], Document] = {}
    own = sorted(documents, key=lambda item: item.study in kept)  # those of the kept study first
    for item in own:
        if item.study in kept:
            item = replace(
                item,
                study=kept[item.study],
                passages=tuple(_passage(passage, kept) for passage in item.passages),
            )
        place = (item.study, item.kind)
        found[place] = _joined(found[place], item) if place in found else item
    return list(found.values())


def _joined(one: Document, other: Document) -> Document:
    theirs = {item.id: item for item in _resting(other)}
    own = [
        replace(item, access=_most(item.access, theirs.pop(item.id, item).access))
        for item in _resting(one)
    ]
    last = max((item.position for item in one.passages), default=0)
    more = (replace(item, position=last + n) for n, item in enumerate(theirs.values(), 1))
    return replace(
        one,
        access=_most(one.access, other.access),
        passages=(*own, *more),
        joined=(*one.joined, *(replace(j, position=last + j.position) for j in other.joined)),
        summary=one.summary or other.summary,
        related=one.related or other.related,
        notice=one.notice or other.notice,
        case=one.case or other.case,
        described=one.described.filled_from(other.described),
        countries=tuple(dict.fromkeys((*one.countries, *other.countries))),
        sources=tuple(dict.fromkeys((*one.sources, *other.sources))),
        unconfirmed=tuple(dict.fromkeys((*one.unconfirmed, *other.unconfirmed))),
        strange_marks=(*one.strange_marks, *other.strange_marks),
        absent=one.absent and other.absent,
        size=one.length + other.length if one.absent or other.absent else 0,
    )


def _resting(document: Document) -> Iterator[Passage]:
    """The passages of a document, each with what it rests on."""
    return (replace(item, access=document.access_of(item)) for item in document.passages)


def _most(*read: Access | None) -> Access:
    return max(filter(None, read), key=EXTENTS.index)


def _passage(item: Passage, kept: Mapping[str, str]) -> Passage:
    return replace(item, id=follow(item.id, kept), study=kept[item.study])


def _with(item: T, field: str, value: str) -> T:
    changed: Any = item
    return item if getattr(item, field) == value else replace(changed, **{field: value})


def _sound(project: Project) -> Merges:
    merges = read_merges(project)
    if merges.problems:
        raise InputError(merges.problems)
    return merges


def _refused(project: Project, message: str, hint: str) -> InputError:
    return InputError([Problem(project.name(project.merges), 0, "no-merge", message, hint)])


def _write(changes: Changeset, merges: tuple[Merge, ...]) -> None:
    value = _File(merges=merges).model_dump(mode="json", exclude_defaults=True)
    changes.write(changes.project.merges, dump_yaml(value))
    changes.commit()
