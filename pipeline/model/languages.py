"""Languages as bibliographies name them, as codes of BCP 47."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# Names of LaTeX's package babel that are not those of the language in English.
_LATEX: Mapping[str, str] = {
    "american": "en-US",
    "usenglish": "en-US",
    "australian": "en-AU",
    "british": "en-GB",
    "ukenglish": "en-GB",
    "canadian": "en-CA",
    "ngerman": "de",
    "austrian": "de-AT",
    "naustrian": "de-AT",
    "swissgerman": "de-CH",
    "nswissgerman": "de-CH",
    "brazil": "pt-BR",
    "brazilian": "pt-BR",
    "portuges": "pt",
    "francais": "fr",
    "acadian": "fr-CA",
    "canadien": "fr-CA",
    "castilian": "es",
    "magyar": "hu",
    "bahasai": "id",
    "farsi": "fa",
}
_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?\Z")


def language_code(said: str) -> str:
    """The code of a language by its code or its name in English or LaTeX; empty if unknown."""
    said = said.strip()
    name = said.lower()
    if _CODE.match(said) and (re.split("[-_]", name)[0] in _by_name().values()):
        return said.replace("_", "-")
    return _LATEX.get(name) or _by_name().get(name, "")


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, str]:
    from babel import Locale

    known = {str(code): str(name) for code, name in Locale("en").languages.items()}
    return {
        **{name.lower(): code.replace("_", "-") for code, name in known.items()},
        **{code.lower(): code for code in known if code.isalpha()},
    }
