"""Who says so, as templates ask for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

from pipeline.published.index import Index
from pipeline.published.who import says, who_says


def functions(language: str) -> dict[str, Any]:
    """Functions of templates: a coding's status with those behind it, in full and in short."""
    return {
        "says": lambda item, natures: says(_coding(item), natures, language),
        "who_says": partial(who_says, language=language),
        "all_models": all_models,
    }


def all_models(coders: Iterable[str], natures: Mapping[str, str]) -> bool:
    """Whether these are several coders, and all of them language models."""
    names = list(coders)
    return len(names) > 1 and all(natures.get(name) == "model" for name in names)


def checking(connection: sqlite3.Connection, index: Index) -> dict[str, int]:
    """How many pieces of evidence there are, and how many a person has checked."""
    return {"pieces": index.pieces, "checked": index.checked_pieces}


def _coding(item: Any) -> Any:
    return SimpleNamespace(**item) if isinstance(item, dict) else item
