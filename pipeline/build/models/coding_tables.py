"""What is suggested, what coders answered, and what stands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Suggestion(SQLModel, table=True):
    id: str = Field(primary_key=True)
    unit: str = Field(index=True)
    study: str = Field(foreign_key="study.key", index=True)
    passage: str | None = Field(foreign_key="passage.id", index=True)
    dimension: str = Field(foreign_key="dimension.id")
    code: str = Field(foreign_key="code.id", index=True)
    score: float
    indicators: Sequence[str] = Field(sa_type=JSON)


class SuggestionSpan(SQLModel, table=True):
    __tablename__ = "suggestion_span"
    suggestion: str = Field(primary_key=True, foreign_key="suggestion.id")
    start: int = Field(primary_key=True)
    end: int = Field(primary_key=True)
    indicator: str
    words: str


class PassageScores(SQLModel, table=True):
    __tablename__ = "passage_scores"
    passage: str = Field(primary_key=True, foreign_key="passage.id")
    study: str = Field(foreign_key="study.key", index=True)
    scores: str  # of every code, as JSON: one row a passage, not one a code


class Decision(SQLModel, table=True):
    id: str = Field(primary_key=True)
    decided_at: str
    coder: str | None = Field(foreign_key="coder.id", index=True)
    consensus: bool
    unit: str = Field(index=True)
    study: str = Field(foreign_key="study.key", index=True)
    passage: str | None = Field(foreign_key="passage.id")
    dimension: str = Field(foreign_key="dimension.id")
    codes: Sequence[str] = Field(sa_type=JSON)
    standing: str
    confidence: str
    note: str
    quote: str
    shown: str
    scheme: int
    round: str | None = Field(foreign_key="round.id")


class Coding(SQLModel, table=True):
    id: str = Field(primary_key=True)
    dimension: str = Field(foreign_key="dimension.id", index=True)
    code: str = Field(foreign_key="code.id", index=True)
    status: str = Field(index=True)
    study: str = Field(foreign_key="study.key", index=True)
    passage: str | None = Field(foreign_key="passage.id", index=True)
    text: str
    locator: str
    sectors: Sequence[str] = Field(sa_type=JSON)
    access: str | None = Field(index=True)
    year: int | None = Field(index=True)
    language: str
    score: float | None
    coders: Sequence[str] = Field(sa_type=JSON)
    settled_by: str | None = Field(foreign_key="coder.id")
    checked: str = Field(index=True)
    confidence: str


class Evidence(SQLModel, table=True):
    id: str = Field(primary_key=True)
    role: str = Field(foreign_key="code.id", index=True)
    study: str = Field(foreign_key="study.key", index=True)
    passage: str = Field(foreign_key="passage.id", index=True)
    status: str = Field(index=True)
    text: str
    locator: str
    sectors: Sequence[str] = Field(sa_type=JSON)
    access: str | None = Field(index=True)
    year: int | None = Field(index=True)
    language: str
    coders: Sequence[str] = Field(sa_type=JSON)
    settled_by: str | None = Field(foreign_key="coder.id")
    checked: str = Field(index=True)
    confidence: str = Field(index=True)


class Considered(SQLModel, table=True):
    study: str = Field(primary_key=True, foreign_key="study.key")
    code: str = Field(primary_key=True, foreign_key="code.id")
    passages: int


class PassageSector(SQLModel, table=True):
    __tablename__ = "passage_sector"
    passage: str = Field(primary_key=True, foreign_key="passage.id")
    sector: str = Field(primary_key=True, foreign_key="code.id", index=True)
