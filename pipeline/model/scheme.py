"""The coding scheme: dimensions and codes, validated."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from pipeline.ground.texts import LANGUAGES as LANGUAGES
from pipeline.ground.yamlfile import Part, read_yaml

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
TAKEN = ("none", "undecided")  # words with a meaning of their own where codes stand
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")]
Stage = Literal["abstract", "full"]


class Texts(Part):
    """One text in each language of the scheme."""

    en: Text
    nl: Text

    def __getitem__(self, language: str) -> str:
        return self.nl if language == "nl" else self.en


class NearMiss(Texts):
    """A sentence that is often mistaken for the code, and the code it belongs to."""

    code: Id


class Boundary(Part):
    """The question that tells two neighbouring codes apart."""

    between: tuple[Id, Id]
    ask: Texts
    yes: Id
    no: Id


class Code(Part):
    """One answer of a dimension. The id is permanent; all else may be reworded.

    `reads_as`: how an old answer with this retired code reads now (merged codes). `part_of`: the
    code that this one was split from; where that was not given, this one was denied with it.
    `meaning`: the version since which it means what it says; older answers say nothing of it.
    """

    id: Id
    since: int = Field(ge=1)
    label: Texts
    definition: Texts | None = None
    include: Texts | None = None
    exclude: Texts | None = None
    example: Texts | None = None
    near_misses: tuple[NearMiss, ...] = ()
    parent: Id | None = None
    retired: int | None = None
    reads_as: tuple[Id, ...] = ()
    part_of: Id | None = None
    meaning: int | None = Field(default=None, ge=1)


class Dimension(Part):
    """A question put to every unit, with the codes that answer it."""

    id: Id
    unit: Literal["passage", "study"]
    many: bool
    threshold: float = Field(default=0.5, ge=0, le=1)
    overridable: bool = False
    label: Texts
    definition: Texts
    codes: tuple[Code, ...]

    @property
    def since(self) -> int:
        """The version of the scheme from which the question was asked."""
        return min((code.since for code in self.codes), default=1)

    @property
    def code_ids(self) -> frozenset[str]:
        return frozenset(code.id for code in self.codes)


class Reason(Part):
    """Why a study is left out of the review."""

    id: Id
    label: Texts


class Screening(Part):
    """How candidates are screened: stages, reasons to exclude, how many screeners each needs.

    `blind`: a screener sees what the other said only after answering. `target`: how much of what
    is relevant shall be found, and `confidence`: how sure one wants to be of it, in per cent.
    """

    stages: tuple[Stage, ...] = Field(default=("abstract", "full"), min_length=1)
    screeners: int = Field(default=1, ge=1, le=2)
    blind: bool = True
    target: int = Field(default=95, ge=50, le=99)
    confidence: int = Field(default=95, ge=50, le=99)
    reasons: tuple[Reason, ...] = ()


class Scheme(Part):
    """The whole scheme of one version."""

    version: int = Field(ge=1)
    title: Texts
    source: WebAddress
    evidence: Id
    map: Id
    rules: tuple[Texts, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    screening: Screening = Screening()
    dimensions: tuple[Dimension, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Scheme:
        faults = list(self._faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        seen: dict[str, str] = {}
        names = [dimension.id for dimension in self.dimensions]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"dimension '{name}' stands twice"
        for name in (self.evidence, self.map):
            if name not in names:
                yield f"dimension '{name}' is named but not defined"
        for dimension in self.dimensions:
            if dimension.id == self.evidence and dimension.unit != "passage":
                yield f"dimension '{dimension.id}' must code passages to be evidence"
            for code in dimension.codes:
                if code.id in TAKEN:
                    yield f"no code can be called '{code.id}'"
                if code.id in seen:
                    yield f"code '{code.id}' is in '{seen[code.id]}' and in '{dimension.id}'"
                seen[code.id] = dimension.id
                if max(code.since, code.retired or 0, code.meaning or 0) > self.version:
                    yield f"code '{code.id}' names a version after {self.version}"
                yield from self._parent_faults(dimension, code)
                yield from _reading_faults(dimension, code)
        for name in self._named_codes():
            if name not in seen:
                yield f"code '{name}' is named but not defined"

    @staticmethod
    def _parent_faults(dimension: Dimension, code: Code) -> Iterator[str]:
        parents = {item.id: item.parent for item in dimension.codes}
        path = [code.id]
        while (parent := parents.get(path[-1])) is not None:
            if parent not in parents:
                yield f"parent '{parent}' of '{path[-1]}' is not in '{dimension.id}'"
                return
            if parent in path:
                yield f"'{code.id}' is its own ancestor"
                return
            path.append(parent)

    def _named_codes(self) -> Iterator[str]:
        for boundary in self.boundaries:
            yield from (*boundary.between, boundary.yes, boundary.no)
        for dimension in self.dimensions:
            for code in dimension.codes:
                yield from (near.code for near in code.near_misses)

    @cached_property
    def neighbours(self) -> tuple[Boundary, ...]:
        """Boundaries between codes that are in use."""
        return tuple(
            item
            for item in self.boundaries
            if all(self.codes[name].retired is None for name in (*item.between, item.yes, item.no))
        )

    @cached_property
    def codes(self) -> dict[str, Code]:
        return {code.id: code for dimension in self.dimensions for code in dimension.codes}

    @cached_property
    def merged_into(self) -> dict[str, tuple[Code, ...]]:
        """By code, the retired ones whose answers read as it now."""
        found: dict[str, tuple[Code, ...]] = {}
        for code in self.codes.values():
            for name in code.reads_as:
                found[name] = (*found.get(name, ()), code)
        return found

    @cached_property
    def by_id(self) -> dict[str, Dimension]:
        return {dimension.id: dimension for dimension in self.dimensions}

    def dimension(self, name: str) -> Dimension:
        """The dimension of that id; KeyError if there is none."""
        return self.by_id[name]


def _reading_faults(dimension: Dimension, code: Code) -> Iterator[str]:
    codes = {item.id: item for item in dimension.codes}
    for name in (*code.reads_as, *((code.part_of,) if code.part_of else ())):
        if name not in codes or name == code.id:
            yield f"'{name}', named by '{code.id}', is no other code of '{dimension.id}'"
            return
    if code.reads_as and code.retired is None:
        yield f"code '{code.id}' is in use; only a retired code reads as another"
    seen = {code.id}
    ahead = [*code.reads_as]
    while ahead:
        name = ahead.pop()
        if name == code.id:
            yield f"code '{code.id}' reads as itself in the end"
            return
        if name not in seen and name in codes:
            seen.add(name)
            ahead += codes[name].reads_as


def read_scheme(path: Path, name: str = "coding/scheme.yml") -> Scheme:
    """The scheme, or InputError with everything wrong in it."""
    return read_yaml(path, Scheme, name)
