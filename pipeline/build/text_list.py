"""What became of each full text: how many passages, how much was left out, what is in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.problems import Problem
from pipeline.model.records import Document


@dataclass(frozen=True, slots=True)
class ListedText:
    """A full text that could be read; `left_out` counts paragraphs, `pages` is 0 without any."""

    file: str
    format: str
    pages: int
    language: str
    passages: int
    left_out: int
    warnings: int


def listed_texts(
    documents: Iterable[Document], problems: Iterable[Problem]
) -> tuple[ListedText, ...]:
    """The full texts that are here, in the order of their files."""
    warnings = Counter(problem.path for problem in problems if problem.severity == "warning")
    return tuple(
        ListedText(
            item.path,
            Path(item.path).suffix.lower().removeprefix("."),
            item.pages,
            item.language,
            len(item.passages),
            item.left_out,
            warnings[item.path],
        )
        for item in sorted(documents, key=lambda document: document.path)
        if item.kind == "fulltext" and not item.absent
    )
