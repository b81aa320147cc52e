"""The words of screening in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml
from babel.numbers import format_decimal


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, str]]:
    """All texts by key and language."""
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        files("pipeline.model").joinpath("texts.yml").read_text(encoding="utf-8")
    )
    return found


@dataclass(frozen=True)
class Wording:
    """What screening says; numbers are written as the language writes them."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        shown = {
            name: format_decimal(value, locale=self.language)
            if isinstance(value, int | float)
            else value
            for name, value in values.items()
        }
        return texts()[key][self.language].format(**shown)
