"""Kinds of theses, reports and patents, and states of publication, by their names in BibLaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pipeline.ground.texts import Texts, read_texts

GENRE = "genre."
STATE = "state."


def words() -> Texts:
    """The texts of this wing."""
    return read_texts(__package__ or "")


def _english(prefix: str) -> Mapping[str, str]:
    return {
        key.removeprefix(prefix): text["en"]
        for key, text in words().items()
        if key.startswith(prefix)
    }


GENRES = _english(GENRE)
STATES = _english(STATE)


def translated(said: str, language: str) -> str:
    """A genre or state in a language; what is none of BibLaTeX's stays as it is."""
    return _by_words().get(said, {}).get(language, said)


@lru_cache(maxsize=1)
def _by_words() -> Mapping[str, Mapping[str, str]]:
    return {text["en"]: text for key, text in words().items() if key.startswith((GENRE, STATE))}
