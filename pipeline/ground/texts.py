"""Words that the site, reports, exports and the tables share, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import yaml

LANGUAGES = ("en", "nl")  # in which everything a reader sees is said
Texts = Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=8)
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
