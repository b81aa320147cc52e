"""All that readers see in words: each package's `texts.yml`, and what packages share."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import ClassVar

import yaml

LANGUAGES = ("en", "nl")  # in which everything a reader sees is said
Texts = Mapping[str, Mapping[str, str]]
_SPOKEN: ContextVar[str] = ContextVar("spoken", default=LANGUAGES[0])
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@lru_cache(maxsize=16)
def read_texts(package: str) -> Texts:
    """The texts of a package by key and language, the shared ones among them."""
    text = files(package).joinpath("texts.yml").read_text(encoding="utf-8")
    own: Texts = yaml.safe_load(text)
    return own if package == __package__ else {**shared(), **own}


def shared() -> Texts:
    """The texts that all packages share."""
    return read_texts("pipeline.ground")


def said(key: str, language: str, /, **values: object) -> str:
    """A shared text in one language."""
    text = shared()[key][language]
    return text.format(**values) if values else text


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Answer in this language whoever asks meanwhile: a request or a command."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> str:
    """The language in which messages are said now; English outside of any `speaking`."""
    return _SPOKEN.get()


@dataclass(frozen=True)
class Wording:
    """What a package says in one language, numbers and dates as that language writes them.

    A package that speaks names itself in a class of its own.
    """

    language: str
    package: ClassVar[str] = __package__ or ""

    def __call__(self, key: str, /, **values: object) -> str:
        text = read_texts(self.package)[key][self.language]
        shown = {
            name: self.number(value) if isinstance(value, int | float) else value
            for name, value in values.items()
        }
        return text.format(**shown) if shown else text

    def many(self, key: str, number: int) -> str:
        """A number with its noun: 1 study, 2 studies."""
        return self(f"{key}.{'one' if number == 1 else 'many'}", number=number)

    def number(self, value: float) -> str:
        return self._decimal(value)

    def decimal(self, value: float) -> str:
        """With two decimals, rounded as the command does, and no minus before a zero."""
        rounded = round(value, 2) + 0.0  # Babel alone takes a half to the even digit
        return self._decimal(rounded, "0.00")

    def date(self, value: datetime.date) -> str:
        from babel.dates import format_date

        return str(format_date(value, format="long", locale=self("locale").replace("-", "_")))

    def _decimal(self, value: float, form: str | None = None) -> str:
        from babel.numbers import format_decimal  # slow to import, and most commands say nothing

        return str(format_decimal(value, format=form, locale=self.language))


@dataclass(frozen=True)
class Spoken:
    """What a package says in the language that is spoken when it is asked."""

    wording: type[Wording]

    def __call__(self, key: str, /, **values: object) -> str:
        return self.wording(spoken())(key, **values)

    def many(self, key: str, number: int) -> str:
        """A number with its noun: 1 study, 2 studies."""
        return self.wording(spoken()).many(key, number)


def in_xml(text: str) -> str:
    """Without the characters that XML 1.0 forbids."""
    return _FORBIDDEN.sub("", text)


def clean(text: str) -> str:
    """On one line, without what XML cannot hold: control characters, halves of surrogates."""
    kept = "".join(
        char
        for char in text
        if char.isspace() or (char >= " " and not 0x7F <= ord(char) <= 0x9F and _in_xml(char))
    )
    return " ".join(kept.split())


def _in_xml(char: str) -> bool:
    return not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
