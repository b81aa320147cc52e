"""Names of an entry: BibTeX's parts between commas, and biber's `family=…, given=…`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)

from pipeline.model.records import Name
from pipeline.sources.bibliography.latex import without_braces

# The extended name format of the biber manual, section 3.3; other parts of it are left alone.
_EXTENDED = re.compile(r'\s*"?\s*(?:family|given|prefix|suffix)(?:-i)?\s*=')
_PART = re.compile(r'\s*"?\s*([a-z-]+)\s*=\s*(.*?)"?\s*\Z', re.DOTALL)


def split_names(text: str) -> tuple[list[str], bool]:
    """The people of a field, its commands read, one by one, and whether `and others` ends it."""
    people = split_multiple_persons_names(" ".join(text.split()))
    others = len(people) > 1 and people[-1].lower() == "others"
    return (people[:-1] if others else people), others


@lru_cache(maxsize=65536)
def parse_name(text: str) -> Name | None:
    """One name, its commands read; None where nothing of it can be read."""
    if "=" in text and _EXTENDED.match(text):
        return _extended(text)
    try:
        parts = parse_single_name_into_parts(text, strict=text.count(",") > 2)
    except InvalidNameError:
        return None
    family = _plain(parts.last)
    if not family:
        return None
    particle = _plain(parts.von)
    if particle[:1].isupper():  # BibTeX takes the "Ortega y" of Ortega y Gasset for one
        family, particle = f"{particle} {family}", ""
    return Name(
        family=family,
        given=_plain(parts.first),
        particle=particle,
        suffix=_plain(parts.jr),
        literal=text.startswith("{") and text.endswith("}") and not parts.first,
    )


def _extended(text: str) -> Name | None:
    found = {}
    for piece in _at_commas(text):
        if match := _PART.match(piece):
            found[match[1]] = _plain([match[2]])
    given = found.get("given") or found.get("given-i", "")
    family = found.get("family") or given
    if not family:
        return None
    return Name(
        family=family,
        given=given if found.get("family") else "",
        particle=found.get("prefix", ""),
        suffix=found.get("suffix", ""),
        literal=not given and "family={" in "".join(text.split()),
    )


def _plain(words: Iterable[str]) -> str:
    return " ".join(without_braces(" ".join(words)).split())


def _at_commas(text: str) -> list[str]:
    """A text cut at the commas that stand outside braces."""
    pieces, depth = [""], 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += sign
    return pieces
