"""Indicators, or the word classes they use, written anew."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pipeline.ground.problems import InputError
from pipeline.ground.yamlfile import parse_yaml
from pipeline.model.indicators import WORDS_FILE, IndicatorFile, WordClasses
from pipeline.model.scheme import Text
from pipeline.sources.migrations.scheme_change import SchemeChange
from pipeline.sources.migrations.scheme_draft import CannotChange, SchemeDraft

WORDS = "words"


class Indicators(SchemeChange):
    """Let the indicators of a code, or the word classes, be this text."""

    do: Literal["indicators"] = "indicators"
    code: str
    text: Text

    def edit(self, draft: SchemeDraft) -> None:
        path = self.path(draft)
        model = WordClasses if self.code == WORDS else IndicatorFile
        try:
            found = parse_yaml(self.text, model, draft.project.name(path))
        except InputError as error:
            raise CannotChange("\n".join(str(item) for item in error.problems)) from None
        if isinstance(found, IndicatorFile) and found.code != self.code:
            raise CannotChange(f"The indicators say 'code: {found.code}', not '{self.code}'.")
        draft.files[path] = f"{self.text}\n"

    def path(self, draft: SchemeDraft) -> Path:
        if self.code == WORDS:
            return draft.project.indicators / WORDS_FILE
        return draft.indicators(self.code)

    @property
    def said(self) -> str:
        return f"edit the indicators of {self.code}"
