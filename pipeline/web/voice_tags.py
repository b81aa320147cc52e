"""Who says so, as templates ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipeline.ground.project import DATABASE_NAME
from pipeline.published.voices import says, who_says
from pipeline.web.named_queries import rows
from pipeline.web.served_index import state_of
from pipeline.web.trust_line import of_finding, of_piece

_kept: dict[Path, tuple[object, dict[str, int]]] = {}
# Asked for every page, so not of the index, which a running review has to read anew.
CHECKING = """
SELECT name, value FROM meta WHERE name IN ('count_evidence', 'count_checked')
UNION ALL SELECT 'unsaid', count(*) FROM coder WHERE nature = ''
    AND EXISTS (SELECT 1 FROM decision WHERE decision.coder = coder.id)
"""


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


async def checking(datasette: Any) -> dict[str, int]:
    """How many pieces there are, and a person has checked; how many coders are of no known kind."""
    path = Path(datasette.get_database(DATABASE_NAME).path or "")
    state = state_of(path)
    kept = _kept.get(path)
    if kept is None or kept[0] != state:
        found = {row["name"]: int(row["value"]) for row in await rows(datasette, CHECKING)}
        kept = (state, {name.removeprefix("count_"): n for name, n in found.items()})
        _kept[path] = kept
    return kept[1]


def _coding(item: Any) -> Any:
    return SimpleNamespace(**item) if isinstance(item, dict) else item
