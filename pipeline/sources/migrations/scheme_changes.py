"""Every kind of change that a scheme can undergo: one class, one line."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.sources.migrations.code_changes import (
    AddCode,
    Nest,
    Redefine,
    Rename,
    Reorder,
    Restore,
    Retire,
)
from pipeline.sources.migrations.dimension_changes import AddDimension, NewDimension
from pipeline.sources.migrations.guidance_changes import Boundaries, Rules
from pipeline.sources.migrations.indicator_changes import WORDS, Indicators
from pipeline.sources.migrations.merge_and_split import Merge, Split
from pipeline.sources.migrations.scheme_change import NewCode

__all__ = [
    "WORDS",
    "AddCode",
    "AddDimension",
    "Boundaries",
    "Change",
    "Indicators",
    "Merge",
    "Nest",
    "NewCode",
    "NewDimension",
    "Redefine",
    "Rename",
    "Reorder",
    "Restore",
    "Retire",
    "Rules",
    "Split",
]

Change = Annotated[
    AddCode
    | Rename
    | Redefine
    | Reorder
    | Nest
    | Merge
    | Split
    | Retire
    | Restore
    | AddDimension
    | Rules
    | Boundaries
    | Indicators,
    Field(discriminator="do"),
]
