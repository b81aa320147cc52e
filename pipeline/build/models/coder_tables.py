"""Coders, what models were told, rounds, and how coders agreed in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from pipeline.build.models.measure_columns import measured


class Coder(SQLModel, table=True):
    id: str = Field(primary_key=True)
    name_en: str
    name_nl: str
    kind: str
    nature: str = Field(index=True)
    instructions: str
    active: bool


class Instruction(SQLModel, table=True):
    name: str = Field(primary_key=True)
    text: str


class Round(SQLModel, table=True):
    id: str = Field(primary_key=True)
    title_en: str
    title_nl: str
    coders: Sequence[str] = Field(sa_type=JSON)
    blind: bool
    suggestions: str
    hidden_from: Sequence[str] = Field(sa_type=JSON)
    state: str
    opened_at: str
    note_en: str
    note_nl: str


class _OfRound(SQLModel):
    id: str = Field(primary_key=True)
    round: str = Field(foreign_key="round.id", index=True)
    dimension: str = Field(foreign_key="dimension.id")
    what: str
    code: str | None = Field(foreign_key="code.id")
    unit: str
    units: int
    prevalence: float | None


Agreement = measured("Agreement", _OfRound)


class MachineAgreement(SQLModel, table=True):
    __tablename__ = "machine_agreement"
    id: str = Field(primary_key=True)
    round: str = Field(foreign_key="round.id", index=True)
    dimension: str = Field(foreign_key="dimension.id")
    code: str = Field(foreign_key="code.id", index=True)
    indicator: str
    right: int
    wrong: int
    missed: int
    precision: float | None
    recall: float | None
    f1: float | None


class Influence(SQLModel, table=True):
    id: str = Field(primary_key=True)
    round: str = Field(foreign_key="round.id", index=True)
    dimension: str = Field(foreign_key="dimension.id")
    coder: str = Field(foreign_key="coder.id")
    suggestions: str
    units: int
    same: int
    right: int
    wrong: int
    missed: int
    changed: int | None
