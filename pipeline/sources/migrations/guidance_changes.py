"""What helps to decide between codes, each list written anew: rules, questions between two."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pipeline.model.scheme import Boundary, Texts
from pipeline.sources.migrations.scheme_change import SchemeChange
from pipeline.sources.migrations.scheme_draft import SchemeDraft, quoted_keys, styled


class Rules(SchemeChange):
    """The general rules in their order; a rule that stands there word for word is kept as it is."""

    do: Literal["rules"] = "rules"
    rules: tuple[Texts, ...] = Field(min_length=1)

    def edit(self, draft: SchemeDraft) -> None:
        _replace(draft, "rules", [rule.model_dump() for rule in self.rules])

    @property
    def said(self) -> str:
        return f"write the general rules anew ({len(self.rules)})"


class Boundaries(SchemeChange):
    """The questions that tell neighbouring codes apart, in their order."""

    do: Literal["boundaries"] = "boundaries"
    boundaries: tuple[Boundary, ...] = Field(min_length=1)

    def edit(self, draft: SchemeDraft) -> None:
        _replace(draft, "boundaries", [item.model_dump(mode="json") for item in self.boundaries])

    @property
    def said(self) -> str:
        return f"write the questions between neighbours anew ({len(self.boundaries)})"


def _replace(draft: SchemeDraft, name: str, values: list[dict[str, Any]]) -> None:
    """Put values into a list of the scheme; what is as it was keeps its place in the file."""
    kept = list(draft.data.get(name, ()))
    items = styled(values)
    for place, item in enumerate(items):
        items[place] = next((old for old in kept if old == item), quoted_keys(item))
    draft.data[name] = items
