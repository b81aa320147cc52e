"""BibLaTeX's data model: which fields an entry may have and which it needs, and what fits it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

REMARKS = "annotation"
DATES = ("date", "urldate", "origdate", "eventdate")
NUMBERS = {"isbn": 10, "issn": 8}
# What names other entries, which need not be in the file.
_OTHERS = frozenset(("crossref", "xref", "xdata", "entryset", "related"))
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2]|2[1-4])"  # or a season
_SIDE = rf"(?:\d{{4}}|\d{{3}}X|\d{{2}}XX)(?:-{_MONTH}(?:-{_DAY})?)?[~?%]?|\.\.|"
_DATE = re.compile(rf"(?=.)(?:{_SIDE})(?:/(?:{_SIDE}))?")


@cache
def model() -> Mapping[str, Any]:
    """The data model, as its file has it."""
    text = files(__package__).joinpath("biblatex_model.yml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


@cache
def allowed(kind: str) -> frozenset[str]:
    """The fields that entries of a type may have."""

    def spread(names: Iterable[str]) -> Iterable[str]:
        for name in names:
            yield from spread(model()["groups"][name]) if name in model()["groups"] else (name,)

    return frozenset((*model()["every"], *spread(model()["types"][kind])))


def fitted(kind: str, fields: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Type and fields as the model wants them, from names of BibTeX or BibLaTeX.

    What the model has no place for, or what is no such date or number, stands in `annotation`.
    """
    older = model()["older"].get(kind, {})
    found = {}
    for name, text in fields.items():
        known = model()["names"].get(name, name)
        if text:
            found[known if known == name or known not in fields else name] = text
    if "kind" in older:
        found.setdefault("type", older["kind"])
    kind = older.get("type", kind)
    if kind not in model()["types"]:
        found.setdefault("entrysubtype", kind)
        kind = "misc"
    meant, found = kind, _moved(kind, found)
    while other := _otherwise(kind, found):
        kind, found = other, _moved(other, found)
    if kind == "misc" and meant != kind:
        found.setdefault("entrysubtype", meant)  # by which we know it again
    placed = {name: text for name, text in found.items() if _fits(kind, name, text)}
    left = [f"{name}: {text}" for name, text in found.items()
            if name not in placed and name not in _OTHERS]  # fmt: skip
    if left:
        placed[REMARKS] = "; ".join((*filter(None, (placed.get(REMARKS),)), *left))
    return kind, placed


def is_date(text: str) -> bool:
    """Whether it is a date or a range as ISO 8601-2 has them, to the day at most."""
    return bool(_DATE.fullmatch(text.strip()))


def is_number(name: str, text: str) -> bool:
    """Whether the last sign of an ISBN or ISSN is the one that the others ask for."""
    signs = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"\d+[\dX]", signs):
        return False
    values = [10 if sign == "X" else int(sign) for sign in signs]
    size = NUMBERS[name]
    if len(values) == 13 and name == "isbn":
        return signs.isdigit() and sum(values[::2]) % 10 == -3 * sum(values[1::2]) % 10
    return (
        len(values) == size
        and not sum(value * (size - place) for place, value in enumerate(values)) % 11
    )


def _moved(kind: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields, each under the name by which this type has it, where it has it under another."""
    found = dict(fields)
    for name, others in model()["moved"].items():
        free = (other for other in others if other in allowed(kind) and other not in found)
        if name in found and name not in allowed(kind) and (other := next(free, "")):
            found[other] = found.pop(name)
    return found


def _otherwise(kind: str, fields: Mapping[str, str]) -> str:
    """What an entry is written as that lacks what its type needs; empty where it has it."""
    needs = model()["needs"].get(kind)
    if not needs:
        return ""
    has = (any(name in fields for name in names.split("|")) for names in needs["fields"])
    return "" if all(has) else str(needs["otherwise"])


def _fits(kind: str, name: str, text: str) -> bool:
    if name in _OTHERS or name not in allowed(kind):
        return False
    if name in DATES:
        return is_date(text)
    return name not in NUMBERS or is_number(name, text)
