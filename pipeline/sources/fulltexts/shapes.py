"""The shapes of `shapes.yml`, compiled: of headings, of lines and of paragraphs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

_Shape = re.Pattern[str]


def _read() -> Mapping[str, Any]:
    text = files(__package__).joinpath("shapes.yml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def _any(lines: str) -> _Shape:
    return re.compile("|".join(lines.split("\n")[:-1]), re.IGNORECASE)


_DATA = _read()
HEADINGS: Mapping[str, _Shape] = {name: _any(found) for name, found in _DATA["headings"].items()}
# All reasons in one, since every line is asked: the last group of a match is named by its reason.
LEFT_OUT = _any(
    "".join(f"(?P<{why}>{_any(found).pattern})\n" for why, found in _DATA["left_out"].items())
)
BEGINS: Mapping[str, _Shape] = {name: _any(found) for name, found in _DATA["begins"].items()}
SMALL_WORDS = _any(_DATA["small_words"])
INSTITUTE = _any(_DATA["institute"])
FIRST_PARTS = _any(_DATA["first_parts"])
LAST_PARTS = _any(_DATA["last_parts"])
JOINING = _any(_DATA["joining"])
