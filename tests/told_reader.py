"""A reader that says what a test has written down: scores by passage, in a file of coding/."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from pipeline.ground.project import Project
from pipeline.model.records import Span
from pipeline.tagger.readers.reader import Lesson, Options
from pipeline.tagger.readers.reader_registry import Kind

TOLD = "told"


class ToldOptions(Options):
    file: str = "told.json"


@dataclass(slots=True)
class ToldReader:
    """Its words for a code are the first of the passage."""

    said: dict[str, dict[str, float]]
    codes: tuple[str, ...]
    id: str = "told"
    languages: frozenset[str] = frozenset({"en", "nl"})

    @classmethod
    def open(cls, lesson: Lesson, options: ToldOptions) -> ToldReader:
        text = (lesson.project.coding / options.file).read_text()
        codes = tuple(code.id for code in lesson.dimension.codes)
        return cls(
            json.loads(text),
            codes,
            f"{options.file} {hashlib.sha256(text.encode()).hexdigest()[:8]}",
        )

    def scores(self, docs: Sequence[Any]) -> list[dict[str, float]]:
        return [self.said.get(doc.text, {}) for doc in docs]

    def words(self, doc: Any, code: str) -> list[Span]:
        return [Span(0, len(doc[0].text), self.id)]


KIND = Kind(ToldReader.open, ToldOptions)


def tell(project: Project, said: dict[str, dict[str, float]], **showing: Any) -> None:
    """Have the project read so, and show codes as `evidence train` might have measured."""
    (project.coding / "told.json").write_text(json.dumps(said))
    project.tagger.write_text(f"readers: [{TOLD}]\n")
    measured = {
        "readers": [TOLD],
        "calibration": {TOLD: {"slope": 1.0, "intercept": 0.0}},
        "likely": 0.5,
        "possible": 0.1,
        "of_likely": {"suggested": 40, "agreed": 25},
        "of_possible": {"suggested": 30, "agreed": 6},
    } | showing
    learned = {
        "dimension": "role",
        "until": "",
        "passages": 60,
        "studies": 3,
        "codes": {},
        "showing": measured,
    }
    project.training.write_text(yaml.safe_dump({"learned": [learned]}))
