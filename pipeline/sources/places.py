"""Where coded passages of full texts stand, for machines on which the text itself is not.

A full text is never committed. The words of what was coded in it stand in the decision lines;
`coding/places/<key>.csv` says where they stand, and how long the text is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.formulas import guarded, unguarded
from pipeline.ground.problems import Problem
from pipeline.ground.project import Project, file_name, key_of
from pipeline.model.answers import is_passage, study_of
from pipeline.model.records import Decision, Document, JoinedPassage, Passage
from pipeline.sources.joined_lines import JoinedLines, is_of
from pipeline.sources.ledger import Fault, append_rows, read_ledger
from pipeline.sources.merges import followed

COLUMNS = ["unit", "position", "of", "locator", "language"]
GONE = "0"  # the position of a passage that is in the text no more


@dataclass(frozen=True, slots=True)
class PassagePlace:
    """A passage's place in its full text of `of` passages, counted from 1."""

    unit: str
    position: int
    of: int
    locator: str
    language: str

    @property
    def is_gone(self) -> bool:
        """Whether the text was found without it."""
        return self.position == int(GONE)


Places = Mapping[str, tuple[PassagePlace, ...]]  # by study


def read_places(
    project: Project, kept: Mapping[str, str] | None = None
) -> tuple[Places, list[Problem]]:
    """All files of places, and what is wrong with any line.

    `kept` names the studies under which those of merged ones are read.
    """
    found: dict[str, tuple[PassagePlace, ...]] = {}
    problems: list[Problem] = []
    for path in sorted(project.places.glob("*.csv")):
        read, faults = _read(path, project.name(path))
        study = (kept or {}).get(key_of(path), key_of(path))
        found[study] = (*found.get(study, ()), *followed(read, "unit", kept or {}))
        problems += faults
    return found, problems


def record_places(
    project: Project, documents: Iterable[Document], lines: Iterable[Decision]
) -> int:
    """Write down where coded passages of the full texts here stand, if it is not known; how many.

    Raises NotSaved.
    """
    texts = {item.study: item for item in documents if item.kind == "fulltext" and not item.absent}
    coded: dict[str, set[str]] = defaultdict(set)
    led: dict[str, str] = {}
    for line in lines:
        study = study_of(line.unit)
        if line.coded_as:
            led[line.coded_as] = line.unit
        elif study in texts and is_passage(line.unit):
            coded[study].add(line.unit)
    number = 0
    for study, units in sorted(coded.items()):
        path = project.places / f"{file_name(study)}.csv"
        known = {item.unit: item for item in _read(path, "")[0]} if path.is_file() else {}
        text = texts[study]
        # Where the text is not, they are known by their old words until somebody codes the new.
        waiting = {old for old, new in led.items() if new not in units}
        here = {item.id: item for item in text.units}
        rows = [
            [unit, str(item.position), str(text.length), guarded(item.locator), item.language]
            for unit, item in here.items()
            if unit in units and (unit not in known or known[unit].is_gone)
        ]
        rows += [
            [unit, GONE, str(text.length), guarded(item.locator), item.language]
            for unit, item in known.items()
            if unit not in here and not item.is_gone and unit not in waiting
        ]
        if rows:
            append_rows(project, path, rows, COLUMNS)
            number += len(rows)
    return number


def absent_texts(
    places: Places,
    present: Sequence[Document],
    lines: Iterable[Decision],
    several: Collection[str] = (),
    joined: JoinedLines | None = None,
) -> list[Document]:
    """The full texts that are not here, as far as their coded passages are known.

    A passage is taken only from words that make its very id. Studies in `several` have more than
    one text, some of which may be here. `joined` says which passages join others.
    """
    texts = {item.study for item in present if item.kind == "fulltext"}
    here = texts - {*several}
    counted = [item for item in present if item.kind == "digest" or item.study in several]
    known = {passage.id for item in counted for passage in item.passages}
    words: dict[str, str] = {}
    for line in lines:
        if is_passage(line.unit) and study_of(line.unit) in places and is_of(line.unit, line.text):
            words[line.unit] = line.text
    found = []
    for study, own in sorted(places.items()):
        latest = {place.unit: place for place in own}
        parts = {line.unit: line.parts for line in (joined or {}).get(study, ())}
        restored = [
            Passage(unit, study, place.position, words[unit], place.locator, place.language)
            for unit, place in sorted(latest.items(), key=lambda item: item[1].position)
            if unit in words and unit not in known and not place.is_gone
        ]
        if study not in here and restored:
            found.append(
                Document(
                    study=study,
                    kind="fulltext",
                    language=restored[0].language,
                    access="full",
                    path="",
                    passages=tuple(item for item in restored if item.id not in parts),
                    absent=True,
                    size=max(place.of for place in own),
                    joined=tuple(
                        JoinedPassage(**vars(item), parts=parts[item.id])
                        for item in restored
                        if item.id in parts
                    ),
                )
            )
    return found


def _read(path: Path, name: str) -> tuple[list[PassagePlace], list[Problem]]:
    rows, problems = read_ledger(path, name, COLUMNS, _faults)
    places = [
        PassagePlace(
            value["unit"],
            int(value["position"]),
            int(value["of"]),
            unguarded(value["locator"]),
            value["language"],
        )
        for value in (row.cells for row in rows)
    ]
    return places, problems


def _faults(value: Mapping[str, str]) -> Iterator[Fault]:
    if not (value["position"].isdecimal() and value["of"].isdecimal()):
        yield "bad-row", "no place", "Take the line back from version control; it is never edited."
