"""What single LaTeX commands stand for: signs, accents, and those whose argument alone is text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pylatexenc.latex2text import get_default_latex_context_db
from pylatexenc.latexencode import get_builtin_uni2latex_dict

from pipeline.ground.yamlfile import read_plain

_FILE = "latex_commands.yml"
_COMMANDS: dict[str, Any] = read_plain(
    files("pipeline.sources.bibliography").joinpath(_FILE).read_text(encoding="utf-8"), _FILE
)
ACCENTS: Mapping[str, str] = _COMMANDS["accents"]
ASIDE: Mapping[str, int] = _COMMANDS["aside"]
SILENT = frozenset(_COMMANDS["silent"])

# Letters above and below the line, and marks that stand alone, as Unicode takes them apart.
_TAKEN_APART = [
    (chr(code), unicodedata.decomposition(chr(code)).split())
    for code in (*range(0x2B0, 0x2E5), *range(0x1D2C, 0x2180), *range(0xA8, 0xBF))
]


def _shifted(form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for sign, parts in _TAKEN_APART:
        if len(parts) == 2 and parts[0] == form:
            found.setdefault(chr(int(parts[1], 16)), sign)
    return found


ABOVE: Mapping[str, str] = {
    **_shifted("<super>"),
    **{sign: sign for sign in "*′″†‡°"},
    **{"-": "⁻", "∘": "°", "∗": "*"},
}
BELOW: Mapping[str, str] = {**_shifted("<sub>"), "-": "₋"}
# By their combining form; of three there is a sign on every keyboard.
ALONE: Mapping[str, str] = {
    **{chr(int(parts[2], 16)): sign for sign, parts in _TAKEN_APART if "0020" in parts[:-1]},
    **{"\u0300": "`", "\u0302": "^", "\u0303": "~"},
}
_ONE_SIGN = re.compile(r"\{?(?:\\ensuremath\{|\\cyrchar)?\\([A-Za-z]+)\}{0,2}")


def symbol(name: str) -> str | None:
    """The sign of a command without an argument; \\textalpha is \\alpha in text."""
    found = _symbols().get(name)
    if found is None and name.startswith("text"):
        found = _symbols().get(name[4:])
    return found


@lru_cache(maxsize=1)
def _symbols() -> Mapping[str, str]:
    found: dict[str, str] = {}
    database = get_default_latex_context_db()
    for spec in database.iter_macro_specs(["latex-base", "advanced-symbols"]):
        text = spec.simplify_repl
        if isinstance(text, str) and text.strip() and "%" not in text:
            found[spec.macroname] = text
    for code, command in get_builtin_uni2latex_dict().items():
        match = _ONE_SIGN.fullmatch(command)
        if match and unicodedata.category(chr(code)) not in ("Cn", "Mn"):
            found.setdefault(match[1], chr(code))
    return {**found, **_COMMANDS["signs"]}
