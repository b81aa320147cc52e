"""Imports, candidates, the flow, and how screeners agree."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from pipeline.build.models.measure_columns import measured


class Import(SQLModel, table=True):
    id: str = Field(primary_key=True)
    at: str
    source: str
    kind: str
    file: str
    found: int
    added: int
    merged: int
    broken: int
    left_out: int
    screened: bool
    same_file_as: str
    undone: str


class Candidate(SQLModel, table=True):
    key: str = Field(primary_key=True)
    label: str
    title: str
    year: int | None
    doi: str
    stage: str
    state: str = Field(index=True)
    reason: str
    reason_en: str
    reason_nl: str


class _OfStage(SQLModel):
    __tablename__ = "screening_agreement"
    id: str = Field(primary_key=True)
    stage: str
    what: str
    screeners: int
    units: int


ScreeningAgreement = measured("ScreeningAgreement", _OfStage)


class Flow(SQLModel, table=True):
    position: int = Field(primary_key=True)
    field: str
    label_en: str
    label_nl: str
    number: int
