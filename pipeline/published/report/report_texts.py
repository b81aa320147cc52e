"""The words of reports in one language, and numbers and dates as that language writes them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from babel.dates import format_date
from babel.numbers import format_decimal

from pipeline.ground.texts import Texts, read_texts
from pipeline.published.terms import LANGUAGES

__all__ = ["LANGUAGES", "Wording", "texts"]


def texts() -> Texts:
    """All texts by key and language."""
    return read_texts("pipeline.published.report")


@dataclass(frozen=True)
class Wording:
    """What a report says, in one language."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        text = texts()[key][self.language]
        return text.format(**values) if values else text

    def many(self, key: str, number: int) -> str:
        """A number with its noun: 1 study, 2 studies."""
        return self(f"{key}.{'one' if number == 1 else 'many'}", number=self.number(number))

    def number(self, value: int) -> str:
        return str(format_decimal(value, locale=self.language))

    def decimal(self, value: float) -> str:
        """With two decimals, rounded as the command does, and no minus before a zero."""
        rounded = round(value, 2) + 0.0  # Babel alone takes a half to the even digit
        return str(format_decimal(rounded, format="0.00", locale=self.language))

    def date(self, value: datetime.date) -> str:
        return str(format_date(value, format="long", locale=self("locale").replace("-", "_")))
