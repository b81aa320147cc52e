"""What was found, sentence by sentence, with the pieces each rests on."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class Synthesis(SQLModel, table=True):
    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    code: str = Field(foreign_key="code.id", index=True)
    within: str | None = Field(foreign_key="code.id", index=True)
    language: str
    by: str = Field(foreign_key="coder.id")
    written: str
    checked_by: str | None = Field(foreign_key="coder.id")
    checked: str


class SynthesisSentence(SQLModel, table=True):
    __tablename__ = "synthesis_sentence"
    id: str = Field(primary_key=True)
    synthesis: str = Field(foreign_key="synthesis.id", index=True)
    position: int
    text: str


class SynthesisPiece(SQLModel, table=True):
    __tablename__ = "synthesis_piece"
    sentence: str = Field(primary_key=True, foreign_key="synthesis_sentence.id")
    position: int = Field(primary_key=True)
    piece: str = Field(index=True)  # of evidence, where it is there still
