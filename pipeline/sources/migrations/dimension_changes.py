"""A dimension added to the scheme."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.model.scheme import Id, Texts
from pipeline.sources.migrations.scheme_change import NewCode, SchemeChange
from pipeline.sources.migrations.scheme_draft import SchemeDraft, styled


class NewDimension(BaseModel):
    """A dimension with its first codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    unit: Literal["passage", "study"]
    many: bool = True
    threshold: float = Field(default=0.5, ge=0, le=1)
    overridable: bool = False
    label: Texts
    definition: Texts
    codes: tuple[NewCode, ...] = Field(min_length=1)


class AddDimension(SchemeChange):
    """Add a question that is put to every passage or study."""

    do: Literal["add_dimension"] = "add_dimension"
    dimension: NewDimension

    def edit(self, draft: SchemeDraft) -> None:
        new = self.dimension
        draft.must_be_new(new.id)
        codes = []
        for code in new.codes:
            draft.must_be_new(code.id)
            codes.append(code.written(draft.version))
        values = new.model_dump(mode="json", exclude={"codes"}, exclude_defaults=True)
        values = {"id": new.id, "unit": new.unit, "many": new.many, **values}
        found = type(draft.data)()
        for name, value in values.items():
            found[name] = styled(value, flow=name == "label")
        found["codes"] = codes
        draft.dimensions.append(found)

    @property
    def said(self) -> str:
        return f"add the dimension {self.dimension.label.en} ({self.dimension.id})"
