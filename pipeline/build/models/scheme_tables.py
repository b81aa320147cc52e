"""The scheme, its versions, and the indicators of its codes."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class Dimension(SQLModel, table=True):
    id: str = Field(primary_key=True)
    position: int
    unit: str
    many: bool
    is_evidence: bool
    is_map: bool
    label_en: str
    label_nl: str
    definition_en: str
    definition_nl: str


class Code(SQLModel, table=True):
    id: str = Field(primary_key=True)
    dimension: str = Field(foreign_key="dimension.id", index=True)
    position: int
    parent: str | None = Field(foreign_key="code.id")
    since: int
    retired: int | None
    label_en: str
    label_nl: str
    definition_en: str
    definition_nl: str
    include_en: str
    include_nl: str
    exclude_en: str
    exclude_nl: str
    example_en: str
    example_nl: str


class Indicator(SQLModel, table=True):
    id: str = Field(primary_key=True)
    code: str = Field(foreign_key="code.id", index=True)
    weight: float
    phrases_en: str
    phrases_nl: str


class Training(SQLModel, table=True):
    code: str = Field(primary_key=True, foreign_key="code.id")
    source: str
    coded: int
    f1_indicators: float | None
    f1_examples: float | None
    f1_reviewed: float | None
    better: float


class SchemeVersion(SQLModel, table=True):
    __tablename__ = "scheme_version"
    version: int = Field(primary_key=True)
    migration: str
    at: str
    by: str
    why: str
    changes: str
    scheme: str
