"""Names of countries in the languages of the site."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale


@lru_cache(maxsize=1024)
def country_name(code: str, language: str) -> str:
    """The name of a country by its ISO 3166-1 code of two letters."""
    return str(Locale(language).territories.get(code, code))
