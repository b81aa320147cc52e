"""The tables of the published database. What each column means stands in datasette_metadata.yml."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


class Study(SQLModel, table=True):
    key: str = Field(primary_key=True)
    label: str
    title: str
    authors: str
    year: int = Field(index=True)
    container: str
    type: str
    volume: str
    number: str
    pages: str
    publisher: str
    doi: str
    url: str
    access: str | None = Field(index=True)
    based_on: str
    setting: str
    method: str
    orchestrator: str
    summary: str
    sectors: list[str] = _json()
    undecided: list[str] = _json()
    countries: list[str] = _json()
    roles: list[str] = _json()
    passages: int
    evidence: int
    suggested: int
    note: str
    sources: list[str] = _json()
    unconfirmed: list[str] = _json()


class Author(SQLModel, table=True):
    id: str = Field(primary_key=True)
    name: str
    family: str = Field(index=True)
    given: str


class StudyAuthor(SQLModel, table=True):
    __tablename__ = "study_author"
    study: str = Field(primary_key=True, foreign_key="study.key")
    position: int = Field(primary_key=True)
    author: str = Field(foreign_key="author.id", index=True)
    editor: bool


class Country(SQLModel, table=True):
    code: str = Field(primary_key=True)
    name_en: str
    name_nl: str


class StudyCountry(SQLModel, table=True):
    __tablename__ = "study_country"
    study: str = Field(primary_key=True, foreign_key="study.key")
    country: str = Field(primary_key=True, foreign_key="country.code", index=True)


class Document(SQLModel, table=True):
    id: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)
    kind: str
    language: str
    access: str
    passages: int
    absent: bool


class Passage(SQLModel, table=True):
    id: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)
    document: str = Field(foreign_key="document.id", index=True)
    position: int
    locator: str
    language: str
    text: str


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


class Suggestion(SQLModel, table=True):
    id: str = Field(primary_key=True)
    unit: str = Field(index=True)
    study: str = Field(foreign_key="study.key", index=True)
    passage: str | None = Field(foreign_key="passage.id", index=True)
    dimension: str = Field(foreign_key="dimension.id")
    code: str = Field(foreign_key="code.id", index=True)
    score: float
    indicators: list[str] = _json()


class SuggestionSpan(SQLModel, table=True):
    __tablename__ = "suggestion_span"
    suggestion: str = Field(primary_key=True, foreign_key="suggestion.id")
    start: int = Field(primary_key=True)
    end: int = Field(primary_key=True)
    indicator: str
    words: str


class Training(SQLModel, table=True):
    code: str = Field(primary_key=True, foreign_key="code.id")
    source: str
    coded: int
    f1_indicators: float | None
    f1_examples: float | None
    f1_reviewed: float | None
    better: float


class Coder(SQLModel, table=True):
    id: str = Field(primary_key=True)
    name_en: str
    name_nl: str
    kind: str
    nature: str = Field(index=True)
    instructions: str
    active: bool


class Round(SQLModel, table=True):
    id: str = Field(primary_key=True)
    title_en: str
    title_nl: str
    coders: list[str] = _json()
    blind: bool
    suggestions: str
    hidden_from: list[str] = _json()
    state: str
    opened_at: str
    note_en: str
    note_nl: str


class Agreement(SQLModel, table=True):
    id: str = Field(primary_key=True)
    round: str = Field(foreign_key="round.id", index=True)
    dimension: str = Field(foreign_key="dimension.id")
    what: str
    code: str | None = Field(foreign_key="code.id")
    unit: str
    units: int
    prevalence: float | None
    raw: float | None
    raw_low: float | None
    raw_high: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    ac1: float | None
    ac1_low: float | None
    ac1_high: float | None
    remark: str


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


class Decision(SQLModel, table=True):
    id: str = Field(primary_key=True)
    decided_at: str
    coder: str | None = Field(foreign_key="coder.id", index=True)
    consensus: bool
    unit: str = Field(index=True)
    study: str = Field(foreign_key="study.key", index=True)
    passage: str | None = Field(foreign_key="passage.id")
    dimension: str = Field(foreign_key="dimension.id")
    codes: list[str] = _json()
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
    sectors: list[str] = _json()
    access: str | None = Field(index=True)
    year: int = Field(index=True)
    language: str
    score: float | None
    coders: list[str] = _json()
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
    sectors: list[str] = _json()
    access: str | None = Field(index=True)
    year: int = Field(index=True)
    language: str
    coders: list[str] = _json()
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


class StudySector(SQLModel, table=True):
    __tablename__ = "study_sector"
    study: str = Field(primary_key=True, foreign_key="study.key")
    sector: str = Field(primary_key=True, foreign_key="code.id", index=True)


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


class Reference(SQLModel, table=True):
    study: str = Field(primary_key=True, foreign_key="study.key")
    csl: str
    entry: str
    digest: str


class Related(SQLModel, table=True):
    study: str = Field(primary_key=True, foreign_key="study.key")
    what_en: str
    what_nl: str
    csl: str
    digest: str
    unconfirmed: list[str] = _json()


class Alias(SQLModel, table=True):
    alias: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)


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
    year: int
    doi: str
    stage: str
    state: str = Field(index=True)
    reason: str
    reason_en: str
    reason_nl: str


class ScreeningAgreement(SQLModel, table=True):
    __tablename__ = "screening_agreement"
    id: str = Field(primary_key=True)
    stage: str
    what: str
    screeners: int
    units: int
    raw: float | None
    raw_low: float | None
    raw_high: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    ac1: float | None
    ac1_low: float | None
    ac1_high: float | None
    remark: str


class Flow(SQLModel, table=True):
    position: int = Field(primary_key=True)
    field: str
    label_en: str
    label_nl: str
    number: int


class SchemeVersion(SQLModel, table=True):
    __tablename__ = "scheme_version"
    version: int = Field(primary_key=True)
    migration: str
    at: str
    by: str
    why: str
    changes: str
    scheme: str


class Instruction(SQLModel, table=True):
    name: str = Field(primary_key=True)
    text: str


class Wording(SQLModel, table=True):
    name: str = Field(primary_key=True)
    en: str
    nl: str


class Meta(SQLModel, table=True):
    name: str = Field(primary_key=True)
    value: str
