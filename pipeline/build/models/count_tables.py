"""Counts, and words that views take from the database."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class CodeTotal(SQLModel, table=True):
    __tablename__ = "code_total"
    code: str = Field(primary_key=True, foreign_key="code.id")
    decided: int
    decided_studies: int
    checked: int
    suggested: int
    disputed: int
    studies: int


class Cell(SQLModel, table=True):
    id: str = Field(primary_key=True)
    role: str = Field(foreign_key="code.id", index=True)
    sector: str | None = Field(foreign_key="code.id", index=True)
    studies: int
    unread: int
    passages: int
    reviewed: int
    evidence: int
    evidence_studies: int
    checked: int
    suggested: int
    suggested_studies: int
    disputed: int
    reason: str


class Wording(SQLModel, table=True):
    name: str = Field(primary_key=True)
    en: str
    nl: str


class Meta(SQLModel, table=True):
    name: str = Field(primary_key=True)
    value: str
