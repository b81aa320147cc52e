"""Studies: who wrote them, where they are from, what was read of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Study(SQLModel, table=True):
    key: str = Field(primary_key=True)
    label: str
    title: str
    authors: str
    year: int | None = Field(index=True)
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
    case_name: str = Field(index=True)
    notice: str = Field(index=True)
    notice_en: str
    notice_nl: str
    notice_link: str
    setting: str
    method: str
    orchestrator: str
    summary: str
    sectors: Sequence[str] = Field(sa_type=JSON)
    undecided: Sequence[str] = Field(sa_type=JSON)
    countries: Sequence[str] = Field(sa_type=JSON)
    roles: Sequence[str] = Field(sa_type=JSON)
    passages: int
    evidence: int
    suggested: int
    note: str
    sources: Sequence[str] = Field(sa_type=JSON)
    unconfirmed: Sequence[str] = Field(sa_type=JSON)


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


class StudySector(SQLModel, table=True):
    __tablename__ = "study_sector"
    study: str = Field(primary_key=True, foreign_key="study.key")
    sector: str = Field(primary_key=True, foreign_key="code.id", index=True)


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
    unconfirmed: Sequence[str] = Field(sa_type=JSON)


class Alias(SQLModel, table=True):
    alias: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)


class Document(SQLModel, table=True):
    id: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)
    kind: str
    language: str
    access: str
    passages: int
    absent: bool


class Gist(SQLModel, table=True):
    passage: str = Field(primary_key=True, foreign_key="passage.id")
    language: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)
    text: str
    by_en: str
    by_nl: str
    nature: str


class Passage(SQLModel, table=True):
    id: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)
    document: str = Field(foreign_key="document.id", index=True)
    position: int
    sentences: int
    locator: str
    language: str
    access: str
    text: str


class Part(SQLModel, table=True):
    unit: str = Field(primary_key=True)
    sentence: str = Field(primary_key=True)
    study: str = Field(foreign_key="study.key", index=True)
