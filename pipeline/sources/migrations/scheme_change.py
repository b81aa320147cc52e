"""What every change of a scheme can do, and what several of them need."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from pipeline.model.scheme import Id, NearMiss, Texts
from pipeline.sources.migrations.scheme_draft import CannotChange, SchemeDraft, new_code


class SchemeChange(BaseModel):
    """A change, as it stands in a migration; `do` names its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def edit(self, draft: SchemeDraft) -> None:
        """Make the change. Raises CannotChange."""
        raise NotImplementedError

    @property
    def said(self) -> str:
        """The change in a few words."""
        raise NotImplementedError


class NewCode(BaseModel):
    """A code that did not exist before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    label: Texts
    definition: Texts | None = None
    include: Texts | None = None
    exclude: Texts | None = None
    example: Texts | None = None
    near_misses: tuple[NearMiss, ...] = ()
    parent: Id | None = None

    def written(self, since: int, **more: Any) -> Any:
        values = self.model_dump(mode="json", exclude_none=True)
        return new_code({**values, **more}, since)


def anything(draft: SchemeDraft, name: str) -> Any:
    """A code or a dimension."""
    for item in draft.dimensions:
        if item["id"] == name:
            return item
    return draft.code(name)


def retire(draft: SchemeDraft, name: str) -> Any:
    """Take a code out of use. Raises CannotChange where it is already."""
    target = draft.code(name)
    if target.get("retired"):
        raise CannotChange(f"'{name}' is retired already, since version {target['retired']}.")
    target["retired"] = draft.version
    return target
