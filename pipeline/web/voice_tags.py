"""Who says so, as templates ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

from pipeline.published.voices import says, who_says
from pipeline.web.trust_line import of_finding, of_piece


def functions(language: str) -> dict[str, Any]:
    """Functions of templates: a coding's status with those behind it, in full and in short."""
    return {
        "says": lambda item, natures: says(_coding(item), natures, language),
        "who_says": partial(who_says, language=language),
        "all_models": all_models,
        "trust_of_piece": partial(of_piece, language=language),
        "trust_of_finding": partial(of_finding, language=language),
    }


def all_models(coders: Iterable[str], natures: Mapping[str, str]) -> bool:
    """Whether these are several coders, and all of them language models."""
    names = list(coders)
    return len(names) > 1 and all(natures.get(name) == "model" for name in names)


def _coding(item: Any) -> Any:
    return SimpleNamespace(**item) if isinstance(item, dict) else item
